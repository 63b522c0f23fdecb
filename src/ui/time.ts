// Times for people. The present is passed in: what is shown depends on its arguments alone.
import { formatMillis } from '../model/resources.js'

/** `4s ago`, `3m ago`; `never` for null. `now`: ms since 1970. */
export function ago(time: string | null, now: number): string {
  if (time === null) return 'never'
  const span = age(time, now)
  return span === null ? 'unknown' : `${span} ago`
}

/** `4s`, `3m 20s`; null where `time` is no RFC 3339 time. A time to come counts as now. */
export function age(time: string, now: number): string | null {
  const at = Date.parse(time)
  if (Number.isNaN(at)) return null
  const seconds = Math.max(0, Math.floor((now - at) / 1000))
  return formatMillis(seconds * 1000).replace(/^0ms$/, '0s')
}

/** The machine's local time, `2026-11-22 10:04:05`; the text itself where it is no time. */
export function localTime(time: string): string {
  const at = new Date(time)
  if (Number.isNaN(at.getTime())) return time
  const two = (amount: number) => String(amount).padStart(2, '0')
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

/** The same with milliseconds: `2026-11-22 10:04:05.120`. */
export function preciseTime(time: string): string {
  const at = new Date(time)
  if (Number.isNaN(at.getTime())) return time
  return `${localTime(time)}.${String(at.getMilliseconds()).padStart(3, '0')}`
}

/** Seconds with one digit: `0.4s`, `12.0s`. */
export function seconds(millis: number): string {
  return `${(millis / 1000).toFixed(1)}s`
}
