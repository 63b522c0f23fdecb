// `failback: home`: a slot goes back to the host where it belongs, once that one has proved itself and all else is quiet.
import { mayLeave } from '../model/job.js'
import { byName, jobOfSlot, type Millis, type SlotName } from '../model/names.js'
import { homeOf } from '../model/plan.js'
import { formatMillis } from '../model/resources.js'
import { place } from '../scheduler/place.js'
import type { Classified } from './classify.js'
import { candidatesOf, demand, occupant } from './demands.js'
import { isComing } from './health.js'
import type { HostState, PlanInput } from './input.js'
import { phaseOf } from './phase.js'

/** How long a home has to be ready, uncordoned and not held before anything goes back there, ms. */
export const QUIET_MS: Millis = 300_000

/**
 * The same, with at most one slot on its way home: the first by name whose home has been quiet for long enough and takes it
 * as it is, while nothing else is unsettled. Each plan moves one, and the next goes when that one is well.
 */
export function homeward(classified: readonly Classified[], input: PlanInput): readonly Classified[] {
  const due = classified.filter((item) => isDue(item, input)).sort((a, b) => byName(a.subject.slot, b.subject.slot))
  if (due.length === 0 || isUnsettled(classified, input)) return classified
  const going = due.find((item) => fitsAtHome(item, classified, input))
  if (!going?.subject.placement) return classified
  const home = homeOf(going.subject.placement)
  const text = `${home}, its home, has been ready for ${formatMillis(QUIET_MS)} and more`
  return classified.map((item) => (item === going ? { ...item, bucket: 'migrate', reason: 'went-home', text } : item))
}

function isDue({ subject, bucket, run }: Classified, input: PlanInput): boolean {
  const { applied, unit, state, placement, host, slot, heldBy } = subject
  if (bucket !== 'keep' || run || applied?.job.failback !== 'home' || !mayLeave(applied.job)) return false
  if (!unit || !state?.facts || !placement || placement.host !== host || heldBy !== null) return false
  const home = homeOf(placement)
  if (home === host || !isQuiet(home, input) || leaningOn(slot, input).length > 0) return false
  const phase = phaseOf(unit, applied.job, state.facts.monotonicMs)
  return phase === (applied.job.type === 'cron' ? 'scheduled' : 'running')
}

function isQuiet(home: string, { hosts, wall }: PlanInput): boolean {
  const state = hosts.find(({ host }) => host.name === home)
  if (!state?.facts || state.blocked !== null || state.belief.verdict !== 'ready' || !state.openSince) return false
  return Date.parse(wall) - Date.parse(state.openSince) >= QUIET_MS
}

/** Slots of other jobs on the same host that run only with the job of this one (`with`). */
export function leaningOn(slot: SlotName, { jobs, placements }: Pick<PlanInput, 'jobs' | 'placements'>) {
  const name = jobOfSlot(slot)
  const host = placements[slot]?.host
  const leaning = new Set(jobs.flatMap(({ job }) => (job.with.includes(name) ? [job.name] : [])))
  return Object.values(placements)
    .filter((other) => other.host === host && leaning.has(jobOfSlot(other.slot)))
    .map((other) => other.slot)
    .sort(byName)
}

/** Is anything on its way, or likely to be soon? What has failed for good, or waits for a host that is gone, is not. */
function isUnsettled(classified: readonly Classified[], input: PlanInput): boolean {
  const busy = ({ belief, blocked }: HostState) => belief.verdict === 'suspect' || blocked?.kind === 'busy'
  return input.hosts.some(busy) || classified.some((item) => moves(item, input))
}

function moves({ subject, bucket }: Classified, input: PlanInput): boolean {
  const { state } = subject
  switch (bucket) {
    case 'unclaimed':
    case 'nothing':
    case 'complete':
    case 'failed':
      return false
    case 'wait':
      return state !== null && state.facts !== null
    case 'keep':
      return isComing(subject, input)
    default:
      return true
  }
}

/** By what is there now: nothing is moved or stopped for it. */
function fitsAtHome(item: Classified, classified: readonly Classified[], input: PlanInput): boolean {
  const { placement } = item.subject
  if (!placement) return false
  const occupants = classified.filter((other) => other !== item).flatMap((other) => occupant(other))
  const demands = [demand(item, homeOf(placement))]
  const { strategy } = input.settings
  return (
    place({ demands, candidates: candidatesOf(classified, input), occupants, strategy, steps: 0 }).placed.length === 1
  )
}
