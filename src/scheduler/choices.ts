// How many hosts may take a slot: counted node by node of the forest, not host by host.
import type { Board } from './board.js'
import { fitsNow } from './filters.js'
import { hasForeign } from './marks.js'
import type { Item, Shape } from './problem.js'
import type { Ranking } from './ranking.js'

/** Of a board on which nothing stands but occupants. */
export class Choices {
  readonly #board: Board
  readonly #ranking: Ranking
  /** Tokens that are held on some host, and ports that something else listens on. */
  readonly #held = new Set<number>()
  /** Jobs beside which someone does not run. */
  readonly #repelled = new Set<number>()
  #leastAutoFree = Number.POSITIVE_INFINITY

  constructor(board: Board, ranking: Ranking) {
    this.#board = board
    this.#ranking = ranking
    for (const [index, { holders, foreign, repelled }] of board.hosts.entries()) {
      for (const token of holders.keys()) this.#held.add(token)
      for (const port of foreign) this.#held.add(port)
      for (const job of repelled.keys()) this.#repelled.add(job)
      this.#leastAutoFree = Math.min(this.#leastAutoFree, board.autoFree(index))
    }
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
    return count
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

  /** True where nothing but amounts can speak against it on hosts that may ever take it. */
  #isPlain({ shape, tokens }: Item): boolean {
    const { maxPerHost, distinct } = shape.job
    const board = this.#board
    if (shape.doubledPort !== null || tokens.some((token) => this.#held.has(token))) return false
    if (shape.rangeNeed > 0 && shape.rangeNeed > this.#leastAutoFree) return false
    if (shape.needs.some((dimension) => board.problem.shared[dimension])) return false
    if (distinct !== null && (board.problem.labels.get(distinct)?.missing ?? 1) > 0) return false
    if ((maxPerHost !== null || distinct !== null) && board.jobTotal(shape.jobId) > 0) return false
    return !this.#repelled.has(shape.jobId) && shape.conflicts.every((job) => board.jobTotal(job) === 0)
  }

  #countNode(node: number, shape: Shape): number {
    const { room, mostUsed, leastCapacity, from, to, left, right, order } = this.#ranking.forest
    const base = node * this.#board.problem.dimensions.length
    let all = true
    for (const dimension of shape.needs) {
      const at = base + dimension
      const need = shape.amounts[dimension] ?? 0
      if (need > (room[at] ?? 0)) return 0
      if (need > (leastCapacity[at] ?? 0) - (mostUsed[at] ?? 0)) all = false
    }
    if (all) return (to[node] ?? 0) - (from[node] ?? 0)
    const one = left[node] ?? -1
    if (one >= 0) return this.#countNode(one, shape) + this.#countNode(right[node] ?? -1, shape)
    let count = 0
    for (let at = from[node] ?? 0; at < (to[node] ?? 0); at += 1)
      if (this.#hasAmounts(shape, order[at] ?? 0)) count += 1
    return count
  }

  #countEach(root: number, alone: Item): number {
    const { from, to, order } = this.#ranking.forest
    let count = 0
    for (let at = from[root] ?? 0; at < (to[root] ?? 0); at += 1) {
      const host = order[at] ?? 0
      if (!hasForeign(this.#board, alone.shape, host) && fitsNow(this.#board, alone, host)) count += 1
    }
    return count
  }

  #hasAmounts({ needs, amounts }: Shape, host: number): boolean {
    return needs.every((dimension) => (amounts[dimension] ?? 0) <= this.#board.free(host, dimension))
  }
}
