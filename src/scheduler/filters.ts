// Where may it go? One table of filters; the decisive reason is the first that refuses.
import type { Board, HostState } from './board.js'
import type { Filter } from './filter.js'
import { resourceFilters } from './filter-amounts.js'
import { companyFilters } from './filter-company.js'
import { hostFilters } from './filter-host.js'
import { portFilters } from './filter-ports.js'
import type { Item, Shape } from './problem.js'

/**
 * All filters in the order in which they are asked. What concerns the slot alone comes first (a pinned slot is not
 * told about the memory of other hosts), then what the operator must change, then what other slots take up: amounts,
 * numbers of ports, company.
 */
export const FILTERS: readonly Filter[] = [...hostFilters, ...resourceFilters, ...portFilters, ...companyFilters]

const FIXED = FILTERS.filter((filter) => filter.fixed)

/** True where none of the fixed filters refuses: a host that may ever take the slot. */
export function mayEver(board: Board, item: Item, hostIndex: number): boolean {
  return !FIXED.some((filter) => filter.refuses(board, item, hostIndex))
}

function roomFor(board: Board, shape: Shape, hostIndex: number): boolean {
  for (const dimension of shape.needs) if (board.lacks(shape, hostIndex, dimension)) return false
  return shape.rangeNeed === 0 || shape.rangeNeed <= board.autoFree(hostIndex)
}

function companyFor(board: Board, shape: Shape, { jobs, repelled }: HostState): boolean {
  for (const job of shape.conflicts) if (jobs.has(job)) return false
  for (const job of shape.with) if (!jobs.has(job) && !board.mayLead(shape.jobId, job)) return false
  return repelled.size === 0 || !repelled.has(shape.jobId)
}

/**
 * True where none of the other filters refuses as things stand; ask only for hosts of mayEver(). It is asked most
 * often of all, so the questions of the filters stand here once more in the quickest order.
 */
export function fitsNow(board: Board, { shape }: Item, hostIndex: number): boolean {
  if (!roomFor(board, shape, hostIndex)) return false
  const host = board.host(hostIndex)
  for (const token of shape.tokens) if (host.holders.has(token)) return false
  const { maxPerHost, distinct } = shape.job
  if (maxPerHost !== null && (host.jobs.get(shape.jobId) ?? 0) >= maxPerHost) return false
  if (distinct !== null && board.sharing(distinct, shape.jobId, hostIndex) !== 0) return false
  return companyFor(board, shape, host)
}

/** The first filter that refuses, or null where the slot fits. */
export function refusal(board: Board, item: Item, hostIndex: number): { filter: string; reason: string } | null {
  const filter = FILTERS.find((each) => each.refuses(board, item, hostIndex))
  return filter === undefined ? null : { filter: filter.name, reason: filter.says(board, item, hostIndex) }
}
