// `hc rebalance`: which moves of what runs would make the placement better, best first. It decides nothing by itself: what it
// finds is shown, and moved only by an operator's word.
import type { Strategy } from '../model/host.js'
import { byName, type HostName, jobOfSlot, type SlotName } from '../model/names.js'
import { homeOf, type Occupant, type ScorePart } from '../model/plan.js'
import type { RebalanceMoveView } from '../model/rebalance.js'
import { Board } from '../scheduler/board.js'
import { refusal } from '../scheduler/filters.js'
import { REPAIR_STEPS } from '../scheduler/place.js'
import { compile, type Item } from '../scheduler/problem.js'
import { score, WHOLE } from '../scheduler/score.js'
import { type SurvivalQuestion, survivals } from '../scheduler/survival.js'
import type { Classified } from './classify.js'
import { candidatesOf, demand, occupant } from './demands.js'
import type { PlanInput } from './input.js'
import { movableOf } from './movable.js'
import { worthOf } from './worth.js'
import { gainText } from './worth-words.js'

/** What rebalance() goes by. */
export interface RebalanceQuestion {
  readonly classified: readonly Classified[]
  readonly input: PlanInput
  /** Most moves. */
  readonly moves: number
  /** See `controlHost`. */
  readonly control: HostName | null
  /** Steps that each proof of survival may take; absent: as ever. */
  readonly steps?: number
}

/** What it finds. */
export interface Rebalance {
  readonly moves: readonly RebalanceMoveView[]
  readonly more: boolean
  readonly kept: readonly SlotName[]
  /** All that holds a place, before and after. */
  readonly before: readonly Occupant[]
  readonly after: readonly Occupant[]
}

/** So many moves are given up in a row for the sake of survival at most: each costs a proof. */
const MOST_KEPT = 16

/** A move must gain more than so many points to be worth a stop and a start. */
export function minGainOf(strategy: Strategy): number {
  // One slot more or less is few points where there are several; what the load adds to that never weighs so much.
  return strategy === 'spread' ? WHOLE / 100 : WHOLE / 20
}

/** Pure and deterministic: the same in any order gives the same moves. */
export function rebalance(question: RebalanceQuestion): Rebalance {
  return new Rebalancing(question).run()
}

interface Option {
  readonly item: Item
  readonly from: number
  readonly to: number
  readonly gain: number
  readonly parts: Readonly<Record<ScorePart, number>>
}

class Rebalancing {
  readonly #question: RebalanceQuestion
  readonly #before: readonly Occupant[]
  readonly #board: Board
  /** Slots that may be moved, by name. */
  readonly #items: readonly Item[]
  /** Hosts to which a slot may go; absent: any. */
  readonly #bound: ReadonlyMap<SlotName, HostName>
  readonly #closed: ReadonlySet<HostName>
  readonly #survival: Survival
  readonly #moved = new Map<SlotName, HostName>()
  /** Whose best moves were given up for the sake of survival, in the last look. */
  readonly #kept = new Set<SlotName>()

  constructor(question: RebalanceQuestion) {
    const { classified, input, control, steps } = question
    this.#question = question
    this.#before = classified.flatMap((item) => occupant(item))
    const movable = [...movableOf(classified, input)]
    const slots = new Set(movable.map(({ subject }) => subject.slot))
    const candidates = candidatesOf(classified, input)
    const others = this.#before.filter(({ slot }) => !slots.has(slot))
    this.#board = new Board(
      compile(
        movable.map((item) => demand(item, null)),
        candidates,
        others,
      ),
    )
    const { hosts, items, demandCount } = this.#board.problem
    const numbers = new Map(hosts.map(({ name }, index) => [name, index]))
    const at = new Map(movable.map(({ subject }) => [subject.slot, numbers.get(subject.host ?? '')]))
    this.#items = items.slice(0, demandCount)
    for (const item of this.#items) this.#board.put(item, at.get(item.slot) ?? 0)
    this.#bound = boundHome(movable)
    this.#closed = new Set(input.hosts.flatMap(({ blocked, host }) => (blocked === null ? [] : [host.name])))
    const { strategy } = input.settings
    this.#survival = new Survival({ candidates, placements: this.#before, strategy, control }, steps ?? REPAIR_STEPS)
  }

