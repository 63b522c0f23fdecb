// Where everything that needs a place goes: what the scheduler is asked, and in which order.
import { isPinned, mayLeave } from '../model/job.js'
import { byName, type HostName, type SlotName } from '../model/names.js'
import { type Demand, homeOf, type Occupant, type Unplaced } from '../model/plan.js'
import { place } from '../scheduler/place.js'
import { placeToSurvive } from '../scheduler/prefer.js'
import { toCandidate } from './candidates.js'
import { type Classified, occupies } from './classify.js'
import { controlHost } from './control.js'
import { heldByHost } from './held.js'
import type { PlanInput } from './input.js'
import { isActive } from './phase.js'
import { hostOfSystemSlot } from './subjects.js'

/** A place that was found. */
export interface Placed {
  readonly host: HostName
  readonly ports: Readonly<Record<string, number>>
}

/** What came of the search. */
export interface Places {
  readonly placed: ReadonlyMap<SlotName, Placed>
  readonly unplaced: readonly Unplaced[]
}

/**
 * Where everything that needs a place goes. What is to leave its place and finds no other goes on running there, so that
 * its room is not free: then all others are placed again round it.
 */
export function findPlaces(
  classified: readonly Classified[],
  moving: ReadonlySet<Classified>,
  input: PlanInput,
): Places {
  const held: Unplaced[] = []
  for (let open = moving; ; ) {
    const { placed, unplaced } = tryPlaces(classified, open, input)
    const homeless = new Set(unplaced.map(({ slot }) => slot))
    const stuck = [...open].filter(
      ({ subject }) => homeless.has(subject.slot) && subject.unit && isActive(subject.unit),
    )
    if (stuck.length === 0) {
      return { placed, unplaced: [...held, ...unplaced].sort((a, b) => byName(a.slot, b.slot)) }
    }
    const slots = new Set(stuck.map(({ subject }) => subject.slot))
    held.push(...unplaced.filter(({ slot }) => slots.has(slot)))
    open = new Set([...open].filter(({ subject }) => !slots.has(subject.slot)))
  }
}

/**
 * What has a place already is asked there first, so that nothing moves without need; only what no longer fits there is
 * looked at again together with the rest.
 */
function tryPlaces(classified: readonly Classified[], moving: ReadonlySet<Classified>, input: PlanInput): Places {
  const placed = new Map<SlotName, Placed>()
  if (moving.size === 0) return { placed, unplaced: [] }
  const ports = ownPorts(classified, input)
  const held = heldByHost(classified)
  const candidates = input.hosts.map((state) =>
    toCandidate(state, ports.get(state.host.name) ?? [], held.get(state.host.name)),
  )
  const occupants: Occupant[] = classified.filter((item) => !moving.has(item)).flatMap((item) => occupant(item))
  const { strategy } = input.settings
  const effort = input.searchSteps === undefined ? {} : { steps: input.searchSteps }
  const prefers = prefersSurvival(moving, input)
  const search = (demands: readonly Demand[]) => {
    const beside = [...moving].flatMap((item) => settled(item, placed))
    const asked = { demands, candidates, occupants: [...occupants, ...beside], strategy, ...effort }
    const found = prefers ? placeToSurvive(asked, place(asked), controlHost(input, null)) : place(asked)
    for (const { slot, host, ports: taken } of found.placed) placed.set(slot, { host, ports: taken })
    return found.unplaced
  }
  const open = () => [...moving].filter(({ subject }) => !placed.has(subject.slot))
  const atHome = (item: Classified) => demand(item, item.subject.host)
  search(
    open()
      .filter((item) => hasHome(item) && !leavesHome(item))
      .map(atHome),
  )
  const unplaced = search(open().map((item) => demand(item, onlyHost(item))))
  // What should leave a host that is being drained, but finds no other, is better off there than down.
  search(
    open()
      .filter((item) => hasHome(item) && leavesHome(item))
      .map(atHome),
  )
  return { placed, unplaced: unplaced.filter(({ slot }) => !placed.has(slot)) }
}

/** Only where new slots are placed, and nothing of a lost host is: there every moment counts. */
function prefersSurvival(moving: ReadonlySet<Classified>, { prefer }: PlanInput): boolean {
  const buckets = new Set([...moving].map(({ bucket }) => bucket))
  return prefer === 'survival' && buckets.has('place') && !buckets.has('replace')
}

/** It is on a host, or was, and may be started there again. */
function hasHome({ bucket, subject }: Classified): boolean {
  return subject.host !== null && (bucket === 'restart' || bucket === 'start')
}

function leavesHome({ subject }: Classified): boolean {
  return subject.state?.draining === true && subject.applied !== null && mayLeave(subject.applied.job)
}

function settled(item: Classified, placed: ReadonlyMap<SlotName, Placed>): readonly Occupant[] {
  const { slot, applied } = item.subject
  const there = placed.get(slot)
  return there && applied ? [{ slot, host: there.host, applied, ports: there.ports }] : []
}

function occupant(item: Classified): readonly Occupant[] {
  const { slot, host, applied, placement } = item.subject
  if (!occupies(item) || host === null || !applied) return []
  return [{ slot, host, applied, ports: placement?.ports ?? fixedPorts(applied.job.ports) }]
}

/** Ports that a job asks for by number. */
export function fixedPorts(ports: Readonly<Record<string, { readonly host: number | null }>>): Record<string, number> {
  return Object.fromEntries(Object.entries(ports).flatMap(([name, { host }]) => (host === null ? [] : [[name, host]])))
}

/** The only host that will do: a system job's own, a pinned slot's first. */
export function onlyHost({ subject }: Classified): HostName | null {
  const { applied, slot, host } = subject
  if (applied?.job.type === 'system') return hostOfSystemSlot(slot)
  return applied && isPinned(applied.job) ? host : null
}

/** What a slot asks for; `only`: the only host that will do. */
export function demand({ subject }: Classified, only: HostName | null): Demand {
  const { slot, applied, placement, host } = subject
  if (!applied) throw new Error(`bug: ${slot} is to be placed, but has no job`)
  const keeps = only !== null && only === host
  const home = placement && applied.job.failback === 'home' ? homeOf(placement) : null
  return { slot, applied, only, keeps, previous: placement?.host ?? host, home, previousPorts: placement?.ports ?? {} }
}

/** Host ports that allocations of hc hold on each host: those recorded, and the fixed ones of the jobs seen there. */
export function ownPorts(classified: readonly Classified[], input: PlanInput): ReadonlyMap<HostName, number[]> {
  const ports = new Map<HostName, number[]>()
  const add = (host: HostName, more: readonly number[]) => ports.set(host, [...(ports.get(host) ?? []), ...more])
  for (const { host, ports: taken } of Object.values(input.placements)) add(host, Object.values(taken))
  for (const { subject } of classified) {
    if (subject.unit && subject.applied && subject.host) {
      add(subject.host, Object.values(fixedPorts(subject.applied.job.ports)))
    }
  }
  return ports
}
