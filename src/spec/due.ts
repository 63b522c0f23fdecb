// When a schedule was due: what a timer would have done while nobody was there.
import type { Millis } from '../model/names.js'
import { parseSchedule, type Schedule } from './schedule.js'

/** So far back a missed run is looked for, ms: 400 days. */
const FARTHEST_MS: Millis = 400 * 86_400_000
const HOUR_MS: Millis = 3_600_000

/**
 * The last time after `afterMs` and not after `untilMs` (ms since 1970) at which the cron expression was due in the time
 * zone (an IANA name); null: none. As systemd does: a time that a change of the clock leaves out is no time, and of one that
 * comes twice the first counts. An expression or zone that is none was never due.
 */
export function lastDue(expression: string, timezone: string, afterMs: Millis, untilMs: Millis): Millis | null {
  const read = parseSchedule(expression)
  const zone = read.ok ? zoneOf(timezone) : null
  if (!read.ok || zone === null) return null
  const from = Math.max(afterMs, untilMs - FARTHEST_MS)
  const last = untilMs + zone(untilMs)
  const first = from + zone(from) - HOUR_MS
  for (let day = midnight(last); day + 24 * HOUR_MS > first; day -= 24 * HOUR_MS) {
    if (!isDay(read.schedule, new Date(day))) continue
    for (const local of timesOf(read.schedule, day, last)) {
      if (local < first) return null
      const at = timeOf(local, zone)
      if (at !== null && at > from && at <= untilMs) return at
    }
  }
  return null
}

/** The first moment at which clocks there show this; null: they never do. */
function timeOf(local: Millis, zone: (at: Millis) => Millis): Millis | null {
  const near = local - zone(local)
  // The larger of the offsets around a change of the clock is the earlier moment.
  const ahead = [zone(near - 6 * HOUR_MS), zone(near + 6 * HOUR_MS)].sort((a, b) => b - a)
  return ahead.map((offset) => local - offset).find((at) => at + zone(at) === local) ?? null
}

function midnight(local: Millis): Millis {
  return Math.floor(local / (24 * HOUR_MS)) * 24 * HOUR_MS
}

function isDay({ day, month, weekday, eitherDay }: Schedule, at: Date): boolean {
  if (!month.includes(at.getUTCMonth() + 1)) return false
  const byDay = day.includes(at.getUTCDate())
  const byWeekday = weekday.some((each) => each % 7 === at.getUTCDay())
  return eitherDay ? byDay || byWeekday : byDay && byWeekday
}

/** Times of a day, latest first, none after `last`. */
function* timesOf({ hour, minute, second }: Schedule, day: Millis, last: Millis): Generator<Millis> {
  for (const h of hour.toReversed()) {
    if (day + h * HOUR_MS > last) continue
    for (const m of minute.toReversed()) {
      const at = day + h * HOUR_MS + m * 60_000
      if (at > last) continue
      for (const s of second.toReversed()) if (at + s * 1000 <= last) yield at + s * 1000
    }
  }
}

/** From ms since 1970 to how far local time is ahead, ms; null for no time zone. */
function zoneOf(name: string): ((at: Millis) => Millis) | null {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    return null
  }
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000
  }
}
