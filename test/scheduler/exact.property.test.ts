import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { breachesOf } from '../../bench/placement/check.js'
import type { JobJson, ScenarioJson } from '../../bench/placement/scenarios.js'
import { answer } from './support/scenario.js'

interface Spot {
  readonly slot: string
  readonly host: string
}

const NAMES = ['a', 'b', 'c', 'd']

function some<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.option(value, { freq: 1 })
}

function drawJob(name: string): fc.Arbitrary<JobJson> {
  const other = fc.constantFrom(...NAMES.filter((each) => each !== name))
  return fc
    .record({
      count: fc.constantFrom(1, 1, 1, 2),
      cpu: fc.integer({ min: 1, max: 8 }),
      gpu: fc.constantFrom(0, 0, 0.3, 0.5, 0.7, 1),
      port: some(fc.constantFrom(80, 443)),
      zone: some(fc.constantFrom('x', 'y')),
      group: some(fc.constant('loud')),
      distinct: some(fc.constant('zone')),
      max: some(fc.constant(1)),
      conflicts: fc.option(other, { freq: 3 }),
      with: fc.option(other, { freq: 3 }),
    })
    .map(({ count, cpu, gpu, port, zone, group, distinct, max, conflicts, with: beside }) => ({
      name,
      count,
      resources: { cpu: cpu / 2, memory: 0, ...(gpu === 0 ? {} : { devices: { gpu } }) },
      ...(port === null ? {} : { ports: { http: port } }),
      ...(zone === null ? {} : { constraints: [`labels.zone == ${zone}`] }),
      ...(group === null ? {} : { conflict_group: group }),
      ...(distinct === null ? {} : { distinct }),
      ...(max === null ? {} : { max_per_host: max }),
      ...(conflicts === null || conflicts === beside ? {} : { conflicts: [conflicts] }),
      ...(beside === null ? {} : { with: [beside] }),
    }))
}

const host = fc.record({
  cpu: fc.integer({ min: 1, max: 6 }),
  gpu: fc.integer({ min: 0, max: 2 }),
  zone: fc.constantFrom('x', 'y'),
})

/** What is not there is named by nobody. */
function known(jobs: readonly JobJson[]): readonly JobJson[] {
  const names = new Set(jobs.map(({ name }) => name))
  return jobs.map((job) => ({
    ...job,
    conflicts: (job.conflicts ?? []).filter((name) => names.has(name)),
    with: (job.with ?? []).filter((name) => names.has(name)),
  }))
}

function slotsOf(jobs: readonly JobJson[]): readonly string[] {
  return jobs.flatMap(({ name, count }) => Array.from({ length: count ?? 1 }, (_, at) => `${name}.${at}`)).slice(0, 4)
}

/** Up to three hosts and four slots, some of which run already where all rules let them; h0 may be lost. */
const scenarios: fc.Arbitrary<ScenarioJson> = fc
  .record({
    jobs: fc.subarray(NAMES, { minLength: 2 }).chain((names) => fc.tuple(...names.map(drawJob))),
    hosts: fc.array(host, { minLength: 2, maxLength: 3 }),
    runs: fc.array(fc.integer({ min: -1, max: 2 }), { minLength: 8, maxLength: 8 }),
    lose: fc.boolean(),
  })
  .map(({ jobs, hosts, runs, lose }) => {
    const all = slotsOf(jobs)
    const counted = jobs.map((job) => ({ ...job, count: all.filter((slot) => slot.startsWith(`${job.name}.`)).length }))
    const base = {
      jobs: known(counted.filter(({ count }) => count > 0)),
      hosts: Object.fromEntries(
        hosts.map(({ cpu, gpu, zone }, at) => [
          `h${at}`,
          { capacity: { cpu, memory: 0, devices: { gpu } }, labels: { zone } },
        ]),
      ),
    }
    const wished = all.flatMap((slot, at): readonly Spot[] => {
      const on = runs[at] ?? -1
      return on < 0 || on >= hosts.length ? [] : [{ slot, host: `h${on}` }]
    })
    let running: readonly Spot[] = []
    for (const spot of wished) if (breachesOf(base, [...running, spot]).length === 0) running = [...running, spot]
    return { ...base, running, lose: lose ? ['h0'] : [] }
  })
  // A loss may take away the company of what runs: that is another question than this one.
  .filter((each) => breachesOf(each, stay(each)).length === 0)

function stay({ running = [], lose = [] }: ScenarioJson): readonly Spot[] {
  return running.filter((spot) => !lose.includes(spot.host))
}

/** The most slots that can stand, all that run among them, and the fewest moves for it: by trying every assignment. */
function best(scenario: ScenarioJson): { readonly placed: number; readonly moves: number } {
  const hosts = Object.keys(scenario.hosts).filter((name) => !(scenario.lose ?? []).includes(name))
  const slots = slotsOf(scenario.jobs)
  const runs = new Map(stay(scenario).map((spot) => [spot.slot, spot.host]))
  const found = { placed: -1, moves: 0 }
  for (let code = 0; code < (hosts.length + 1) ** slots.length; code += 1) {
    const spots = slots.flatMap((slot, at): readonly Spot[] => {
      const name = hosts[Math.floor(code / (hosts.length + 1) ** at) % (hosts.length + 1)]
      return name === undefined ? [] : [{ slot, host: name }]
    })
    const moves = spots.filter(({ slot, host: now }) => runs.has(slot) && runs.get(slot) !== now).length
    const better = spots.length > found.placed || (spots.length === found.placed && moves < found.moves)
    if (!better || spots.filter(({ slot }) => runs.has(slot)).length < runs.size) continue
    if (breachesOf(scenario, spots).length > 0) continue
    found.placed = spots.length
    found.moves = moves
  }
  return found
}

describe('place, with leave to move what runs, beside every assignment there is', () => {
  it('places the most with the fewest moves, and claims no proof that is none', () => {
    let proved = 0
    let moving = 0
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const { result, faults } = answer(scenario)
        const expected = best(scenario)
        const placed = result.placed.length + stay(scenario).length
        const seen = { faults, placed, moves: result.moved.length }
        if (expected.moves > 0) moving += 1
        if (result.proof.placed && result.proof.moves) proved += 1
        expect(placed).toBeLessThanOrEqual(expected.placed)
        if (result.proof.placed)
          expect({ ...seen, moves: null }).toEqual({ faults: [], placed: expected.placed, moves: null })
        if (result.proof.placed && result.proof.moves) expect(seen).toEqual({ faults: [], ...expected })
        if (result.unplaced.some(({ proof }) => proof === 'impossible')) {
          expect(expected.placed).toBeLessThan(slotsOf(scenario.jobs).length)
        }
      }),
      { numRuns: 80, seed: 20_251_125 },
    )
    expect(moving).toBeGreaterThan(0)
    expect(proved).toBeGreaterThan(60)
  }, 120_000)
})
