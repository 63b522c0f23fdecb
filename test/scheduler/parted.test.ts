// Small clusters on which a search once ended without an answer.
import { expect, it } from 'vitest'
import { asApplied } from '../../src/planner/simulate-view.js'
import { place } from '../../src/scheduler/place.js'
import { survivals } from '../../src/scheduler/survival.js'
import { parseScenario } from '../../src/spec/scenario.js'
import { candidate } from './support/make.js'
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

it('knows of every loss where some must run beside others', () => {
  const text = JSON.stringify({
    hosts: {
      h0: { capacity: { cpu: 5, memory: '5Gi' } },
      h1: { capacity: { cpu: 2, memory: '3Gi' } },
      h2: { capacity: { cpu: 3, memory: '3Gi' } },
      h3: { capacity: { cpu: 4, memory: '6Gi' } },
    },
    jobs: [
      { name: 'a', count: 2, resources: { cpu: 2, memory: '2Gi' }, ports: { x: 20005 }, on_host_loss: 'wait' },
      { name: 'b', resources: { cpu: 1.5, memory: 0 }, priority: 10, conflicts: ['a'], with: ['c'] },
      { name: 'c', resources: { cpu: 1, memory: '2Gi' }, with: ['d'] },
      { name: 'd', resources: { cpu: 0.5, memory: '512Mi' } },
    ],
    running: [
      { slot: 'a.0', host: 'h0' },
      { slot: 'a.1', host: 'h3' },
      { slot: 'b.0', host: 'h2' },
      { slot: 'c.0', host: 'h2' },
      { slot: 'd.0', host: 'h2' },
    ],
  })
  const read = parseScenario('scenario', text)
  if (!('scenario' in read)) throw new Error(JSON.stringify(read.faults))
  const { hosts, jobs, running } = read.scenario
  const of = new Map(jobs.map((job) => [job.name, asApplied(job)]))
  const result = survivals({
    candidates: hosts.map(({ name, capacity, labels }) => candidate(name, { capacity, labels })),
    placements: running.flatMap(({ slot, host }) => {
      const applied = of.get(slot.split('.')[0] ?? '')
      return applied === undefined ? [] : [{ slot, host, applied, ports: {} }]
    }),
    strategy: 'balanced',
    control: null,
    steps: 100_000,
  })
  expect(Object.entries(result).map(([host, { ok }]) => `${host} ${ok}`)).toEqual([
    'h0 true',
    'h1 true',
    'h2 true',
    'h3 true',
  ])
})
