// One pass in the order of need: each slot goes where it scores best, and what fits nowhere is left over.
import type { Strategy } from '../model/host.js'
import type { Board } from './board.js'
import type { Companies } from './company.js'
import { fitsNow } from './filters.js'
import type { Wanting } from './order.js'
import type { Item, Shape } from './problem.js'
import { best } from './score.js'

function fitting(board: Board, { item, options }: Wanting): readonly number[] {
  return options.filter((host) => fitsNow(board, item, host))
}

/** Hosts with room for the slot and one of each that must run beside it; all of them where none has. */
function roomy(board: Board, item: Item, hosts: readonly number[], followers: readonly Shape[]): readonly number[] {
  if (followers.length === 0) return hosts
  const need = item.shape.amounts.map((amount, dimension) =>
    followers.reduce((sum, shape) => sum + (shape.amounts[dimension] ?? 0), amount),
  )
  const large = hosts.filter((host) =>
    need.every((amount, dimension) => amount === 0 || amount <= board.free(host, dimension)),
  )
  return large.length > 0 ? large : hosts
}

/** Puts each where it scores best; returns those that fit nowhere. */
export function greedy(
  board: Board,
  wanting: readonly Wanting[],
  companies: Companies,
  strategy: Strategy,
): readonly Wanting[] {
  const left: Wanting[] = []
  for (const each of wanting) {
    const followers = companies.followers.get(each.item.shape.jobId) ?? []
    const host = best(board, each.item, roomy(board, each.item, fitting(board, each), followers), strategy)
    if (host === null) left.push(each)
    else board.put(each.item, host)
  }
  return left
}
