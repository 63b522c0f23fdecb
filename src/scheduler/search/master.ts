// The program over whole contents of hosts: each host takes one content, each slot has a place or is paid for. Its bound is
// far nearer to the truth than one on amounts (Gilmore and Gomory, 1961, for cutting stock): a host that can't be filled
// evenly shows. Contents are made as they are needed, by the knapsack of each host.
import type { Budget } from '../budget.js'
import type { Instance } from './instance.js'
import type { Content, Limits } from './knapsack.js'
import { Knapsack } from './knapsack.js'
import type { Column } from './simplex.js'
import { Simplex } from './simplex.js'

/** What is to be kept small. All costs are whole numbers. */
export interface Aim {
  /** By kind: of a demand without a place. */
  readonly demand: readonly number[]
  /** By kind: of an occupant without a place. */
  readonly occupant: readonly number[]
  /** Of an occupant that leaves its home. */
  readonly move: number
  /** Most that may leave. */
  readonly moves: number
  /** More than any lawful placement costs. */
  readonly never: number
}

/** What the program says within some limits. */
export interface Relaxed {
  /** No placement within the limits costs less. */
  readonly bound: number
  /** Mean number of slots of each kind on each host, at [kind * hosts + host]; null where none was worked out. */
  readonly means: Float64Array | null
}

/** Values are worked out in whole numbers of this size, so that a bound is exact whatever the program's rounding. */
const SCALE = 2 ** 20

/** Contents that are looked at for one host: while the program still changes much, and for the bound. */
const GLANCE = 200
const SEARCH = 50_000

/** What a content must be worth more than its host's rent to be taken in. */
const SLACK = 10

interface Use {
  readonly host: number
  readonly counts: Int32Array
  readonly cost: number
}

/** See the head of the file. */
export class Master {
  readonly #instance: Instance
  readonly #aim: Aim
  readonly #budget: Budget
  readonly #knapsacks: readonly Knapsack[]
  readonly #program: Simplex
  /** Columns that stand for a content. */
  readonly #uses = new Map<number, Use>()
  readonly #capRow: readonly number[]
  readonly #firstGroup: number
  readonly #movesRow: number
  readonly #firstHost: number
  readonly #settled: number
  /** The best bound of the last relax(), also where the budget ended in it. */
  reached = Number.NEGATIVE_INFINITY

