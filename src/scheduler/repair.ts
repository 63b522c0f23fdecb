// Finds places for what one pass left over by moving the other demands about: a guided ejection search, after Nagata
// and Bräysy, "A powerful route minimization heuristic for the vehicle routing problem with time windows", 2009. A
// slot that fits nowhere throws out the demands that were easiest to place so far, these are placed elsewhere, and so
// on; what keeps coming back grows dearer. Occupants never move.
import type { Strategy } from '../model/host.js'
import type { Board } from './board.js'
import { Budget } from './budget.js'
import { Dice } from './dice.js'
import type { Ejection } from './ejection.js'
import { ejection, runs } from './ejection.js'
import { fitsNow } from './filters.js'
import type { Wanting } from './order.js'
import type { Item } from './problem.js'
import { NO_HOST } from './problem.js'
import { best } from './score.js'

/** What repair() works on. */
export interface RepairTask {
  readonly board: Board
  /** Demands of higher priorities: they may be moved, and all that were placed are placed in the end. */
  readonly settled: readonly Wanting[]
  /** Demands to place as many of as can be. */
  readonly wanting: readonly Wanting[]
  readonly budget: Budget
  readonly strategy: Strategy
}

/** Moves at random after each ejection: enough to leave a rut, few enough to keep what was gained. */
const SHAKES = 12

class Repair {
  readonly #board: Board
  readonly #budget: Budget
  readonly #dice = new Dice(0x9e3779b9)
  /** Demands that are on the board or in the pool, with the hosts they may take. */
  readonly #options = new Map<number, Wanting>()
  readonly #movable: readonly Item[]
  readonly #protected: ReadonlySet<number>
  /** How often an item could not be placed without throwing others out. */
  readonly #failures: Int32Array
  readonly #pool: Item[] = []
  #best: readonly number[]
  #fewest: number

  constructor({ board, settled, wanting, budget }: RepairTask) {
    this.#board = board
    this.#budget = budget
    this.#failures = new Int32Array(board.problem.items.length).fill(1)
    const placed = settled.filter(({ item }) => board.hostOf(item) !== NO_HOST)
    this.#protected = new Set(placed.map(({ item }) => item.index))
    const all = [...placed, ...wanting.filter(({ choices }) => choices > 0)]
    this.#movable = all.map(({ item }) => item)
    for (const each of all) {
      const { item } = each
      this.#options.set(item.index, each)
      if (board.hostOf(item) === NO_HOST) this.#pool.push(item)
    }
    // The hardest comes out of the pool first.
    this.#pool.reverse()
    this.#best = this.#snapshot()
    this.#fewest = this.#pool.length
  }

  /** True where more is placed than before. Else the board is as it was. */
  run(): boolean {
    const before = this.#fewest
    // Each turn is a step, so that turns which look at no host end too.
    while (this.#pool.length > 0 && this.#budget.step()) {
      const item = this.#pool.pop()
      if (item === undefined) break
      if (!this.#insert(item) && !this.#force(item)) {
        // As things stand nothing that may leave lets it in: back to the end of the row, and stir.
        this.#pool.unshift(item)
        this.#shake()
      }
      this.#keepBest()
    }
    this.#restore()
    return this.#fewest < before
  }

