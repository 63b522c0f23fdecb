// Jobs of higher priority that run beside others: what they may and may not bring about.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JobJson, ScenarioJson } from '../../bench/placement/scenarios.js'
import { type PlaceInput, place } from '../../src/scheduler/place.js'
import { inputOf } from './support/scenario.js'

const one = { h0: { capacity: { cpu: 1, memory: '1Gi' } } }
const core = { cpu: 1, memory: 0 }
const none = { cpu: 0, memory: 0 }

const a: JobJson = { name: 'a', priority: 60, resources: core }
const b: JobJson = { name: 'b', priority: 10, resources: core }
const c: JobJson = { name: 'c', priority: 90, resources: none, with: ['b'] }
const nowhere = { ...c, constraints: ['labels.s exists'] }

function ask(json: Omit<ScenarioJson, 'lose'>, steps?: number) {
  const input: PlaceInput = { ...inputOf({ ...json, lose: [] }), preempt: true, ...(steps !== undefined && { steps }) }
  const { placed, evicted, unplaced, moved, proof } = place(input)
  return {
    placed: placed.map(({ slot }) => slot),
    evicted,
    moved: moved.map(({ slot }) => slot),
    unplaced: unplaced.map(({ slot }) => slot),
    proof,
  }
}

describe('a job that must run beside one of lower priority', () => {
  it('stops nothing for the lower one where it has no place itself', () => {
    const answer = ask({ hosts: one, jobs: [a, b, nowhere], running: [{ slot: 'a.0', host: 'h0' }] })
    expect(answer).toMatchObject({ placed: [], evicted: [], unplaced: ['b.0', 'c.0'], proof: { placed: true } })
  })

  it('does not bring the lower one before what is new and higher, with and without a search', () => {
    const fresh = { hosts: one, jobs: [a, b, nowhere], running: [] }
    expect(ask(fresh).placed).toEqual(['a.0'])
    expect(ask(fresh, 0).placed).toEqual(['a.0'])
  })

  it('has what is between stopped where that gives it its place, and is named for it', () => {
    const answer = ask({ hosts: one, jobs: [a, b, c], running: [{ slot: 'a.0', host: 'h0' }] })
    expect(answer.placed).toEqual(['b.0', 'c.0'])
    expect(answer.evicted).toEqual([{ slot: 'a.0', from: 'h0', for: ['c.0'] }])
    expect(ask({ hosts: one, jobs: [a, b, c], running: [] }, 0).placed).toEqual(['b.0', 'c.0'])
  })

  it('stops no slot of its own leader for another of it', () => {
    const jobs: JobJson[] = [
      { name: 'a', resources: none, constraints: ['labels.s exists'], with: ['c'] },
      { name: 'c', count: 2, priority: 10, resources: none, ports: { x: 80 } },
    ]
    const answer = ask({ hosts: one, jobs, running: [{ slot: 'c.0', host: 'h0' }] })
    expect(answer).toMatchObject({ placed: [], evicted: [], proof: { placed: true, moves: true } })
  })
})

const NAMES = ['a', 'b', 'c', 'd']

const drawn = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
    fc.tuple(
      ...NAMES.map((name) =>
        fc.record({
          name: fc.constant(name),
          count: fc.constantFrom(1, 1, 2),
          priority: fc.constantFrom(10, 50, 90),
          cpu: fc.integer({ min: 0, max: 4 }),
          beside: fc.option(fc.constantFrom(...NAMES.filter((other) => other !== name)), { freq: 1 }),
          never: fc.integer({ min: 0, max: 5 }),
          runsOn: fc.option(fc.integer({ min: 0, max: 2 }), { freq: 1 }),
        }),
      ),
    ),
  )
  .map(([cpus, jobs]): ScenarioJson => {
    const free = [...cpus]
    const running = jobs.flatMap(({ name, cpu, beside, never, runsOn }) => {
      if (runsOn === null || beside !== null || never === 0 || (free[runsOn] ?? -1) < cpu / 2) return []
      free[runsOn] = (free[runsOn] ?? 0) - cpu / 2
      return [{ slot: `${name}.0`, host: `h${runsOn}` }]
    })
    return {
      hosts: Object.fromEntries(cpus.map((cpu, at) => [`h${at}`, { capacity: { cpu, memory: '1Gi' } }])),
      jobs: jobs.map(({ name, count, priority, cpu, beside, never }) => ({
        name,
        count,
        priority,
        resources: { cpu: cpu / 2, memory: 0 },
        ...(beside !== null && { with: [beside] }),
        ...(never === 0 && { constraints: ['labels.s exists'] }),
      })),
      running,
      lose: [],
    }
  })

describe('what is stopped', () => {
  it('is stopped for named slots of strictly higher priority only, and could not stay instead of lower new ones', () => {
    fc.assert(
      fc.property(drawn, (json) => {
        const input: PlaceInput = { ...inputOf(json), preempt: true, steps: 200_000 }
        const result = place(input)
        const of = new Map([...input.demands, ...input.occupants].map(({ slot, applied }) => [slot, applied.job]))
        const priority = (slot: string) => of.get(slot)?.priority ?? 0
        const cpu = (slot: string) => of.get(slot)?.resources.cpu ?? 0
        for (const { slot, from, for: whom } of result.evicted) {
          expect(whom.length).toBeGreaterThan(0)
          for (const other of whom) expect(priority(other)).toBeGreaterThan(priority(slot))
          const leaders = new Set([...of.values()].flatMap((job) => job.with))
          const lower = result.placed.filter(
            (each) =>
              each.host === from && priority(each.slot) < priority(slot) && !leaders.has(each.slot.split('.')[0] ?? ''),
          )
          for (const each of lower) expect(cpu(each.slot)).toBeLessThan(cpu(slot))
        }
      }),
      { seed: 60, numRuns: 150 },
    )
  }, 60_000)
})
