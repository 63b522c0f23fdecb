// Values of flags.
import { UserError } from '../model/errors.js'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** `30s`, `500ms`, `2m`, `1h`; a number alone is seconds. In ms. Throws UserError (usage). */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim())
  const unit = UNITS[match?.[2] ?? 's']
  if (match?.[1] === undefined || unit === undefined)
    throw new UserError(`"${text}" is no span of time`, { code: 'usage', hint: 'write it as 30s, 500ms, 2m or 1h' })
  return Math.round(Number(match[1]) * unit)
}

/** `100`, or `all`. Throws UserError (usage). */
export function parseLines(text: string): number | 'all' {
  if (text === 'all') return text
  if (/^\d+$/.test(text)) return Number(text)
  throw new UserError(`"${text}" is no number of lines`, { code: 'usage', hint: 'write a number, or all' })
}
