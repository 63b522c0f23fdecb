// The program over whole contents of hosts: each host takes one content, each slot has a place or is paid for. Its bound is
// far nearer to the truth than one on amounts (Gilmore and Gomory, 1961, for cutting stock): a host that can't be filled
// evenly shows. Contents are made as they are needed, by the knapsack of each host.
import type { Budget } from '../budget.js'
import { Guards } from './guards.js'
import type { Instance } from './instance.js'
import type { Content, Limits } from './knapsack.js'
import { Knapsack } from './knapsack.js'
import { Prices } from './prices.js'
import type { Rows } from './rows.js'
import { rowsOf } from './rows.js'
import type { Simplex } from './simplex.js'
import { alikeOf, twinsOf } from './twins.js'

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
  /** Demands that can't have a place, as was proved before; only where each costs the same. Absent: 0. */
  readonly short?: number
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
const LONG_SEARCH = 800_000

/** What a content must be worth more than its host's rent to be taken in. */
const SLACK = 10

/** Less of a content than this is the program's rounding. */
const PART = 1e-3

/** How far it is priced towards the best bound (see Prices), as measured to take the fewest steps. */
const TOWARDS_NUMBER = 0.8
const TOWARDS_MOVES = 0.6

/** By how much the right sides that are raised a little may raise the cost of the program. */
const ROUNDING = 2e-4

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
  readonly #rows: Rows
  readonly #settled: number
  readonly #prices: Prices
  /** By host: the first one that is like it in all that never changes. */
  readonly #like: readonly number[]
  /** The best bound of the last relax(), also where the budget ended in it. */
  reached = Number.NEGATIVE_INFINITY

  constructor(instance: Instance, aim: Aim, budget: Budget) {
    this.#instance = instance
    this.#aim = aim
    this.#budget = budget
    const guards = new Guards()
    this.#knapsacks = instance.sites.map((_, host) => new Knapsack(instance, host, guards))
    this.#rows = rowsOf(instance, aim)
    this.#program = this.#rows.program
    this.#settled = Math.ceil(this.#program.rows ** 2 / 150) + 1
    this.#prices = new Prices(this.#program, this.#rows.firstHost, aim.move > 0 ? TOWARDS_MOVES : TOWARDS_NUMBER)
    this.#like = alikeOf(instance)
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
        this.#rows.firstGroup + group,
        counts.reduce((sum, count, kind) => sum + (kinds.has(kind) ? count : 0), 0),
      )
    }
    const leavers = this.#leavers(host, counts)
    if (this.#rows.moves >= 0) put(this.#rows.moves, leavers)
    put(this.#rows.firstHost + host, 1)
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
    if (asked) return (this.#aim.demand[kind] ?? 0) - this.#prize() / SCALE
    // Who is stopped does not move.
    return (this.#aim.occupant[kind] ?? 0) - this.#fine(this.#rows.moves) / SCALE
  }

  /** What a slot of each kind is worth now, as a whole number, within what its absence costs. */
  #worths(): Float64Array {
    const { duals } = this.#prices
    return Float64Array.from(this.#instance.kinds, ({ demands, members, jobId }, kind) => {
      const ceiling = Math.max(0, this.#absence(kind, demands === members.length))
      // One more of what others run beside may cost all of them: their duals go far below nothing.
      const floor = this.#instance.leaders.has(jobId) ? -this.#aim.never : 0
      return Math.round(SCALE * Math.min(ceiling, Math.max(floor, duals[kind] ?? 0)))
    })
  }

  /** What a demand without a place gives back, where it is known that some must be. */
  #prize(): number {
    return this.#rows.short < 0 ? 0 : Math.max(0, Math.round(SCALE * (this.#prices.duals[this.#rows.short] ?? 0)))
  }

  #fine(row: number): number {
    return row < 0 ? 0 : Math.max(0, Math.round(-SCALE * (this.#prices.duals[row] ?? 0)))
  }

  /** What the worths alone come to: the bound is this less the most that each host can hold of it. */
  #total(worths: Float64Array): number {
    let total = 0
    for (const [kind, { members, demands }] of this.#instance.kinds.entries()) {
      const worth = worths[kind] ?? 0
      const without = (asked: boolean) => Math.min(0, SCALE * this.#absence(kind, asked) - worth)
      total += (worth + without(demands === members.length)) * members.length
      if ((this.#rows.cap[kind] ?? -1) >= 0) total += demands * without(true)
    }
    for (const [group, { most }] of this.#instance.groups.entries())
      total -= most * this.#fine(this.#rows.firstGroup + group)
    if (this.#rows.moves >= 0) total -= this.#aim.moves * this.#fine(this.#rows.moves)
    return total + (this.#aim.short ?? 0) * this.#prize()
  }

  #ask(host: number, worths: Float64Array, limits: Limits, floor: number, nodes: number): Content | null {
    const fresh = worths.slice()
    for (const [group, { kinds, hosts }] of this.#instance.groups.entries()) {
      const fine = this.#fine(this.#rows.firstGroup + group)
      if (fine > 0 && hosts.has(host)) for (const kind of kinds) fresh[kind] = (fresh[kind] ?? 0) - fine
    }
    const stay = SCALE * this.#aim.move + this.#fine(this.#rows.moves)
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

  /** One look at each host: what bound it gives, and whether a content was taken in; null where none is lawful. */
  #round(
    limits: Limits,
    twins: readonly number[],
    nodes: number,
  ): { readonly bound: number; readonly added: boolean; readonly isExact: boolean } | null {
    const { sites, kinds } = this.#instance
    const worths = this.#worths()
    const stay = SCALE * this.#aim.move + this.#fine(this.#rows.moves)
    const rents = [...sites.keys()].map((host) => -SCALE * (this.#prices.duals[this.#rows.firstHost + host] ?? 0))
    const values = new Float64Array(sites.length)
    let total = this.#total(worths)
    let added = false
    let isExact = true
    for (const host of sites.keys()) {
      if (twins[host] !== host) continue
      const here = [...sites.keys()].filter((other) => twins[other] === host)
      const running = stay * kinds.reduce((sum, { homes }) => sum + (homes[host] ?? 0), 0)
      const floor = Math.ceil(Math.min(...here.map((other) => rents[other] ?? 0)) + running + SLACK)
      const content = this.#ask(host, worths, limits, floor, nodes)
      if (content === null) return null
      if (this.#budget.spent) return { bound: Number.NEGATIVE_INFINITY, added, isExact }
      total -= here.length * (content.bound - running)
      if (content.bound > content.value) isExact = false
      for (const other of here) {
        values[other] = (content.bound - running) / SCALE
        if (content.counts === null || content.value <= Math.ceil((rents[other] ?? 0) + running + SLACK)) continue
        this.#add(other, content.counts)
        added = true
      }
    }
    this.#prices.judge(total / SCALE, values)
    return { bound: Math.ceil(total / SCALE), added, isExact }
  }

  /**
   * The least that any placement within the limits may cost, from a program whose columns are made until none is worth
   * it, or until the bound reaches `enough`, or until it is plain that it can't. Null where the budget ended before.
   */
  relax(limits: Limits, enough: number): Relaxed | null {
    this.#limit(limits)
    const twins = twinsOf(this.#instance, this.#like, limits)
    this.reached = Number.NEGATIVE_INFINITY
    this.#prices.forget()
    let nodes = GLANCE
    for (;;) {
      if (!this.#program.solve(() => this.#pay())) return null
      if (this.#program.cost < enough - 1 + ROUNDING) return { bound: this.reached, means: this.#means() }
      const isOwn = this.#prices.next()
      const round = this.#round(limits, twins, nodes)
      if (round === null) return { bound: Number.POSITIVE_INFINITY, means: null }
      if (this.#budget.spent) return null
      this.reached = Math.max(this.reached, round.bound)
      if (this.reached >= enough) return { bound: this.reached, means: null }
      if (!round.added && isOwn && (round.isExact ? nodes >= SEARCH : nodes >= LONG_SEARCH))
        return { bound: this.reached, means: this.#means() }
      // While a short look still finds what is worth adding, the program is not worth a long one.
      nodes = round.added ? GLANCE : nodes >= SEARCH && !round.isExact && isOwn ? LONG_SEARCH : SEARCH
    }
  }

  /** Of the last relax(): where a host has parts of contents that differ in a kind ([kind * hosts + host]), if any. */
  mixed(): { readonly at: number; readonly least: number } | null {
    const first = new Map<number, Int32Array>()
    for (const [column, amount] of this.#program.used()) {
      const use = this.#uses.get(column)
      if (use === undefined || amount < PART) continue
      const other = first.get(use.host)
      if (other === undefined) first.set(use.host, use.counts)
      else {
        const kind = other.findIndex((count, index) => count !== use.counts[index])
        if (kind < 0) continue
        const least = Math.min(other[kind] ?? 0, use.counts[kind] ?? 0)
        return { at: kind * this.#instance.sites.length + use.host, least }
      }
    }
    return null
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
