import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../src/model/host.js'
import type { Scenario } from '../../src/model/scenario.js'
import { scenarioSimulation, simulateScenario, viewSimulation } from '../../src/planner/simulate-view.js'
import { place, REPAIR_STEPS } from '../../src/scheduler/place.js'
import { parseScenario } from '../../src/spec/scenario.js'

function scenario(json: Json): Scenario {
  const read = parseScenario('s.json', JSON.stringify(json))
  if ('faults' in read) throw new Error(read.faults.map(({ message }) => message).join('\n'))
  return read.scenario
}

const host = (cpu: number, zone = 'a') => ({ capacity: { cpu, memory: '8Gi', disk: '10Gi' }, labels: { zone } })
const HOSTS = { a: host(4), b: host(4), c: host(4, 'z') }

function answer(json: { readonly [key: string]: Json }) {
  return simulateScenario(scenario({ hosts: HOSTS, ...json }), 1)
}

describe('a scenario is answered', () => {
  test('what runs stays, what is lost goes on, and that is no move', () => {
    const running = ['a', 'a', 'b'].map((name, index) => ({ slot: `web.${index}`, host: name }))
    const { placements, moves, unplaced } = answer({ jobs: [{ name: 'web', count: 3 }], running, lose: ['a'] })
    expect(unplaced).toEqual([])
    expect(moves).toEqual([])
    expect(placements.map(({ slot }) => slot)).toEqual(['web.0', 'web.1', 'web.2'])
    expect(placements.every(({ host: name }) => name !== 'a')).toBe(true)
    expect(placements[2]).toEqual({ slot: 'web.2', host: 'b' })
  })

  test('data waits for its host, and so does a job that is told to', () => {
    const jobs = [
      { name: 'db', volumes: [{ source: 'db', target: '/db' }] },
      { name: 'slow', on_host_loss: 'wait' },
      { name: 'once', type: 'batch' },
    ]
    const running = jobs.map(({ name }) => ({ slot: `${name}.0`, host: 'a' }))
    expect(answer({ jobs, running, lose: ['a'] }).unplaced).toEqual([
      { slot: 'db.0', reasons: [{ host: 'a', reason: 'its data is on a, which is lost: it waits for that host' }] },
      { slot: 'once.0', reasons: [{ host: 'a', reason: 'a is lost, and the job has no rerun: it is not run again' }] },
      { slot: 'slow.0', reasons: [{ host: 'a', reason: 'a is lost, and the job has on_host_loss: wait' }] },
    ])
  })

  test('a system job has one slot on each host that matches and is left', () => {
    const jobs = [{ name: 'agent', type: 'system', constraints: ['labels.zone == a'] }]
    expect(answer({ jobs, lose: ['b'] }).placements).toEqual([{ slot: 'agent.a', host: 'a' }])
  })

  test('an attribute that is not known meets no constraint', () => {
    const { unplaced } = answer({ jobs: [{ name: 'web', constraints: ['os == debian'] }] })
    expect(unplaced[0]?.reasons.map(({ host: name }) => name)).toEqual(['a', 'b', 'c'])
  })

  test('what its host may no longer run leaves it', () => {
    const jobs = [{ name: 'web', constraints: ['labels.zone == z'] }]
    const { placements, moves, proved } = answer({ jobs, running: [{ slot: 'web.0', host: 'a' }] })
    expect(placements).toEqual([{ slot: 'web.0', host: 'c' }])
    expect(moves).toEqual([{ slot: 'web.0', from: 'a', to: 'c' }])
    expect(proved).toBe(false)
  })

  test('it says which further loss would be survived', () => {
    const jobs = [{ name: 'web', count: 2, resources: { cpu: 3 } }]
    expect(answer({ jobs }).survives).toMatchObject({ a: { ok: true }, b: { ok: true }, c: { ok: true } })
    expect(answer({ jobs, lose: ['c'] }).survives).toMatchObject({ a: { ok: false } })
  })
})

/** A small part of the usual work: what is compared is the same at any. */
const EFFORT = 0.01

