// Amounts as Compose writes them -> as job files do.
import { parseDuration } from '../quantity.js'

const UNITS = ['', 'k', 'm', 'g', 't'] as const

/** `512m`, `1gb`, `64MiB`, `1048576`, all by powers of 1024 -> bytes; null where it is none. */
export function composeBytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?) ?([kmgt]?)(?:i?b)?$/i.exec(text.trim())
  if (match === null) return null
  const power = UNITS.findIndex((unit) => unit === (match[2] ?? '').toLowerCase())
  const bytes = Math.ceil(Number(match[1]) * 1024 ** power)
  return Number.isSafeInteger(bytes) ? bytes : null
}

/** Bytes -> `512Mi`, as short as it can be exactly. */
export function bytesText(bytes: number): string | number {
  const suffixes = ['Ki', 'Mi', 'Gi', 'Ti']
  for (let power = suffixes.length; power > 0; power -= 1) {
    if (bytes > 0 && bytes % 1024 ** power === 0) return `${bytes / 1024 ** power}${suffixes[power - 1]}`
  }
  return bytes
}

/** `0.5` -> millicores, at least 1; null where it is none. */
export function composeCpu(text: string): number | null {
  if (!/^\d+(?:\.\d+)?$/.test(text.trim())) return null
  return Math.max(1, Math.ceil(Number(text) * 1000 - 1e-6))
}

/** Millicores -> `500m` or `2`. */
export function cpuText(millicores: number): string | number {
  return millicores % 1000 === 0 ? millicores / 1000 : `${millicores}m`
}

/** `1m30s` -> ms; a number alone is seconds; null where it is none. */
export function composeDuration(text: string): number | null {
  const read = parseDuration(/^\d+(?:\.\d+)?$/.test(text.trim()) ? `${text.trim()}s` : text.trim())
  return read.ok ? read.value : null
}

/** ms -> `1m30s`. */
export function durationText(ms: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
    ['ms', 1],
  ]
  let rest = ms
  let text = ''
  for (const [unit, size] of units) {
    const amount = Math.floor(rest / size)
    if (amount > 0) text += `${amount}${unit}`
    rest -= amount * size
  }
  return text === '' ? '0s' : text
}