  #insert(item: Item): boolean {
    const open = this.#optionsOf(item).filter((host) => this.#budget.step() && fitsNow(this.#board, item, host))
    const host = this.#dice.pick(open)
    if (host === undefined) return false
    this.#board.put(item, host)
    return true
  }

  #force(item: Item): boolean {
    this.#failures[item.index] = this.#cost(item) + 1
    let chosen: { host: number; ejection: Ejection } | null = null
    let ties = 0
    for (const host of this.#optionsOf(item)) {
      const bound = chosen === null ? Number.POSITIVE_INFINITY : chosen.ejection.cost + 1
      const found = ejection(this.#board, item, host, (other) => this.#cost(other), this.#budget, bound)
      if (found === null) continue
      ties = chosen !== null && found.cost === chosen.ejection.cost ? ties + 1 : 1
      // Each of equally cheap ones with the same chance, without a list of them (reservoir of one).
      if (this.#dice.below(ties) === 0) chosen = { host, ejection: found }
    }
    if (chosen === null) return false
    for (const other of chosen.ejection.items) this.#eject(other)
    // What was thrown out may have taken with it what the item itself needs: company that others led.
    if (fitsNow(this.#board, item, chosen.host)) this.#board.put(item, chosen.host)
    else this.#pool.unshift(item)
    this.#shake()
    return true
  }

  /** Takes a demand off, and with it those that may not stay without it. */
  #eject(item: Item): void {
    const host = this.#board.hostOf(item)
    if (host === NO_HOST) return
    this.#board.take(item)
    this.#pool.push(item)
    if (!this.#board.host(host).relied.has(item.shape.jobId)) return
    for (const index of [...this.#board.host(host).items]) {
      const other = this.#board.item(index)
      if (!runs(other) && this.#board.missingCompany(other.shape, host) !== null) this.#eject(other)
    }
  }

  /** Moves some demands to other hosts where they fit, or swaps two. */
  #shake(): void {
    for (let count = 0; count < SHAKES && !this.#budget.spent; count += 1) {
      const item = this.#dice.pick(this.#movable)
      if (item === undefined || !this.#mayMove(item)) continue
      if (this.#dice.below(2) === 0) this.#relocate(item)
      else this.#swap(item)
    }
  }

  #relocate(item: Item): void {
    const host = this.#dice.pick(this.#optionsOf(item))
    const from = this.#board.hostOf(item)
    if (host === undefined || host === from || !this.#budget.step()) return
    this.#board.take(item)
    this.#board.put(item, fitsNow(this.#board, item, host) ? host : from)
  }

  #swap(item: Item): void {
    const other = this.#dice.pick(this.#movable)
    if (other === undefined || other.shape === item.shape || !this.#mayMove(other)) return
    const [here, there] = [this.#board.hostOf(item), this.#board.hostOf(other)]
    if (here === there || !this.#optionsOf(item).includes(there) || !this.#optionsOf(other).includes(here)) return
    if (!this.#budget.step()) return
    this.#board.take(item)
    this.#board.take(other)
    const first = fitsNow(this.#board, item, there)
    if (first) this.#board.put(item, there)
    const both = first && fitsNow(this.#board, other, here)
    if (both) this.#board.put(other, here)
    if (both) return
    if (first) this.#board.take(item)
    this.#board.put(item, here)
    this.#board.put(other, there)
  }

  #mayMove(item: Item): boolean {
    return this.#board.hostOf(item) !== NO_HOST && !this.#board.isLeanedOn(item)
  }

  #optionsOf(item: Item): readonly number[] {
    return this.#options.get(item.index)?.options ?? []
  }

  #cost(item: Item): number {
    return this.#failures[item.index] ?? 1
  }

  #snapshot(): readonly number[] {
    return this.#movable.map((item) => this.#board.hostOf(item))
  }

  #keepBest(): void {
    if (this.#pool.length >= this.#fewest || this.#pool.some((item) => this.#protected.has(item.index))) return
    this.#fewest = this.#pool.length
    this.#best = this.#snapshot()
  }

  #restore(): void {
    const astray = [...this.#movable.keys()].filter((index) => this.#isAstray(index))
    for (const index of astray) {
      const item = this.#movable[index]
      if (item !== undefined && this.#board.hostOf(item) !== NO_HOST) this.#board.take(item)
    }
    for (const index of astray) {
      const item = this.#movable[index]
      const host = this.#best[index] ?? NO_HOST
      if (item !== undefined && host !== NO_HOST) this.#board.put(item, host)
    }
  }

  #isAstray(index: number): boolean {
    const item = this.#movable[index]
    return item !== undefined && this.#board.hostOf(item) !== this.#best[index]
  }
}

/** Passes over all demands in which each moves to the host that scores best for it. */
const SETTLING_PASSES = 2
/** Work of all passes together: beyond it, slots stay where the search has put them. */
const SETTLING_STEPS = 200_000

/** Where a search has put slots is where they fit, not where they are best: moves each to a better host, if any. */
export function settle({ board, settled, wanting, strategy }: Omit<RepairTask, 'budget'>): void {
  const budget = new Budget(SETTLING_STEPS)
  for (let pass = 0; pass < SETTLING_PASSES; pass += 1) {
    for (const each of [...settled, ...wanting]) {
      const { item } = each
      const from = board.hostOf(item)
      if (from === NO_HOST || board.isLeanedOn(item)) continue
      if (budget.left < each.choices) return
      const { options } = each
      board.take(item)
      const open = options.filter((host) => budget.step() && fitsNow(board, item, host))
      board.put(item, best(board, item, open, strategy) ?? from)
    }
  }
}

/**
 * Changes the board so that as many of `wanting` are placed as is found within the budget, never fewer than before
 * and never at the cost of one of `settled`. Where nothing is gained, nothing has moved.
 */
export function repair(task: RepairTask): void {
  if (new Repair(task).run()) settle(task)
}
