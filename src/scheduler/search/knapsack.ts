// The most valuable lawful content of one host: a knapsack with many dimensions and exclusions, by depth-first search.
// Its bound joins all dimensions into one by weights (a surrogate: Glover, 1968) and fills that greedily (Dantzig, 1957).
import { exclusions, hasVersions } from './exclusions.js'
import type { Guards } from './guards.js'
import type { Instance } from './instance.js'
import { lawful } from './rules.js'
import type { Piece } from './table.js'

/** How many slots of a kind a host must and may have, at [kind * hosts + host]. */
export interface Limits {
  readonly least: Int32Array
  readonly most: Int32Array
}

/** Answer for one host. */
export interface Content {
  /** Slots by kind; null where none was found that is worth it. */
  readonly counts: Int32Array | null
  readonly value: number
  /** No lawful content is worth more; equal to `value` where the search went to its end. */
  readonly bound: number
}

const ROUNDS = 4
/** Knapsacks that are looked at longer than this get tables. */
const LONG = 1000

/** What never changes about a host while the search runs. */
export class Knapsack {
  readonly #instance: Instance
  readonly #host: number
  readonly #excludes: readonly (readonly number[])[]
  /** Rules that are not kept by each part of a lawful content, or not kept now: each content is asked about. */
  readonly #strict: boolean
  /** What it costs to ask, in steps. */
  readonly #asking: number
  /** Rules under which a part of a lawful content may be unlawful. */
  readonly #company: boolean
  /** Room with all that runs at home now counted in: never less than that. */
  readonly #room: readonly number[]
  #pieces: Piece[] = []
  #weights: Float64Array = new Float64Array(0)
  #left: number[] = []
  #counts: Int32Array
  #blocked: Int32Array
  /** By kind: 1 where a host takes one only. */
  readonly #single: Uint8Array
  readonly #most: Int32Array
  readonly #perJob = new Map<number, number>()
  #best: Int32Array | null = null
  #bestValue = Number.NEGATIVE_INFINITY
  #nodes = 0
  #limit = 0
  /** By dimension: part of the joint weight for one unit; and what a unit of joint weight is worth at the margin. */
  #rents: readonly number[] = []
  #rate = 0

