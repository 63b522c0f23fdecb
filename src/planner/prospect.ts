// The cluster before and after a plan: how full each host is, why each slot goes where it goes, and what would help those
// that find no place. For showing only: no decision rests on it.
import type { AppliedJob } from '../model/job.js'
import { type HostName, type JobName, jobOfSlot, type SlotName } from '../model/names.js'
import type { Action, Candidate, Occupant, Plan, Unplaced } from '../model/plan.js'
import { NO_RESOURCES, plus } from '../model/resources.js'
import type { FillView, PlannedHostView } from '../model/views.js'
import { whyThere } from '../scheduler/choice-words.js'
import { type Choice, choices } from '../scheduler/explain.js'
import { remedies } from '../scheduler/remedy.js'
import { type Classified, occupies } from './classify.js'
import { candidatesOf, demand, onlyHost } from './demands.js'
import type { PlanInput } from './input.js'
import { movableOf } from './movable.js'
import { isActive } from './phase.js'
import type { Decision } from './plan.js'

/** What is shown of a plan beside its actions. */
export interface Prospect {
  readonly hosts: readonly PlannedHostView[]
  /** By slot, of what is started or moved. */
  readonly choices: ReadonlyMap<SlotName, Choice & { readonly why: string }>
  /** The plan's own, with remedies. */
  readonly unplaced: readonly Unplaced[]
  /** What would make all of those fit. */
  readonly remedy: string | null
}

/** Above so many looks at a host for a slot, choices are not explained. */
const MOST_LOOKS = 300_000

/** Looks at a decision from all sides. `before`: the jobs as they were applied until now, where the plan changes them. */
export function prospect(
  decision: Decision,
  input: PlanInput,
  before: Readonly<Record<JobName, AppliedJob>> = {},
): Prospect {
  const { plan, classified } = decision
  const candidates = candidatesOf(classified, input)
  const now = heldNow(classified, before)
  const then = heldThen(now, plan, input)
  return {
    hosts: fillOf(candidates, input, plan, { now, then }),
    choices: choicesOf(decision, then, candidates, input),
    ...mended(decision, input, candidates, then),
  }
}

/** Only the remedies: for what shows slots without a place and no plan. */
export function remedied(decision: Decision, input: PlanInput): Pick<Prospect, 'unplaced' | 'remedy'> {
  const { plan, classified } = decision
  if (plan.unplaced.length === 0) return { unplaced: [], remedy: null }
  const then = heldThen(heldNow(classified, {}), plan, input)
  return mended(decision, input, candidatesOf(classified, input), then)
}

function keyOf(slot: SlotName, host: HostName): string {
  return `${slot} ${host}`
}

/** Of a job that is removed, what it reserves may not be known. */
type HeldOne = Omit<Occupant, 'applied'> & { readonly applied: AppliedJob | null }
type Held = ReadonlyMap<string, HeldOne>

/** What holds room on its host now, what is to be stopped and what is recorded on lost hosts included. */
function heldNow(classified: readonly Classified[], before: Readonly<Record<JobName, AppliedJob>>): Held {
  return new Map(
    classified.flatMap((item): (readonly [string, HeldOne])[] => {
      const { slot, host, applied: wanted, placement, unit } = item.subject
      const applied = before[jobOfSlot(slot)] ?? wanted
      const ending = item.bucket === 'stop' && unit !== null && isActive(unit)
      if (host === null || !(occupies(item) || ending || item.bucket === 'replace')) return []
      return [
        [keyOf(slot, host), { slot, host, applied: applied ?? null, ports: placement?.ports ?? unit?.ports ?? {} }],
      ]
    }),
  )
}

/** What holds room when the plan is done. */
function heldThen(now: Held, { actions }: Plan, { jobs }: PlanInput): Held {
  const applied = new Map(jobs.map((each) => [each.job.name, each]))
  const then = new Map(now)
  for (const { kind, slot, host, from } of actions) {
    if (from !== null) then.delete(keyOf(slot, from))
    if (kind === 'stop' || kind === 'forget') then.delete(keyOf(slot, host))
  }
  for (const { slot, job, host, placement } of actions) {
    const wanted = applied.get(job)
    if (placement && wanted) then.set(keyOf(slot, host), { slot, host, applied: wanted, ports: placement.ports })
  }
  return then
}

