// Values of flags.
import { UserError } from '../model/errors.js'
import { nearest } from '../model/nearest.js'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** `30s`, `500ms`, `2m`, `1h`; a number alone is seconds. In ms. Throws UserError (usage). */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim())
  const unit = UNITS[match?.[2] ?? 's']
  if (match?.[1] === undefined || unit === undefined)
    throw new UserError(`"${text}" is no span of time`, { code: 'usage', hint: 'write it as 30s, 500ms, 2m or 1h' })
  return Math.round(Number(match[1]) * unit)
}

/** What tail and journalctl take everywhere: a signed number of 32 bits. */
const MOST_LINES = 2_147_483_647

/** `100`, or `all`. Throws UserError (usage). */
export function parseLines(text: string): number | 'all' {
  if (text === 'all') return text
  if (/^\d+$/.test(text)) {
    if (Number(text) <= MOST_LINES) return Number(text)
    throw new UserError(`${text} lines are more than can be asked for`, {
      code: 'usage',
      hint: `at most ${MOST_LINES}, or all`,
    })
  }
  throw new UserError(`"${text}" is no number of lines`, { code: 'usage', hint: 'write a number, or all' })
}

/** One of the words of a closed list. Throws UserError (usage) with the nearest one. */
export function parseWord<T extends string>(text: string, words: readonly T[], what: string): T {
  const found = words.find((word) => word === text)
  if (found !== undefined) return found
  const near = nearest(text, words)
  const all = `there are: ${words.join(', ')}`
  throw new UserError(`there is no ${what} "${text}"`, {
    code: 'usage',
    hint: near === null ? all : `did you mean "${near}"? ${all}`,
  })
}

const SPANS: Readonly<Record<string, number>> = { ...UNITS, d: 86_400_000, w: 604_800_000 }

/**
 * A time in the past, as RFC 3339: a span before `now` (`1h`, `-1h`, `2d`), `today`, `yesterday`, `10:00` of today, or a day with or
 * without a time, by this machine's clock. Throws UserError (usage).
 */
export function parsePast(text: string, now: number): string {
  const [, amount, unit = 's'] = /^-?(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(text.trim()) ?? []
  if (amount !== undefined) return new Date(now - Number(amount) * (SPANS[unit] ?? 0)).toISOString()
  const at = Date.parse(dayAndTime(text.trim(), now))
  if (!Number.isNaN(at)) return new Date(at).toISOString()
  throw new UserError(`"${text}" is no time`, {
    code: 'usage',
    hint: 'write it as 1h, 30m, 2d, today, yesterday, 10:00, 2026-11-22 or "2026-11-22 10:00"',
  })
}

/** With the day in front where only a time is given; a day alone is its midnight here, not in UTC. */
function dayAndTime(text: string, now: number): string {
  const midnight = new Date(now)
  midnight.setHours(0, 0, 0, 0)
  if (text === 'today') return midnight.toISOString()
  if (text === 'yesterday') {
    midnight.setDate(midnight.getDate() - 1)
    return midnight.toISOString()
  }
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return `${text}T00:00`
  const [, hours, minutes, seconds = '0'] = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text) ?? []
  if (hours !== undefined) {
    midnight.setHours(Number(hours), Number(minutes), Number(seconds))
    return midnight.toISOString()
  }
  return /^\d{4}-/.test(text) ? text.replace(' ', 'T') : ''
}
