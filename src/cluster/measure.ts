// What can only be told from two answers of a host: how much of its processors was used in between.
import type { HostFacts, UnitFacts } from '../model/host.js'
import type { Millis } from '../model/names.js'
import type { Measured } from '../model/observation.js'

/** Answers that are closer than this say too little: the kernel counts in hundredths of a second. */
const SPAN_MS: Millis = 400
/** Clocks drift, and are slewed, by so much before times are reckoned anew. More: a clock was set, or the host slept. */
const DRIFT_MS: Millis = 1000
/** An answer that came so much sooner than the one that times were reckoned from mends them. */
const MEND_MS: Millis = 250

/** Remembers of one host what the next answer is compared with. */
export class Meter {
  #base: HostFacts | null = null
  #measured: Measured | null = null

  /** What is known so far; null: no answer yet. */
  get measured(): Measured | null {
    return this.#measured
  }

  /** Takes an answer in. `arrivedMs`: when it arrived, ms since 1970; `tookMs`: how long after it was asked for. */
  add(facts: HostFacts, arrivedMs: number, tookMs: Millis): void {
    const base = this.#base?.bootId === facts.bootId ? this.#base : null
    const before = base === null ? null : this.#measured
    const clocks = {
      bootedAtMs: held(before?.bootedAtMs, arrivedMs - facts.uptimeMs, tookMs),
      zeroMs: held(before?.zeroMs, arrivedMs - facts.monotonicMs, tookMs),
    }
    const span = base === null ? 0 : facts.monotonicMs - base.monotonicMs
    if (base !== null && span >= 0 && span < SPAN_MS) {
      this.#measured = { cpu: before?.cpu ?? null, slots: before?.slots ?? {}, ...clocks }
      return
    }
    this.#base = facts
    this.#measured = {
      cpu: base && span > 0 ? hostCpu(base, facts) : null,
      slots: base && span > 0 ? slotCpu(base, facts, span) : {},
      ...clocks,
    }
  }
}

/** The host read its clock somewhere between the question and the answer: what was reckoned before stays while that allows it. */
function held(before: number | undefined, latest: number, tookMs: Millis): number {
  if (before === undefined || before > latest + MEND_MS) return latest
  return before < latest - tookMs - DRIFT_MS ? latest - tookMs : before
}

/** Shares of all processors' ticks, so that the length of a tick does not matter. */
function hostCpu(before: HostFacts, after: HostFacts): number | null {
  if (!before.cpuTime || !after.cpuTime) return null
  const total = after.cpuTime.total - before.cpuTime.total
  const busy = after.cpuTime.busy - before.cpuTime.busy
  if (total <= 0 || busy < 0) return null
  return Math.round((Math.min(busy, total) / total) * after.capacity.cpu)
}

function slotCpu(before: HostFacts, after: HostFacts, span: Millis): Measured['slots'] {
  const known = new Map(before.units.map((unit) => [unit.slot, unit]))
  return Object.fromEntries(
    after.units.flatMap((unit) => {
      const used = usedBetween(known.get(unit.slot), unit)
      return used === null ? [] : [[unit.slot, Math.round(used / 1e3 / span)]]
    }),
  )
}

/** Nanoseconds; null where it is not the same run of the unit. */
function usedBetween(before: UnitFacts | undefined, after: UnitFacts): number | null {
  if (before === undefined || before.cpuNs === null || after.cpuNs === null) return null
  const same =
    before.pid === after.pid && before.activeSinceMs === after.activeSinceMs && before.restarts === after.restarts
  return same && after.cpuNs >= before.cpuNs ? after.cpuNs - before.cpuNs : null
}
