// Hosts in k-d trees (Bentley: Multidimensional binary search trees, 1975), one for each class of hosts: of every node
// it is known between which bounds the loads of its hosts lie, so that a search for the best host leaves out most.
import type { Board } from './board.js'
import { addNode, LEAF, select } from './halves.js'

/**
 * Of a node, in `Forest.nodes`: bounds of the squared used shares of its hosts added up, over cpu and memory, and over
 * cpu, memory and disk. Where hosts are evenly loaded these differ little, while cpu alone and memory alone may differ much.
 */
export const LEAST_NORM = 0
/** See LEAST_NORM. */
export const MOST_NORM = 2
/** Of a node: bounds of the number of slots on a host. */
export const FEWEST = 4
/** See FEWEST. */
export const MOST = 5
/** Of a node: its first host by name. */
export const FIRST = 6
/** Of a node: where the bounds by dimension begin; those of one dimension take DIMENSION numbers, as follows. */
export const DIMENSIONS = 7
/** See DIMENSIONS. */
export const DIMENSION = 9
/** The most that is free on any host. */
export const ROOM = 0
/** Bounds of used shares of the capacity, and of 1 / capacity; of hosts without any, both are 0. */
export const LEAST_SHARE = 1
/** See LEAST_SHARE. */
export const LEAST_INVERSE = 2
/** See LEAST_SHARE. */
export const MOST_SHARE = 3
/** See LEAST_SHARE. */
export const MOST_INVERSE = 4
/** Bounds of what is used, and of the capacity. */
export const LEAST_USED = 5
/** See LEAST_USED. */
export const MOST_USED = 6
/** See LEAST_USED. */
export const LEAST_CAPACITY = 7
/** See LEAST_USED. */
export const MOST_CAPACITY = 8

const MOST_OF_NODE: readonly number[] = [MOST_NORM, MOST_NORM + 1, MOST]
const MOST_OF_DIMENSION: readonly number[] = [ROOM, MOST_SHARE, MOST_INVERSE, MOST_USED, MOST_CAPACITY]

/** Which numbers of a node are upper bounds: 1; the others are lower ones. */
function upperBounds(width: number): Uint8Array {
  const upper = new Uint8Array(DIMENSIONS + width * DIMENSION)
  for (const at of MOST_OF_NODE) upper[at] = 1
  for (let start = DIMENSIONS; start < upper.length; start += DIMENSION) {
    for (const at of MOST_OF_DIMENSION) upper[start + at] = 1
  }
  return upper
}

