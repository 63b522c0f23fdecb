// What a move changes for all that is on the two hosts: how much is gained, and that the cluster as a whole gets better, so that moves
// come to an end.
import type { Strategy } from '../model/host.js'
import type { Board } from '../scheduler/board.js'
import type { Item } from '../scheduler/problem.js'
import { WHOLE } from '../scheduler/score.js'

/** What the part `fit` of all slots together gains by a move, WHOLEs. */
export interface Fit {
  /** For people: measured by the host that is relieved. */
  readonly gain: number
  /** Measured alike for all hosts: a sum that only grows never comes back to where it was. */
  readonly whole: number
}

/** Of an item that is not on the board, put on `to` instead of `from`. */
export type Worth = (item: Item, from: number, to: number) => Fit

/**
 * What a host is worth, by strategy; a score's `fit` is about what one more slot changes of it:
 *
 * - `balanced`: 0 less the squared share in use of each dimension, weighed by capacity (so that two hosts are at rest when their shares
 *   are equal). The unit is the capacity of the host that a slot leaves (`gain`), or that of a host in the mean (`whole`).
 * - `pack`: half of the opposite, less half a WHOLE where anything runs.
 * - `spread`: 1 + 1/2 + ... + 1/n for n slots, times 0.999: the potential of the game in which each slot wants few others beside it
 *   (Rosenthal: A class of games possessing pure-strategy Nash equilibria, 1973); and a thousandth of `balanced`.
 */
export function worthOf(board: Board, strategy: Strategy): Worth {
  const means = meansOf(board)
  return (item, from, to) => {
    let [near, whole] = [0, 0]
    for (const dimension of item.shape.needs) {
      const eased = changeOf(board, item, from, dimension) - changeOf(board, item, to, dimension)
      near += part(eased, board.capacity(from, dimension))
      whole += part(eased, means[dimension] ?? 0)
    }
    const [left, met] = [board.counts[from] ?? 0, board.counts[to] ?? 0]
    const by = (eased: number) => {
      if (strategy === 'pack') return (((left === 0 ? 1 : 0) - (met === 0 ? 1 : 0) - eased) * WHOLE) / 2
      if (strategy === 'spread') return WHOLE * (0.999 / (1 + met) - 0.999 / (1 + left) + eased / 1000)
      return WHOLE * eased
    }
    return { gain: Math.round(by(near)), whole: by(whole) }
  }
}

function part(amount: number, unit: number): number {
  return unit > 0 ? amount / unit : 0
}

/** By how much the squared share, times the capacity, is more with the item. */
function changeOf(board: Board, item: Item, hostIndex: number, dimension: number): number {
  const capacity = board.capacity(hostIndex, dimension)
  if (capacity <= 0) return 0
  const used = board.used[hostIndex * board.problem.dimensions.length + dimension] ?? 0
  const amount = item.shape.amounts[dimension] ?? 0
  return (amount * (2 * used + amount)) / capacity
}

/** Capacity of a host in the mean, by dimension. */
function meansOf({ problem: { dimensions, hosts, capacity } }: Board): readonly number[] {
  return dimensions.map((_, dimension) => {
    let all = 0
    for (let host = 0; host < hosts.length; host += 1) all += capacity[host * dimensions.length + dimension] ?? 0
    return all / Math.max(1, hosts.length)
  })
}
