// How many hosts may take a slot: counted node by node of the forest, not host by host.
import type { Board } from './board.js'
import { fitsNow } from './filters.js'
import { DIMENSION, DIMENSIONS, LEAST_CAPACITY, MOST_USED, ROOM } from './forest.js'
import { hasForeign } from './marks.js'
import type { Item, Shape } from './problem.js'
import type { Ranking } from './ranking.js'

/** Of a board on which nothing stands but occupants. */
export class Choices {
  readonly #board: Board
  readonly #ranking: Ranking
  /** Token -> hosts on which it is held, or on which something else listens on that port. */
  readonly #blocked = new Map<number, number[]>()
  /** Jobs beside which someone does not run. */
  readonly #repelled = new Set<number>()
  #leastAutoFree = Number.POSITIVE_INFINITY

  constructor(board: Board, ranking: Ranking) {
    this.#board = board
    this.#ranking = ranking
    for (const [index, { holders, foreign, repelled }] of board.hosts.entries()) {
      for (const token of holders.keys()) this.#block(token, index)
      for (const port of foreign) if (!holders.has(port)) this.#block(port, index)
      for (const job of repelled.keys()) this.#repelled.add(job)
      this.#leastAutoFree = Math.min(this.#leastAutoFree, board.autoFree(index))
    }
  }

  #block(token: number, host: number): void {
    const hosts = this.#blocked.get(token)
    if (hosts === undefined) this.#blocked.set(token, [host])
    else hosts.push(host)
  }

  /** How many hosts take the item (that is for any host), company aside. */
  of(item: Item): number {
    const { classes } = this.#ranking.classes.profile(this.#board, item)
    const plain = this.#isPlain(item)
    const alone = plain || item.shape.with.length === 0 ? item : { ...item, shape: { ...item.shape, with: [] } }
    let count = 0
    for (const index of classes) {
      const root = this.#ranking.forest.roots[index] ?? 0
      count += plain ? this.#countNode(root, item.shape) : this.#countEach(root, alone)
    }
    return plain ? count - this.#countBlocked(item, classes) : count
  }

  /** Of the hosts of some classes that have the amounts, those where a token of the item is held. */
  #countBlocked({ shape, tokens }: Item, classes: Int32Array): number {
    const counted = new Set<number>()
    for (const token of tokens) {
      for (const host of this.#blocked.get(token) ?? []) {
        if (classes.includes(this.#ranking.forest.classOf[host] ?? -1) && this.#hasAmounts(shape, host))
          counted.add(host)
      }
    }
    return counted.size
  }

  /** The hosts that of() counts, by name, as things were on a board without demands. */
  list(blank: Board, item: Item): readonly number[] {
    const alone = item.shape.with.length === 0 ? item : { ...item, shape: { ...item.shape, with: [] } }
    const options: number[] = []
    for (const host of this.#ranking.classes.hosts(this.#board, item)) {
      if (!hasForeign(blank, alone.shape, host) && fitsNow(blank, alone, host)) options.push(host)
    }
    return options
  }

  /** True where nothing but amounts and tokens can speak against it on hosts that may ever take it. */
  #isPlain({ shape }: Item): boolean {
    const { maxPerHost, distinct } = shape.job
    const board = this.#board
    if (shape.doubledPort !== null) return false
    if (shape.rangeNeed > 0 && shape.rangeNeed > this.#leastAutoFree) return false
    if (shape.needs.some((dimension) => board.problem.shared[dimension])) return false
    if (distinct !== null && (board.problem.labels.get(distinct)?.missing ?? 1) > 0) return false
    if ((maxPerHost !== null || distinct !== null) && board.jobTotal(shape.jobId) > 0) return false
    return !this.#repelled.has(shape.jobId) && shape.conflicts.every((job) => board.jobTotal(job) === 0)
  }

  #countNode(node: number, shape: Shape): number {
    const { nodes, stride, from, to, left, right, order } = this.#ranking.forest
    let all = true
    for (const dimension of shape.needs) {
      const base = node * stride + DIMENSIONS + dimension * DIMENSION
      const need = shape.amounts[dimension] ?? 0
      if (need > (nodes[base + ROOM] ?? 0)) return 0
      if (need > (nodes[base + LEAST_CAPACITY] ?? 0) - (nodes[base + MOST_USED] ?? 0)) all = false
    }
    if (all) return (to[node] ?? 0) - (from[node] ?? 0)
    const one = left[node] ?? -1
    if (one >= 0) return this.#countNode(one, shape) + this.#countNode(right[node] ?? -1, shape)
    let count = 0
    for (let at = from[node] ?? 0; at < (to[node] ?? 0); at += 1)
      if (this.#hasAmounts(shape, order[at] ?? 0)) count += 1
    return count
  }

  /** Asks each host of a node, where any of them has the amounts. */
  #countEach(node: number, alone: Item): number {
    const { nodes, stride, from, to, left, right, order } = this.#ranking.forest
    const { needs, amounts } = alone.shape
    for (const dimension of needs) {
      const room = nodes[node * stride + DIMENSIONS + dimension * DIMENSION + ROOM] ?? 0
      if ((amounts[dimension] ?? 0) > room) return 0
    }
    const one = left[node] ?? -1
    if (one >= 0) return this.#countEach(one, alone) + this.#countEach(right[node] ?? -1, alone)
    let count = 0
    for (let at = from[node] ?? 0; at < (to[node] ?? 0); at += 1) {
      const host = order[at] ?? 0
      if (!hasForeign(this.#board, alone.shape, host) && fitsNow(this.#board, alone, host)) count += 1
    }
    return count
  }

  #hasAmounts({ needs, amounts }: Shape, host: number): boolean {
    return needs.every((dimension) => (amounts[dimension] ?? 0) <= this.#board.free(host, dimension))
  }
}
