// What a person types as a value, and how keys and values are written into YAML so that they mean the same there.
import { isMap, isScalar, parseDocument } from 'yaml'
import type { Json } from '../../model/host.js'
import { resolvePlain } from '../scalars.js'
import { Report } from '../source.js'
import { toJson } from '../value.js'
import { readYaml } from '../yaml.js'
import { Refusal } from './splice.js'

/** Where something is written: between lines, inside of `{}` or `[]`, or in a file that is JSON. */
export type Context = 'block' | 'flow' | 'json'

/** A value as it was typed, and what it is. */
export interface Typed {
  /** YAML that can stand on one line; null: text that is quoted where it needs to be. */
  readonly source: string | null
  readonly json: Json
}

/** How a text was written before, so that a new one looks the same. */
export type Quote = 'plain' | 'single' | 'double'

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
// What a plain text can't begin with, and templates, which YAML would take for mappings.
const TEXT_ONLY = /^(?:\{\{|\{%|\{#|[&*!%@`|>#,?\]}])/

/** `key=value` apart. Throws Refusal. */
export function splitAssignment(word: string): { readonly key: string; readonly text: string } {
  const at = word.indexOf('=')
  const key = at < 0 ? word : word.slice(0, at)
  if (at < 0) throw new Refusal(`"${word}" sets nothing`, 'write key=value, or key= for an empty text')
  return { key: checkedName(key), text: word.slice(at + 1) }
}

/** The name of a variable, or a Refusal. */
export function checkedName(key: string): string {
  if (NAME.test(key)) return key
  const dotted = /^([A-Za-z_][A-Za-z0-9_]*)[.[]/.exec(key)
  const hint = dotted === null ? 'use letters, digits and "_"' : `write all of it: ${dotted[1]}='{key: value}'`
  throw new Refusal(`"${key}" is no name of a variable`, hint)
}

/**
 * A value as typed: what YAML 1.1 reads as a number, a truth, nothing, a quoted text, a list `[...]` or a mapping `{...}` is
 * that; everything else is text. Throws Refusal for `[` and `{` that do not end.
 */
export function readTyped(key: string, typed: string): Typed {
  const text = typed.trim()
  const asText: Typed = { source: null, json: typed }
  if (text === '' || TEXT_ONLY.test(text) || /[\r\n]/.test(text)) return asText
  const report = new Report()
  const read = readYaml('', text, { dialect: 'yaml-1.1', duplicates: 'fault' }, report)
  const flow = text.startsWith('{') || text.startsWith('[')
  if (read === null) {
    if (flow)
      throw new Refusal(`the value of ${key}: ${report.faults[0]?.message}`, `to mean text, quote it: ${key}='"..."'`)
    return asText
  }
  const { contents, comment, commentBefore } = parseDocument(text, { schema: 'failsafe' })
  const whole = contents?.range?.[0] === 0 && contents.range[1] === text.length
  if (!whole || comment || commentBefore || (!flow && !isScalar(contents))) return asText
  if (isScalar(contents) && contents.type === 'PLAIN' && typeof resolvePlain(text, 'yaml-1.1') === 'string')
    return asText
  return { source: text, json: toJson(read.value) }
}

/** A text that is no more than text. */
export function typedText(text: string): Typed {
  return { source: null, json: text }
}

/** The value as it is written on one line. */
export function writeValue(value: Typed, context: Context, quote: Quote = 'plain'): string {
  if (context === 'json') return JSON.stringify(value.json)
  if (value.source !== null) return value.source
  const text = String(value.json)
  if (quote === 'plain' && staysPlain(text, context, 'value')) return text
  if (quote === 'double' || hasControls(text)) return doubleQuoted(text)
  return `'${text.replaceAll("'", "''")}'`
}

/** The key as it is written. */
export function writeKey(name: string, context: Context, quote: Quote = 'plain'): string {
  if (context === 'json' || quote === 'double' || hasControls(name)) return doubleQuoted(name)
  if (quote === 'plain' && staysPlain(name, context, 'key')) return name
  return `'${name.replaceAll("'", "''")}'`
}

function hasControls(text: string): boolean {
  return /[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]/.test(text)
}

// JSON's escapes are YAML's too; the rest of what must not stand bare is escaped by its number.
function doubleQuoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The text is read back as the same text without quotes. */
function staysPlain(text: string, context: Context, as: 'key' | 'value'): boolean {
  if (text === '' || text !== text.trim() || TEXT_ONLY.test(text) || hasControls(text)) return false
  if (/^(?:---|\.\.\.)/.test(text) || typeof resolvePlain(text, 'yaml-1.1') !== 'string' || text === '<<') return false
  // PyYAML reads these as dates or as its "value" word.
  if (/^\d{4}-\d\d?-\d\d?(?:$|[Tt\s])/.test(text) || text === '=') return false
  const inner = as === 'key' ? `${text}: x` : `x: ${text}`
  const document = parseDocument(context === 'flow' ? `{${inner}}` : inner, { schema: 'failsafe', logLevel: 'silent' })
  if (document.errors.length > 0 || document.warnings.length > 0 || !isMap(document.contents)) return false
  const [pair, more] = document.contents.items
  const node = as === 'key' ? pair?.key : pair?.value
  if (more !== undefined || !isScalar(node) || node.type !== 'PLAIN' || node.tag || node.anchor) return false
  return node.value === text && !document.comment && !document.contents.comment && !node.comment
}
