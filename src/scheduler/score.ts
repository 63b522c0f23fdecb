// Where is it best? Points per host, higher is better. All arithmetic is on integers below 2^53 or single IEEE 754
// divisions of such (correctly rounded by definition), so the same input gives the same points on every machine.
import type { Strategy } from '../model/host.js'
import type { Board } from './board.js'
import { unmet } from './constraints.js'
import type { Item } from './problem.js'

/** One whole: what a part gives a host that is as good as can be. */
export const WHOLE = 1_000_000

/**
 * The parts of a score, each from 0 (affinity: -WHOLE) to WHOLE times its weight:
 *
 * | part | weight | gives all to |
 * |---|---|---|
 * | `fit` | 1 | `balanced`: the emptiest host; `pack`: the fullest of those in use; `spread`: the one with fewest slots |
 * | `apart` | 1 (`pack`: 0) | a host without slots of the same job, so that not everything is lost with one |
 * | `stay` | 2 | the host where it runs or last ran |
 * | `affinity` | 4 | a host that meets all wishes of the job, by their weights |
 * | `spread` | 4 | the host or label value with fewest slots of the job, where the job asks for `spread` |
 *
 * Each weight is the sum of those above it in the list of taste, stay, wishes: what the operator wishes outweighs
 * staying, and staying outweighs hc's own taste.
 */
export type ScorePart = 'fit' | 'apart' | 'stay' | 'affinity' | 'spread'

/** A score with its parts, weights included. */
export interface Score {
  readonly total: number
  readonly parts: Readonly<Record<ScorePart, number>>
}

const STAY = 2
const WISH = 4

/**
 * The mean of the squared shares of capacity that would be in use with the slot there, over the dimensions it asks
 * for; 0 to WHOLE. Shares make it scale-free: cores, bytes and devices weigh alike, and so do large and small hosts.
 * The square punishes a peak in one dimension more than the same amount spread over all: the L2 norm of the load.
 * As a thing to keep small it balances (Awerbuch, Azar, Grove, Kao, Krishnan, Vitter: Load balancing in the Lp norm,
 * FOCS 1995); as a thing to make large it is a best fit for vectors (Panigrahy, Talwar, Uyeda, Wieder: Heuristics for
 * vector bin packing, 2011).
 */
function load(board: Board, item: Item, hostIndex: number): number {
  const { used } = board.host(hostIndex)
  let sum = 0
  let dimensions = 0
  for (const [dimension, amount] of item.shape.amounts.entries()) {
    const capacity = board.capacity(hostIndex, dimension)
    if (amount === 0 || capacity <= 0) continue
    const share = Math.min(1, ((used[dimension] ?? 0) + amount) / capacity)
    sum += Math.round(share * share * WHOLE)
    dimensions += 1
  }
  return dimensions === 0 ? 0 : Math.round(sum / dimensions)
}

function packing(board: Board, item: Item, hostIndex: number, strategy: Strategy): number {
  const full = load(board, item, hostIndex)
  const slots = board.host(hostIndex).items.size
  switch (strategy) {
    case 'balanced':
      return WHOLE - full
    case 'pack':
      // Half for being in use at all: a small empty host must not look fuller than a large one that runs something.
      return Math.round((full + (slots > 0 ? WHOLE : 0)) / 2)
    case 'spread':
      // The count decides; a tenth of a percent goes to the load, for hosts with the same count.
      return Math.round((WHOLE * 0.999) / (1 + slots)) + Math.round((WHOLE - full) / 1000)
  }
}

/** By how many of its own kind are there, as a share of all that the job wants. */
function apart(board: Board, item: Item, hostIndex: number, strategy: Strategy): number {
  if (strategy === 'pack') return 0
  const here = board.host(hostIndex).jobs.get(item.shape.jobId) ?? 0
  return WHOLE - Math.round((WHOLE * here) / Math.max(1, item.shape.job.count, here))
}

/** Sum of the weights of met wishes over the sum of all weights without their signs; -WHOLE to WHOLE. */
function affinity(board: Board, item: Item, hostIndex: number): number {
  const wishes = item.shape.job.affinity
  const candidate = board.problem.hosts[hostIndex]
  if (wishes.length === 0 || candidate === undefined) return 0
  let met = 0
  let all = 0
  for (const { constraint, weight } of wishes) {
    all += Math.abs(weight)
    if (unmet(candidate, constraint) === null) met += weight
  }
  return all === 0 ? 0 : Math.round((WHOLE * met) / all)
}

/** By how many slots of the job share the label's value; a host without the label gives nothing. */
function evenness(board: Board, item: Item, hostIndex: number): number {
  const { job, jobId } = item.shape
  if (job.spread === null) return 0
  const sharing = board.sharing(job.spread, jobId, hostIndex)
  if (sharing === null) return 0
  return WHOLE - Math.round((WHOLE * sharing) / Math.max(1, job.count, board.jobTotal(jobId)))
}

/** Points of putting an item (that is not on the board) on a host. */
export function score(board: Board, item: Item, hostIndex: number, strategy: Strategy): Score {
  const parts = {
    fit: packing(board, item, hostIndex, strategy),
    apart: apart(board, item, hostIndex, strategy),
    stay: item.previous === hostIndex ? STAY * WHOLE : 0,
    affinity: WISH * affinity(board, item, hostIndex),
    spread: WISH * evenness(board, item, hostIndex),
  }
  return { total: parts.fit + parts.apart + parts.stay + parts.affinity + parts.spread, parts }
}

/** The best of some hosts, which are in the order of their names; null where there are none. Ties go to the first. */
export function best(board: Board, item: Item, hosts: readonly number[], strategy: Strategy): number | null {
  let winner: number | null = null
  let points = Number.NEGATIVE_INFINITY
  for (const hostIndex of hosts) {
    const { total } = score(board, item, hostIndex, strategy)
    if (total <= points) continue
    points = total
    winner = hostIndex
  }
  return winner
}
