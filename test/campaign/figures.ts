// Figures of a fault, worked out from the lives that the witnesses saw.
import type { LabHost } from '../integration/support/verbs.js'
import type { Act, Life } from './witness.js'

/** A stretch of time, s of uptime. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** A pause shorter than this is two samples apart, not a pause, s. */
const BLINK = 0.12

/** Longest stretch within `span` in which two copies of one of these slots ran at once, s; 0: none ever did. */
export function longestDouble(lives: readonly Life[], slots: readonly string[], span: Span): number {
  let longest = 0
  for (const slot of slots) {
    const own = lives.filter((life) => life.slot === slot)
    for (const [index, one] of own.entries()) {
      for (const other of own.slice(index + 1)) {
        const from = Math.max(one.from, other.from, span.from)
        const to = Math.min(one.to, other.to, span.to)
        if (to - from >= 0) longest = Math.max(longest, to - from, 0.01)
      }
    }
  }
  return longest
}

/**
 * Seconds from the beginning of `span` until the last of these slots answered again on one of `hosts`; 0: none of them ever
 * ceased to, null: one never did again. The last pause counts.
 */
export function recovery(
  lives: readonly Life[],
  slots: readonly string[],
  hosts: readonly LabHost[],
  span: Span,
): number | null {
  const times = slots.map((slot) => {
    const own = lives
      .filter((life) => life.slot === slot && life.answersFrom !== null && hosts.includes(life.host))
      .map(({ answersFrom, to }) => ({ from: answersFrom ?? to, to }))
      .filter(({ to }) => to >= span.from)
      .sort((a, b) => a.from - b.from)
    let until = span.from
    let last: number | null = 0
    for (const { from, to } of own) {
      if (from > span.to) break
      if (from - until > BLINK) last = from - span.from
      until = Math.max(until, to)
    }
    if (span.to - until > 1) last = null
    return last
  })
  return times.includes(null) ? null : Math.max(0, ...times.map((time) => time ?? 0))
}

/** Those of these slots whose copy at the beginning of `span` is still the same at its end. */
export function untouched(lives: readonly Life[], slots: readonly string[], span: Span): readonly string[] {
  return slots.filter((slot) => {
    const before = lives.find((life) => life.slot === slot && life.from <= span.from && life.to >= span.from - 1)
    // A frozen host pauses its witness too: the same process is the same copy.
    const isSame = (life: Life) => life.host === before?.host && life.pid === before.pid && life.to >= span.to - 1
    return before !== undefined && lives.some((life) => life.slot === slot && isSame(life))
  })
}

/**
 * Longest time by which a leader surely still acted after one that was elected later had begun to, s; 0: none ever did. All
 * hosts have one clock, and of each act the earliest moment at which it can have been done counts, or the latest.
 */
export function leadersAtOnce(acts: readonly Act[]): number {
  let longest = 0
  for (const late of acts)
    for (const early of acts)
      if (late.term < early.term && late.after > early.by) longest = Math.max(longest, late.after - early.by)
  return longest
}

/** Seconds from `begun` until a host took something of a leader elected since; null: none did. */
export function nextLeaderActs(acts: readonly Act[], begun: number): number | null {
  const before = Math.max(0, ...acts.filter(({ by }) => by <= begun).map(({ term }) => term))
  const times = acts.filter(({ by, term }) => by > begun && term > before).map(({ by }) => by - begun)
  return times.length === 0 ? null : Math.min(...times)
}