function fillOf(
  candidates: readonly Candidate[],
  { hosts }: PlanInput,
  { actions }: Plan,
  { now, then }: { readonly now: Held; readonly then: Held },
): readonly PlannedHostView[] {
  const [before, after] = [fills(now), fills(then)]
  const known = new Set(
    hosts.flatMap(({ host, facts, lastFacts }) => (facts || lastFacts || host.capacity ? [host.name] : [])),
  )
  const touched = new Set(actions.map(({ slot, host }) => keyOf(slot, host)))
  const staying = new Map<HostName, number>()
  for (const [key, { host }] of then) {
    if (now.has(key) && !touched.has(key)) staying.set(host, (staying.get(host) ?? 0) + 1)
  }
  return candidates.map(({ name, capacity, verdict }) => ({
    host: name,
    verdict,
    capacity: known.has(name) ? capacity : null,
    before: before.get(name) ?? EMPTY,
    stay: staying.get(name) ?? 0,
    after: after.get(name) ?? EMPTY,
  }))
}

const EMPTY: FillView = { slots: 0, reserved: NO_RESOURCES }

function fills(held: Held): ReadonlyMap<HostName, FillView> {
  const found = new Map<HostName, FillView>()
  for (const { host, applied } of held.values()) {
    const { slots, reserved } = found.get(host) ?? EMPTY
    found.set(host, { slots: slots + 1, reserved: plus(reserved, applied?.job.resources ?? NO_RESOURCES) })
  }
  return found
}

function occupantsOf(held: Held): readonly Occupant[] {
  return [...held.values()].flatMap(({ applied, ...rest }) => (applied ? [{ ...rest, applied }] : []))
}

/** A slot that a plan puts on a host for which there may have been a choice. */
function isPlaced({ kind, placement }: Action): boolean {
  return placement !== null && (kind === 'start' || kind === 'move')
}

function choicesOf(
  { plan, classified }: Decision,
  then: Held,
  candidates: readonly Candidate[],
  input: PlanInput,
): Prospect['choices'] {
  const subjects = new Map(classified.map((item) => [item.subject.slot, item]))
  const placed = plan.actions.filter(isPlaced).flatMap(({ slot, host }) => {
    const item = subjects.get(slot)
    return item?.subject.applied ? [{ ...demand(item, onlyHost(item, input)), host }] : []
  })
  if (placed.length === 0 || placed.length * candidates.length > MOST_LOOKS) return new Map()
  const slots = new Set(placed.map(({ slot, host }) => keyOf(slot, host)))
  const occupants = occupantsOf(then).filter(({ slot, host }) => !slots.has(keyOf(slot, host)))
  const { strategy } = input.settings
  const found = choices({ placed, candidates, occupants, strategy })
  return new Map(found.map((choice) => [choice.slot, { ...choice, why: whyThere(choice, strategy) }]))
}

function mended(
  { plan, classified }: Decision,
  input: PlanInput,
  candidates: readonly Candidate[],
  then: Held,
): Pick<Prospect, 'unplaced' | 'remedy'> {
  const open = new Set(plan.unplaced.map(({ slot }) => slot))
  if (open.size === 0) return { unplaced: plan.unplaced, remedy: null }
  const items = new Map(classified.map((item) => [item.subject.slot, item]))
  const demands = plan.unplaced.flatMap(({ slot }) => {
    const item = items.get(slot)
    return item?.subject.applied ? [demand(item, onlyHost(item, input))] : []
  })
  const { strategy, moves } = input.settings
  // What stays for want of another place holds its room there, and is asked about as if it had left.
  const makeRoom = new Set([...movableOf(classified, input)].map(({ subject }) => `${subject.slot} ${subject.host}`))
  const occupants = occupantsOf(then)
    .filter(({ slot }) => !open.has(slot))
    .map((each) => ({ ...each, movable: makeRoom.has(`${each.slot} ${each.host}`) }))
  const { bySlot, all } = remedies({ demands, candidates, occupants, strategy, moves })
  const unplaced = plan.unplaced.map((each) => {
    const remedy = bySlot.get(each.slot)
    return remedy === undefined ? each : { ...each, remedy }
  })
  return { unplaced, remedy: all }
}