  /** `guards`: memory that knapsacks which are asked one after another may share. */
  constructor(instance: Instance, host: number, guards: Guards) {
    this.#guards = guards
    const { kinds, sites } = instance
    this.#instance = instance
    this.#host = host
    this.#excludes = exclusions(instance, host)
    const home = Int32Array.from(kinds, ({ homes }) => homes[host] ?? 0)
    const site = sites[host]
    const free = site?.free ?? []
    this.#room = free.map((amount, dimension) =>
      Math.max(
        amount,
        kinds.reduce((sum, { need, homes }) => sum + (need[dimension] ?? 0) * (homes[host] ?? 0), 0),
      ),
    )
    const company = kinds.some((kind) => kind.with.length > 0) || (site?.relied.size ?? 0) > 0
    const fresh = { ...instance, kinds: kinds.map((kind) => ({ ...kind, homes: new Int32Array(sites.length) })) }
    const open = {
      ...fresh,
      kinds: fresh.kinds.map((kind) => ({ ...kind, open: new Uint8Array(sites.length).fill(1) })),
    }
    this.#company = company
    this.#strict = company || (site?.shares.length ?? 0) > 0 || !lawful(open, host, home) || hasVersions(kinds)
    this.#asking = 4 + (kinds.length >> 4)
    this.#single = Uint8Array.from(kinds, (_, index) => (this.#excludes[index]?.includes(index) ? 1 : 0))
    this.#counts = new Int32Array(kinds.length)
    this.#blocked = new Int32Array(kinds.length)
    this.#most = new Int32Array(kinds.length)
  }

  /**
   * `fresh` and `home` are what a new slot and one that stays at home are worth, by kind; null where nothing is lawful
   * within the limits. What is worth no more than `floor` is not looked for. Looks at about `nodes` contents at most.
   */
  fill(fresh: Float64Array, home: Float64Array, limits: Limits, floor: number, nodes: number): Content | null {
    this.#left = [...this.#room]
    this.#counts.fill(0)
    this.#blocked.fill(0)
    this.#perJob.clear()
    for (const [job, count] of this.#instance.sites[this.#host]?.jobs ?? []) this.#perJob.set(job, count)
    this.#best = null
    this.#bestValue = floor
    this.#nodes = 0
    this.#limit = nodes
    const base = this.#prepare(fresh, home, limits)
    if (base === null) return null
    this.#weigh()
    this.#guards.clear()
    this.#limit = Math.min(nodes, LONG)
    let most = this.#bound(0)
    this.#visit(0, base)
    if (this.#nodes > this.#limit && nodes > LONG) {
      this.#limit = nodes
      this.#nodes += this.#guards.build({
        pieces: this.#pieces,
        single: this.#single,
        weights: this.#weights,
        surrogate: this.#surrogate,
        left: this.#left,
        fines: this.#rents.map((rent) => rent * this.#rate),
      })
      most = Math.min(most, this.#guards.most(this.#left, this.#surrogate))
      this.#visit(0, base)
    }
    const cut = this.#nodes > this.#limit
    return { counts: this.#best, value: this.#bestValue, bound: cut ? base + most * (1 + 1e-12) : this.#bestValue }
  }

  /** Steps that the last fill() took. */
  get steps(): number {
    return this.#nodes + this.#pieces.length
  }

  /** Takes in what must be there and lists what may be added; the value of the former, or null where it does not fit. */
  #prepare(fresh: Float64Array, home: Float64Array, { least, most }: Limits): number | null {
    this.#pieces = []
    const hosts = this.#instance.sites.length
    let base = 0
    for (const [index, kind] of this.#instance.kinds.entries()) {
      const at = index * hosts + this.#host
      const [low, running] = [least[at] ?? 0, kind.homes[this.#host] ?? 0]
      this.#most[index] = Math.min(most[at] ?? 0, kind.members.length, kind.open[this.#host] === 1 ? 1e9 : running)
      if (low > (this.#most[index] ?? 0)) return null
      for (let copy = 0; copy < low; copy += 1) {
        if (this.#room1(index, kind.need) < 1) return null
        this.#add(index, kind.need, 1)
        base += (copy < running ? home[index] : fresh[index]) ?? 0
      }
      const wanted = this.#strict && (this.#instance.leaders.has(kind.jobId) || running > 0)
      const offer = (value: number, copies: number) => {
        if (copies > 0 && (value > 0 || wanted)) this.#pieces.push({ kind: index, value, copies, need: kind.need })
      }
      offer(home[index] ?? 0, Math.min(running, this.#most[index] ?? 0) - low)
      offer(fresh[index] ?? 0, (this.#most[index] ?? 0) - Math.max(low, running))
    }
    return base
  }

  /** Weights of the dimensions that give a small bound, and the pieces by value for weight. */
  #weigh(): void {
    const room = this.#left
    const weights = room.map((amount, dimension) => {
      const wanted = this.#pieces.reduce(
        (sum, { need, copies }) => sum + (need[dimension] ?? 0) * Math.min(copies, 2),
        0,
      )
      return amount > 0 && wanted > amount ? wanted / amount : 0
    })
    let [bestBound, bestPieces, bestWeights] = [Number.POSITIVE_INFINITY, this.#pieces, this.#weights]
    this.#rents = []
    this.#rate = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      const sum = weights.reduce((a, b) => a + b, 0) || 1
      const unit = weights.map((weight, dimension) =>
        (room[dimension] ?? 0) > 0 ? weight / sum / (room[dimension] ?? 1) : 0,
      )
      const rated = this.#pieces.map((piece) => {
        const weight = piece.need.reduce((total, amount, dimension) => total + amount * (unit[dimension] ?? 0), 0)
        return { piece, weight, rate: weight > 0 ? Math.max(0, piece.value) / weight : Number.POSITIVE_INFINITY }
      })
      rated.sort((a, b) => b.rate - a.rate || b.piece.value - a.piece.value || a.piece.kind - b.piece.kind)
      this.#pieces = rated.map(({ piece }) => piece)
      this.#weights = Float64Array.from(rated, ({ weight }) => weight)
      const loads = new Float64Array(room.length)
      const bound = this.#bound(0, loads)
      if (bound < bestBound) {
        ;[bestBound, bestPieces, bestWeights] = [bound, this.#pieces, this.#weights]
        this.#rents = unit
        this.#rate = this.#margin
      }
      for (const [dimension, load] of loads.entries()) {
        const share = load / Math.max(1, room[dimension] ?? 0)
        if (share > 1) weights[dimension] = Math.max(weights[dimension] ?? 0, 0.05 * sum) * share
      }
    }
    this.#pieces = bestPieces
    this.#weights = bestWeights
    this.#surrogate = 1 + 1e-9
  }

  #surrogate = 1 + 1e-9
  readonly #guards: Guards

  #hopeless(from: number, missing: number): boolean {
    return this.#guards.forbid(from, this.#left, this.#surrogate, missing) || this.#bound(from) * (1 + 1e-12) < missing
  }

  /** What the last piece that the room was left for is worth by weight, as #bound() found it. */
  #margin = 0

  /** What the pieces from one on can be worth at most in the room that is left. */
  #bound(from: number, loads?: Float64Array): number {
    let room = this.#surrogate
    let sum = 0
    for (let at = from; at < this.#pieces.length; at += 1) {
      const piece = this.#pieces[at]
      if (piece === undefined || piece.value <= 0 || (this.#blocked[piece.kind] ?? 0) > 0) continue
      const copies = this.#single[piece.kind] === 1 ? 1 : piece.copies
      const weight = (this.#weights[at] ?? 0) * copies
      const part = weight <= room ? 1 : room / weight
      if (loads !== undefined) {
        for (let d = 0; d < loads.length; d += 1) loads[d] = (loads[d] ?? 0) + (piece.need[d] ?? 0) * copies * part
      }
      sum += piece.value * copies * part
      room -= weight
      if (room > 0) continue
      this.#margin = (piece.value * copies) / weight
      break
    }
    return sum
  }

  /** How many more copies of a kind there is room for. */
  #room1(kind: number, need: readonly number[]): number {
    if ((this.#blocked[kind] ?? 0) > 0) return 0
    const its = this.#instance.kinds[kind]
    let most = (this.#most[kind] ?? 0) - (this.#counts[kind] ?? 0)
    if (this.#single[kind] === 1) most = Math.min(most, 1)
    if (!this.#strict && its !== undefined && its.maxPerHost < 1e9) {
      most = Math.min(most, its.maxPerHost - (this.#perJob.get(its.jobId) ?? 0))
    }
    for (let dimension = 0; dimension < need.length && most > 0; dimension += 1) {
      const amount = need[dimension] ?? 0
      const left = this.#left[dimension] ?? 0
      if (amount > 0 && amount * most > left) most = Math.floor(left / amount)
    }
    return Math.max(0, most)
  }

  #add(kind: number, need: readonly number[], copies: number): void {
    for (let dimension = 0; dimension < need.length; dimension += 1) {
      this.#left[dimension] = (this.#left[dimension] ?? 0) - copies * (need[dimension] ?? 0)
    }
    this.#counts[kind] = (this.#counts[kind] ?? 0) + copies
    const job = this.#instance.kinds[kind]?.jobId ?? -1
    if (job >= 0) this.#perJob.set(job, (this.#perJob.get(job) ?? 0) + copies)
    for (const other of this.#excludes[kind] ?? [])
      this.#blocked[other] = (this.#blocked[other] ?? 0) + Math.sign(copies)
  }

  #visit(from: number, value: number): void {
    this.#nodes += 1
    // With company a part may be unlawful and the whole not: then only what would be the best is asked about.
    const isBest = value > this.#bestValue
    const asks = this.#strict && (isBest || !this.#company)
    if (asks) this.#nodes += this.#asking
    const isLawful = !asks || lawful(this.#instance, this.#host, this.#counts)
    if (!isLawful && !this.#company) return
    if (isBest && isLawful) {
      this.#bestValue = value
      this.#best = this.#counts.slice()
    }
    for (let at = from; at < this.#pieces.length; at += 1) {
      if (this.#nodes > this.#limit || this.#hopeless(at, this.#bestValue + 1 - value)) return
      const piece = this.#pieces[at]
      if (piece === undefined) continue
      const most = Math.min(piece.copies, this.#room1(piece.kind, piece.need))
      const weight = this.#weights[at] ?? 0
      for (let copies = most; copies > 0; copies -= 1) {
        this.#add(piece.kind, piece.need, copies)
        this.#surrogate -= weight * copies
        this.#visit(at + 1, value + piece.value * copies)
        this.#surrogate += weight * copies
        this.#add(piece.kind, piece.need, -copies)
      }
    }
  }
}
