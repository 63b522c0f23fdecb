// What would have to leave a host so that a slot fits there: the cheapest set of demands.
import type { Board } from './board.js'
import type { Budget } from './budget.js'
import { fitsNow } from './filters.js'
import type { Item } from './problem.js'

/** Demands that leave, and the sum of what each costs. Empty where the slot fits as things stand. */
export interface Ejection {
  readonly items: readonly Item[]
  readonly cost: number
}

/** Most demands that leave at once over what is in the way by name (ports, groups, conflicts). */
const MOST_EJECTED = 4
/** Most sets that are looked at for one slot and host. */
const MOST_SETS = 400

/** True for an occupant: no demand may throw it out. */
export function runs(item: Item): boolean {
  return item.fixedAt >= 0 || item.home >= 0
}

/** Demands here that exclude the item by name, whatever room there is. */
function inTheWay(board: Board, item: Item, hostIndex: number): Set<Item> | null {
  const host = board.host(hostIndex)
  const found = new Set<Item>()
  for (const token of item.tokens) {
    const holder = host.holders.get(token)
    if (holder !== undefined) found.add(board.item(holder))
  }
  const { shape } = item
  if (host.repelled.has(shape.jobId) || shape.conflicts.some((job) => host.jobs.has(job))) {
    for (const index of host.items) {
      const other = board.item(index)
      if (shape.conflicts.includes(other.shape.jobId) || other.shape.conflicts.includes(shape.jobId)) found.add(other)
    }
  }
  return [...found].some(runs) ? null : found
}

/** True where what stays here forbids the item although there may be room: its own kind, or the company it lacks. */
function forbidden(board: Board, item: Item, hostIndex: number, leaving: ReadonlySet<Item>): boolean {
  const { shape } = item
  const own = [...leaving].filter((other) => other.shape.jobId === shape.jobId).length
  const here = (board.host(hostIndex).jobs.get(shape.jobId) ?? 0) - own
  if (shape.job.maxPerHost !== null && here >= shape.job.maxPerHost) return true
  if (shape.job.distinct !== null && board.sharing(shape.job.distinct, shape.jobId, hostIndex) !== own) return true
  if (shape.autoPorts.length > 0 && shape.autoPorts.length > board.autoFree(hostIndex)) return true
  const { jobs } = board.host(hostIndex)
  return shape.with.some((job) => !jobs.has(job) && !board.mayLead(shape.jobId, job))
}

/** By dimension: what is lacking once `leaving` are gone; only where something is. */
function deficits(board: Board, item: Item, hostIndex: number, leaving: ReadonlySet<Item>): Map<number, number> {
  const lacking = new Map<number, number>()
  for (const [dimension, amount] of item.shape.amounts.entries()) {
    if (amount === 0) continue
    let lack = amount - board.free(hostIndex, dimension)
    for (const other of leaving) lack -= other.shape.amounts[dimension] ?? 0
    if (lack > 0) lacking.set(dimension, lack)
  }
  return lacking
}

/** Cheapest set of `others` (cheapest first) that makes up for what is lacking, by depth-first search with a bound. */
function cheapestSet(
  others: readonly Item[],
  lacking: ReadonlyMap<number, number>,
  cost: (item: Item) => number,
  budget: Budget,
  bound: number,
): Ejection | null {
  const dimensions = [...lacking.keys()]
  const left = [...lacking.values()]
  const chosen: Item[] = []
  let found: Ejection | null = null
  let limit = bound
  let sets = MOST_SETS
  const visit = (from: number, sum: number): void => {
    if (left.every((lack) => lack <= 0)) {
      found = { items: [...chosen], cost: sum }
      limit = sum
      return
    }
    if (chosen.length === MOST_EJECTED) return
    for (let index = from; index < others.length; index += 1) {
      const other = others[index]
      if (other === undefined || sum + cost(other) >= limit) return
      sets -= 1
      if (sets < 0 || !budget.step()) return
      for (const [at, dimension] of dimensions.entries())
        left[at] = (left[at] ?? 0) - (other.shape.amounts[dimension] ?? 0)
      chosen.push(other)
      visit(index + 1, sum + cost(other))
      chosen.pop()
      for (const [at, dimension] of dimensions.entries())
        left[at] = (left[at] ?? 0) + (other.shape.amounts[dimension] ?? 0)
    }
  }
  visit(0, 0)
  return found
}

/**
 * The cheapest set of demands whose leaving lets the item onto the host, below `bound`; null where there is none or
 * none was found. Occupants never leave.
 */
export function ejection(
  board: Board,
  item: Item,
  hostIndex: number,
  cost: (item: Item) => number,
  budget: Budget,
  bound: number,
): Ejection | null {
  if (!budget.step()) return null
  if (fitsNow(board, item, hostIndex)) return { items: [], cost: 0 }
  const leaving = inTheWay(board, item, hostIndex)
  if (leaving === null || forbidden(board, item, hostIndex, leaving)) return null
  const named = [...leaving]
  const base = named.reduce((sum, other) => sum + cost(other), 0)
  if (base >= bound) return null
  const lacking = deficits(board, item, hostIndex, leaving)
  if (lacking.size === 0) return { items: named, cost: base }
  const helps = (other: Item) => [...lacking.keys()].some((dimension) => (other.shape.amounts[dimension] ?? 0) > 0)
  const others: Item[] = []
  for (const index of board.host(hostIndex).items) {
    const other = board.item(index)
    if (runs(other) || leaving.has(other) || !helps(other)) continue
    // Whom it must run beside does not make room for it.
    if (!item.shape.with.includes(other.shape.jobId)) others.push(other)
  }
  others.sort((a, b) => cost(a) - cost(b) || a.index - b.index)
  const rest = cheapestSet(others, lacking, cost, budget, bound - base)
  return rest === null ? null : { items: [...named, ...rest.items], cost: base + rest.cost }
}
