// Fields of a job -> the text of its file, with comments.
import type { Json } from '../../model/host.js'
import { resolvePlain } from '../scalars.js'
import { isJsonObject } from '../value.js'

const PLAIN = /^[A-Za-z0-9_./][A-Za-z0-9_./@+-]*$/
const FLOW_COLUMNS = 100

function scalar(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return String(value)
  return PLAIN.test(value) &&
    resolvePlain(value, 'yaml-1.2') === value &&
    !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(value)
    ? value
    : JSON.stringify(value).replace(
        /[\u007f-\u009f\u2028\u2029\ufeff]/g,
        (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
}

function isScalar(value: Json): value is string | number | boolean | null {
  return value === null || typeof value !== 'object'
}

/** On one line, or null where that would be too long or hard to read. */
function flow(value: Json, room: number): string | null {
  const text = flowText(value)
  return text.length <= room ? text : null
}

function flowText(value: Json): string {
  if (isScalar(value)) return scalar(value)
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`
  return `{${Object.entries(value)
    .map(([key, item]) => `${scalar(key)}: ${flowText(item)}`)
    .join(', ')}}`
}

/** Text of several lines as a block; null where only quotes keep it as it is. */
function block(value: string, indent: string): readonly string[] | null {
  if (
    !/\n/.test(value) ||
    /^[ \n]|[\t\r\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]| \n/.test(value) ||
    /\n\n$/.test(value)
  )
    return null
  const lines = value.replace(/\n$/, '').split('\n')
  return [value.endsWith('\n') ? '|' : '|-', ...lines.map((line) => (line === '' ? '' : `${indent}${line}`))]
}

/** A value behind `head` (`key:` or `-`). */
function valueLines(head: string, value: Json, indent: string, broad: boolean): string[] {
  if (isScalar(value)) {
    const lines = typeof value === 'string' ? block(value, `${indent}  `) : null
    if (lines !== null) return [`${indent}${head} ${lines[0]}`, ...lines.slice(1)]
    return [`${indent}${head} ${scalar(value)}`]
  }
  const short = broad ? null : flow(value, FLOW_COLUMNS - indent.length - head.length)
  if (short !== null) return [`${indent}${head} ${short}`]
  const below = `${indent}  `
  if (Array.isArray(value))
    return [`${indent}${head}`, ...value.flatMap((item: Json) => valueLines('-', item, below, false))]
  if (!isJsonObject(value)) return []
  return [
    `${indent}${head}`,
    ...Object.entries(value).flatMap(([key, item]) => valueLines(`${scalar(key)}:`, item, below, false)),
  ]
}

/** Fields whose members stand one below the other. */
const BROAD = new Set(['env', 'files', 'volumes', 'ports'])

/** A comment of any length: broken at spaces, and never able to end itself. */
export function commentLines(text: string, width = 118): string[] {
  const lines: string[] = []
  let line = '#'
  for (const word of text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]+/g, ' ').split(' ')) {
    if (line.length > 1 && line.length + word.length + 1 > width) {
      lines.push(line)
      line = '#  '
    }
    line += ` ${word}`
  }
  return [...lines, line]
}

/** The fields, in the order of `fields`. */
export function jobLines(fields: Readonly<Record<string, Json>>, comments: Readonly<Record<string, string>>): string[] {
  return Object.entries(fields).flatMap(([key, value]) => {
    const comment = comments[key]
    return [
      ...(comment === undefined ? [] : commentLines(comment)),
      ...valueLines(`${key}:`, value, '', BROAD.has(key)),
    ]
  })
}