describe('a simulation', () => {
  const jobs = fc.array(
    fc.record({
      count: fc.integer({ min: 0, max: 3 }),
      cpu: fc.constantFrom(0.5, 1, 2),
      group: fc.constantFrom<readonly string[]>(['x'], []),
    }),
    { maxLength: 6 },
  )
  const toJson = (parts: readonly { count: number; cpu: number; group: readonly string[] }[]) =>
    parts.map(({ count, cpu, group }, index) => ({
      name: `j${index}`,
      count,
      resources: { cpu },
      ...(group[0] === undefined ? {} : { conflict_group: group[0] }),
    }))

  test('says what place() says', () => {
    fc.assert(
      fc.property(jobs, (parts) => {
        const given = scenario({ hosts: HOSTS, jobs: toJson(parts) })
        const { candidates, jobs: applied, strategy } = scenarioSimulation(given, 1)
        const demands = applied.flatMap((each) =>
          Array.from({ length: each.job.count }, (_, index) => ({
            slot: `${each.job.name}.${index}`,
            applied: each,
            only: null,
            previous: null,
          })),
        )
        const found = place({ demands, candidates, occupants: [], strategy, steps: REPAIR_STEPS * EFFORT })
        const { placements, unplaced } = simulateScenario(given, EFFORT)
        expect(placements).toEqual(found.placed.map(({ slot, host: name }) => ({ slot, host: name })))
        expect(unplaced.map(({ slot }) => slot)).toEqual(found.unplaced.map(({ slot }) => slot))
      }),
      { numRuns: 15 },
    )
  })

  test('does not depend on the order of anything, and gives the same bytes twice', () => {
    fc.assert(
      fc.property(jobs, (parts) => {
        const all = toJson(parts)
        const text = (names: readonly (keyof typeof HOSTS)[], list: typeof all) =>
          JSON.stringify(
            simulateScenario(
              scenario({ hosts: Object.fromEntries(names.map((name) => [name, HOSTS[name]])), jobs: list }),
              EFFORT,
            ),
          )
        const first = text(['a', 'b', 'c'], all)
        expect(text(['a', 'b', 'c'], all)).toBe(first)
        expect(text(['c', 'a', 'b'], all.toReversed())).toBe(first)
      }),
      { numRuns: 15 },
    )
  })

  test('tells how many more fit, and what stops the next', () => {
    const given = scenarioSimulation(scenario({ hosts: HOSTS, jobs: [{ name: 'web', resources: { cpu: 1.5 } }] }), 1)
    const [web = null] = given.jobs
    const { fill, hosts } = viewSimulation(given, [], web)
    expect(fill).toMatchObject({ job: 'web', more: 5 })
    expect(fill?.stopped.map(({ host: name, reason }) => `${name}: ${reason}`)).toEqual([
      'a: needs 1.5 cores cpu, 1 core free of 4 cores',
      'b: needs 1.5 cores cpu, 1 core free of 4 cores',
      'c: needs 1.5 cores cpu, 1 core free of 4 cores',
    ])
    expect(hosts.reduce((sum, { after }) => sum + after.slots, 0)).toBe(1)
  })
})

describe('what has no place is told with what would mend it', () => {
  const view = (json: { readonly [key: string]: Json }) =>
    viewSimulation(scenarioSimulation(scenario({ hosts: HOSTS, ...json }), 1), [])

  test('one slot, and several together', () => {
    const one = view({ jobs: [{ name: 'big', resources: { cpu: 6 } }] })
    expect(one.unplaced.map(({ remedy }) => remedy)).toEqual(['it would fit on a with at least 2 cores more cpu'])
    expect(one.remedy).toBeNull()
    const two = view({ jobs: [{ name: 'big', count: 2, resources: { cpu: 6 } }] })
    expect(two.remedy).toBe('both would fit with 8 cores more cpu on a')
  })

  test('what waits for a lost host has none but that host', () => {
    const jobs = [{ name: 'db', volumes: [{ source: 'db', target: '/db' }] }]
    const { unplaced, remedy } = view({ jobs, running: [{ slot: 'db.0', host: 'a' }], lose: ['a'] })
    expect(unplaced.map((each) => each.remedy)).toEqual([undefined])
    expect(remedy).toBeNull()
  })

  test('whether losses were looked at is known apart from what came of it', () => {
    const hosts = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`n${index}`, host(4)]))
    const jobs = [{ name: 'web', count: 200, resources: { cpu: 1 } }]
    const many = viewSimulation(scenarioSimulation(scenario({ hosts, jobs }), 1), [])
    expect(many.looked).toBe(false)
    expect(Object.values(many.survives).every(({ ok }) => ok === null)).toBe(true)
    expect(view({ jobs: [{ name: 'web' }] }).looked).toBe(true)
  })
})
