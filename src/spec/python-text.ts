// Values as Python prints them, which is how `ansible-inventory --graph --vars` shows variables.
import type { Entry, Value } from './value.js'

/** repr() of a float: the shortest digits that read back, `1.0`, `1e+16`, `1e-05`. */
export function floatText(number: number): string {
  if (Number.isNaN(number)) return 'nan'
  if (!Number.isFinite(number)) return number < 0 ? '-inf' : 'inf'
  if (number === 0) return Object.is(number, -0) ? '-0.0' : '0.0'
  const [digits = '', exponentText = '0'] = number.toExponential().split('e')
  const exponent = Number(exponentText)
  if (exponent < -4 || exponent >= 16) {
    const size = String(Math.abs(exponent)).padStart(2, '0')
    return `${digits}e${exponent < 0 ? '-' : '+'}${size}`
  }
  const plain = exponent < 0 ? number.toFixed(digits.replace(/[-.]/g, '').length - 1 - exponent) : String(number)
  return plain.includes('.') ? plain : `${plain}.0`
}

/** str() of a number; what was written tells whether it is a float. */
export function numberText(number: number, written: string): string {
  const float = !Number.isInteger(number) || (/[.eE]/.test(written) && !/^[-+]?0x/i.test(written))
  return float ? floatText(number) : Number.isSafeInteger(number) ? String(number) : BigInt(number).toString()
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** repr() of a str. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const inside = [...text].map((letter) => {
    if (letter === quote) return `\\${letter}`
    const code = letter.codePointAt(0) ?? 0
    if (ESCAPES[letter] !== undefined) return ESCAPES[letter]
    if (letter === ' ' || !/[\p{C}\p{Z}]/u.test(letter)) return letter
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`
  })
  return `${quote}${inside.join('')}${quote}`
}

// Ansible fails here without the password.
const ENCRYPTED = '(encrypted)'

/** repr() of a value. */
function repr(value: Value): string {
  switch (value.kind) {
    case 'scalar':
      return typeof value.value === 'string' ? quoted(value.value) : pythonText(value)
    case 'list':
      return `[${value.items.map(repr).join(', ')}]`
    case 'map':
      return `{${value.entries.map((entry) => `${keyText(entry)}: ${repr(entry.value)}`).join(', ')}}`
    case 'opaque':
      return value.tag === '!vault' ? ENCRYPTED : quoted(value.text)
  }
}

const KEYS: Readonly<Record<string, string>> = { null: 'None', true: 'True', false: 'False' }

function keyText({ key, notText }: Entry): string {
  return notText ? (KEYS[key] ?? key) : quoted(key)
}

/** str() of a value: text stands without quotes. */
export function pythonText(value: Value): string {
  if (value.kind === 'opaque') return value.tag === '!vault' ? ENCRYPTED : value.text
  if (value.kind !== 'scalar') return repr(value)
  if (value.value === null) return 'None'
  if (typeof value.value === 'boolean') return value.value ? 'True' : 'False'
  return typeof value.value === 'number' ? numberText(value.value, value.text) : value.value
}