  constructor(instance: Instance, aim: Aim, budget: Budget) {
    const { kinds, sites, groups } = instance
    this.#instance = instance
    this.#aim = aim
    this.#budget = budget
    this.#knapsacks = sites.map((_, host) => new Knapsack(instance, host))
    const right: number[] = kinds.map(({ members }) => members.length)
    const costs = kinds.map(
      ({ demands, members }, kind) => (demands === members.length ? aim.demand : aim.occupant)[kind] ?? 0,
    )
    this.#capRow = kinds.map(({ demands, members }) => {
      if (demands === 0 || demands === members.length) return -1
      right.push(demands)
      costs.push(0)
      return right.length - 1
    })
    this.#firstGroup = right.length
    for (const { most } of groups) right.push(most)
    this.#movesRow = Number.isFinite(aim.moves) ? right.length : -1
    if (this.#movesRow >= 0) right.push(aim.moves)
    this.#firstHost = right.length
    for (const _ of sites) right.push(1)
    while (costs.length < this.#firstHost) costs.push(0)
    while (costs.length < right.length) costs.push(aim.never)
    // Who is stopped does not move: it gives back what leaving its home took.
    const stopped = kinds.flatMap(({ demands, members }, kind): readonly (readonly [number, Column])[] =>
      this.#movesRow < 0 || demands === members.length
        ? []
        : [[kind, { rows: [kind, this.#movesRow], values: [1, -1] }]],
    )
    this.#program = new Simplex(right, costs, new Map(stopped))
    for (const [kind, { jobId }] of kinds.entries()) {
      const cap = this.#capRow[kind] ?? -1
      if (cap >= 0) this.#program.add({ rows: [kind, cap], values: [1, 1] }, aim.demand[kind] ?? 0)
      if (!instance.leaders.has(jobId)) this.#program.add({ rows: [kind], values: [-1] }, 0)
    }
    this.#settled = Math.ceil(right.length ** 2 / 150) + 1
  }

  /** Takes a placement in as columns to begin with. */
  offer(contents: readonly Int32Array[]): void {
    for (const [host, counts] of contents.entries()) this.#add(host, counts)
  }

  #leavers(host: number, counts: Int32Array): number {
    return this.#instance.kinds.reduce(
      (sum, { homes }, kind) => sum + Math.max(0, (homes[host] ?? 0) - (counts[kind] ?? 0)),
      0,
    )
  }

  #add(host: number, counts: Int32Array): void {
    const rows: number[] = []
    const values: number[] = []
    const put = (row: number, value: number) => {
      if (value === 0) return
      rows.push(row)
      values.push(value)
    }
    for (const [kind, count] of counts.entries()) put(kind, count)
    for (const [group, { kinds, hosts }] of this.#instance.groups.entries()) {
      if (!hosts.has(host)) continue
      put(
        this.#firstGroup + group,
        counts.reduce((sum, count, kind) => sum + (kinds.has(kind) ? count : 0), 0),
      )
    }
    const leavers = this.#leavers(host, counts)
    if (this.#movesRow >= 0) put(this.#movesRow, leavers)
    put(this.#firstHost + host, 1)
    const cost = leavers * this.#aim.move
    this.#uses.set(this.#program.add({ rows, values }, cost), { host, counts, cost })
  }

  /** Contents outside of the limits cost more than they can ever be worth. */
  #limit({ least, most }: Limits): void {
    const hosts = this.#instance.sites.length
    for (const [column, { host, counts, cost }] of this.#uses) {
      let inside = true
      for (let kind = 0; kind < counts.length && inside; kind += 1) {
        const count = counts[kind] ?? 0
        inside = count >= (least[kind * hosts + host] ?? 0) && count <= (most[kind * hosts + host] ?? 0)
      }
      this.#program.costs[column] = inside ? cost : 4 * this.#aim.never
    }
  }

  /** What the last slot of a kind costs that has no place. */
  #absence(kind: number, asked: boolean): number {
    if (asked) return this.#aim.demand[kind] ?? 0
    // Who is stopped does not move.
    return (this.#aim.occupant[kind] ?? 0) - this.#fine(this.#movesRow) / SCALE
  }

  /** What a slot of each kind is worth now, as a whole number, within what its absence costs. */
  #worths(): Float64Array {
    const { duals } = this.#program
    return Float64Array.from(this.#instance.kinds, ({ demands, members, jobId }, kind) => {
      const ceiling = Math.max(0, this.#absence(kind, demands === members.length))
      const floor = this.#instance.leaders.has(jobId) ? -ceiling : 0
      return Math.round(SCALE * Math.min(ceiling, Math.max(floor, duals[kind] ?? 0)))
    })
  }

  #fine(row: number): number {
    return row < 0 ? 0 : Math.max(0, Math.round(-SCALE * (this.#program.duals[row] ?? 0)))
  }

  /** What the worths alone come to: the bound is this less the most that each host can hold of it. */
  #total(worths: Float64Array): number {
    let total = 0
    for (const [kind, { members, demands }] of this.#instance.kinds.entries()) {
      const worth = worths[kind] ?? 0
      total += worth * members.length
      if ((this.#capRow[kind] ?? -1) >= 0) total -= demands * Math.max(0, worth - SCALE * (this.#aim.demand[kind] ?? 0))
    }
    for (const [group, { most }] of this.#instance.groups.entries())
      total -= most * this.#fine(this.#firstGroup + group)
    if (this.#movesRow >= 0) total -= this.#aim.moves * this.#fine(this.#movesRow)
    return total
  }

  #ask(host: number, worths: Float64Array, limits: Limits, floor: number, nodes: number): Content | null {
    const fresh = worths.slice()
    for (const [group, { kinds, hosts }] of this.#instance.groups.entries()) {
      const fine = this.#fine(this.#firstGroup + group)
      if (fine > 0 && hosts.has(host)) for (const kind of kinds) fresh[kind] = (fresh[kind] ?? 0) - fine
    }
    const stay = SCALE * this.#aim.move + this.#fine(this.#movesRow)
    const home = fresh.map((worth) => worth + stay)
    const knapsack = this.#knapsacks[host]
    const content = knapsack?.fill(fresh, home, limits, floor, nodes) ?? null
    this.#budget.spend(knapsack?.steps ?? 0)
    return content
  }

  #pay(): boolean {
    this.#budget.spend(this.#settled + (this.#program.columns.length >> 4))
    return !this.#budget.spent
  }

  /**
   * The least that any placement within the limits may cost, from a program whose columns are made until none is worth
   * it, or until the bound reaches `enough`. Null where the budget ended before.
   */
  relax(limits: Limits, enough: number): Relaxed | null {
    const { sites, kinds } = this.#instance
    this.#limit(limits)
    this.reached = Number.NEGATIVE_INFINITY
    let bound = Number.NEGATIVE_INFINITY
    let nodes = GLANCE
    for (;;) {
      if (!this.#program.solve(() => this.#pay())) return null
      const worths = this.#worths()
      const stay = SCALE * this.#aim.move + this.#fine(this.#movesRow)
      let total = this.#total(worths)
      let added = false
      for (const host of sites.keys()) {
        const running = stay * kinds.reduce((sum, { homes }) => sum + (homes[host] ?? 0), 0)
        const rent = -SCALE * (this.#program.duals[this.#firstHost + host] ?? 0)
        const floor = Math.ceil(rent + running + SLACK)
        const content = this.#ask(host, worths, limits, floor, nodes)
        if (content === null) return { bound: Number.POSITIVE_INFINITY, means: null }
        if (this.#budget.spent) return null
        total -= content.bound - running
        if (content.counts === null) continue
        this.#add(host, content.counts)
        added = true
      }
      bound = Math.max(bound, Math.ceil(total / SCALE))
      this.reached = bound
      if (bound >= enough) return { bound, means: null }
      if (!added && nodes === SEARCH) return { bound, means: this.#means() }
      // While a short look still finds what is worth adding, the program is not worth a long one.
      nodes = added ? GLANCE : SEARCH
    }
  }

  #means(): Float64Array {
    const hosts = this.#instance.sites.length
    const means = new Float64Array(this.#instance.kinds.length * hosts)
    for (const [column, amount] of this.#program.used()) {
      const use = this.#uses.get(column)
      if (use === undefined) continue
      for (const [kind, count] of use.counts.entries()) {
        const at = kind * hosts + use.host
        means[at] = (means[at] ?? 0) + amount * count
      }
    }
    return means
  }
}
