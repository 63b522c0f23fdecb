// What an unquoted word means: YAML 1.2 for job files, YAML 1.1 as Ansible's reader (PyYAML) takes it for inventories.
import type { Scalar } from './value.js'

/** Which rules an unquoted word is read by. */
export type Dialect = 'yaml-1.2' | 'yaml-1.1'

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

/** The value of an unquoted, untagged scalar. Dates stay text. */
export function resolvePlain(text: string, dialect: Dialect): Scalar {
  if (NULLS.has(text)) return null
  const old = dialect === 'yaml-1.1'
  if ((old ? TRUE_11 : TRUE_12).has(text)) return true
  if ((old ? FALSE_11 : FALSE_12).has(text)) return false
  return (old ? number11(text) : number12(text)) ?? text
}
