// Where may it go? One table of filters; the decisive reason is the first that refuses.
import type { Board } from './board.js'
import type { Filter } from './filter.js'
import { resourceFilters } from './filter-amounts.js'
import { companyFilters } from './filter-company.js'
import { hostFilters } from './filter-host.js'
import { portFilters } from './filter-ports.js'
import type { Item } from './problem.js'

/**
 * All filters in the order in which they are asked. What concerns the slot alone comes first (a pinned slot is not
 * told about the memory of other hosts), then what the operator must change, then what other slots take up: amounts,
 * numbers of ports, company.
 */
export const FILTERS: readonly Filter[] = [...hostFilters, ...resourceFilters, ...portFilters, ...companyFilters]

const FIXED = FILTERS.filter((filter) => filter.fixed)
const MOVING = FILTERS.filter((filter) => !filter.fixed)

/** True where none of the fixed filters refuses: a host that may ever take the slot. */
export function mayEver(board: Board, item: Item, hostIndex: number): boolean {
  return !FIXED.some((filter) => filter.refuses(board, item, hostIndex))
}

/** True where none of the other filters refuses as things stand; ask only for hosts of mayEver(). */
export function fitsNow(board: Board, item: Item, hostIndex: number): boolean {
  for (const filter of MOVING) if (filter.refuses(board, item, hostIndex)) return false
  return true
}

/** The first filter that refuses, or null where the slot fits. */
export function refusal(board: Board, item: Item, hostIndex: number): { filter: string; reason: string } | null {
  const filter = FILTERS.find((each) => each.refuses(board, item, hostIndex))
  return filter === undefined ? null : { filter: filter.name, reason: filter.says(board, item, hostIndex) }
}
