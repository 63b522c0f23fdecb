// Which of the allocations that run may be moved, or stopped, to make room for others; and how many of a job at a time.
import { type HostName, type JobName, jobOfSlot, type SlotName } from '../model/names.js'
import { makesRoom } from '../scheduler/survival.js'
import { type Classified, occupies } from './classify.js'
import { overfullHosts } from './held.js'
import type { PlanInput } from './input.js'
import { phaseOf } from './phase.js'
import { runs } from './rollout.js'
import { anchorOf } from './subjects.js'

/**
 * What may make room: services, and cron jobs between their runs, that run as they should on a host that answers and
 * obeys, with nothing that holds them there. Exclusive and pinned slots never do.
 */
export function movableOf(classified: readonly Classified[], input: PlanInput): ReadonlySet<Classified> {
  const copies = new Map<SlotName, number>()
  const held = new Map<JobName, number>()
  for (const { subject, bucket } of classified) {
    if (subject.unit) copies.set(subject.slot, (copies.get(subject.slot) ?? 0) + 1)
    // Down, and not soon up again by itself: what runs of the job is not taken down beside it.
    if ((bucket === 'failed' || bucket === 'wait') && subject.wanted) {
      const name = jobOfSlot(subject.slot)
      held.set(name, (held.get(name) ?? 0) + 1)
    }
  }
  const anchors = anchoredJobs(classified)
  const overfull = overfullHosts(classified, input)
  return new Set(
    classified.filter((item) => {
      const { subject } = item
      const { applied, host, slot } = subject
      if (!applied || host === null || !mayGo(item)) return false
      return (
        copies.get(slot) === 1 &&
        !overfull.has(host) &&
        (held.get(applied.job.name) ?? 0) < applied.job.update.maxParallel &&
        !anchors.has(`${applied.job.name} ${host}`) &&
        (applied.job.with.length === 0 || anchorOf(subject, input) === null)
      )
    }),
  )
}

function mayGo({ subject, bucket }: Classified): boolean {
  const { applied, unit, state, placement, host, best, heldBy } = subject
  if (bucket !== 'keep' || !applied || !unit || !state?.facts || !best || heldBy !== null) return false
  if (state.belief.verdict !== 'ready' || state.blocked !== null || placement?.host !== host) return false
  if (!makesRoom(applied)) return false
  const phase = phaseOf(unit, applied.job, state.facts.monotonicMs)
  // The second after a start passes by itself; what is still on its way up may never get there.
  if (applied.job.type === 'cron') return phase === 'scheduled'
  return phase === 'running' || (phase === 'starting' && unit.active === 'active')
}

/** `JOB HOST` of slots beside which others stand that run with that job only. */
function anchoredJobs(classified: readonly Classified[]): ReadonlySet<string> {
  const anchors = new Set<string>()
  for (const item of classified) {
    const { applied, host } = item.subject
    if (!applied || host === null || !occupies(item)) continue
    for (const name of applied.job.with) anchors.add(`${name} ${host}`)
  }
  return anchors
}

/** Has been up for long enough to be taken down again. */
export function hasSettled({ subject: { unit, applied, state } }: Classified): boolean {
  if (!unit || !applied || !state?.facts) return false
  return phaseOf(unit, applied.job, state.facts.monotonicMs) !== 'starting'
}

/**
 * How many slots of each job may be taken down now: `update.max_parallel` less what is down already or is taken down by
 * this plan. `places`: where slots are started in this plan. What looks for a place is not counted: it may be what room
 * is made for.
 */
export function turnsOf(
  classified: readonly Classified[],
  moving: ReadonlySet<Classified>,
  places: ReadonlyMap<SlotName, { readonly host: HostName }>,
): Map<JobName, number> {
  const turns = new Map<JobName, number>()
  for (const item of classified) {
    const { subject, bucket } = item
    const { applied, slot, host } = subject
    if (!applied) continue
    const { name, update } = applied.job
    const left = turns.get(name) ?? update.maxParallel
    const taken = moving.has(item) && runs(item) && places.has(slot)
    const startsAgain = bucket === 'start' && places.get(slot)?.host === host
    const down = (bucket === 'failed' || bucket === 'wait') && subject.wanted
    const unsettled = bucket === 'keep' && (!runs(item) || !hasSettled(item))
    turns.set(name, left - (taken || startsAgain || down || unsettled ? 1 : 0))
  }
  return turns
}
