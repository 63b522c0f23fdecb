// Composition root of what needs no cluster: no ssh, no store, so that it starts at once.
import { readFileSync } from 'node:fs'
import { messageOf, UserError } from './model/errors.js'
import type { Scenario, ScenarioView, SimulationView } from './model/scenario.js'
import { scenarioSimulation, simulateScenario, viewSimulation } from './planner/simulate-view.js'
import { parseScenario } from './spec/scenario.js'

/** So many faults are listed: more say nothing new. */
const MOST_FAULTS = 50

/** The scenario in a file (`-` is standard input), answered. `effort` multiplies the work of its searches. Throws UserError. */
export function answerScenario(file: string, effort: number): ScenarioView {
  return simulateScenario(readScenario(file), effort)
}

/** The same for people. */
export function showScenario(file: string, effort: number): SimulationView {
  return viewSimulation(scenarioSimulation(readScenario(file), effort), [])
}

function readScenario(file: string): Scenario {
  const read = parseScenario(file === '-' ? 'standard input' : file, textOf(file))
  if ('scenario' in read) return read.scenario
  const { faults } = read
  const more = faults.length > MOST_FAULTS ? `; the first ${MOST_FAULTS} are shown` : ''
  const many = `the scenario has ${faults.length} faults${more}`
  throw new UserError(faults.length === 1 ? 'the scenario has a fault' : many, { faults: faults.slice(0, MOST_FAULTS) })
}

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ENOENT')
      throw new UserError(`${file} does not exist`, { code: 'not-found', missing: file, hint: HINT })
    if (code === 'EISDIR') throw new UserError(`${file} is a folder`, { hint: HINT })
    throw new UserError(`${file} can't be read: ${messageOf(error)}`)
  }
}

const HINT = 'name a file with one JSON scenario, or - for standard input'
