// The best host for a slot without a look at every host. The answer is that of asking fitsNow() and score() everywhere,
// ties by name included: what is left out can't be better than what was found (branch and bound over the forest).
import type { Strategy } from '../model/host.js'
import type { Board } from './board.js'
import { Classes } from './classes.js'
import { fitsNow, mayEver } from './filters.js'
import {
  DIMENSION,
  DIMENSIONS,
  FEWEST,
  FIRST,
  Forest,
  LEAST_CAPACITY,
  LEAST_USED,
  MOST,
  MOST_CAPACITY,
  MOST_USED,
  ROOM,
} from './forest.js'
import { hasForeign, marksOf } from './marks.js'
import type { Item, Shape } from './problem.js'
import { NO_HOST } from './problem.js'
import { Rough } from './rough.js'
import { apart, crowding, load, mostCrowding, score, taste, WHOLE, WISH, waste } from './score.js'

/** Points by which a rough bound may be off, for the parts that are added up. */
const CLOSE = 4

function dimensionsOf(need: readonly number[]): readonly number[] {
  return need.flatMap((amount, at) => (amount > 0 ? [at] : []))
}

/** See the head of the file. It follows the board, and belongs to it for good. */
export class Ranking {
  readonly #board: Board
  readonly classes: Classes
  readonly forest: Forest
  readonly #rough: Rough
  readonly #marks: ReadonlyMap<number, number>
  readonly #changed: number[] = []
  readonly #isChanged: Uint8Array
  /** Bounds of the roots, while they are gone through. */
  #bounds = new Float64Array(64)

  // What is asked, and the answer so far: fields and not arguments, for the search is run once for each slot.
  #item: Item
  #strategy: Strategy = 'balanced'
  #shape: Shape
  /** By dimension, in typed arrays for speed: what the slot asks for, and what must be free, which is no less. */
  readonly #amounts: Float64Array
  readonly #need: Float64Array
  /** Dimensions of which it asks for anything, and of which anything must be free. */
  #needs: readonly number[] = []
  #needed: readonly number[] = []
  #itemMarks = 0
  /** The job has slots already. */
  #siblings = false
  /** The points for `spread` differ between hosts of a class. */
  #spreadByHost = false
  /** The most points for all but `fit` on any host of the class that is gone through. */
  #offset = 0
  #points = Number.NEGATIVE_INFINITY
  #host = NO_HOST

  /** The board must have a demand at least. */
  constructor(board: Board) {
    this.#board = board
    this.#item = board.item(0)
    this.#shape = this.#item.shape
    this.#amounts = new Float64Array(board.problem.dimensions.length)
    this.#need = new Float64Array(board.problem.dimensions.length)
    this.classes = new Classes(board.problem)
    this.forest = new Forest(board, this.classes.members)
    this.#rough = new Rough(board, this.forest)
    this.#marks = marksOf(board.problem)
    this.#isChanged = new Uint8Array(board.problem.hosts.length)
    board.watcher = (host) => {
      if (this.#isChanged[host] === 1) return
      this.#isChanged[host] = 1
      this.#changed.push(host)
    }
    if (this.#marks.size > 0) {
      for (const host of board.problem.hosts.keys()) board.watcher(host)
      this.#refresh()
    }
  }

  #refresh(): void {
    for (const host of this.#changed) {
      this.#isChanged[host] = 0
      let marks = 0
      const { holders, foreign } = this.#board.host(host)
      for (const [token, bit] of this.#marks) if (holders.has(token) || foreign.has(token)) marks |= bit
      this.forest.hostMarks[host] = marks
      this.forest.refresh(host)
    }
    this.#changed.length = 0
  }

  /**
   * The best host that takes the item as things stand and has `need` free (by dimension, no less than the item's own
   * amounts); null where there is none.
   */
  best(item: Item, strategy: Strategy, need: readonly number[] = item.shape.amounts): number | null {
    this.#refresh()
    this.#ask(item, strategy, need)
    this.#known(item.previous)
    if (item.belongs !== item.previous) this.#known(item.belongs)
    this.#searchClasses()
    return this.#host === NO_HOST ? null : this.#host
  }

  #ask(item: Item, strategy: Strategy, need: readonly number[]): void {
    const { shape } = item
    const { spread } = shape.job
    this.#item = item
    this.#shape = shape
    this.#strategy = strategy
    this.#amounts.set(shape.amounts)
    this.#need.set(need)
    this.#needs = shape.needs
    this.#needed = need === shape.amounts ? this.#needs : dimensionsOf(need)
    this.#rough.ask(strategy, this.#needs, this.#amounts)
    this.#itemMarks = 0
    for (const token of shape.tokens) this.#itemMarks |= this.#marks.get(token) ?? 0
    this.#siblings = this.#board.jobTotal(shape.jobId) > 0
    this.#spreadByHost = spread !== null && !this.classes.labels.has(spread.label)
    this.#points = Number.NEGATIVE_INFINITY
    this.#host = NO_HOST
  }

