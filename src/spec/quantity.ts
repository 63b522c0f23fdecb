// Amounts as people write them -> integers. Exact: decimals are taken apart as text, no floating point in between.

/** What became of reading an amount. */
export type Amount =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly message: string; readonly hint: string | null }

const NUMBER = /^([-+]?)(\d+)(?:\.(\d+))?$/
const MAX = BigInt(Number.MAX_SAFE_INTEGER)

function no(message: string, hint: string | null = null): Amount {
  return { ok: false, message, hint }
}

/** digits / 10^scale. */
interface Decimal {
  readonly digits: bigint
  readonly scale: number
}

function decimal(whole: string, fraction: string | undefined): Decimal {
  return { digits: BigInt(whole + (fraction ?? '')), scale: fraction?.length ?? 0 }
}

/** number x factor as an integer; null where it is none and `round` is not `up`. */
function scaled(number: Decimal, factor: bigint, round: 'up' | 'exact'): bigint | null {
  const divisor = 10n ** BigInt(number.scale)
  const product = number.digits * factor
  if (product % divisor === 0n) return product / divisor
  return round === 'up' ? product / divisor + 1n : null
}

function split(text: string): { sign: string; number: Decimal; unit: string } | null {
  const match = /^([-+]?)(\d{1,40})(?:\.(\d{1,20}))? ?([A-Za-z%]*)$/.exec(text)
  if (match === null) return null
  return { sign: match[1] ?? '', number: decimal(match[2] ?? '0', match[3]), unit: match[4] ?? '' }
}

function finish(text: string, value: bigint | null, finer: string): Amount {
  if (value === null) return no(`"${text}" is finer than ${finer}`)
  return value > MAX ? no(`"${text}" is too large`) : { ok: true, value: Number(value) }
}

const CPU_HINT = 'write cores, 1.5, or thousandths of a core, 200m'

/** Cores: `2`, `1.5`, `200m` -> millicores. */
export function parseCpu(text: string): Amount {
  const parts = split(text)
  if (parts === null || !['', 'm'].includes(parts.unit)) return no(`"${text}" is no amount of cpu`, CPU_HINT)
  if (parts.sign === '-') return no(`an amount of cpu cannot be negative: ${text}`, CPU_HINT)
  return finish(text, scaled(parts.number, parts.unit === 'm' ? 1n : 1000n, 'exact'), 'a thousandth of a core')
}

const POWERS = ['', 'K', 'M', 'G', 'T', 'P'] as const
const BYTES_HINT = 'write bytes with a unit: 64Mi, 1.5Gi (powers of 1024) or 64M, 2G (powers of 1000)'

function byteFactor(unit: string): bigint | null {
  const match = /^([KMGTPk]?)(i?)(B?)$/.exec(unit)
  if (match === null) return null
  const power = POWERS.findIndex((letter) => letter === (match[1] ?? '').toUpperCase())
  if (power === 0 && match[2] === 'i') return null
  return (match[2] === 'i' ? 1024n : 1000n) ** BigInt(power)
}

/** Bytes: `64Mi`, `1.5Gi`, `500M`, `1048576`. A part of a byte counts as a whole one. */
export function parseBytes(text: string): Amount {
  const parts = split(text)
  if (parts === null) return no(`"${text}" is no size`, BYTES_HINT)
  const factor = byteFactor(parts.unit)
  if (factor === null) {
    const letter = parts.unit.charAt(0).toUpperCase()
    const known = letter !== '' && 'KMGTP'.includes(letter)
    const amount = text.slice(0, text.length - parts.unit.length).trim()
    return no(`"${parts.unit}" is no unit of size`, known ? `did you mean ${amount}${letter}i?` : BYTES_HINT)
  }
  if (parts.sign === '-') return no(`a size cannot be negative: ${text}`, BYTES_HINT)
  return finish(text, scaled(parts.number, factor, 'up'), 'a byte')
}

/** Milliseconds per unit, longest first: the order in which they are written. */
const TIME_UNITS: readonly (readonly [string, bigint])[] = [
  ['d', 86_400_000n],
  ['h', 3_600_000n],
  ['m', 60_000n],
  ['s', 1000n],
  ['ms', 1n],
]
const TIME_HINT = 'write a number with its unit: 200ms, 5s, 1h30m, 2d'

/** A span of time: `200ms`, `5s`, `1.5s`, `1h30m` -> milliseconds. A number without a unit is refused. */
export function parseDuration(text: string): Amount {
  const bare = NUMBER.exec(text)
  if (bare?.[1] === '-' || /^-\d/.test(text)) return no(`a span of time cannot be negative: ${text}`, TIME_HINT)
  if (bare !== null)
    return no(`"${text}" has no unit of time`, `write ${text}s for seconds or ${text}ms for milliseconds`)
  if (!/^(?:\d{1,15}(?:\.\d{1,6})?(?:ms|[dhms]) ?)+$/.test(`${text} `.replace(/ {2}$/, ' '))) {
    return no(`"${text}" is no span of time`, TIME_HINT)
  }
  let sum = 0n
  let last = -1
  for (const [, whole = '0', fraction, unit] of text.matchAll(/(\d+)(?:\.(\d+))?(ms|[dhms])/g)) {
    const index = TIME_UNITS.findIndex(([name]) => name === unit)
    if (index <= last) return no(`"${text}" has its units out of order`, TIME_HINT)
    last = index
    const part = scaled(decimal(whole, fraction), TIME_UNITS[index]?.[1] ?? 1n, 'exact')
    if (part === null) return no(`"${text}" is finer than a millisecond`)
    sum += part
  }
  return finish(text, sum, 'a millisecond')
}

/** How many times something may be promised: `1.2`, `2` -> thousandths. */
export function parseFactor(text: string): Amount {
  const parts = split(text)
  const hint = 'write how many times as much as there is may be promised: 1.5'
  const number = parts?.unit === '%' ? `${text.slice(0, -1)} percent` : text
  if (parts === null || parts.unit !== '') return no(`"${number}" is no factor`, hint)
  if (parts.sign === '-') return no(`a factor cannot be negative: ${text}`, hint)
  return finish(text, scaled(parts.number, 1000n, 'exact'), 'a thousandth')
}

/** A count of devices: `1`, `0.5` -> thousandths. */
export function parseDevices(text: string): Amount {
  const parts = split(text)
  const hint = 'write a number of devices with at most three decimals: 1, 0.5'
  if (parts === null || parts.unit !== '') return no(`"${text}" is no number of devices`, hint)
  if (parts.sign === '-') return no(`a number of devices cannot be negative: ${text}`, hint)
  return finish(text, scaled(parts.number, 1000n, 'exact'), 'a thousandth of a device')
}
