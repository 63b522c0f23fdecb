// The state of a placement in the making: who is where, and the running totals that make every question about a host
// cheap. Putting and taking cost the size of one slot, never the size of the cluster.
import { AUTO_PORTS } from './autoports.js'
import type { Item, Problem, Shape } from './problem.js'
import { FIRST_NAMED_TOKEN, NO_HOST } from './problem.js'
import { inAutoRange } from './shapes.js'
import type { DeviceRoom } from './shares.js'
import { deviceRoom, packAmounts, splitAmount } from './shares.js'

/** One host's running totals. */
export interface HostState {
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

const NO_LABELS: readonly string[] = []
const NO_COUNTS: ReadonlyMap<number, number> = new Map()
const AUTO_SIZE = AUTO_PORTS.last - AUTO_PORTS.first + 1

/** See the head of the file. Occupants are on it from the start. */
export class Board {
  readonly problem: Problem
  readonly hosts: readonly HostState[]
  /** What is used, by host and dimension as in `Problem.capacity`. */
  readonly used: Float64Array
  /** By host: how many slots are there. */
  readonly counts: Int32Array
  /** Told of each host on which something was put or taken; null: nobody listens. */
  watcher: ((hostIndex: number) => void) | null = null
  /**
   * Pairs of jobs (see pairKey) that ask for each other's company: while they stand here, the first slot of such a
   * pair goes anywhere. What has no company at the end is taken off again.
   */
  leaders: ReadonlySet<string> = new Set()
  readonly #hostOf: Int32Array
  /** Job -> its slots anywhere. */
  readonly #jobTotals = new Map<number, number>()
  /** Label -> job -> value of the label -> slots there. */
  readonly #byLabel = new Map<string, Map<number, Map<number, number>>>()
  /** What is free of devices that are shared, by host and dimension, until something changes there. */
  readonly #rooms = new Map<number, DeviceRoom>()
  /** Job beside which others must run -> host -> its slots there. */
  readonly #sites = new Map<number, Map<number, number>>()
  readonly #width: number

  constructor(problem: Problem) {
    this.problem = problem
    this.#width = problem.dimensions.length
    this.used = new Float64Array(problem.capacity.length)
    this.counts = new Int32Array(problem.hosts.length)
    this.#hostOf = new Int32Array(problem.items.length).fill(NO_HOST)
    for (const shape of problem.shapes) for (const job of shape.with) this.#sites.set(job, new Map())
    this.hosts = problem.hosts.map((candidate) => {
      const foreign = new Set(candidate.foreignPorts)
      return {
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
      // Where two run with the same one already, it is held by who came first.
      if (host.holders.get(token) !== item.index) continue
      host.holders.delete(token)
      if (token < FIRST_NAMED_TOKEN && inAutoRange(token) && !host.foreign.has(token)) host.autoTaken -= 1
    }
  }

  /** Makes it the last of those that came to its host. */
  renew(item: Item): void {
    const { items } = this.host(this.hostOf(item))
    items.delete(item.index)
    items.add(item.index)
  }

  #count(item: Item, index: number, host: HostState, by: 1 | -1): void {
    const { shape } = item
    for (const dimension of shape.needs) {
      const at = index * this.#width + dimension
      this.used[at] = (this.used[at] ?? 0) + by * (shape.amounts[dimension] ?? 0)
      if (this.problem.shared[dimension]) this.#rooms.delete(at)
    }
    this.counts[index] = (this.counts[index] ?? 0) + by
    bump(host.jobs, shape.jobId, by)
    bump(this.#jobTotals, shape.jobId, by)
    const sites = this.#sites.get(shape.jobId)
    if (sites !== undefined) bump(sites, index, by)
    for (const job of shape.conflicts) bump(host.repelled, job, by)
    for (const job of shape.with) bump(host.relied, job, by)
    if (item.fixedAt < 0) host.autoWanted += by * shape.autoPorts.length
    for (const label of this.problem.jobLabels.get(shape.jobId) ?? NO_LABELS) {
      const value = this.problem.labels.get(label)?.values[index] ?? NO_HOST
      if (value >= 0) bump(this.#labelCounts(label, shape.jobId), value, by)
    }
    if (this.watcher !== null) this.watcher(index)
  }

  #labelCounts(label: string, jobId: number): Map<number, number> {
    let jobs = this.#byLabel.get(label)
    if (jobs === undefined) {
      jobs = new Map()
      this.#byLabel.set(label, jobs)
    }
    let counts = jobs.get(jobId)
    if (counts === undefined) {
      counts = new Map()
      jobs.set(jobId, counts)
    }
    return counts
  }

  /** Slots of a job on all hosts. */
  jobTotal(jobId: number): number {
    return this.#jobTotals.get(jobId) ?? 0
  }

  /** Hosts with slots of a job that stands in someone's `with`, in the order of names. */
  hostsOf(jobId: number): readonly number[] {
    return [...(this.#sites.get(jobId)?.keys() ?? [])].sort((a, b) => a - b)
  }

  /** Slots of a job on hosts with the same value of a label as this one; null where this one lacks the label. */
  sharing(label: string, jobId: number, hostIndex: number): number | null {
    const value = this.problem.labels.get(label)?.values[hostIndex] ?? NO_HOST
    return value < 0 ? null : (this.labelled(label, jobId).get(value) ?? 0)
  }

  /** Value of a label (see LabelIndex) -> slots of a job where it has that value; only where there are any. */
  labelled(label: string, jobId: number): ReadonlyMap<number, number> {
    return this.#byLabel.get(label)?.get(jobId) ?? NO_COUNTS
  }

  capacity(hostIndex: number, dimension: number): number {
    return this.problem.capacity[hostIndex * this.#width + dimension] ?? 0
  }

  /** What is left of a dimension; negative where occupants hold more than there is. */
  free(hostIndex: number, dimension: number): number {
    const at = hostIndex * this.#width + dimension
    return (this.problem.capacity[at] ?? 0) - (this.used[at] ?? 0)
  }

  #deviceAmounts(hostIndex: number, dimension: number): number[] {
    const amounts: number[] = []
    for (const index of this.host(hostIndex).items) {
      const amount = this.item(index).shape.amounts[dimension] ?? 0
      if (amount > 0) amounts.push(amount)
    }
    return amounts
  }

  /** What one more slot could get of a device; how shares lie on single devices is worked out anew each time. */
  deviceRoom(hostIndex: number, dimension: number): DeviceRoom {
    const at = hostIndex * this.#width + dimension
    let room = this.#rooms.get(at)
    if (room === undefined) {
      room = deviceRoom(this.#deviceAmounts(hostIndex, dimension), this.capacity(hostIndex, dimension))
      this.#rooms.set(at, room)
    }
    return room
  }

  /** True where there is too little of a dimension for a slot of this shape. */
  lacks(shape: Shape, hostIndex: number, dimension: number): boolean {
    const need = shape.amounts[dimension] ?? 0
    if (need <= 0) return false
    if (need > this.free(hostIndex, dimension)) return true
    if (!this.problem.shared[dimension]) return false
    const { whole, share } = splitAmount(need)
    if (whole === 0) return share > this.deviceRoom(hostIndex, dimension).share
    if (share === 0) return whole > this.deviceRoom(hostIndex, dimension).whole
    const amounts = this.#deviceAmounts(hostIndex, dimension)
    return packAmounts([...amounts, need], this.capacity(hostIndex, dimension)) !== 'yes'
  }

  /** Numbers of the auto range that are still to be had. */
  autoFree(hostIndex: number): number {
    const host = this.host(hostIndex)
    return AUTO_SIZE - host.autoTaken - host.autoWanted
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
