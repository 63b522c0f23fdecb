// Branch and bound over how many slots of a kind a host holds, with the bound of master.ts (branch and price: Barnhart,
// Johnson, Nemhauser, Savelsbergh, Vance, 1998).
import { Budget } from '../budget.js'
import type { Instance } from './instance.js'
import type { Limits } from './knapsack.js'
import type { Aim } from './master.js'
import { Master } from './master.js'
import { allLawful } from './rules.js'

/** A placement: slots by kind, by host. */
export type Contents = readonly Int32Array[]

/** What came of a search. */
export interface Found {
  /** The cheapest placement that is known. */
  readonly contents: Contents
  readonly cost: number
  /** No placement costs less; equal to `cost` where the search went to its end. */
  readonly bound: number
}

/** What a placement costs. */
export function costOf({ kinds }: Instance, aim: Aim, contents: Contents): number {
  let cost = 0
  for (const [index, { members, demands, homes }] of kinds.entries()) {
    let placed = 0
    for (const [host, counts] of contents.entries()) {
      const count = counts[index] ?? 0
      placed += count
      cost += aim.move * Math.max(0, (homes[host] ?? 0) - count)
    }
    const without = members.length - placed
    const asked = Math.min(without, demands)
    cost += asked * (aim.demand[index] ?? 0) + (without - asked) * (aim.occupant[index] ?? 0)
  }
  return cost
}

/** Occupants that end on another host than now. */
export function moversOf({ kinds }: Instance, contents: Contents): number {
  let movers = 0
  for (const [index, { members, demands, homes }] of kinds.entries()) {
    let placed = 0
    for (const [host, counts] of contents.entries()) {
      placed += counts[index] ?? 0
      movers += Math.max(0, (homes[host] ?? 0) - (counts[index] ?? 0))
    }
    movers -= Math.max(0, members.length - placed - demands)
  }
  return movers
}

const FLAT = 1e-3

class Search {
  readonly #instance: Instance
  readonly #aim: Aim
  readonly #budget: Budget
  readonly #master: Master
  readonly #limits: Limits
  best: Contents
  cost: number
  /** Only what costs less is looked for. */
  limit = Number.POSITIVE_INFINITY
  root = Number.NEGATIVE_INFINITY
  /** False once a part was left without an answer. */
  whole = true

  constructor(instance: Instance, aim: Aim, start: Contents, budget: Budget) {
    this.#instance = instance
    this.#aim = aim
    this.#budget = budget
    this.#master = new Master(instance, aim, budget)
    this.#master.offer(start)
    this.best = start
    this.cost = costOf(instance, aim, start)
    const size = instance.kinds.length * instance.sites.length
    const most = new Int32Array(size)
    for (const [kind, { members, open, homes }] of instance.kinds.entries()) {
      for (const host of instance.sites.keys()) {
        most[kind * instance.sites.length + host] = open[host] === 1 ? members.length : (homes[host] ?? 0)
      }
    }
    this.#limits = { least: new Int32Array(size), most }
  }

  explore(depth: number): void {
    const relaxed = this.#master.relax(this.#limits, Math.min(this.cost, this.limit))
    if (depth === 0) this.root = Math.max(this.root, this.#master.reached)
    if (relaxed === null) {
      this.whole = false
      return
    }
    if (relaxed.means === null || relaxed.bound >= Math.min(this.cost, this.limit)) return
    const at = this.#fraction(relaxed.means)
    if (at >= 0) this.#branch(at, relaxed.means[at] ?? 0, depth)
    else if (!this.#take(relaxed.means)) this.#part(depth)
    else if (relaxed.bound < this.cost) this.explore(depth)
  }

  /** Whole numbers that no lawful placement has: half of one content and half of another on a host. These are parted. */
  #part(depth: number): void {
    const mixed = this.#master.mixed()
    if (mixed === null) this.whole = false
    else this.#branch(mixed.at, mixed.least + 0.5, depth)
  }

  /** The number that is most nearly decided, of those that are not whole; -1: all are whole. */
  #fraction(means: Float64Array): number {
    const limits = this.#limits
    let chosen = -1
    let most = FLAT
    for (const [at, mean] of means.entries()) {
      // Where the program pays for a host without a content, a mean may lie outside of its limits: nothing to halve.
      if (mean <= (limits.least[at] ?? 0) || mean >= (limits.most[at] ?? 0)) continue
      const part = mean - Math.floor(mean + FLAT)
      if (part > most) {
        most = part
        chosen = at
      }
    }
    return chosen
  }

