// What runs and makes room for others: the steps for it, the sentences, and the order in which all is done.
import type { AppliedJob } from '../model/job.js'
import { byName, type HostName, type JobName, jobOfSlot, type SlotName } from '../model/names.js'
import type { Action, Waiting } from '../model/plan.js'
import { formatBytes, formatCpu, formatDevices, type Resources } from '../model/resources.js'
import type { Evicted, Moved } from '../scheduler/place.js'
import { alikeHosts } from './alike.js'
import { type Classified, occupies } from './classify.js'
import { fixedPorts } from './demands.js'
import { capacityByHost } from './held.js'
import { hostsByName, type PlanInput } from './input.js'
import { clash, type Holder, Ledger } from './ledger.js'
import { hasSettled, turnsOf } from './movable.js'
import { movesForOthers } from './pairs.js'
import { isActive } from './phase.js'
import type { Places } from './places.js'
import { adoption, allocation, isUnrecorded } from './steps.js'
import { order } from './waves.js'

/** Steps of what makes room. */
export interface Room {
  readonly moves: readonly Action[]
  readonly stops: readonly { readonly action: Action; readonly evicted: Evicted }[]
}

/** The steps of what runs and is moved, or stopped, so that others have a place. */
export function makeRoom(places: Places, classified: readonly Classified[], input: PlanInput): Room {
  if (places.moved.length + places.evicted.length + places.displaced.length === 0) return { moves: [], stops: [] }
  const running = new Map(
    classified.flatMap((item) => (item.bucket === 'keep' && item.subject.unit ? [[item.subject.slot, item]] : [])),
  )
  const needs = new Needs(places, classified, input)
  const step = (moved: Moved, reason: 'made-room' | 'outranked', text: string): readonly Action[] => {
    const { slot, host, from, score } = moved
    const item = running.get(slot)
    if (!item) return []
    const placement = allocation(item, moved, input)
    return [{ kind: 'move', slot, job: jobOfSlot(slot), host, from, reason, text, wave: 0, placement, score }]
  }
  const moves = [
    ...places.moved.flatMap((each) => step(each, 'made-room', `makes room on ${each.from} for ${needs.for(each)}`)),
    ...places.displaced.flatMap((each) => step(each, 'outranked', needs.outrank(each))),
  ]
  const stops = places.evicted.map((evicted) => {
    const { slot, from } = evicted
    const base = { kind: 'stop', slot, job: jobOfSlot(slot), host: from, from: null, reason: 'outranked' } as const
    return { evicted, action: { ...base, text: needs.outrank(evicted), wave: 0, placement: null } }
  })
  return { moves, stops }
}

/** For whom room is made, and how much of what. */
class Needs {
  readonly #places: Places
  readonly #jobs: Jobs
  /** Where all is in the end. */
  readonly #end: Ledger
  readonly #capacities: ReadonlyMap<HostName, Resources>

  constructor(places: Places, classified: readonly Classified[], input: PlanInput) {
    this.#places = places
    this.#capacities = capacityByHost(classified, input)
    this.#jobs = jobsOf(input)
    this.#end = ledgerOf(classified)
    for (const { slot, from } of [...places.moved, ...places.evicted, ...places.displaced]) this.#end.take(from, slot)
    for (const each of [...places.moved, ...places.displaced, ...places.placed.values()])
      this.#end.put(each.host, holderOf(each, this.#jobs))
  }

  /** `db.0, which needs 2 GiB memory`. */
  for(moved: Moved): string {
    const arriving = [
      ...this.#byRank([...this.#places.placed.values()].filter(({ host }) => host === moved.from)),
      ...this.#byRank(this.#places.moved.filter(({ host }) => host === moved.from)),
    ]
    const [first] = arriving
    if (first === undefined) return this.#byRank([...this.#places.placed.values()])[0] ?? 'another slot'
    const chain = this.#places.moved.some(({ slot }) => slot === first) ? ', which makes room in its turn' : ''
    const need = this.#lacking(moved, first)
    const more = arriving.length > 1 ? ` (and ${arriving.length - 1} more)` : ''
    return `${first}${more}${need === null ? '' : `, which needs ${need}`}${chain}`
  }

  /** `makes room for db.0 (priority 90, its own is 20)`. */
  outrank({ slot, for: above }: Evicted): string {
    const [first, ...others] = this.#byRank(above.map((each) => ({ slot: each })))
    const more = others.length > 0 ? ` and ${others.length} more` : ''
    const priority = (of: SlotName) => this.#jobs.get(jobOfSlot(of))?.job.priority ?? 0
    return `makes room for ${first ?? 'another slot'}${more} (priority ${priority(first ?? '')}, its own is ${priority(slot)})`
  }

