// In which order the steps of a plan are carried out: at no time is more asked of a host than it has, and nothing is
// stopped or started before the room that it needs is seen to be free.
import { byName, type HostName, type JobName, type SlotName } from '../model/names.js'
import type { Action } from '../model/plan.js'
import type { Resources } from '../model/resources.js'
import { clash, type Holder, type Ledger } from './ledger.js'

/** What the order rests on. */
export interface Setting {
  /** Who holds room before the plan begins; it is changed. */
  readonly ledger: Ledger
  readonly capacities: ReadonlyMap<HostName, Resources>
  /** How many slots of each job may be taken down to make room; counted down. */
  readonly turns: Map<JobName, number>
  /** Hosts that something is to leave in a later plan: until then its room is not free. */
  readonly awaited: ReadonlySet<HostName>
  /** Who a slot is, wherever it will be. */
  holder(action: Action): Holder
  /** A sentence where it can't be begun now, whatever room there is; else null. */
  hindrance(action: Action): string | null
}

/** The order, and what has to wait for the next plan. */
export interface Order {
  readonly actions: readonly Action[]
  readonly deferred: ReadonlyMap<Action, string>
}

/** A step, or two of one slot that go together: a stop where it was and a start where it will be. */
interface Pair {
  readonly stop: Action | null
  readonly start: Action | null
  readonly from: HostName | null
  readonly to: HostName | null
  readonly slot: SlotName
}

/** Something that has left a host in this plan. */
interface Left {
  readonly holder: Holder
  readonly wave: number
}

const RANK: Readonly<Record<Action['kind'], number>> = { adopt: 0, forget: 1, stop: 2, restart: 3, move: 4, start: 5 }

/** Execution order: by wave; adopt, stop, then restart, move and start; by slot within. */
export function order(actions: readonly Action[], setting: Setting): Order {
  const waves = new Waves(actions, setting)
  const arranged = waves.arrange()
  return { actions: [...arranged].sort(byWave), deferred: waves.deferred }
}

/** It is moved for the sake of others. */
export function movesForOthers({ kind, reason }: Action): boolean {
  return kind === 'move' && (reason === 'made-room' || reason === 'outranked')
}

/** See `order`. */
export function byWave(a: Action, b: Action): number {
  return a.wave - b.wave || RANK[a.kind] - RANK[b.kind] || byName(a.slot, b.slot) || byName(a.host, b.host)
}

class Waves {
  readonly deferred = new Map<Action, string>()
  readonly #setting: Setting
  readonly #actions: readonly Action[]
  readonly #done: Action[] = []
  readonly #left = new Map<HostName, Left[]>()
  readonly #pending: Set<Pair>
  readonly #stopped: ReadonlySet<SlotName>

  constructor(actions: readonly Action[], setting: Setting) {
    this.#setting = setting
    this.#actions = actions
    this.#pending = new Set(pairsOf(actions))
    this.#stopped = new Set(actions.flatMap(({ kind, slot }) => (kind === 'stop' ? [slot] : [])))
  }

