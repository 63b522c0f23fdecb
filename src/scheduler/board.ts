// The state of a placement in the making: who is where, and the running totals that make every question about a host
// cheap. Putting and taking cost the size of one slot, never the size of the cluster.
import { AUTO_PORTS } from './autoports.js'
import type { Item, LabelIndex, Problem, Shape } from './problem.js'
import { FIRST_NAMED_TOKEN, NO_HOST } from './problem.js'

/** One host's running totals. */
export interface HostState {
  /** By dimension. */
  readonly used: number[]
  /** Items here, in the order in which they came. */
  readonly items: Set<number>
  /** Job -> its slots here. */
  readonly jobs: Map<number, number>
  /** Job -> slots here that do not run beside it. */
  readonly repelled: Map<number, number>
  /** Job -> slots here that run beside it only. */
  readonly relied: Map<number, number>
  /** Token -> the item that holds it. */
  readonly holders: Map<number, number>
  /** Ports that something not of hc listens on. */
  readonly foreign: ReadonlySet<number>
  /** Numbers of the auto range that fixed and foreign ports take. */
  autoTaken: number
  /** Auto ports of the demands here; which numbers they get is settled at the end. */
  autoWanted: number
}

/** Key of an ordered pair of jobs. */
export function pairKey(jobId: number, other: number): string {
  return `${jobId} ${other}`
}

function bump(counts: Map<number, number>, key: number, by: 1 | -1): void {
  const next = (counts.get(key) ?? 0) + by
  if (next === 0) counts.delete(key)
  else counts.set(key, next)
}

function inAutoRange(port: number): boolean {
  return port >= AUTO_PORTS.first && port <= AUTO_PORTS.last
}

/** See the head of the file. Occupants are on it from the start. */
export class Board {
  readonly problem: Problem
  readonly hosts: readonly HostState[]
  /**
   * Pairs of jobs (see pairKey) that ask for each other's company: while they stand here, the first slot of such a
   * pair goes anywhere. What has no company at the end is taken off again.
   */
  leaders: ReadonlySet<string> = new Set()
  readonly #hostOf: Int32Array
  /** Job -> its slots anywhere. */
  readonly #jobTotals = new Map<number, number>()
  /** Label -> job -> slots by the label's value. */
  readonly #byLabel = new Map<string, Map<number, Int32Array>>()

  constructor(problem: Problem) {
    this.problem = problem
    this.#hostOf = new Int32Array(problem.items.length).fill(NO_HOST)
    this.hosts = problem.hosts.map((candidate) => {
      const foreign = new Set(candidate.foreignPorts)
      return {
        used: problem.dimensions.map(() => 0),
        items: new Set<number>(),
        jobs: new Map<number, number>(),
        repelled: new Map<number, number>(),
        relied: new Map<number, number>(),
        holders: new Map<number, number>(),
        foreign,
        autoTaken: [...foreign].filter(inAutoRange).length,
        autoWanted: 0,
      }
    })
    for (const item of problem.items) {
      const at = item.fixedAt >= 0 ? item.fixedAt : item.home
      if (at >= 0) this.put(item, at)
    }
  }

  host(index: number): HostState {
    const state = this.hosts[index]
    if (state === undefined) throw new Error(`bug: no host ${index} on the board`)
    return state
  }

  item(index: number): Item {
    const item = this.problem.items[index]
    if (item === undefined) throw new Error(`bug: no item ${index} on the board`)
    return item
  }

  /** Where an item is, or NO_HOST. */
  hostOf(item: Item): number {
    return this.#hostOf[item.index] ?? NO_HOST
  }

  put(item: Item, index: number): void {
    this.#hostOf[item.index] = index
    const host = this.host(index)
    host.items.add(item.index)
    this.#count(item, index, host, 1)
    for (const token of item.tokens) {
      if (host.holders.has(token)) continue
      host.holders.set(token, item.index)
      if (token < FIRST_NAMED_TOKEN && inAutoRange(token) && !host.foreign.has(token)) host.autoTaken += 1
    }
  }

