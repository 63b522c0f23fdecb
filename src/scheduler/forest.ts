// Hosts in k-d trees (Bentley: Multidimensional binary search trees, 1975), one for each class of hosts: of every node
// it is known between which bounds the loads of its hosts lie, so that a search for the best host leaves out most.
import type { Board } from './board.js'
import { addNode, LEAF, select } from './halves.js'

/** The trees. All nodes are numbered from 0; arrays of amounts are by node and dimension. */
export class Forest {
  /** Class -> root. */
  readonly roots: Int32Array
  /** Children; -1: a leaf. */
  readonly left: Int32Array
  readonly right: Int32Array
  /** Hosts of a node: those of `order` from `from` to below `to`. */
  readonly from: Int32Array
  readonly to: Int32Array
  readonly order: Int32Array
  /** The most that is free on any host of a node. */
  readonly room: Float64Array
  readonly leastUsed: Float64Array
  readonly mostUsed: Float64Array
  readonly leastCapacity: Float64Array
  readonly mostCapacity: Float64Array
  /** Bounds of used shares of the capacity, and of 1 / capacity; of hosts without any, both are 0. */
  readonly leastShare: Float64Array
  readonly mostShare: Float64Array
  readonly leastInverse: Float64Array
  readonly mostInverse: Float64Array
  /** By host and dimension: 1 / capacity, 0 where there is none. */
  readonly inverse: Float64Array
  /**
   * Bounds of the squared used shares added up: over cpu and memory at `2 * node`, over cpu, memory and disk behind it.
   * Where hosts are evenly loaded these differ little between them, while cpu alone and memory alone may differ much.
   */
  readonly leastNorm: Float64Array
  readonly mostNorm: Float64Array
  /** How many slots are there. */
  readonly fewest: Int32Array
  readonly most: Int32Array
  /** The first host by name. */
  readonly first: Int32Array
  /** Bits that all hosts of a node have (see `Forest.hostMarks`). */
  readonly marks: Int32Array
  /** By host: bits that its owner sets before it calls refresh(). */
  readonly hostMarks: Int32Array
  readonly #board: Board
  readonly #width: number
  readonly #parent: Int32Array
  readonly #leafOf: Int32Array
  readonly #classOf: Int32Array
  /** Refreshes of a class since its tree was built. */
  readonly #age: Int32Array
  readonly #keys: Float64Array

