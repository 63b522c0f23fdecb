// How long a command looks for places.
import { decide } from '../planner/plan.js'
import { REPAIR_STEPS } from '../scheduler/place.js'
import type { Controller, Look } from './controller.js'

/** The controller, told to put that many times the usual work into each search. */
export function withEffort(controller: Controller, effort: number): Controller {
  if (effort > 1) controller.searchSteps = REPAIR_STEPS * effort
  return controller
}

/**
 * Where a loop carries out what was found with more effort: a sentence, if the loop will not find it by itself; else null.
 */
export function beyondTheLoop({ input, decision }: Look): string | null {
  if (input.searchSteps === undefined) return null
  const { searchSteps: _, vain: __, searched: ___, ...usual } = input
  const missed = decide(usual).plan.unplaced.length - decision.plan.unplaced.length
  return missed > 0
    ? 'this plan took more effort to find than the loop, which carries it out, puts into a search: stop the loop, and let hc apply carry it out'
    : null
}
