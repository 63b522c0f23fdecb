// Who lifts whom: what others must run beside is tried with the highest of them. That is for their sake alone: where they
// get no place by it, all is tried again without.
import type { Board } from './board.js'
import type { Companies } from './company.js'
import type { Wanting } from './order.js'
import { NO_HOST } from './problem.js'

/** Times that all is tried again. */
export const LIFT_ROUNDS = 3

/**
 * Jobs that have no place though others were tried before their turn for them, where something has no place that comes
 * before these by its own priority. None: nothing is to be tried again.
 */
export function inVain(board: Board, wanting: readonly Wanting[], { followers }: Companies): ReadonlySet<number> {
  const vain = new Set<number>()
  const lifted = wanting.filter(({ item, turn, priority }) => turn > priority && board.hostOf(item) !== NO_HOST)
  if (lifted.length === 0) return vain
  const placed = new Set(wanting.flatMap(({ item }) => (board.hostOf(item) === NO_HOST ? [] : [item.shape.jobId])))
  let lowest = Number.POSITIVE_INFINITY
  for (const { item, priority } of lifted) {
    for (const { jobId, job } of followers.get(item.shape.jobId) ?? []) {
      if (job.priority <= priority || placed.has(jobId)) continue
      vain.add(jobId)
      lowest = Math.min(lowest, priority)
    }
  }
  const waits = ({ item, priority, choices }: Wanting) =>
    board.hostOf(item) === NO_HOST && choices > 0 && priority > lowest && !vain.has(item.shape.jobId)
  return wanting.some(waits) ? vain : new Set()
}
