// The order of the steps of a plan: no host is ever asked for more than it has, nothing begins before its room is free.
import { byName, type HostName, type JobName, jobOfSlot, type SlotName, someOf } from '../model/names.js'
import type { Action } from '../model/plan.js'
import type { Resources } from '../model/resources.js'
import { clash, type Holder, type Ledger, lacksCompany } from './ledger.js'
import { keyOf, movesForOthers, type Pair, pairsOf } from './pairs.js'

/** What the order rests on. */
export interface Setting {
  /** Who holds room before the plan begins; it is changed. */
  readonly ledger: Ledger
  readonly capacities: ReadonlyMap<HostName, Resources>
  /** How many slots of each job may be taken down to make room; counted down. */
  readonly turns: Map<JobName, number>
  /** Hosts that something is to leave in a later plan: until then its room is not free. */
  readonly awaited: ReadonlySet<HostName>
  /** Hosts with the same value of the label, the host itself among them. */
  alike(host: HostName, label: string): readonly HostName[]
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

/** Something that has left a host in this plan. */
interface Left {
  readonly holder: Holder
  readonly wave: number
}

const RANK: readonly Action['kind'][] = ['adopt', 'forget', 'stop', 'restart', 'move', 'start', 'run']

/** Execution order: by wave; adopt, stop, then restart, move and start; by slot within. */
export function order(actions: readonly Action[], setting: Setting): Order {
  const waves = new Waves(actions, setting)
  const arranged = waves.arrange()
  return { actions: [...arranged].sort(byWave), deferred: waves.deferred }
}

/** See `order`. */
export function byWave(a: Action, b: Action): number {
  const rank = (kind: Action['kind']) => RANK.indexOf(kind)
  return a.wave - b.wave || rank(a.kind) - rank(b.kind) || byName(a.slot, b.slot) || byName(a.host, b.host)
}

class Waves {
  readonly deferred = new Map<Action, string>()
  readonly #setting: Setting
  readonly #actions: readonly Action[]
  readonly #done: Action[] = []
  readonly #left = new Map<HostName, Left[]>()
  /** Waves in which slots come to where they are going. */
  readonly #arrivals = new Map<SlotName, number>()
  /** Sentences on what can't come to pass as long as its job is as it is. */
  readonly #stuck = new Map<Pair, string>()
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

  #hindrance({ stop, start, from, to }: Pair): string | null {
    const action = start ?? stop
    if (!action) return null
    const said = this.#setting.hindrance(action)
    if (said !== null) return said
    return movesForOthers(action) && (this.#setting.turns.get(action.job) ?? 1) <= 0
      ? `takes its turn to go from ${from} to ${to} and make room, after others of ${action.job} (update.max_parallel)`
      : null
  }

  /** What has to be gone so that it fits; null where it does not fit yet. */
  #needs({ start, to, slot }: Pair, wave: number): readonly SlotName[] | null {
    if (!start || to === null) return []
    const capacity = this.#setting.capacities.get(to)
    const apart = this.#apart(start, to, wave)
    if (apart === null || this.#isAhead(start, to, wave)) return null
    if (!capacity) return apart
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
        : [...new Set([...apart, ...needed.map((one) => one.slot)])]
    }
    // What can as well stay for all that this one asks is not waited for.
    for (const one of needed) {
      const without = needed.filter((other) => other !== one)
      if (fits(gone.map((each) => each.holder).filter((each) => !without.includes(each)))) needed = without
    }
    return [...new Set([...apart, ...needed.map((one) => one.slot)])]
  }

