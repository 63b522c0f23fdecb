// ${NAME} in a Compose file, by Compose's own rules.
import type { Report } from '../source.js'
import type { Entry, Value } from '../value.js'

/** Name -> value. */
export type Variables = ReadonlyMap<string, string>

/** What became of a text: the text with all values put in, and names that have none; or what is wrong with it. */
export type Interpolated =
  | { readonly ok: true; readonly text: string; readonly unset: readonly string[] }
  | { readonly ok: false; readonly message: string }

const NAME = /^[A-Za-z_][A-Za-z0-9_]*/
const MOST_NESTED = 20

/** `$NAME`, `${NAME}`, `${NAME:-default}`, `-`, `:?error`, `?`, `:+other`, `+`, nested; `$$` is a dollar sign. */
export function interpolate(text: string, variables: Variables, depth = 0): Interpolated {
  if (depth > MOST_NESTED) return { ok: false, message: 'the variables are nested too deeply' }
  const unset: string[] = []
  let out = ''
  for (let index = 0; index < text.length; ) {
    const dollar = text.indexOf('$', index)
    if (dollar < 0) {
      out += text.slice(index)
      break
    }
    out += text.slice(index, dollar)
    const next = text[dollar + 1] ?? ''
    if (next === '$') {
      out += '$'
      index = dollar + 2
      continue
    }
    const plain = NAME.exec(text.slice(dollar + 1))?.[0]
    if (plain !== undefined) {
      const value = variables.get(plain)
      if (value === undefined) unset.push(plain)
      out += value ?? ''
      index = dollar + 1 + plain.length
      continue
    }
    if (next !== '{') return { ok: false, message: `"$${next}" is no variable` }
    const end = closing(text, dollar + 2)
    if (end < 0) return { ok: false, message: 'a "${" is left open' }
    const read = braced(text.slice(dollar + 2, end), variables, depth)
    if (!read.ok) return read
    out += read.text
    unset.push(...read.unset)
    index = end + 1
  }
  return { ok: true, text: out, unset }
}

/** The place of the brace that closes what was opened before `from`. */
function closing(text: string, from: number): number {
  let depth = 1
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === '$' && text[index + 1] === '{') depth += 1
    else if (text[index] === '}' && --depth === 0) return index
  }
  return -1
}

function braced(inside: string, variables: Variables, depth: number): Interpolated {
  const name = NAME.exec(inside)?.[0]
  const match = name === undefined ? null : /^(:?[-?+])?([\s\S]*)$/.exec(inside.slice(name.length))
  const operator = match?.[1] ?? ''
  if (name === undefined || match === null || (operator === '' && match[2] !== ''))
    return { ok: false, message: `"\${${inside}}" is no variable` }
  const value = variables.get(name)
  const has = value !== undefined && (value !== '' || !operator.startsWith(':'))
  const word = () => interpolate(match[2] ?? '', variables, depth + 1)
  switch (operator.at(-1)) {
    case '-':
      return has ? { ok: true, text: value, unset: [] } : word()
    case '+':
      return has ? word() : { ok: true, text: '', unset: [] }
    case '?': {
      if (has) return { ok: true, text: value, unset: [] }
      const said = word()
      const why = said.ok && said.text !== '' ? `: ${said.text}` : ''
      return { ok: false, message: `the variable ${name} must be set${why}` }
    }
    default:
      return { ok: true, text: value ?? '', unset: value === undefined ? [name] : [] }
  }
}

/** The same in all values below; keys stay. What is wrong goes to the report, names without a value to `unset`. */
export function interpolateAll(
  value: Value,
  variables: Variables,
  report: Report,
  unset: (name: string, value: Value) => void,
): Value {
  if (value.kind === 'list')
    return { ...value, items: value.items.map((item) => interpolateAll(item, variables, report, unset)) }
  if (value.kind === 'map') {
    const entries = value.entries.map(
      (entry): Entry =>
        entry.key.startsWith('x-') ? entry : { ...entry, value: interpolateAll(entry.value, variables, report, unset) },
    )
    return { ...value, entries }
  }
  if (value.kind !== 'scalar' || !value.text.includes('$')) return value
  const read = interpolate(value.text, variables)
  if (!read.ok) {
    report.add(value.place, read.message, 'set it in the environment or in .env; a dollar sign itself is written $$')
    return value
  }
  for (const name of read.unset) unset(name, value)
  return { ...value, value: read.text, text: read.text }
}