  #byRank(slots: readonly { readonly slot: SlotName }[]): readonly SlotName[] {
    const job = (slot: SlotName) => this.#jobs.get(jobOfSlot(slot))?.job
    return slots
      .map(({ slot }) => slot)
      .sort(
        (a, b) =>
          (job(b)?.priority ?? 0) - (job(a)?.priority ?? 0) ||
          (job(b)?.resources.memory ?? 0) - (job(a)?.resources.memory ?? 0) ||
          byName(a, b),
      )
  }

  /** What there would not be enough of, had it stayed: as much as the other asks. */
  #lacking(moved: Moved, other: SlotName): string | null {
    const capacity = this.#capacities.get(moved.from)
    const there = this.#end.on(moved.from)
    const arrives = there.find(({ slot }) => slot === other)
    if (!capacity || !arrives?.applied) return null
    const stays = holderOf(moved, this.#jobs)
    const beside = [...there.filter((one) => one !== arrives), stays]
    const what = clash(arrives, beside, capacity)
    return what === null ? null : amountText(what, arrives.applied.job.resources)
  }
}

function amountText(what: string, { memory, disk, cpu, devices }: Resources): string {
  if (what === 'memory') return `${formatBytes(memory)} memory`
  if (what === 'disk') return `${formatBytes(disk)} disk`
  if (what === 'cpu') return `${formatCpu(cpu)} cpu`
  const amount = devices[what]
  return amount === undefined ? what : `${formatDevices(amount)} ${what}`
}

/** The parts of a decision that the order goes by. */
export interface Draft {
  readonly actions: readonly Action[]
  readonly room: Room
  readonly places: Places
  readonly moving: ReadonlySet<Classified>
  /** Hosts that something would leave now, were its new one not blocked. */
  readonly awaited: ReadonlySet<HostName>
  readonly classified: readonly Classified[]
}

/** Steps in order; what waits for the next plan; what is not stopped after all, since nothing has its room yet. */
export interface Ordered {
  readonly actions: readonly Action[]
  readonly waiting: readonly Waiting[]
  readonly spared: ReadonlySet<SlotName>
}

const NOTHING: Ordered = { actions: [], waiting: [], spared: new Set() }

/** Puts the steps in order. What is stopped for slots that have to wait themselves goes on running. */
export function inOrder(draft: Draft, input: PlanInput): Ordered {
  const { room, classified } = draft
  let stops = room.stops
  if (draft.actions.length + room.moves.length + stops.length === 0) return NOTHING
  for (;;) {
    const all = [...draft.actions, ...room.moves, ...stops.map(({ action }) => action)]
    const { actions, deferred } = order(all, settingOf(draft, input))
    const idle = new Set([...deferred.keys()].map(({ slot }) => slot))
    const kept = stops.filter(({ evicted }) => evicted.for.length === 0 || evicted.for.some((slot) => !idle.has(slot)))
    if (kept.length < stops.length) {
      stops = kept
      continue
    }
    const spared = new Set(room.stops.filter((one) => !stops.includes(one)).map(({ evicted }) => evicted.slot))
    const recorded = classified
      .filter(({ subject }) => idle.has(subject.slot) && isUnrecorded(subject, input))
      .map((item) => adoption(item, input, 'it runs, but not as the job asks'))
    const waiting = new Map([...deferred].map(([{ slot, host }, reason]) => [slot, { slot, host, reason }]))
    return { actions: [...actions, ...recorded], waiting: [...waiting.values()], spared }
  }
}

function settingOf({ places, moving, awaited, classified }: Draft, input: PlanInput) {
  const hosts = hostsByName(input)
  const running = new Map(classified.filter(({ bucket }) => bucket === 'keep').map((item) => [item.subject.slot, item]))
  const jobs = jobsOf(input)
  return {
    ledger: ledgerOf(classified),
    capacities: capacityByHost(classified, input),
    awaited,
    alike: alikeHosts(input),
    turns: turnsOf(classified, moving, places.placed),
    holder: (action: Action) => holderOf({ slot: action.slot, ports: action.placement?.ports ?? {} }, jobs),
    hindrance: (action: Action) => {
      if (!movesForOthers(action)) return null
      const item = running.get(action.slot)
      if (item && !hasSettled(item)) return 'makes room once it has settled'
      const state = hosts.get(action.host)
      return state?.blocked?.text ?? (state?.facts ? null : `${action.host} did not answer just now`)
    },
  }
}

type Jobs = ReadonlyMap<JobName, AppliedJob>

function jobsOf({ jobs }: PlanInput): Jobs {
  return new Map(jobs.map((applied) => [applied.job.name, applied]))
}

function holderOf(
  { slot, ports }: { readonly slot: SlotName; readonly ports: Readonly<Record<string, number>> },
  jobs: Jobs,
): Holder {
  return { slot, applied: jobs.get(jobOfSlot(slot)) ?? null, ports: Object.values(ports) }
}

/** Who holds room on each host before anything is done. */
export function ledgerOf(classified: readonly Classified[]): Ledger {
  const ledger = new Ledger()
  for (const item of classified) {
    const { slot, host, unit, applied, placement } = item.subject
    const holds = item.bucket !== 'unclaimed' && (occupies(item) || (unit !== null && isActive(unit)))
    if (host === null || !holds) continue
    const recorded = placement?.host === host ? placement.ports : null
    const ports = unit?.ports ?? recorded ?? fixedPorts(applied?.job.ports ?? {})
    ledger.put(host, { slot, applied: applied ?? null, ports: Object.values(ports) })
  }
  return ledger
}
