// hc_lease and what belongs to it: read together, since they only make sense together.

import type { LeaseSettings } from '../model/host.js'
import type { Millis } from '../model/names.js'
import { formatMillis } from '../model/resources.js'
import { parseSchedule, type Schedule } from './schedule.js'
import type { Place, Report } from './source.js'

/** Ticks within which a lease must not run out: two may be missed. */
const TICKS = 3
/** Longest that hc_lease may be, ms. */
const LONGEST_MS = 3_600_000

/** The variables as read. */
export interface LeaseVariables {
  readonly hc_reconcile: string
  readonly hc_probe_timeout: Millis
  readonly hc_lease: Millis
  readonly hc_stop_bound: Millis
  readonly hc_self_fence: boolean
  readonly hc_away: Millis
}

/**
 * The settings of leases. `written`: where hc_lease stands; null: nowhere, and then it is made long enough for a loop that
 * ticks seldom. What is written and too short is a fault.
 */
export function leaseSettings(read: LeaseVariables, written: Place | null, report: Report): LeaseSettings {
  const tickMs = longestTickMs(read.hc_reconcile)
  const least = TICKS * tickMs + read.hc_probe_timeout
  if (written && read.hc_lease < least) {
    report.add(
      written,
      `hc_lease is ${formatMillis(read.hc_lease)}, but has to outlast three ticks of ${formatMillis(tickMs)} and a probe of ${formatMillis(read.hc_probe_timeout)}: ${formatMillis(least)} or more`,
      'make it longer, or let the loop tick more often (hc_reconcile)',
    )
  }
  return {
    leaseMs: written ? read.hc_lease : Math.min(LONGEST_MS, Math.max(read.hc_lease, least)),
    stopBoundMs: read.hc_stop_bound,
    selfFence: read.hc_self_fence,
    awayMs: read.hc_away,
    tickMs,
  }
}

const DAY_MS = 86_400_000

/** The longest time from one tick of a cron expression to the next, ms; a day where it does not tick each day alike. */
export function longestTickMs(expression: string): Millis {
  const read = parseSchedule(expression)
  if (!read.ok) return 1000
  const { schedule } = read
  if (!isEveryDay(schedule)) return DAY_MS
  const { first, last, longest } = [
    { values: schedule.second, unit: 1 },
    { values: schedule.minute, unit: 60 },
    { values: schedule.hour, unit: 3600 },
  ].reduce(within, { first: 0, last: 0, longest: 0 })
  return Math.max(longest, first + 86_400 - last) * 1000
}

/** Seconds of the first tick and of the last of a span, and the longest time between two in it. */
interface Ticks {
  readonly first: number
  readonly last: number
  readonly longest: number
}

/** Those of a longer span, in which the shorter one comes at each of these values; values only rise. */
function within(inner: Ticks, { values, unit }: { readonly values: readonly number[]; readonly unit: number }): Ticks {
  const at = (index: number) => (values.at(index) ?? 0) * unit
  const between = values.slice(1).map((value, index) => value * unit + inner.first - at(index) - inner.last)
  return { first: at(0) + inner.first, last: at(-1) + inner.last, longest: Math.max(inner.longest, ...between) }
}

function isEveryDay({ day, month, weekday }: Schedule): boolean {
  return day.length === 31 && month.length === 12 && weekday.length === 7
}
