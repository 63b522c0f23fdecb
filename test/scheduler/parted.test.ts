// Small clusters on which a search once ended without an answer.
import { expect, it } from 'vitest'
import type { ScenarioJson } from '../../bench/placement/scenarios.js'
import { simulate } from '../../src/planner/simulate.js'
import { scenarioSimulation } from '../../src/planner/simulate-view.js'
import { place } from '../../src/scheduler/place.js'
import { parseScenario } from '../../src/spec/scenario.js'
import { inputOf } from './support/scenario.js'

it('finds the one move where halves of two contents of a host come to whole numbers', () => {
  const { placed, moved, unplaced, proof } = place(
    inputOf({
      hosts: {
        h0: { capacity: { cpu: 5, memory: '5Gi' } },
        h2: { capacity: { cpu: 4, memory: '5Gi' } },
        h3: { capacity: { cpu: 1, memory: '3Gi' } },
      },
      jobs: [
        { name: 'a', count: 3, resources: { cpu: 0.01, memory: '1Mi' } },
        { name: 'b', count: 3, resources: { cpu: 2, memory: '1Gi' }, conflicts: ['a'] },
      ],
      running: [
        { slot: 'a.1', host: 'h3' },
        { slot: 'a.2', host: 'h3' },
        { slot: 'a.0', host: 'h2' },
        { slot: 'b.2', host: 'h0' },
      ],
      lose: [],
    }),
  )
  expect(unplaced).toEqual([])
  expect(placed).toHaveLength(2)
  expect(moved.map(({ slot, from, host }) => `${slot} ${from} > ${host}`)).toEqual(['a.0 h2 > h3'])
  expect(proof).toEqual({ placed: true, moves: true })
})

const beside: ScenarioJson = {
  hosts: {
    h0: { capacity: { cpu: 5, memory: '4Gi' } },
    h1: { capacity: { cpu: 3, memory: '1Gi' } },
    h2: { capacity: { cpu: 1, memory: '2Gi' } },
  },
  jobs: [
    { name: 'a', resources: { cpu: 1.5, memory: '512Mi' }, priority: 10, max_per_host: 2 },
    { name: 'b', count: 2, resources: { cpu: 0, memory: '512Mi' }, priority: 90, max_per_host: 1, with: ['a'] },
    { name: 'c', count: 2, resources: { cpu: 0.5, memory: '2Gi' }, max_per_host: 1 },
  ],
  running: [],
  lose: [],
}

it('proves how many have a place, and what each loss means, where some run beside others', () => {
  const read = parseScenario('scenario', JSON.stringify(beside))
  if (!('scenario' in read)) throw new Error(JSON.stringify(read.faults))
  const { proved, unplaced, survives } = simulate(scenarioSimulation(read.scenario, 0.02))
  expect(proved).toBe(true)
  expect(unplaced.map(({ slot, proof }) => `${slot} ${proof}`)).toEqual(['b.1 impossible'])
  expect(Object.entries(survives).map(([host, { ok }]) => `${host} ${ok}`)).toEqual(['h0 false', 'h1 true', 'h2 false'])
})