/** The trees. All nodes are numbered from 0. */
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
  /** Bounds of the hosts of each node, side by side for speed: `stride` numbers a node, named by the constants above. */
  readonly nodes: Float64Array
  readonly stride: number
  /** By host and dimension: 1 / capacity, 0 where there is none. */
  readonly inverse: Float64Array
  /** Bits that all hosts of a node have (see `Forest.hostMarks`). */
  readonly marks: Int32Array
  /** By host: bits that its owner sets before it calls refresh(). */
  readonly hostMarks: Int32Array
  /** By host. */
  readonly classOf: Int32Array
  readonly #board: Board
  readonly #width: number
  readonly #parent: Int32Array
  readonly #leafOf: Int32Array
  /** Refreshes of a class since its tree was built. */
  readonly #age: Int32Array
  readonly #keys: Float64Array
  readonly #isUpper: Uint8Array

  constructor(board: Board, members: readonly Int32Array[]) {
    const hosts = board.problem.hosts.length
    this.#board = board
    this.#width = board.problem.dimensions.length
    this.order = new Int32Array(hosts)
    this.hostMarks = new Int32Array(hosts)
    this.#leafOf = new Int32Array(hosts)
    this.classOf = new Int32Array(hosts)
    this.#keys = new Float64Array(hosts)
    this.#age = new Int32Array(members.length)
    this.roots = new Int32Array(members.length)
    const nodes = { left: [], right: [], from: [], to: [], parent: [] } satisfies Record<string, number[]>
    let start = 0
    for (const [index, own] of members.entries()) {
      this.order.set(own, start)
      for (const host of own) this.classOf[host] = index
      this.roots[index] = addNode(nodes, start, start + own.length, -1)
      start += own.length
    }
    this.left = Int32Array.from(nodes.left)
    this.right = Int32Array.from(nodes.right)
    this.from = Int32Array.from(nodes.from)
    this.to = Int32Array.from(nodes.to)
    this.#parent = Int32Array.from(nodes.parent)
    const count = this.left.length
    this.#isUpper = upperBounds(this.#width)
    this.stride = this.#isUpper.length
    this.nodes = new Float64Array(count * this.stride)
    this.inverse = board.problem.capacity.map((capacity) => (capacity > 0 ? 1 / capacity : 0))
    this.marks = new Int32Array(count)
    for (const root of this.roots) this.#build(root)
  }

  /** Takes up what has changed on a host. */
  refresh(host: number): void {
    const index = this.classOf[host] ?? 0
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
    for (let dimension = 0; dimension < this.#width; dimension += 1) this.#boundDimension(node, dimension)
    this.#boundNorms(node)
    const { counts } = this.#board
    const { nodes, stride, order } = this
    const to = this.to[node] ?? 0
    let [fewest, most, first, marks] = [0x7fffffff, 0, 0x7fffffff, -1]
    for (let at = this.from[node] ?? 0; at < to; at += 1) {
      const host = order[at] ?? 0
      const count = counts[host] ?? 0
      if (count < fewest) fewest = count
      if (count > most) most = count
      if (host < first) first = host
      marks &= this.hostMarks[host] ?? 0
    }
    const head = node * stride
    nodes[head + FEWEST] = fewest
    nodes[head + MOST] = most
    nodes[head + FIRST] = first
    this.marks[node] = marks
  }

  #boundDimension(node: number, dimension: number): void {
    const { used, problem } = this.#board
    const { nodes, order, inverse } = this
    const width = this.#width
    const to = this.to[node] ?? 0
    let room = Number.NEGATIVE_INFINITY
    let [leastUsed, mostUsed] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    let [leastCapacity, mostCapacity] = [Number.POSITIVE_INFINITY, 0]
    let [leastShare, mostShare] = [Number.POSITIVE_INFINITY, 0]
    let [leastInverse, mostInverse] = [Number.POSITIVE_INFINITY, 0]
    for (let at = this.from[node] ?? 0; at < to; at += 1) {
      const own = (order[at] ?? 0) * width + dimension
      const taken = used[own] ?? 0
      const capacity = problem.capacity[own] ?? 0
      if (capacity - taken > room) room = capacity - taken
      if (taken < leastUsed) leastUsed = taken
      if (taken > mostUsed) mostUsed = taken
      if (capacity < leastCapacity) leastCapacity = capacity
      if (capacity > mostCapacity) mostCapacity = capacity
      const per = inverse[own] ?? 0
      if (per < leastInverse) leastInverse = per
      if (per > mostInverse) mostInverse = per
      if (taken * per < leastShare) leastShare = taken * per
      if (taken * per > mostShare) mostShare = taken * per
    }
    const base = node * this.stride + DIMENSIONS + dimension * DIMENSION
    nodes[base + ROOM] = room
    nodes[base + LEAST_USED] = leastUsed
    nodes[base + MOST_USED] = mostUsed
    nodes[base + LEAST_CAPACITY] = leastCapacity
    nodes[base + MOST_CAPACITY] = mostCapacity
    nodes[base + LEAST_SHARE] = leastShare
    nodes[base + MOST_SHARE] = mostShare
    nodes[base + LEAST_INVERSE] = leastInverse
    nodes[base + MOST_INVERSE] = mostInverse
  }

  #boundNorms(node: number): void {
    const { used } = this.#board
    const head = node * this.stride
    const to = this.to[node] ?? 0
    for (let kind = 0; kind < 2; kind += 1) {
      let least = Number.POSITIVE_INFINITY
      let most = 0
      for (let at = this.from[node] ?? 0; at < to; at += 1) {
        const base = (this.order[at] ?? 0) * this.#width
        let norm = 0
        for (let dimension = 0; dimension < 2 + kind; dimension += 1) {
          const share = (used[base + dimension] ?? 0) * (this.inverse[base + dimension] ?? 0)
          norm += share * share
        }
        if (norm < least) least = norm
        if (norm > most) most = norm
      }
      this.nodes[head + LEAST_NORM + kind] = least
      this.nodes[head + MOST_NORM + kind] = most
    }
  }

  #boundNode(node: number): void {
    const { nodes, stride } = this
    const isUpper = this.#isUpper
    const left = this.left[node] ?? 0
    const right = this.right[node] ?? 0
    const [head, one, two] = [node * stride, left * stride, right * stride]
    for (let at = 0; at < stride; at += 1) {
      const a = nodes[one + at] ?? 0
      const b = nodes[two + at] ?? 0
      nodes[head + at] = a < b === (isUpper[at] === 1) ? b : a
    }
    this.marks[node] = (this.marks[left] ?? 0) & (this.marks[right] ?? 0)
  }
}
