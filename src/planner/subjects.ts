// Every allocation that there is anything to say about: seen on a host, recorded in the store, or wanted and nowhere.
import type { UnitFacts } from '../model/host.js'
import { type AppliedJob, mayLeave } from '../model/job.js'
import { byName, type HostName, jobOfSlot, placeOfSlot, type SlotName, slotName } from '../model/names.js'
import type { Placement } from '../model/plan.js'
import { meetsConstraints } from '../scheduler/eligible.js'
import { toCandidate } from './candidates.js'
import { type HostState, hostsByName, type PlanInput } from './input.js'
import { backEarly } from './returns.js'
import { endedWell } from './runs.js'

/** One allocation, or a slot that has none. */
export interface Subject {
  readonly slot: SlotName
  /** The applied job; null: none of that name. */
  readonly applied: AppliedJob | null
  /** Where it was seen, else where it is recorded; null: nowhere. */
  readonly host: HostName | null
  /** That host's state; null also where the host has left the inventory. */
  readonly state: HostState | null
  /** The unit as seen in this tick; null: not seen. */
  readonly unit: UnitFacts | null
  /** The slot's record, whichever host it names. */
  readonly placement: Placement | null
  /** Does the job, as applied, want this slot? */
  readonly wanted: boolean
  /** Is this the copy that stays, of those seen and the one that is recorded? See `staysOn`. */
  readonly best: boolean
  /** Another host that shows a copy too, and where nothing may be done at the moment; null: none. */
  readonly heldBy: HostState | null
}

/** All subjects, sorted by slot, then host. Each sighting and each record is in exactly one. */
export function subjectsOf(input: PlanInput): readonly Subject[] {
  const hosts = hostsByName(input)
  const jobs = new Map(input.jobs.map((applied) => [applied.job.name, applied]))
  const stays = (slot: SlotName, copies: readonly Copy[]) =>
    staysOn(copies, input.placements[slot] ?? null, jobs.get(jobOfSlot(slot)) ?? null, input)
  const wanted = wantedSlots(input)
  const subjects: Subject[] = []
  const sighted = new Map<SlotName, Copy[]>()
  for (const state of input.hosts) {
    for (const unit of state.facts?.units ?? []) {
      const copies = sighted.get(unit.slot) ?? []
      copies.push({ state, unit })
      sighted.set(unit.slot, copies)
    }
  }
  const common = (slot: SlotName, host: HostName | null) => ({
    slot,
    applied: jobs.get(jobOfSlot(slot)) ?? null,
    host,
    state: host === null ? null : (hosts.get(host) ?? null),
    placement: input.placements[slot] ?? null,
    wanted: wanted.has(slot),
  })
  for (const [slot, copies] of sighted) {
    const best = stays(slot, copies)
    for (const { state, unit } of copies) {
      subjects.push({
        ...common(slot, state.host.name),
        unit,
        best: state.host.name === best,
        heldBy: holder(copies, state),
      })
    }
  }
  for (const slot of new Set([...Object.keys(input.placements), ...wanted])) {
    const host = input.placements[slot]?.host ?? null
    const copies = sighted.get(slot) ?? []
    const seenThere = copies.some(({ state }) => host === null || state.host.name === host)
    const best = stays(slot, copies) === host
    if (!seenThere) subjects.push({ ...common(slot, host), unit: null, best, heldBy: holder(copies, null) })
  }
  return subjects.sort((a, b) => byName(a.slot, b.slot) || byName(a.host ?? '', b.host ?? ''))
}

/**
 * Slots that the applied jobs want. A system job wants one on each host that takes jobs and meets its constraints; on a
 * cordoned one only if it is there already.
 */
export function wantedSlots(input: PlanInput): ReadonlySet<SlotName> {
  const slots = new Set<SlotName>()
  for (const applied of input.jobs) {
    if (applied.stopped) continue
    const { job } = applied
    if (job.type === 'system') {
      for (const state of input.hosts) {
        const slot = slotName(job.name, state.host.name)
        if (input.placements[slot] && state.facts === null) slots.add(slot)
        else if (isOpenFor(slot, state, input) && meetsConstraints(applied, toCandidate(state, []))) slots.add(slot)
      }
    } else {
      const count = job.type === 'cron' ? 1 : job.count
      for (let place = 0; place < count; place += 1) slots.add(slotName(job.name, place))
    }
  }
  return slots
}

/** A host that answers; where it is cordoned, only for what it has already. */
function isOpenFor(slot: SlotName, { facts, cordoned, draining, held }: HostState, { placements }: PlanInput): boolean {
  if (facts === null) return false
  return (
    (!cordoned && !draining && held === undefined) ||
    placements[slot] !== undefined ||
    facts.units.some((unit) => unit.slot === slot)
  )
}

