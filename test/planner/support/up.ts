import type { PlanInput } from '../../../src/planner/input.js'
import { phaseOf } from '../../../src/planner/phase.js'

/** Does this copy of a slot serve now? */
export function isUp(slot: string, on: string, input: PlanInput): boolean {
  const state = input.hosts.find(({ host }) => host.name === on)
  const unit = state?.facts?.units.find((each) => each.slot === slot)
  const found = input.jobs.find(({ job }) => slot.startsWith(`${job.name}.`))
  if (!unit || !found || !state?.facts) return false
  return ['running', 'starting', 'scheduled'].includes(phaseOf(unit, found.job, state.facts.monotonicMs))
}
