// What an unquoted word means: YAML 1.2 for job files, YAML 1.1 as Ansible's reader (PyYAML) takes it for inventories.
import type { Scalar } from './value.js'

/** Which rules an unquoted word is read by. */
export type Dialect = 'yaml-1.2' | 'yaml-1.1' | 'json'

const NULLS = new Set(['', '~', 'null', 'Null', 'NULL'])
const TRUE_12 = new Set(['true', 'True', 'TRUE'])
const FALSE_12 = new Set(['false', 'False', 'FALSE'])
// PyYAML knows no single y or n, unlike the YAML 1.1 type repository.
const TRUE_11 = new Set([...TRUE_12, 'yes', 'Yes', 'YES', 'on', 'On', 'ON'])
const FALSE_11 = new Set([...FALSE_12, 'no', 'No', 'NO', 'off', 'Off', 'OFF'])

const INT_12 = /^[-+]?[0-9]+$|^0o[0-7]+$|^0x[0-9a-fA-F]+$/
const FLOAT_12 = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const SPECIAL = /^([-+]?)\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/

// The resolvers of PyYAML's resolver.py; underscores part digits, base 60 is read (1:30 is 90).
const INT_11 =
  /^[-+]?0b[0-1_]+$|^[-+]?0[0-7_]+$|^[-+]?(?:0|[1-9][0-9_]*)$|^[-+]?0x[0-9a-fA-F_]+$|^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+$/
const FLOAT_11 =
  /^[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?$|^\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?$|^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*$/

function special(text: string): number | null {
  const match = SPECIAL.exec(text)
  if (match === null) return null
  if (match[1] === undefined) return Number.NaN
  return match[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

function sexagesimal(text: string): number {
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
}

function number11(written: string): number | null {
  if (!INT_11.test(written) && !FLOAT_11.test(written)) return special(written)
  const sign = written.startsWith('-') ? -1 : 1
  const text = written.replaceAll('_', '').replace(/^[-+]/, '')
  if (text.includes(':')) return sign * sexagesimal(text)
  if (/^0[0-7]+$/.test(text)) return sign * Number.parseInt(text, 8)
  return sign * Number(text)
}

function number12(text: string): number | null {
  if (INT_12.test(text) || FLOAT_12.test(text)) return Number(text)
  return special(text)
}

// A day alone is as it is written; a time of day comes out in the form of Python's isoformat().
const TIME_11 =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?(?:[ \t]*(Z|([-+])(\d\d?)(?::(\d\d))?))?$/

function time11(text: string): string | null {
  const match = TIME_11.exec(text)
  if (match === null) return null
  const [, year, month, day, hour, minute, second, fraction = '', zone, sign = '+', hours = '0', minutes = '0'] = match
  const two = (part = '0') => part.padStart(2, '0')
  const micros = fraction.slice(0, 6).padEnd(6, '0')
  const offset = zone === undefined ? '' : `${sign}${two(hours)}:${two(minutes)}`
  const shown = Number(offset.slice(1).replace(':', '')) === 0 && offset !== '' ? '+00:00' : offset
  const clock = `${two(hour)}:${minute}:${second}${Number(micros) === 0 ? '' : `.${micros}`}`
  return `${year}-${two(month)}-${two(day)}T${clock}${shown}`
}

const NUMBER_JSON = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/
const WORDS_JSON: Readonly<Record<string, Scalar>> = { true: true, false: false, null: null }

function resolveJson(text: string): Scalar {
  return NUMBER_JSON.test(text) ? Number(text) : (WORDS_JSON[text] ?? null)
}

/** The value of an unquoted, untagged scalar. Dates are text. */
export function resolvePlain(text: string, dialect: Dialect): Scalar {
  if (dialect === 'json') return resolveJson(text)
  if (NULLS.has(text)) return null
  const old = dialect === 'yaml-1.1'
  if ((old ? TRUE_11 : TRUE_12).has(text)) return true
  if ((old ? FALSE_11 : FALSE_12).has(text)) return false
  return (old ? (number11(text) ?? time11(text)) : number12(text)) ?? text
}