  run(): Rebalance {
    const moves: RebalanceMoveView[] = []
    while (moves.length < this.#question.moves) {
      const found = this.#best((item) => !this.#moved.has(item.slot))
      if (found === null) break
      moves.push(this.#tell(found))
      this.#make(found)
    }
    // Each is moved once at most, and what would gain by another move is found the next time.
    const more = this.#best(() => true) !== null
    const kept = [...this.#kept].sort(byName)
    return { moves, more, kept, before: this.#before, after: this.#places() }
  }

  /** The move that gains most and leaves survived what is survived now; of equal ones the first by slot, then host. */
  #best(may: (item: Item) => boolean): Option | null {
    const options = this.#items.filter(may).flatMap((item) => this.#options(item))
    this.#kept.clear()
    let tried = 0
    // The order of items and hosts is that of their names, and the sort is stable.
    for (const option of options.sort((a, b) => b.gain - a.gain)) {
      if (this.#survival.holds(this.#places(option))) return option
      this.#kept.add(option.item.slot)
      tried += 1
      if (tried >= MOST_KEPT) return null
    }
    return null
  }

  #options(item: Item): readonly Option[] {
    const board = this.#board
    if (board.isLeanedOn(item)) return []
    const { strategy } = this.#question.input.settings
    const from = board.hostOf(item)
    const min = minGainOf(strategy)
    const worth = worthOf(board, strategy)
    board.take(item)
    const here = score(board, item, from, strategy)
    const options = board.problem.hosts.flatMap(({ name }, to): readonly Option[] => {
      if (to === from || this.#closed.has(name)) return []
      if ((this.#bound.get(item.slot) ?? name) !== name) return []
      const there = score(board, item, to, strategy)
      const own = there.total - there.parts.stay - (here.total - here.parts.stay)
      if (own <= 0 || refusal(board, item, to) !== null) return []
      // In the other parts the whole gains what the slot gains; in `fit` others on both hosts gain or lose too.
      const fit = worth(item, from, to)
      const others = own - (there.parts.fit - here.parts.fit)
      const gain = others + fit.gain
      const parts = { ...partsOf(there.parts, here.parts), fit: fit.gain }
      return gain > min && others + fit.whole > 1 ? [{ item, from, to, gain, parts }] : []
    })
    board.put(item, from)
    return options
  }

  #make({ item, to }: Option): void {
    this.#board.take(item)
    this.#board.put(item, to)
    this.#moved.set(item.slot, this.#nameOf(to))
  }

  #tell({ item, from, to, gain, parts }: Option): RebalanceMoveView {
    const { strategy } = this.#question.input.settings
    const text = gainText(this.#board, { item, from, to, gain, parts }, strategy)
    const { slot } = item
    return { slot, job: jobOfSlot(slot), from: this.#nameOf(from), to: this.#nameOf(to), gain, parts, text }
  }

  #nameOf(host: number): HostName {
    return this.#board.problem.hosts[host]?.name ?? ''
  }

  /** Where all is, with the moves so far and one more. */
  #places(next?: Pick<Option, 'item' | 'to'>): readonly Occupant[] {
    return this.#before.map((each) => {
      const to = next?.item.slot === each.slot ? this.#nameOf(next.to) : this.#moved.get(each.slot)
      return to === undefined ? each : { ...each, host: to }
    })
  }
}

/** A slot whose job has `failback: home` is only ever brought there: anywhere else it would go back by itself. */
function boundHome(movable: readonly Classified[]): ReadonlyMap<SlotName, HostName> {
  return new Map(
    movable.flatMap(({ subject: { applied, placement, slot } }) =>
      placement && applied?.job.failback === 'home' ? [[slot, homeOf(placement)] as const] : [],
    ),
  )
}

function partsOf(there: Option['parts'], here: Option['parts']): Option['parts'] {
  return {
    fit: there.fit - here.fit,
    apart: there.apart - here.apart,
    stay: 0,
    home: there.home - here.home,
    affinity: there.affinity - here.affinity,
    spread: there.spread - here.spread,
  }
}

/** What is survived now has to be survived afterwards: shown, not only likely. */
class Survival {
  readonly #question: SurvivalQuestion
  readonly #steps: number
  #survived: readonly HostName[] | null = null

  constructor(question: SurvivalQuestion, steps: number) {
    this.#question = question
    this.#steps = steps
  }

  holds(placements: readonly Occupant[]): boolean {
    this.#survived ??= this.#ok(this.#question.placements)
    const hosts = this.#survived
    return hosts.length === 0 || this.#ok(placements, hosts).length === hosts.length
  }

  #ok(placements: readonly Occupant[], hosts?: readonly HostName[]): readonly HostName[] {
    const question = { ...this.#question, placements, steps: this.#steps, tells: false, ...(hosts && { hosts }) }
    return Object.entries(survivals(question)).flatMap(([host, { ok }]) => (ok === true ? [host] : []))
  }
}
