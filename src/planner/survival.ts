// What the proof of survival goes by: the cluster as it stands once the plan has been carried out.
import type { AppliedJob } from '../model/job.js'
import { type HostName, jobOfSlot, type SlotName } from '../model/names.js'
import type { Action, Occupant } from '../model/plan.js'
import type { SurvivalQuestion } from '../scheduler/survival.js'
import type { Classified } from './classify.js'
import { candidatesOf, occupant } from './demands.js'
import type { PlanInput } from './input.js'
import type { Decision } from './plan.js'

/**
 * Everything that has a place after the plan, or after the next where it has to wait for its room, on the hosts as they
 * are now. `control`: see `controlHost`.
 */
export function survivalInput(
  input: PlanInput,
  { plan, classified, later = new Map() }: Decision,
  control: HostName | null,
): SurvivalQuestion {
  const jobs = new Map(input.jobs.map((applied) => [applied.job.name, applied]))
  return {
    candidates: candidatesOf(classified, input),
    placements: afterwards(plan.actions, later, classified, jobs),
    strategy: input.settings.strategy,
    control,
    ...byWord(input),
  }
}

/** Without hc_self_fence, or of a host that does not look at its lease, no lease proves that what ran there has ended; a fence driver may. */
function byWord({ hosts, settings }: PlanInput): Pick<SurvivalQuestion, 'byWord'> {
  const proves = settings.lease?.selfFence !== false
  const unproved = hosts.filter(({ host, lease }) => !host.fence && (!proves || lease?.unwatched))
  return unproved.length === 0 ? {} : { byWord: unproved.map(({ host }) => host.name) }
}

/** What actions place is there, and what waits is where it is to come; of all else, what is not stopped, forgotten or without a process. */
function afterwards(
  actions: readonly Action[],
  later: NonNullable<Decision['later']>,
  classified: readonly Classified[],
  jobs: ReadonlyMap<string, AppliedJob>,
): readonly Occupant[] {
  const placed = new Map<SlotName, Occupant>()
  for (const { slot, placement } of actions) {
    const applied = jobs.get(jobOfSlot(slot))
    if (placement && applied) placed.set(slot, { slot, host: placement.host, applied, ports: placement.ports })
  }
  for (const [slot, place] of later) {
    const applied = jobs.get(jobOfSlot(slot))
    if (place && applied && !placed.has(slot)) placed.set(slot, { slot, host: place.host, applied, ports: place.ports })
  }
  const stopped = new Set(
    actions.flatMap(({ reason, slot, host }) => (reason === 'outranked' ? [`${slot} ${host}`] : [])),
  )
  const stays = classified.filter(
    (item) =>
      !placed.has(item.subject.slot) &&
      later.get(item.subject.slot) !== null &&
      !stopped.has(`${item.subject.slot} ${item.subject.host}`),
  )
  return [...placed.values(), ...stays.flatMap((item) => occupant(item))]
}
