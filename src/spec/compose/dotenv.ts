// A .env file, by Compose's own rules.
import { interpolate, type Variables } from './interpolate.js'

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$$' }
const LINE = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*(?:=|:[ \t])[ \t]*/

/**
 * Name -> value. `environment` wins over what the file says, also where one value names another. Single quotes keep all as
 * it is; ` #` begins a comment after a value without quotes; lines that are none are passed over.
 */
export function parseDotenv(text: string, environment: Variables): Variables {
  const found = new Map<string, string>()
  const known = new Map(environment)
  let rest = text.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n')
  while (rest !== '') {
    const match = LINE.exec(rest)
    if (match === null) {
      const end = rest.indexOf('\n')
      rest = end < 0 ? '' : rest.slice(end + 1)
      continue
    }
    const name = match[1] ?? ''
    const read = readValue(rest.slice(match[0].length), known)
    rest = read.rest
    found.set(name, read.value)
    if (!environment.has(name)) known.set(name, read.value)
  }
  return found
}

function readValue(text: string, known: Variables): { readonly value: string; readonly rest: string } {
  const single = /^'([^']*)'[^\n]*(?:\n|$)/.exec(text)
  if (single) return { value: single[1] ?? '', rest: text.slice(single[0].length) }
  const double = /^"((?:[^"\\]|\\[\s\S])*)"[^\n]*(?:\n|$)/.exec(text)
  if (double) {
    const inside = (double[1] ?? '').replace(/\\([\s\S])/g, (whole, one: string) => ESCAPES[one] ?? whole)
    return { value: filled(inside, known), rest: text.slice(double[0].length) }
  }
  const end = text.indexOf('\n')
  const line = end < 0 ? text : text.slice(0, end)
  const value = line.replace(/(?:^|[ \t])#.*$/, '').trim()
  return { value: filled(value, known), rest: end < 0 ? '' : text.slice(end + 1) }
}

function filled(text: string, known: Variables): string {
  const read = interpolate(text, known)
  return read.ok ? read.text : text
}