  /** Others of the job that have to be gone from where its `distinct` allows one; null where they are not gone yet. */
  #apart(start: Action, to: HostName, wave: number): readonly SlotName[] | null {
    const { ledger, awaited } = this.#setting
    const hosts = this.#rivalHosts(start, to)
    if (hosts.length === 0) return []
    const isRival = (slot: SlotName) => slot !== start.slot && jobOfSlot(slot) === start.job
    const leaving = new Set([...this.#pending].filter((pair) => pair.from !== pair.to).map(keyOf))
    const stands = (host: HostName) =>
      ledger.on(host).some(({ slot }) => isRival(slot) && (leaving.has(`${slot} ${host}`) || awaited.has(host)))
    if (hosts.some(stands)) return null
    const gone = hosts.flatMap((host) => this.#left.get(host) ?? []).filter(({ holder }) => isRival(holder.slot))
    return gone.some((one) => one.wave >= wave) ? null : gone.map(({ holder }) => holder.slot)
  }

  /** Hosts of which `distinct` allows the slot's job one slot together, should it come to that host. */
  #rivalHosts(start: Action, to: HostName): readonly HostName[] {
    const label = this.#setting.holder(start).applied?.job.distinct ?? null
    return label === null ? [] : this.#setting.alike(to, label)
  }

  /** Would it be there before what it runs `with`? Those that run with each other start together. */
  #isAhead(start: Action, to: HostName, wave: number): boolean {
    const { ledger, holder } = this.#setting
    if ((holder(start).applied?.job.with.length ?? 0) === 0) return false
    const coming = [...this.#pending].flatMap((pair) => (pair.start && pair.to === to ? [holder(pair.start)] : []))
    const here = ledger.on(to).filter(({ slot }) => (this.#arrivals.get(slot) ?? 0) <= wave)
    return lacksCompany(holder(start), here, coming)
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
    if (start && start.kind !== 'restart') this.#arrivals.set(slot, stop === null ? wave : wave + 1)
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
      if (ring.some((pair) => this.#hindrance(pair) !== null)) continue
      if (!this.#hasTurns(ring)) {
        this.#noteTurns(ring)
        continue
      }
      if (this.#turnRound(ring, wave)) return true
    }
    return false
  }

  /** A pair with all that it waits for. */
  #ringOf(first: Pair): readonly Pair[] {
    const ring = [first]
    for (const pair of ring) {
      for (const other of this.#pending) {
        const goesOn = other.to !== null && other.from !== other.to
        if (goesOn && this.#waitsOn(pair, other) && !ring.includes(other)) ring.push(other)
      }
    }
    return ring
  }

  /** Does it stand where the pair's slot is to go, or where `distinct` allows one of the two? */
  #waitsOn({ start, to }: Pair, { from, slot }: Pair): boolean {
    if (from === null || to === null || !start || slot === start.slot) return false
    return from === to || (jobOfSlot(slot) === start.job && this.#rivalHosts(start, to).includes(from))
  }

  /** Why a ring that takes more of a job down at once than it ever allows does not come to pass. */
  #noteTurns(ring: readonly Pair[]): void {
    const own = (pair: Pair) =>
      ring.filter(({ start }) => start && movesForOthers(start) && start.job === pair.start?.job)
    for (const pair of ring) {
      const job = pair.start ? this.#setting.holder(pair.start).applied?.job : null
      const together = own(pair)
      if (!job || together.length <= job.update.maxParallel) continue
      const others = together.filter((each) => each !== pair).map(({ slot }) => slot)
      this.#stuck.set(
        pair,
        `would change places with ${someOf(others.sort(byName))}, which takes ${together.length} slots of ${job.name} down at once: ` +
          `update.max_parallel ${job.update.maxParallel} does not allow that, ${together.length} would`,
      )
    }
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
      const rivals = this.#rivalHosts(start, to).flatMap((host) => ledger.on(host))
      const near = rivals.some((each) => each.slot !== slot && jobOfSlot(each.slot) === start.job)
      if (near || clash(holder(start), [...ledger.on(to), ...later], capacity) !== null) {
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
      const others = ring.filter((other) => other !== pair && this.#waitsOn(pair, other)).map(({ slot }) => slot)
      const needs = new Set([...(pair.to === null ? [] : (before.get(pair.to) ?? [])), ...others])
      this.#go(pair, wave, [...needs])
    }
    return true
  }

  #defer(pair: Pair): void {
    const { stop, start, to } = pair
    const said =
      this.#stuck.get(pair) ??
      this.#hindrance(pair) ??
      (start && to !== null && this.#isAhead(start, to, Number.POSITIVE_INFINITY)
        ? `what it runs with is not on ${to} yet`
        : `there is no room on ${to} yet: what makes it takes its turn`)
    for (const action of [start, stop]) if (action) this.deferred.set(action, said)
  }
}