  /** Looks at a host that has more points than others of its class. */
  #known(host: number): void {
    if (host === NO_HOST || !mayEver(this.#board, this.#item, host)) return
    if (this.#lacksNeed(host) || !fitsNow(this.#board, this.#item, host)) return
    this.#offer(host, score(this.#board, this.#item, host, this.#strategy).total)
  }

  #lacksNeed(host: number): boolean {
    const { used, problem } = this.#board
    const base = host * problem.dimensions.length
    for (let index = 0; index < this.#needed.length; index += 1) {
      const dimension = this.#needed[index] ?? 0
      const at = base + dimension
      if ((this.#need[dimension] ?? 0) > (problem.capacity[at] ?? 0) - (used[at] ?? 0)) return true
    }
    return false
  }

  #offer(host: number, points: number): void {
    if (points < this.#points || (points === this.#points && host > this.#host)) return
    this.#points = points
    this.#host = host
  }

  #first(node: number): number {
    return this.forest.nodes[node * this.forest.stride + FIRST] ?? 0
  }

  /** May a node with this bound hold something better, or as good and earlier by name? */
  #open(bound: number, node: number): boolean {
    if (bound !== this.#points) return bound > this.#points
    return bound !== Number.NEGATIVE_INFINITY && this.#first(node) < this.#host
  }

  /** The most promising class first, then what it leaves open. */
  #searchClasses(): void {
    const { classes, points } = this.classes.profile(this.#board, this.#item)
    const { roots } = this.forest
    if (this.#bounds.length < classes.length) this.#bounds = new Float64Array(2 * classes.length)
    let promising = -1
    let highest = Number.NEGATIVE_INFINITY
    for (let index = 0; index < classes.length; index += 1) {
      this.#offset = this.#offsetOf(classes[index] ?? 0, points[index] ?? 0)
      const bound = this.#bound(roots[classes[index] ?? 0] ?? 0)
      this.#bounds[index] = bound
      if (bound <= highest) continue
      highest = bound
      promising = index
    }
    if (promising < 0) return
    for (let step = -1; step < classes.length; step += 1) {
      const index = step < 0 ? promising : step
      const root = roots[classes[index] ?? 0] ?? 0
      if (step === promising || !this.#open(this.#bounds[index] ?? 0, root)) continue
      this.#offset = this.#offsetOf(classes[index] ?? 0, points[index] ?? 0)
      this.#search(root)
    }
  }

  /** Points of all parts but `fit`, at most; -Infinity where none of the class takes the slot. */
  #offsetOf(index: number, wishes: number): number {
    const { job, jobId } = this.#shape
    const host = this.classes.members[index]?.[0] ?? 0
    let points = WISH * wishes + (this.#strategy === 'pack' ? 0 : WHOLE)
    if (job.distinct !== null && this.classes.labels.has(job.distinct)) {
      if (this.#board.sharing(job.distinct, jobId, host) !== 0) return Number.NEGATIVE_INFINITY
    }
    if (job.spread === null) return points
    if (this.#spreadByHost) points += WISH * mostCrowding(this.#board, this.#shape)
    else points += WISH * crowding(this.#board, this.#item, host)
    return points
  }

  /** No host of the node has more points; -Infinity where none takes the slot. */
  #bound(node: number): number {
    const { nodes, stride, marks } = this.forest
    const head = node * stride
    for (let index = 0; index < this.#needed.length; index += 1) {
      const dimension = this.#needed[index] ?? 0
      const room = nodes[head + DIMENSIONS + dimension * DIMENSION + ROOM] ?? 0
      if ((this.#need[dimension] ?? 0) > room) return Number.NEGATIVE_INFINITY
    }
    if (((marks[node] ?? 0) & this.#itemMarks) !== 0) return Number.NEGATIVE_INFINITY
    const pack = this.#strategy === 'pack'
    const slots = nodes[head + (pack ? MOST : FEWEST)] ?? 0
    const rough = taste(this.#strategy, this.#rough.below(node), slots) + this.#offset
    // Only hosts that are as good as the best so far make the points that a rough bound may be off matter.
    if (rough < this.#points || rough > this.#points + CLOSE) return rough
    // The same arithmetic as in load(), each step of which rises with what is used and falls with the capacity.
    const usedAt = DIMENSIONS + (pack ? MOST_USED : LEAST_USED)
    const capacityAt = DIMENSIONS + (pack ? LEAST_CAPACITY : MOST_CAPACITY)
    const needs = this.#needs
    const amounts = this.#amounts
    let sum = 0
    for (let index = 0; index < needs.length; index += 1) {
      const dimension = needs[index] ?? 0
      const base = head + dimension * DIMENSION
      const used = (nodes[base + usedAt] ?? 0) + (amounts[dimension] ?? 0)
      const share = Math.min(1, used / (nodes[base + capacityAt] ?? 0))
      sum += Math.round(share * share * WHOLE)
    }
    const full = needs.length === 0 ? 0 : Math.round(sum / needs.length)
    return Math.min(rough, taste(this.#strategy, full, slots) + this.#offset)
  }

  #search(node: number): void {
    const { left, right } = this.forest
    const one = left[node] ?? -1
    if (one < 0) {
      this.#searchLeaf(node)
      return
    }
    const two = right[node] ?? -1
    const a = this.#bound(one)
    const b = this.#bound(two)
    const firstIsBetter = a > b || (a === b && this.#first(one) < this.#first(two))
    if (firstIsBetter) {
      if (this.#open(a, one)) this.#search(one)
      if (this.#open(b, two)) this.#search(two)
    } else {
      if (this.#open(b, two)) this.#search(two)
      if (this.#open(a, one)) this.#search(one)
    }
  }

  #searchLeaf(node: number): void {
    const { from, to, order } = this.forest
    const board = this.#board
    const item = this.#item
    const end = to[node] ?? 0
    for (let at = from[node] ?? 0; at < end; at += 1) {
      const host = order[at] ?? 0
      const slots = board.counts[host] ?? 0
      if (this.#offset + taste(this.#strategy, this.#rough.at(host), slots) < this.#points) continue
      if (this.#lacksNeed(host) || host === item.previous || host === item.belongs) continue
      let points = this.#offset + taste(this.#strategy, load(board, this.#needs, this.#amounts, host), slots)
      if (points < this.#points) continue
      points -= waste(board, this.#amounts, host, this.#strategy)
      if (this.#siblings && this.#strategy !== 'pack') points += apart(board, item, host, this.#strategy) - WHOLE
      if (this.#spreadByHost) {
        points += WISH * (crowding(board, item, host) - mostCrowding(board, this.#shape))
      }
      if (points < this.#points || (points === this.#points && host > this.#host)) continue
      if (this.#takes(host)) this.#offer(host, points)
    }
  }

  #takes(host: number): boolean {
    return !hasForeign(this.#board, this.#shape, host) && fitsNow(this.#board, this.#item, host)
  }
}

/** With fewer hosts a look at each of them is quicker. */
const RANKED = 64

const rankings = new WeakMap<Board, Ranking>()

/** The ranking of a board, made once; null where the cluster is too small to need one, or nothing is asked. */
export function rankingOf(board: Board): Ranking | null {
  if (board.problem.hosts.length < RANKED || board.problem.demandCount === 0) return null
  let ranking = rankings.get(board)
  if (ranking === undefined) {
    ranking = new Ranking(board)
    rankings.set(board, ranking)
  }
  return ranking
}
