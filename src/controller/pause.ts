// How long a change that is watched can be left alone between two looks.
import type { Job } from '../model/job.js'
import { jobOfSlot, type Millis, type SlotName } from '../model/names.js'
import { phaseOf, SETTLED_MS, settlesIn } from '../planner/phase.js'
import { isSettled, type SlotProgress } from '../planner/progress.js'
import type { Look, Tick } from './controller.js'

/** Between two looks while something may change at any moment, ms. */
const LOOK_EVERY_MS = 150
/** A look sooner is not worth its round trip, ms. */
const SOONEST_MS = 20

/** A look, or a tick with what its steps came to. */
export type Paused = Pick<Look, 'decision' | 'input'> & Partial<Pick<Tick, 'results'>>

/**
 * Until the next look at slots of a change, ms. What has only to hold until it counts as running is looked at when it does: a look
 * before could tell nothing but that it is not there yet. All else (a batch job that may end, a port that does not listen,
 * a start that failed, a host that is waited for) is looked at soon.
 */
export function pauseAfter(look: Paused, slots: readonly SlotProgress[]): Millis {
  const open = slots.filter((slot) => !isSettled(slot))
  if (open.length === 0) return LOOK_EVERY_MS
  const holds = look.results && look.results.length > 0 ? afterSteps(look.results, look) : afterLook(look)
  const all = open.map(({ slot }) => holds(slot))
  const least = all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  // Those that settle one shortly after the other are looked at once.
  return all.reduce((latest, one) => (one <= least + LOOK_EVERY_MS ? Math.max(latest, one) : latest), least)
}

type Holds = (slot: SlotName) => Millis

/** What was just started has to hold from some moment before its step ended. */
function afterSteps(results: Tick['results'], { input }: Paused): Holds {
  const jobs = new Map(input.jobs.map(({ job }) => [job.name, job]))
  const ends = new Map<SlotName, boolean>()
  for (const { slot, ok } of results) ends.set(slot, (ends.get(slot) ?? true) && ok)
  return (slot) => {
    const job = jobs.get(jobOfSlot(slot))
    return ends.get(slot) === true && isLasting(job) ? SETTLED_MS : LOOK_EVERY_MS
  }
}

/** What is seen to run has to hold for the rest of its time. */
function afterLook({ decision }: Paused): Holds {
  const left = new Map<SlotName, Millis>()
  for (const { subject } of decision.classified) {
    const { slot, unit, applied, state } = subject
    if (!unit || !applied || !state?.facts || !isLasting(applied.job)) continue
    const at = state.facts.monotonicMs
    if (unit.active === 'active' && phaseOf(unit, applied.job, at) === 'starting') {
      left.set(slot, Math.max(left.get(slot) ?? 0, settlesIn(unit, at)))
    }
  }
  return (slot) => Math.max(SOONEST_MS, left.get(slot) ?? LOOK_EVERY_MS)
}

/** Does it count as running only after a while, and not end by itself? */
function isLasting(job: Pick<Job, 'type'> | undefined): boolean {
  return job?.type === 'service' || job?.type === 'system'
}
