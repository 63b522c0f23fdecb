// In which order slots are placed, and which hosts each may ever take.
import { byName } from '../model/names.js'
import type { Board } from './board.js'
import type { Companies } from './company.js'
import { fitsNow, mayEver } from './filters.js'
import type { Item, Problem, Shape } from './problem.js'
import { NO_HOST, OTHER_HOST } from './problem.js'
import { WHOLE } from './score.js'

/** A slot that wants a place. */
export interface Wanting {
  readonly item: Item
  /** That of the job, or of a job that must run beside it, whichever is higher. */
  readonly priority: number
  /**
   * Hosts that take it while only occupants are there, in the order of names: placing others never adds to them.
   * Company (`with`) is not asked for here.
   */
  readonly options: readonly number[]
}

function optionsOf(board: Board, item: Item): readonly number[] {
  const { shape } = item
  const alone: Item = { ...item, shape: { ...shape, with: [] } }
  const options: number[] = []
  for (let host = 0; host < board.problem.hosts.length; host += 1) {
    if (mayEver(board, alone, host) && fitsNow(board, alone, host)) options.push(host)
  }
  return options
}

/** The largest share of what the whole cluster has, over all dimensions; parts per million. */
function size(shape: Shape, totals: readonly number[]): number {
  let largest = 0
  for (const [dimension, amount] of shape.amounts.entries()) {
    const total = totals[dimension] ?? 0
    if (amount > 0 && total > 0) largest = Math.max(largest, Math.round((WHOLE * amount) / total))
  }
  return largest
}

function totalsOf({ dimensions, capacity }: Problem): readonly number[] {
  const totals = dimensions.map(() => 0)
  for (const [at, amount] of capacity.entries()) {
    const dimension = at % dimensions.length
    totals[dimension] = (totals[dimension] ?? 0) + amount
  }
  return totals
}

/**
 * The demands in the order of placing: higher priority first; then who others must run beside; then who has fewest
 * hosts to choose from; then the biggest (first fit decreasing, Johnson 1973, by the largest dimension); then by name.
 * Call it while only occupants are on the board.
 */
export function wantings(board: Board, companies: Companies): readonly Wanting[] {
  const { problem } = board
  const anyHost = new Map<Shape, readonly number[]>()
  const totals = totalsOf(problem)
  const sizes = problem.shapes.map((shape) => size(shape, totals))
  const all = problem.items.slice(0, problem.demandCount).map((item) => {
    const shared = item.only === NO_HOST ? anyHost.get(item.shape) : undefined
    const options = shared ?? (item.only === OTHER_HOST ? [] : optionsOf(board, item))
    if (item.only === NO_HOST) anyHost.set(item.shape, options)
    const followers = companies.followers.get(item.shape.jobId) ?? []
    const priority = followers.reduce((most, { job }) => Math.max(most, job.priority), item.shape.job.priority)
    return { item, priority, options }
  })
  return all.sort(
    (a, b) =>
      b.priority - a.priority ||
      (companies.depth.get(a.item.shape.jobId) ?? 0) - (companies.depth.get(b.item.shape.jobId) ?? 0) ||
      a.options.length - b.options.length ||
      (sizes[b.item.shape.index] ?? 0) - (sizes[a.item.shape.index] ?? 0) ||
      byName(a.item.slot, b.item.slot),
  )
}