  arrange(): readonly Action[] {
    const idle = this.#actions.filter(({ kind }) => kind === 'adopt' || kind === 'forget')
    // What only goes, and asks for no room, goes first.
    for (const pair of this.#pending) {
      if (pair.stop && pair.start === null && pair.from !== null) this.#go(pair, 0, [])
    }
    for (let wave = 0; this.#pending.size > 0; wave += 1) {
      const begun = [...this.#pending].filter((pair) => this.#begin(pair, wave))
      // What leaves in this wave makes room from the next one on: each step is judged by what was there before.
      const soon =
        this.#isSoon(wave) || (wave === 0 && [...this.#pending].some((pair) => this.#isStoppedElsewhere(pair)))
      if (begun.length === 0 && !soon && !this.#swap(wave)) break
    }
    for (const pair of this.#pending) this.#defer(pair)
    return [...idle, ...this.#done]
  }

  /** Has anything left in this wave, so that the next may find room? */
  #isSoon(wave: number): boolean {
    return [...this.#left.values()].some((all) => all.some((one) => one.wave >= wave))
  }

  #begin(pair: Pair, wave: number): boolean {
    if (this.#hindrance(pair) !== null || (wave === 0 && this.#isStoppedElsewhere(pair))) return false
    const needs = this.#needs(pair, wave)
    if (needs === null) return false
    this.#go(pair, wave, needs)
    return true
  }

  /** No slot runs twice on purpose: what starts waits for the wave after the stop of another copy. */
  #isStoppedElsewhere({ start, stop, slot }: Pair): boolean {
    if (start === null || stop !== null) return false
    return this.#stopped.has(slot)
  }

  #hindrance({ stop, start }: Pair): string | null {
    const action = start ?? stop
    if (!action) return null
    const said = this.#setting.hindrance(action)
    if (said !== null) return said
    return movesForOthers(action) && (this.#setting.turns.get(action.job) ?? 1) <= 0
      ? `takes its turn to make room after others of ${action.job} (update.max_parallel)`
      : null
  }

  /** What has to be gone so that it fits; null where it does not fit yet. */
  #needs({ start, to, slot }: Pair, wave: number): readonly SlotName[] | null {
    if (!start || to === null) return []
    const capacity = this.#setting.capacities.get(to)
    if (!capacity) return []
    const holder = this.#setting.holder(start)
    const there = this.#setting.ledger.on(to).filter((other) => other.slot !== slot)
    const gone = (this.#left.get(to) ?? []).filter((one) => one.holder.slot !== slot)
    const fits = (beside: readonly Holder[]) => clash(holder, [...there, ...beside], capacity) === null
    const later = gone.filter((one) => one.wave >= wave).map((one) => one.holder)
    let needed = gone.filter((one) => one.wave < wave).map((one) => one.holder)
    if (!fits(later)) {
      // Nothing more is to leave: it fits as well as it ever will, and who judges the whole plan will say so.
      return this.#waitsFor(to, slot) || this.#setting.awaited.has(to) || later.length > 0
        ? null
        : needed.map((one) => one.slot)
    }
    // What can as well stay for all that this one asks is not waited for.
    for (const one of needed) {
      const without = needed.filter((other) => other !== one)
      if (fits(gone.map((each) => each.holder).filter((each) => !without.includes(each)))) needed = without
    }
    return needed.map((one) => one.slot)
  }

  /** Is anything still to leave that host? */
  #waitsFor(host: HostName, slot: SlotName): boolean {
    return [...this.#pending].some((pair) => pair.from === host && pair.slot !== slot && pair.from !== pair.to)
  }

  #go(pair: Pair, wave: number, needs: readonly SlotName[]): void {
    const { stop, start, from, to, slot } = pair
    const { ledger, turns } = this.#setting
    this.#pending.delete(pair)
    const also = needs.length > 0 ? { needs: [...needs].sort(byName) } : {}
    if (from !== null && from !== to) {
      const holder = ledger.take(from, slot)
      if (holder) this.#left.set(from, [...(this.#left.get(from) ?? []), { holder, wave }])
    }
    if (start && to !== null) ledger.put(to, this.#setting.holder(start))
    if (start && movesForOthers(start)) turns.set(start.job, (turns.get(start.job) ?? 1) - 1)
    if (stop && stop !== start) this.#done.push({ ...stop, wave, ...also })
    if (start) this.#done.push({ ...start, wave: stop && stop !== start ? wave + 1 : wave, ...also })
  }

  /** Where each waits for the room of another: the smallest such ring stops all at once, then starts all. */
  #swap(wave: number): boolean {
    const rings = [...this.#pending]
      .filter(({ from, to }) => from !== null && to !== null && from !== to)
      .map((pair) => this.#ringOf(pair))
      .sort((a, b) => a.length - b.length)
    for (const ring of rings) {
      if (ring.some((pair) => this.#hindrance(pair) !== null) || !this.#hasTurns(ring)) continue
      if (this.#turnRound(ring, wave)) return true
    }
    return false
  }

  /** A pair with all that it waits for. */
  #ringOf(first: Pair): readonly Pair[] {
    const ring = [first]
    for (const { to } of ring) {
      for (const other of this.#pending) {
        if (other.from === to && other.to !== null && other.from !== other.to && !ring.includes(other)) ring.push(other)
      }
    }
    return ring
  }

  #hasTurns(ring: readonly Pair[]): boolean {
    const asked = new Map<JobName, number>()
    for (const { start } of ring) {
      if (start && movesForOthers(start)) asked.set(start.job, (asked.get(start.job) ?? 0) + 1)
    }
    return [...asked].every(([job, count]) => count <= (this.#setting.turns.get(job) ?? count))
  }

  #turnRound(ring: readonly Pair[], wave: number): boolean {
    const { ledger, holder, capacities } = this.#setting
    const gone = ring.flatMap(({ from, slot }) => {
      const one = from === null ? null : ledger.take(from, slot)
      return one && from !== null ? [{ from, one }] : []
    })
    const back = () => {
      for (const { from, one } of gone) ledger.put(from, one)
    }
    const arrived: { host: HostName; slot: SlotName }[] = []
    for (const { start, to, slot } of ring) {
      const capacity = to === null ? undefined : capacities.get(to)
      if (!start || to === null || !capacity) continue
      const later = (this.#left.get(to) ?? []).filter((one) => one.wave >= wave).map((one) => one.holder)
      if (clash(holder(start), [...ledger.on(to), ...later], capacity) !== null) {
        for (const each of arrived) ledger.take(each.host, each.slot)
        back()
        return false
      }
      ledger.put(to, holder(start))
      arrived.push({ host: to, slot })
    }
    for (const each of arrived) ledger.take(each.host, each.slot)
    back()
    const before = new Map([...this.#left].map(([host, all]) => [host, all.map((one) => one.holder.slot)]))
    for (const pair of ring) {
      const others = ring.filter((other) => other.from === pair.to && other !== pair).map(({ slot }) => slot)
      const needs = [...(pair.to === null ? [] : (before.get(pair.to) ?? [])), ...others]
      this.#go(pair, wave, needs)
    }
    return true
  }

  #defer(pair: Pair): void {
    const { stop, start, to } = pair
    const said = this.#hindrance(pair) ?? `waits until there is room on ${to}: what makes it takes its turn`
    for (const action of [start, stop]) if (action) this.deferred.set(action, said)
  }
}

function pairsOf(actions: readonly Action[]): Pair[] {
  const starts = new Map(actions.filter(({ kind }) => kind === 'start').map((action) => [action.slot, action]))
  const paired = new Set<Action>()
  const pairs: Pair[] = []
  const sent = actions.filter(({ kind }) => kind !== 'adopt' && kind !== 'forget')
  for (const action of [...sent].sort((a, b) => byName(a.slot, b.slot) || byName(a.host, b.host))) {
    const { kind, slot, host, from } = action
    if (kind === 'move') pairs.push({ stop: action, start: action, from, to: host, slot })
    if (kind === 'restart') pairs.push({ stop: null, start: action, from: host, to: host, slot })
    if (kind !== 'stop') continue
    const start = starts.get(slot)
    if (start && !paired.has(start)) {
      paired.add(start)
      pairs.push({ stop: action, start, from: host, to: start.host, slot })
    } else pairs.push({ stop: action, start: null, from: host, to: null, slot })
  }
  for (const start of starts.values()) {
    if (!paired.has(start)) pairs.push({ stop: null, start, from: null, to: start.host, slot: start.slot })
  }
  // What leaves a host comes before what only arrives, so that nothing takes the room that a move is on its way to.
  const rank = ({ from, to }: Pair) => (from === null ? 2 : from === to ? 1 : 0)
  return pairs.sort((a, b) => rank(a) - rank(b) || byName(a.slot, b.slot) || byName(a.from ?? '', b.from ?? ''))
}
