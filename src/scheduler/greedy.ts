// One pass in the order of need: each slot goes where it scores best, and what fits nowhere is left over.
import type { Strategy } from '../model/host.js'
import type { Board } from './board.js'
import type { Companies } from './company.js'
import { fitsNow, mayEver } from './filters.js'
import type { Wanting } from './order.js'
import type { Item, Shape } from './problem.js'
import { NO_HOST } from './problem.js'
import { rankingOf } from './ranking.js'
import { best } from './score.js'

/** By dimension: what the slot asks for and one of each that must run beside it. */
function needWith(item: Item, followers: readonly Shape[]): readonly number[] {
  if (followers.length === 0) return item.shape.amounts
  return item.shape.amounts.map((amount, dimension) =>
    followers.reduce((sum, shape) => sum + (shape.amounts[dimension] ?? 0), amount),
  )
}

/** The best of some hosts: of those with room for all that must run beside it, where there are any. */
function bestOf(
  board: Board,
  item: Item,
  hosts: readonly number[],
  strategy: Strategy,
  need: readonly number[],
): number | null {
  const open = hosts.filter((host) => fitsNow(board, item, host))
  const roomy = open.filter((host) =>
    need.every((amount, dimension) => amount === 0 || amount <= board.free(host, dimension)),
  )
  return best(board, item, roomy.length > 0 ? roomy : open, strategy)
}

/** Hosts that are worth a look where only few are; null: any may be. */
function fewHosts(board: Board, item: Item): readonly number[] | null {
  if (item.only !== NO_HOST) return item.only >= 0 && mayEver(board, item, item.only) ? [item.only] : []
  const missing = item.shape.with.find((job) => !board.mayLead(item.shape.jobId, job))
  if (missing === undefined) return null
  return board.hostsOf(missing).filter((host) => mayEver(board, item, host))
}

/** Puts each where it scores best; returns those that fit nowhere. */
export function greedy(
  board: Board,
  wanting: readonly Wanting[],
  companies: Companies,
  strategy: Strategy,
): readonly Wanting[] {
  const ranking = rankingOf(board)
  const left: Wanting[] = []
  for (const each of wanting) {
    const { item } = each
    const need = needWith(item, companies.followers.get(item.shape.jobId) ?? [])
    const few = ranking === null ? each.options : fewHosts(board, item)
    const host =
      few !== null
        ? bestOf(board, item, few, strategy, need)
        : (ranking?.best(item, strategy, need) ?? ranking?.best(item, strategy) ?? null)
    if (host === null) left.push(each)
    else board.put(item, host)
  }
  return left
}