  constructor(board: Board, members: readonly Int32Array[]) {
    const hosts = board.problem.hosts.length
    this.#board = board
    this.#width = board.problem.dimensions.length
    this.order = new Int32Array(hosts)
    this.hostMarks = new Int32Array(hosts)
    this.#leafOf = new Int32Array(hosts)
    this.#classOf = new Int32Array(hosts)
    this.#keys = new Float64Array(hosts)
    this.#age = new Int32Array(members.length)
    this.roots = new Int32Array(members.length)
    const nodes = { left: [], right: [], from: [], to: [], parent: [] } satisfies Record<string, number[]>
    let start = 0
    for (const [index, own] of members.entries()) {
      this.order.set(own, start)
      for (const host of own) this.#classOf[host] = index
      this.roots[index] = addNode(nodes, start, start + own.length, -1)
      start += own.length
    }
    this.left = Int32Array.from(nodes.left)
    this.right = Int32Array.from(nodes.right)
    this.from = Int32Array.from(nodes.from)
    this.to = Int32Array.from(nodes.to)
    this.#parent = Int32Array.from(nodes.parent)
    const count = this.left.length
    const amounts = () => new Float64Array(count * this.#width)
    this.room = amounts()
    this.leastUsed = amounts()
    this.mostUsed = amounts()
    this.leastCapacity = amounts()
    this.mostCapacity = amounts()
    this.leastShare = amounts()
    this.mostShare = amounts()
    this.leastInverse = amounts()
    this.mostInverse = amounts()
    this.inverse = board.problem.capacity.map((capacity) => (capacity > 0 ? 1 / capacity : 0))
    this.leastNorm = new Float64Array(2 * count)
    this.mostNorm = new Float64Array(2 * count)
    this.fewest = new Int32Array(count)
    this.most = new Int32Array(count)
    this.first = new Int32Array(count)
    this.marks = new Int32Array(count)
    for (const root of this.roots) this.#build(root)
  }

  /** Takes up what has changed on a host. */
  refresh(host: number): void {
    const index = this.#classOf[host] ?? 0
    const root = this.roots[index] ?? 0
    const age = (this.#age[index] ?? 0) + 1
    const size = (this.to[root] ?? 0) - (this.from[root] ?? 0)
    this.#age[index] = age
    // Loads have moved away from where the tree had divided them.
    if (size > LEAF && age >= size) {
      this.#age[index] = 0
      this.#build(root)
      return
    }
    let node = this.#leafOf[host] ?? 0
    this.#boundLeaf(node)
    for (node = this.#parent[node] ?? -1; node >= 0; node = this.#parent[node] ?? -1) this.#boundNode(node)
  }

  /** Divides the hosts of a node anew; the nodes themselves stay. */
  #build(node: number): void {
    const left = this.left[node] ?? -1
    const right = this.right[node] ?? -1
    const from = this.from[node] ?? 0
    const to = this.to[node] ?? 0
    if (left < 0) {
      for (let at = from; at < to; at += 1) this.#leafOf[this.order[at] ?? 0] = node
      this.#boundLeaf(node)
      return
    }
    this.#chooseKeys(from, to)
    select(this.order, this.#keys, from, to - 1, (this.to[left] ?? 0) - 1)
    this.#build(left)
    this.#build(right)
    this.#boundNode(node)
  }

  /** Sets the keys of some hosts to that by which they differ most, as shares; else to their place by name. */
  #chooseKeys(from: number, to: number): void {
    const width = this.#width
    let widest = 0
    let chosen = -1
    for (let kind = 0; kind <= 2 * width; kind += 1) {
      let [least, most] = [Number.POSITIVE_INFINITY, 0]
      for (let at = from; at < to; at += 1) {
        const value = this.#key(kind, this.order[at] ?? 0)
        if (value < least) least = value
        if (value > most) most = value
      }
      // Used shares are between 0 and 1 as they are; capacities and counts are set against the largest.
      const spread = kind < width ? most - least : (most - least) / (most || 1)
      if (spread <= widest) continue
      widest = spread
      chosen = kind
    }
    for (let at = from; at < to; at += 1) {
      const host = this.order[at] ?? 0
      this.#keys[host] = chosen < 0 ? host : this.#key(chosen, host)
    }
  }

  #key(kind: number, host: number): number {
    const { used, counts, problem } = this.#board
    const width = this.#width
    if (kind === 2 * width) return counts[host] ?? 0
    const at = host * width + (kind % width)
    const capacity = problem.capacity[at] ?? 0
    if (kind >= width) return capacity
    return capacity > 0 ? (used[at] ?? 0) / capacity : 0
  }

  #boundLeaf(node: number): void {
    const { used, counts, problem } = this.#board
    const width = this.#width
    const from = this.from[node] ?? 0
    const to = this.to[node] ?? 0
    for (let dimension = 0; dimension < width; dimension += 1) {
      let room = Number.NEGATIVE_INFINITY
      let [leastUsed, mostUsed] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
      let [leastCapacity, mostCapacity] = [Number.POSITIVE_INFINITY, 0]
      let [leastShare, mostShare] = [Number.POSITIVE_INFINITY, 0]
      let [leastInverse, mostInverse] = [Number.POSITIVE_INFINITY, 0]
      for (let at = from; at < to; at += 1) {
        const own = (this.order[at] ?? 0) * width + dimension
        const taken = used[own] ?? 0
        const capacity = problem.capacity[own] ?? 0
        if (capacity - taken > room) room = capacity - taken
        if (taken < leastUsed) leastUsed = taken
        if (taken > mostUsed) mostUsed = taken
        if (capacity < leastCapacity) leastCapacity = capacity
        if (capacity > mostCapacity) mostCapacity = capacity
        const inverse = this.inverse[own] ?? 0
        if (inverse < leastInverse) leastInverse = inverse
        if (inverse > mostInverse) mostInverse = inverse
        if (taken * inverse < leastShare) leastShare = taken * inverse
        if (taken * inverse > mostShare) mostShare = taken * inverse
      }
      const at = node * width + dimension
      this.room[at] = room
      this.leastUsed[at] = leastUsed
      this.mostUsed[at] = mostUsed
      this.leastCapacity[at] = leastCapacity
      this.mostCapacity[at] = mostCapacity
      this.leastShare[at] = leastShare
      this.mostShare[at] = mostShare
      this.leastInverse[at] = leastInverse
      this.mostInverse[at] = mostInverse
    }
    this.#boundNorms(node)
    let [fewest, most, first, marks] = [0x7fffffff, 0, 0x7fffffff, -1]
    for (let at = from; at < to; at += 1) {
      const host = this.order[at] ?? 0
      const count = counts[host] ?? 0
      if (count < fewest) fewest = count
      if (count > most) most = count
      if (host < first) first = host
      marks &= this.hostMarks[host] ?? 0
    }
    this.fewest[node] = fewest
    this.most[node] = most
    this.first[node] = first
    this.marks[node] = marks
  }

