// Clusters like those of the data sets, drawn anew and answered by two exact solvers, so that the search is not made for the sets.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Instance, instancesIn, scenarioOf } from '../../bench/placement/scenarios.js'
import { answer } from './support/scenario.js'

function instances(name: string): readonly Instance[] {
  return instancesIn(readFileSync(new URL(`data/${name}.jsonl`, import.meta.url), 'utf8'))
}

describe.each([
  ['one job per slot', false],
  ['alike slots in one job', true],
])('place, on clusters that it was not made for, %s', (_, grouped) => {
  it('places everything where that is possible, and never says that it is not', () => {
    for (const instance of instances('feasibility-more')) {
      const { result, faults } = answer(scenarioOf(instance, grouped))
      expect([instance.id, faults]).toEqual([instance.id, []])
      expect([instance.id, result.unplaced.length === 0]).toEqual([instance.id, instance.feasible])
      expect([instance.id, result.proof.placed]).toEqual([instance.id, true])
    }
  }, 120_000)

  it('mends the loss of a host with the fewest moves', () => {
    for (const instance of instances('failover-more')) {
      const { result, faults } = answer(scenarioOf(instance, grouped))
      expect([instance.id, faults]).toEqual([instance.id, []])
      expect([instance.id, result.unplaced.length === 0]).toEqual([instance.id, instance.feasible])
      if (instance.feasible) expect([instance.id, result.moved.length]).toEqual([instance.id, instance.minMoves])
      expect([instance.id, result.proof.placed]).toEqual([instance.id, true])
    }
  }, 120_000)
})
