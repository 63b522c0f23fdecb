// Which moves hc rebalance finds, and that making them leads to rest.
import { describe, expect, test } from 'vitest'
import type { Strategy } from '../../src/model/host.js'
import type { AppliedJob, Job } from '../../src/model/job.js'
import type { HostState, PlanInput } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import { minGainOf, rebalance } from '../../src/planner/rebalance.js'
import { unsettled } from '../../src/planner/unsettled.js'
import { applied, facts, GIB, host, input, job, MIB, placement, ready, settings, silent, unit } from './support/make.js'

type Stands = Readonly<Record<string, readonly string[]>>

/** Jobs where they stand; each host has 1 GiB for jobs, and 4 cores. */
function cluster(jobs: readonly AppliedJob[], stands: Stands, overrides: Partial<PlanInput> = {}): PlanInput {
  const hosts = Object.entries(stands).map(([name, slots]) => on(name, slots))
  const places = Object.entries(stands).flatMap(([name, slots]) => slots.map((slot) => placement(slot, name)))
  return input(jobs, hosts, places, overrides)
}

function on(name: string, slots: readonly string[], overrides: Partial<HostState> = {}): HostState {
  const capacity = { cpu: 4000, memory: GIB + 256 * MIB, disk: 100 * GIB, devices: {} }
  const seen = facts({ capacity, memoryAvailable: GIB, units: slots.map((slot) => unit(slot)) })
  return ready(name, [], { facts: seen, lastFacts: seen, ...overrides })
}

function service(name: string, memory: number, more: Partial<Job> = {}): AppliedJob {
  return applied(job(name, { resources: { cpu: 100, memory: memory * MIB, disk: 0, devices: {} }, ...more }))
}

const by = (strategy: Strategy) => ({ settings: settings({ strategy }) })

function find(seen: PlanInput, moves = 10) {
  return rebalance({ classified: decide(seen).classified, input: seen, moves, control: null })
}

function told(seen: PlanInput, moves = 10): string[] {
  return find(seen, moves).moves.map(({ slot, from, to }) => `${slot} ${from} -> ${to}`)
}

describe('balanced', () => {
  const jobs = ['a', 'b', 'c', 'd'].map((name) => service(name, 200))
  const crowded = cluster(jobs, { n1: ['a.0', 'b.0', 'c.0', 'd.0'], n2: [] })

  test('takes from the full what gains most, says what it is in numbers, and stops when nothing gains', () => {
    const { moves, more, kept } = find(crowded)
    expect(moves.map(({ slot, from, to }) => `${slot} ${from} -> ${to}`)).toEqual(['a.0 n1 -> n2', 'b.0 n1 -> n2'])
    expect(moves[0]?.text).toBe('memory in use: n1 80 % -> 60 %, n2 0 % -> 20 %')
    expect(moves[0]?.gain).toBeGreaterThan(minGainOf('balanced'))
    expect([more, kept]).toEqual([false, []])
  })
  test('makes no more moves than it is told, and says that there are more', () => {
    const { moves, more } = find(crowded, 1)
    expect([moves.length, more]).toEqual([1, true])
  })
  test('a small gain is not worth a restart', () => {
    expect(told(cluster([service('a', 100), service('b', 100)], { n1: ['a.0', 'b.0'], n2: [] }))).toEqual([])
  })
  test('slots of one job are set apart', () => {
    const web = service('web', 100, { count: 2 })
    const { moves } = find(cluster([web], { n1: ['web.0', 'web.1'], n2: [] }))
    expect(moves.map(({ slot }) => slot)).toEqual(['web.0'])
    expect(moves[0]?.text).toContain('slots of web: n1 2 -> 1, n2 0 -> 1')
  })
  test('the share counts and not the amount: a large host takes more', () => {
    const four = ['a', 'b', 'c', 'd'].map((name) => service(name, 240))
    const seen = cluster(four, { n1: ['a.0', 'b.0', 'c.0', 'd.0'] })
    const capacity = { cpu: 16_000, memory: 4 * GIB + 256 * MIB, disk: 100 * GIB, devices: {} }
    const large = facts({ capacity, memoryAvailable: 4 * GIB })
    const moves = told({ ...seen, hosts: [...seen.hosts, ready('n2', [], { facts: large, lastFacts: large })] })
    expect(moves.length).toBe(3)
    expect(told(cluster(four, { n1: ['a.0', 'b.0', 'c.0', 'd.0'], n2: [] })).length).toBe(2)
  })
  test('a wish outweighs the balance', () => {
    const wish = { constraint: { attribute: 'host', op: '==', values: ['n1'], text: 'host == n1' }, weight: 1 } as const
    const seen = cluster([service('a', 100, { affinity: [wish] })], { n1: [], n2: ['a.0'] })
    const { moves } = find(seen)
    expect(moves.map(({ text, to }) => [to, text])).toEqual([['n1', 'its wishes are better met on n1']])
    expect(moves[0]?.gain).toBe(4_000_000)
  })
})

