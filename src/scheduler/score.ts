// Where is it best? Points per host, higher is better. All arithmetic is on integers below 2^53 or single IEEE 754
// divisions of such (correctly rounded by definition), so the same input gives the same points on every machine.
import type { Strategy } from '../model/host.js'
import type { Score } from '../model/plan.js'
import { labelOf } from './attributes.js'
import type { Board } from './board.js'
import { unmet } from './constraints.js'
import type { Item, Shape } from './problem.js'
import { stranding } from './stranded.js'

/** One whole: what a part gives a host that is as good as can be. */
export const WHOLE = 1_000_000

/** Amounts or numbers of dimensions. */
export type Numbers = readonly number[] | Float64Array | Int32Array

const STAY = 2
const HOME = 3
/** WHOLEs that a full wish weighs. */
export const WISH = 4

/**
 * The mean of the squared shares of capacity that would be in use with the slot there, over the dimensions it asks
 * for; 0 to WHOLE. Shares make it scale-free: cores, bytes and devices weigh alike, and so do large and small hosts.
 * The square punishes a peak in one dimension more than the same amount spread over all: the L2 norm of the load.
 * As a thing to keep small it balances (Awerbuch, Azar, Grove, Kao, Krishnan, Vitter: Load balancing in the Lp norm,
 * FOCS 1995); as a thing to make large it is a best fit for vectors (Panigrahy, Talwar, Uyeda, Wieder: Heuristics for
 * vector bin packing, 2011).
 */
export function load(board: Board, needs: Numbers, amounts: Numbers, hostIndex: number): number {
  const { used, problem } = board
  const base = hostIndex * problem.dimensions.length
  let sum = 0
  let dimensions = 0
  for (let index = 0; index < needs.length; index += 1) {
    const dimension = needs[index] ?? 0
    const capacity = problem.capacity[base + dimension] ?? 0
    if (capacity <= 0) continue
    const share = Math.min(1, ((used[base + dimension] ?? 0) + (amounts[dimension] ?? 0)) / capacity)
    sum += Math.round(share * share * WHOLE)
    dimensions += 1
  }
  return dimensions === 0 ? 0 : Math.round(sum / dimensions)
}

/** The part `fit` of a host with so many slots, once the item is there and it is `full` (see load). */
export function taste(strategy: Strategy, full: number, slots: number): number {
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

/**
 * Part of `fit` that is lost, 0 to nearly WHOLE, with the devices that the item would leave useless (see stranding). Not all
 * of it: `fit` and this together must not outweigh staying.
 */
export function waste(board: Board, amounts: Numbers, hostIndex: number, strategy: Strategy): number {
  return strategy === 'pack' ? stranding(board, amounts, hostIndex, WHOLE * 0.95) : 0
}

/** By the share of the job's other slots that are there: all of them give nothing. */
export function apart(board: Board, item: Item, hostIndex: number, strategy: Strategy): number {
  if (strategy === 'pack') return 0
  const { jobId } = item.shape
  const here = board.host(hostIndex).jobs.get(jobId) ?? 0
  return WHOLE - Math.round((WHOLE * here) / Math.max(1, board.jobTotal(jobId)))
}

/** Sum of the weights of met wishes over the sum of all weights without their signs; -WHOLE to WHOLE. */
export function affinity(board: Board, item: Item, hostIndex: number): number {
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

/** Of all slots, the part that a value of the label should have; null where it should have none. */
function targetOf(targets: Readonly<Record<string, number>>, value: string | null): number | null {
  if (value === null || !Object.hasOwn(targets, value)) return null
  const all = Object.values(targets).reduce((sum, weight) => sum + weight, 0)
  return all > 0 ? (targets[value] ?? 0) / all : null
}

/**
 * What a host gains by how few slots of the job share its value of the label. Even: one WHOLE less for each of them.
 * With targets: by how many slots the value is below its part of all, the new one counted there (above: less than
 * nothing). A host without the label, or with a value that should have none, counts as worse than any other.
 */
export function crowding(board: Board, { shape: { job, jobId } }: Item, hostIndex: number): number {
  if (job.spread === null) return 0
  const { label, targets } = job.spread
  const total = board.jobTotal(jobId)
  const sharing = board.sharing(label, jobId, hostIndex)
  const worst = 0 - WHOLE * (total + 1)
  if (sharing === null) return worst
  if (targets === null) return 0 - WHOLE * sharing
  const host = board.problem.hosts[hostIndex]
  const target = host === undefined ? null : targetOf(targets, labelOf(host, label))
  return target === null ? worst : Math.round(WHOLE * (target * (total + 1) - (sharing + 1)))
}

/** No host has more from crowding() as things stand. */
export function mostCrowding(board: Board, { job, jobId }: Shape): number {
  if (job.spread === null) return 0
  const { label, targets } = job.spread
  if (targets !== null) return WHOLE * board.jobTotal(jobId)
  const taken = board.labelled(label, jobId)
  if (taken.size < (board.problem.labels.get(label)?.count ?? 0)) return 0
  let fewest = board.jobTotal(jobId) + 1
  for (const count of taken.values()) fewest = Math.min(fewest, count)
  return 0 - WHOLE * fewest
}

/**
 * Points of putting an item (that is not on the board) on a host. The parts of a score:
 *
 * | part | points | best is |
 * |---|---|---|
 * | `fit` | 0 to 1 WHOLE | `balanced`: the emptiest host; `pack`: the fullest of those in use; `spread`: the one with fewest slots |
 * | | `pack`: up to 1 WHOLE less | one whose free devices keep the cpu and memory that jobs with devices ask for beside them |
 * | `apart` | 0 to 1 WHOLE (`pack`: 0) | a host without slots of the same job: not everything is lost with one |
 * | `stay` | 2 WHOLE | the host where it runs or last ran |
 * | `home` | 3 WHOLE | the host where a slot of a job with `failback: home` belongs |
 * | `affinity` | -4 to 4 WHOLE | a host that meets all wishes of the job, each by its weight |
 * | `spread` | even: -4 WHOLE for each slot of the job with the same host or label value | the one with fewest, where the job asks for `spread` |
 * | | with targets: 4 WHOLE for each slot that the value is below its part, less for each above | the one that is furthest below |
 *
 * So staying outweighs hc's own taste (fit and apart), and a whole wish outweighs staying and taste together.
 */
export function score(board: Board, item: Item, hostIndex: number, strategy: Strategy): Score {
  const parts = {
    fit:
      taste(strategy, load(board, item.shape.needs, item.shape.amounts, hostIndex), board.counts[hostIndex] ?? 0) -
      waste(board, item.shape.amounts, hostIndex, strategy),
    apart: apart(board, item, hostIndex, strategy),
    stay: item.previous === hostIndex ? STAY * WHOLE : 0,
    home: item.belongs === hostIndex ? HOME * WHOLE : 0,
    affinity: WISH * affinity(board, item, hostIndex),
    spread: WISH * crowding(board, item, hostIndex),
  }
  return { total: parts.fit + parts.apart + parts.stay + parts.home + parts.affinity + parts.spread, parts }
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
