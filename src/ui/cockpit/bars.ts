// Bars of what is used, reserved and to be had, one row high.
import { cut, pad } from '../width.js'

/** Amounts of one thing on one host. */
export interface Amounts {
  /** Really used; null: not seen now. */
  readonly used: number | null
  readonly reserved: number
  /** What jobs may use in all; null: not known. */
  readonly total: number | null
}

/** The signs of a bar: used and reserved, only reserved, only used, free. */
export interface BarSigns {
  readonly both: string
  readonly reserved: string
  readonly used: string
  readonly free: string
}

const UNICODE: BarSigns = { both: '█', reserved: '▀', used: '▄', free: '·' }
const ASCII: BarSigns = { both: '#', reserved: '-', used: '=', free: '.' }
/** Where a cell has so many columns there is room for the three numbers beside the bar. */
const LONG = 19
const SHORT_TEXT = 4

/** The signs that this terminal can show. */
export function barSigns(unicode: boolean): BarSigns {
  return unicode ? UNICODE : ASCII
}

/** A bar of `columns` signs: reserved in the upper half, used in the lower half. Of what is not seen now nothing is free. */
export function bar({ used, reserved, total }: Amounts, columns: number, unicode: boolean): string {
  const signs = barSigns(unicode)
  if (total === null || total <= 0) return ' '.repeat(columns)
  // What is there at all shows at least one sign, and only what is full shows none that is free.
  const filled = (amount: number) => {
    if (amount <= 0) return 0
    if (amount >= total) return columns
    return Math.min(columns - 1, Math.max(1, Math.round((amount / total) * columns)))
  }
  const [low, high] = [filled(used ?? 0), filled(reserved)]
  const free = used === null ? ' ' : signs.free
  const sign = (at: number) => (at < low ? (at < high ? signs.both : signs.used) : at < high ? signs.reserved : free)
  return Array.from({ length: columns }, (_, at) => sign(at)).join('')
}

/**
 * Bar and numbers in exactly `columns`: `███▀▀···  1.9/2.5/7.5G`, or with less room the share that is used. `numbers` says
 * the amounts in short.
 */
export function barCell(amounts: Amounts, columns: number, unicode: boolean, numbers: string): string {
  if (amounts.total === null) return pad('?', columns)
  const text = columns >= LONG ? numbers : share(amounts)
  const wide = Math.max(text.length, columns >= LONG ? 12 : SHORT_TEXT)
  const room = Math.max(3, columns - wide - 1)
  return pad(`${bar(amounts, room, unicode)} ${text.padStart(wide)}`, columns)
}

function share({ used, total }: Amounts): string {
  if (used === null || total === null || total <= 0) return '?'
  return `${Math.min(999, Math.round((used / total) * 100))}%`
}

/** `0.3/1.2/4`: cores. */
export function cpuNumbers({ used, reserved, total }: Amounts): string {
  const cores = (millicores: number | null) => (millicores === null ? '?' : short(millicores / 1000))
  return [used, reserved, total].map(cores).join('/')
}

const UNITS = ['B', 'K', 'M', 'G', 'T', 'P']

/** `1.9/2.5/7.5G`: in the unit of the total. */
export function bytesNumbers({ used, reserved, total }: Amounts): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, total ?? 1)) / 10)))
  const amount = (bytes: number | null) => (bytes === null ? '?' : short(bytes / 1024 ** power))
  return `${[used, reserved, total].map(amount).join('/')}${UNITS[power]}`
}

/** At most one digit behind the point, none from a hundred on. */
function short(amount: number): string {
  return amount >= 100 ? String(Math.round(amount)) : String(Number(amount.toFixed(1)))
}

/** `48M`, `1.5G`: at most five columns. */
export function bytesShort(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)))
  return cut(`${short(bytes / 1024 ** power)}${UNITS[power]}`, 6, { colour: false, unicode: false, paint: (_, t) => t })
}