  #branch(at: number, mean: number, depth: number): void {
    const { least, most } = this.#limits
    const [low, high] = [least[at] ?? 0, most[at] ?? 0]
    least[at] = Math.ceil(mean)
    this.explore(depth + 1)
    least[at] = low
    if (this.#budget.spent) {
      this.whole = false
      return
    }
    most[at] = Math.floor(mean)
    this.explore(depth + 1)
    most[at] = high
  }

  /** Takes a placement that is whole; false where it is not lawful, or not the better one. */
  #take(means: Float64Array): boolean {
    const { kinds, sites } = this.#instance
    const contents = sites.map((_, host) =>
      Int32Array.from(kinds, (_kind, kind) => Math.round(means[kind * sites.length + host] ?? 0)),
    )
    for (const [kind, { members, homes }] of kinds.entries()) trim(contents, kind, members.length, homes)
    const cost = costOf(this.#instance, this.#aim, contents)
    if (!allLawful(this.#instance, contents) || moversOf(this.#instance, contents) > this.#aim.moves) return false
    if (cost >= this.cost) return false
    this.cost = cost
    this.best = contents
    return true
  }
}

/** Takes off what a kind has too many of: new ones first. */
function trim(contents: Contents, kind: number, members: number, homes: Int32Array): void {
  let over = contents.reduce((sum, counts) => sum + (counts[kind] ?? 0), 0) - members
  for (const keep of [true, false]) {
    for (const [host, counts] of contents.entries()) {
      const spare = Math.min(over, (counts[kind] ?? 0) - (keep ? Math.min(counts[kind] ?? 0, homes[host] ?? 0) : 0))
      if (spare <= 0) continue
      counts[kind] = (counts[kind] ?? 0) - spare
      over -= spare
    }
  }
}

/** Searches until nothing cheaper is left, or until the budget ends, or `enough` is cheap no more; what is proved. */
function descend(search: Search, least: number, enough: number): number {
  let bound = 0
  for (let step = 1; bound < search.cost; step *= 2) {
    // Once something has to be left out, what is counted are slots and no longer moves.
    search.limit = Math.max(bound, search.root) + step * (search.root >= least ? least : 1)
    search.explore(0)
    if (!search.whole) break
    bound = Math.min(search.limit, search.cost)
    if (Math.max(bound, search.root) >= enough) break
  }
  return Math.min(search.cost, Math.max(bound, search.root))
}

/** The same question about the number of slots alone, where each counts the same and nothing is stopped; else null. */
function numberOf({ kinds }: Instance, aim: Aim): Aim | null {
  const demands = kinds.reduce((sum, kind) => sum + kind.demands, 0)
  const same = aim.demand.every((cost) => cost === aim.demand[0])
  const stops = kinds.some(
    ({ members, demands: asked }, kind) => asked < members.length && aim.occupant[kind] !== aim.never,
  )
  if (!same || stops || aim.move === 0 || demands === 0) return null
  const never = demands + 1
  return { demand: kinds.map(() => 1), occupant: kinds.map(() => never), move: 0, moves: aim.moves, never }
}

/** Part of the budget that goes to the number of slots, once it is known that not all can have a place. */
const FOR_NUMBER = 0.5

/**
 * The cheapest placement, from one that is lawful: `start`. What costs little is looked for first, with most of the tree
 * cut off, and only then what costs more: each time nothing was there, that is proved. Where it shows that not all can
 * have a place, how many can is settled first, and moves with that known.
 */
export function cheapest(instance: Instance, aim: Aim, start: Contents, budget: Budget): Found {
  const least = Math.min(...aim.demand)
  const number = numberOf(instance, aim)
  let search = new Search(instance, aim, start, budget)
  let bound = descend(search, least, number === null ? Number.POSITIVE_INFINITY : least)
  if (number !== null && bound >= least && bound < search.cost && !budget.spent) {
    const part = new Budget(Math.floor(budget.left * FOR_NUMBER))
    const steps = part.left
    const count = new Search(instance, number, search.best, part)
    const short = descend(count, 1, Number.POSITIVE_INFINITY)
    budget.spend(steps - part.left)
    const known = costOf(instance, aim, count.best) < search.cost ? count.best : search.best
    search = new Search(instance, { ...aim, short }, known, budget)
    search.root = Math.max(bound, short * least)
    bound = descend(search, least, Number.POSITIVE_INFINITY)
  }
  const { cost, best } = search
  if (instance.doubt.found) return { contents: best, cost, bound: Number.NEGATIVE_INFINITY }
  return { contents: best, cost, bound }
}
