// A scenario as input of place(), without the question which further losses it would survive.
import { type AnswerJson, breachesOf } from '../../../bench/placement/check.js'
import type { ScenarioJson } from '../../../bench/placement/scenarios.js'
import { asApplied } from '../../../src/planner/simulate-view.js'
import { type PlaceInput, type PlaceResult, place } from '../../../src/scheduler/place.js'
import { parseScenario } from '../../../src/spec/scenario.js'
import { candidate } from './make.js'

/** What runs on hosts that are left may be moved, as often as needed, and is not stopped. */
export function inputOf(json: ScenarioJson): PlaceInput {
  const read = parseScenario('scenario', JSON.stringify(json))
  if (!('scenario' in read)) throw new Error(JSON.stringify(read.faults))
  const { hosts, jobs, running, lose } = read.scenario
  const lost = new Set(lose)
  const at = new Map(running.map(({ slot, host }) => [slot, host]))
  const slots = jobs.flatMap((job) =>
    Array.from({ length: job.count }, (_, index) => ({ slot: `${job.name}.${index}`, applied: asApplied(job) })),
  )
  const stays = ({ slot }: { readonly slot: string }) => at.has(slot) && !lost.has(at.get(slot) ?? '')
  return {
    candidates: hosts
      .filter(({ name }) => !lost.has(name))
      .map(({ name, capacity, labels }) => candidate(name, { capacity, labels })),
    demands: slots
      .filter((each) => !stays(each))
      .map((each) => ({ ...each, only: null, previous: at.get(each.slot) ?? null })),
    occupants: slots
      .filter(stays)
      .map((each) => ({ ...each, host: at.get(each.slot) ?? '', ports: {}, movable: true })),
    strategy: 'balanced',
    moves: Number.POSITIVE_INFINITY,
  }
}

/** What stands where in the end. */
export function standing(input: PlaceInput, result: PlaceResult): AnswerJson['placements'] {
  const gone = new Set([...result.moved, ...result.evicted].map(({ slot }) => slot))
  const stay = input.occupants.filter(({ slot }) => !gone.has(slot))
  return [...stay, ...result.placed, ...result.moved].map(({ slot, host }) => ({ slot, host }))
}

/** What came of it, and every rule that it breaks. */
export function answer(json: ScenarioJson): { readonly result: PlaceResult; readonly faults: readonly string[] } {
  const input = inputOf(json)
  const result = place(input)
  return { result, faults: breachesOf(json, standing(input, result)) }
}