  /** Only demands are ever taken off, and they hold their tokens alone: put() after fits(). */
  take(item: Item): void {
    const index = this.hostOf(item)
    this.#hostOf[item.index] = NO_HOST
    const host = this.host(index)
    host.items.delete(item.index)
    this.#count(item, index, host, -1)
    for (const token of item.tokens) {
      host.holders.delete(token)
      if (token < FIRST_NAMED_TOKEN && inAutoRange(token) && !host.foreign.has(token)) host.autoTaken -= 1
    }
  }

  #count(item: Item, index: number, host: HostState, by: 1 | -1): void {
    const { shape } = item
    for (const [dimension, amount] of shape.amounts.entries()) {
      host.used[dimension] = (host.used[dimension] ?? 0) + by * amount
    }
    bump(host.jobs, shape.jobId, by)
    bump(this.#jobTotals, shape.jobId, by)
    for (const job of shape.conflicts) bump(host.repelled, job, by)
    for (const job of shape.with) bump(host.relied, job, by)
    if (item.fixedAt < 0) host.autoWanted += by * shape.autoPorts.length
    for (const [label, values] of this.problem.labels) {
      const value = values.values[index] ?? NO_HOST
      if (value < 0) continue
      const counts = this.#labelCounts(label, values, shape.jobId)
      counts[value] = (counts[value] ?? 0) + by
    }
  }

  #labelCounts(label: string, values: LabelIndex, jobId: number): Int32Array {
    let jobs = this.#byLabel.get(label)
    if (jobs === undefined) {
      jobs = new Map()
      this.#byLabel.set(label, jobs)
    }
    let counts = jobs.get(jobId)
    if (counts === undefined) {
      counts = new Int32Array(values.count)
      jobs.set(jobId, counts)
    }
    return counts
  }

  /** Slots of a job on all hosts. */
  jobTotal(jobId: number): number {
    return this.#jobTotals.get(jobId) ?? 0
  }

  /** Slots of a job on hosts with the same value of a label as this one; null where this one lacks the label. */
  sharing(label: string, jobId: number, hostIndex: number): number | null {
    const values = this.problem.labels.get(label)
    const value = values?.values[hostIndex] ?? NO_HOST
    if (values === undefined || value < 0) return null
    return this.#byLabel.get(label)?.get(jobId)?.[value] ?? 0
  }

  capacity(hostIndex: number, dimension: number): number {
    return this.problem.capacity[hostIndex]?.[dimension] ?? 0
  }

  /** What is left of a dimension; negative where occupants hold more than there is. */
  free(hostIndex: number, dimension: number): number {
    return this.capacity(hostIndex, dimension) - (this.host(hostIndex).used[dimension] ?? 0)
  }

  /** Numbers of the auto range that are still to be had. */
  autoFree(hostIndex: number): number {
    const host = this.host(hostIndex)
    return AUTO_PORTS.last - AUTO_PORTS.first + 1 - host.autoTaken - host.autoWanted
  }

  /** The first job of `with` that has no slot on this host, or null. */
  missingCompany(shape: Shape, hostIndex: number): number | null {
    const { jobs } = this.host(hostIndex)
    return shape.with.find((job) => !jobs.has(job)) ?? null
  }

  /** May a slot of `jobId` be placed before the other job, beside which it must run, has a slot at all? */
  mayLead(jobId: number, other: number): boolean {
    return this.leaders.size > 0 && this.jobTotal(other) === 0 && this.leaders.has(pairKey(jobId, other))
  }

  /** True where another slot here would lose the last one that it must run beside. */
  isLeanedOn(item: Item): boolean {
    const host = this.host(this.hostOf(item))
    return host.jobs.get(item.shape.jobId) === 1 && host.relied.has(item.shape.jobId)
  }
}