  #boundNorms(node: number): void {
    const { used } = this.#board
    for (const kind of [0, 1]) {
      let least = Number.POSITIVE_INFINITY
      let most = 0
      for (let at = this.from[node] ?? 0; at < (this.to[node] ?? 0); at += 1) {
        const base = (this.order[at] ?? 0) * this.#width
        let norm = 0
        for (let dimension = 0; dimension < 2 + kind; dimension += 1) {
          const share = (used[base + dimension] ?? 0) * (this.inverse[base + dimension] ?? 0)
          norm += share * share
        }
        if (norm < least) least = norm
        if (norm > most) most = norm
      }
      this.leastNorm[2 * node + kind] = least
      this.mostNorm[2 * node + kind] = most
    }
  }

  #boundNode(node: number): void {
    const width = this.#width
    const left = this.left[node] ?? 0
    const right = this.right[node] ?? 0
    for (let dimension = 0; dimension < width; dimension += 1) {
      const at = node * width + dimension
      const one = left * width + dimension
      const two = right * width + dimension
      this.room[at] = larger(this.room, one, two)
      this.leastUsed[at] = smaller(this.leastUsed, one, two)
      this.mostUsed[at] = larger(this.mostUsed, one, two)
      this.leastCapacity[at] = smaller(this.leastCapacity, one, two)
      this.mostCapacity[at] = larger(this.mostCapacity, one, two)
      this.leastShare[at] = smaller(this.leastShare, one, two)
      this.mostShare[at] = larger(this.mostShare, one, two)
      this.leastInverse[at] = smaller(this.leastInverse, one, two)
      this.mostInverse[at] = larger(this.mostInverse, one, two)
    }
    for (const kind of [0, 1]) {
      this.leastNorm[2 * node + kind] = smaller(this.leastNorm, 2 * left + kind, 2 * right + kind)
      this.mostNorm[2 * node + kind] = larger(this.mostNorm, 2 * left + kind, 2 * right + kind)
    }
    this.fewest[node] = smaller(this.fewest, left, right)
    this.most[node] = larger(this.most, left, right)
    this.first[node] = smaller(this.first, left, right)
    this.marks[node] = (this.marks[left] ?? 0) & (this.marks[right] ?? 0)
  }
}

type Numbers = Float64Array | Int32Array

function smaller(numbers: Numbers, one: number, two: number): number {
  const a = numbers[one] ?? 0
  const b = numbers[two] ?? 0
  return a < b ? a : b
}

function larger(numbers: Numbers, one: number, two: number): number {
  const a = numbers[one] ?? 0
  const b = numbers[two] ?? 0
  return a > b ? a : b
}