/** The host that a slot of a system job belongs to. */
export function hostOfSystemSlot(slot: SlotName): HostName {
  return placeOfSlot(slot)
}

function holder(copies: readonly Copy[], own: HostState | null): HostState | null {
  const others = copies.map(({ state }) => state).filter((state) => state !== own && state.blocked !== null)
  return others.sort((a, b) => byName(a.host.name, b.host.name))[0] ?? null
}

interface Copy {
  readonly state: HostState
  readonly unit: UnitFacts
}

/** Is this the very allocation that the record names, on a host whose name there has left the inventory: a renamed one? */
export function isRenamed(unit: UnitFacts, host: HostName, placement: Placement, { hosts }: PlanInput): boolean {
  return (
    placement.host !== host &&
    unit.placement === placement.number &&
    !hosts.some((state) => state.host.name === placement.host)
  )
}

/**
 * The slot of another job that this one has to stand beside (`with`) and that no drain moves off its host: so neither
 * moves. null: there is none, or one that stays elsewhere too.
 */
export function anchorOf({ applied, host }: Subject, { jobs, hosts, placements }: PlanInput): SlotName | null {
  const drained = new Set(hosts.flatMap((state) => (state.draining ? [state.host.name] : [])))
  for (const name of applied?.job.with ?? []) {
    const other = jobs.find(({ job }) => job.name === name)
    if (!other || mayLeave(other.job)) continue
    const there = Object.values(placements).filter(({ slot }) => jobOfSlot(slot) === name)
    const here = there.find((placement) => placement.host === host)
    if (here && there.every((placement) => drained.has(placement.host))) return here.slot
  }
  return null
}

/**
 * A renamed host, or a copy of its disk: the record goes on to name the host that has left. Not where another copy bears a
 * higher number: that one was begun later, and stays.
 */
export function isDoubtful({ slot, applied, unit, host, placement }: Subject, input: PlanInput): boolean {
  if (!applied?.job.exclusive || !unit || !host || !placement || !isRenamed(unit, host, placement, input)) return false
  const { hosts, cluster } = input
  return !hosts.some(({ facts, blocked }) =>
    facts?.units.some(
      (other) =>
        other.slot === slot &&
        blocked === null &&
        (other.cluster === null || other.cluster === cluster) &&
        (other.placement ?? 0) > placement.number,
    ),
  )
}

/**
 * The host whose copy of a slot stays: the one that the store names, unless another of this cluster carries a higher
 * number (the store is older than the hosts), is that one under another name, or is back before its replacement was well;
 * without a record the best that was seen. null: there is none.
 */
function staysOn(
  copies: readonly Copy[],
  placement: Placement | null,
  applied: AppliedJob | null,
  input: PlanInput,
): HostName | null {
  if (placement === null) return bestCopy(copies)
  const newer = copies.filter(
    ({ state, unit }) =>
      state.host.name !== placement.host &&
      state.blocked === null &&
      (unit.cluster === null || unit.cluster === input.cluster) &&
      !hasEndedWell(placement, applied, unit, copies) &&
      ((unit.placement ?? 0) > placement.number || isRenamed(unit, state.host.name, placement, input)),
  )
  return bestCopy(newer) ?? backEarly(copies, placement, applied, input) ?? placement.host
}

/** A batch job that has ended well where it is recorded is not begun again for a copy of it that an earlier store had begun. */
function hasEndedWell(
  placement: Placement,
  applied: AppliedJob | null,
  unit: UnitFacts,
  copies: readonly Copy[],
): boolean {
  if (applied?.job.type !== 'batch' || placement.hash !== applied.hash) return false
  if ((unit.generation ?? 0) > placement.generation) return false
  const own = copies.find(({ state }) => state.host.name === placement.host)?.unit
  return placement.completed || (own?.placement === placement.number && own.hash === applied.hash && endedWell(own))
}

/** Of several copies the higher (term, placement number) stays, then one that runs, then the first host by name. */
function bestCopy(copies: readonly Copy[]): HostName | null {
  const [first] = [...copies].sort(
    (a, b) =>
      (b.unit.term ?? 0) - (a.unit.term ?? 0) ||
      (b.unit.placement ?? 0) - (a.unit.placement ?? 0) ||
      Number(b.unit.active === 'active') - Number(a.unit.active === 'active') ||
      byName(a.state.host.name, b.state.host.name),
  )
  return first?.state.host.name ?? null
}
