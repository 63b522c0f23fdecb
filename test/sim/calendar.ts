// OnCalendar= as systemd reads it, as far as cron jobs of a simulation need it: times of every day, in a time zone.
import type { Millis } from '../../src/model/names.js'

const MINUTE_MS = 60_000
/** So far ahead the next time is looked for, minutes. */
const AHEAD = 25 * 60

/** Does a field (`*`, `00,20,40`, `08..17`) hold a value? */
function holds(field: string, value: number): boolean {
  return field.split(',').some((part) => {
    const [from = '', to = from] = part.split('..')
    return part === '*' || (value >= Number(from) && value <= Number(to))
  })
}

/** How far clocks there are ahead of UTC, ms. */
function offsetOf(zone: string, at: Millis): Millis {
  const text = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }).format(at)
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(text) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS
}

/** The next moment after `after` (ms since 1970) by such a line; null: none within a day. */
export function nextElapse(line: string, after: Millis): Millis | null {
  const match = /^\*-\*-\* (\S+):(\S+):(\S+)(?: (\S+))?$/.exec(line)
  if (!match) throw new Error(`the simulated systemd cannot read OnCalendar=${line}`)
  const [, hours = '', minutes = '', seconds = '', zone = 'UTC'] = match
  const ahead = offsetOf(zone, after)
  const first = Math.floor(after / MINUTE_MS) * MINUTE_MS
  for (let index = 0; index < AHEAD; index += 1) {
    const minute = first + index * MINUTE_MS
    const local = new Date(minute + ahead)
    if (!holds(hours, local.getUTCHours()) || !holds(minutes, local.getUTCMinutes())) continue
    for (let second = 0; second < 60; second += 1) {
      const at = minute + second * 1000
      if (at > after && holds(seconds, second)) return at
    }
  }
  return null
}