test('pack empties a host, where another has room', () => {
  const seen = cluster([service('a', 200), service('b', 200)], { n1: ['a.0'], n2: ['b.0'] }, by('pack'))
  expect(told(seen)).toEqual(['a.0 n1 -> n2'])
})

test('spread evens out the numbers of slots', () => {
  const jobs = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => service(name, 10))
  const { moves } = find(cluster(jobs, { n1: jobs.map((each) => `${each.job.name}.0`), n2: [] }, by('spread')))
  expect(moves.length).toBe(3)
  expect(moves[0]?.text).toBe('slots: n1 6 -> 5, n2 0 -> 1')
})

describe('what is not moved', () => {
  const full = (more: Partial<Job>, other: Partial<HostState> = {}) => {
    const jobs = [service('a', 400, more), service('b', 400, more)]
    const seen = cluster(jobs, { n1: ['a.0', 'b.0'] })
    return { ...seen, hosts: [...seen.hosts, on('n2', [], other)] }
  }
  const local = { source: 'data', target: '/data', readOnly: false, shared: false }

  test('moves otherwise', () => expect(told(full({}))).toEqual(['a.0 n1 -> n2']))
  test.each([
    ['exclusive slots', full({ exclusive: true })],
    ['pinned slots', full({ volumes: [local] })],
    ['what may not be there', full({ constraints: [{ attribute: 'host', op: '==', values: ['n1'], text: 'n1' }] })],
    ['what belongs where it is', full({ failback: 'home' })],
    ['anything to a cordoned host', full({}, { cordoned: true })],
    ['anything to a host that is held', full({}, { held: 'it was lost too often' })],
    ['anything to a host where steps are under way', full({}, { blocked: { kind: 'busy', text: 'busy' } })],
  ])('%s', (_, seen) => expect(told(seen)).toEqual([]))
  test('anything to a lost host', () => {
    const seen = full({})
    expect(told({ ...seen, hosts: [...seen.hosts.slice(0, 1), silent('n2', 'lost')] })).toEqual([])
  })
  test('what has not come up', () => {
    const seen = full({})
    const down = [
      unit('a.0', { active: 'failed', sub: 'failed', result: 'exit-code', activeSinceMs: null }),
      unit('b.0'),
    ]
    const [n1, n2] = seen.hosts
    const now = n1?.facts ? { ...n1, facts: { ...n1.facts, units: down } } : n1
    expect(told({ ...seen, hosts: [now, n2].flatMap((each) => each ?? []) })).not.toContain('a.0 n1 -> n2')
  })
  test('what belongs elsewhere goes there and nowhere else', () => {
    const seen = full({ failback: 'home' })
    const placements = { ...seen.placements, 'a.0': placement('a.0', 'n1', { home: 'n2' }) }
    expect(told({ ...seen, placements })).toEqual(['a.0 n1 -> n2'])
  })
})

test('what is survived is survived afterwards, and who stays for it is told', () => {
  const jobs = [
    service('a', 900, { constraints: [{ attribute: 'host', op: '!=', values: ['n2'], text: 'host != n2' }] }),
    service('b', 700),
    service('c', 200),
  ]
  const seen = cluster(jobs, { n1: ['a.0'], n2: ['b.0', 'c.0'], n3: [] })
  const closed = { ...seen, hosts: seen.hosts.map((each) => ({ ...each, cordoned: each.host.name === 'n2' })) }
  // Should n1 be lost, a goes to n3, and what stands there goes back to n2: but not where that is cordoned.
  expect(told(seen)).toEqual(['b.0 n2 -> n3'])
  const { moves, kept } = find(closed)
  expect([moves, kept]).toEqual([[], ['b.0', 'c.0']])
})

describe('a cluster that is not at rest', () => {
  const web = applied(job('web'))
  const why = (seen: PlanInput) => unsettled(decide(seen), seen)

  test('is told why', () => {
    expect(why(input([web], [ready('n1')]))).toBe('web.0 is still to be started, stopped or moved')
    const there = placement('web.0', 'n1')
    expect(why(input([web], [ready('n1', [unit('web.0')]), silent('n2', 'suspect')], [there]))).toBe(
      'n2 does not answer, and may be lost',
    )
    const starting = unit('web.0', { activeSinceMs: 999_900 })
    expect(why(input([web], [ready('n1', [starting])], [there]))).toBe('web.0 is still on the way')
    const busy = ready('n2', [], { blocked: { kind: 'busy', text: 'busy' } })
    expect(why(input([web], [ready('n1', [unit('web.0')]), busy], [there]))).toBe('steps are under way on n2')
  })
  test('what has no place, and a host that is lost, do not hinder', () => {
    const huge = applied(job('huge', { resources: { cpu: 1, memory: 900 * GIB, disk: 0, devices: {} } }))
    const seen = [ready('n1', [unit('web.0')]), silent('n2', 'lost', { host: host('n2') })]
    expect(why(input([web, huge], seen, [placement('web.0', 'n1')]))).toBeNull()
  })
})
