import { describe, expect, it } from 'vitest'
import type { Strategy } from '../../src/model/host.js'
import type { Job } from '../../src/model/job.js'
import type { Occupant } from '../../src/model/plan.js'
import type { PlaceInput } from '../../src/scheduler/place.js'
import { place } from '../../src/scheduler/place.js'
import { breaches } from './support/check.js'
import { applied, candidate, constraint, demand, demands, GIB, job, occupant } from './support/make.js'

const trio = [candidate('nuc1'), candidate('nuc2'), candidate('nuc3')]

function where(input: Partial<PlaceInput>): Record<string, string> {
  const whole: PlaceInput = { demands: [], candidates: trio, occupants: [], strategy: 'balanced', ...input }
  const result = place(whole)
  expect(breaches(whole, result)).toEqual([])
  return Object.fromEntries(result.placed.map(({ slot, host }) => [slot, host]))
}

function hostsUsed(strategy: Strategy, jobs: readonly Job[]): number {
  return new Set(Object.values(where({ strategy, demands: jobs.flatMap(demands) }))).size
}

const sized = (name: string, cpu: number, more: Partial<Job> = {}) =>
  job(name, { resources: { cpu, memory: 0, disk: 0, devices: {} }, ...more })

describe('strategies', () => {
  const services = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => sized(name, 500))

  it('balanced uses all three hosts evenly', () => {
    const counts = new Map<string, number>()
    for (const host of Object.values(where({ demands: services.flatMap(demands) }))) {
      counts.set(host, (counts.get(host) ?? 0) + 1)
    }
    expect([...counts.values()]).toEqual([2, 2, 2])
  })

  it('balanced fills hosts of different size by their share', () => {
    const candidates = [
      candidate('big', { capacity: { cpu: 8000, memory: 16 * GIB, disk: 0, devices: {} } }),
      candidate('pi', { capacity: { cpu: 2000, memory: 2 * GIB, disk: 0, devices: {} } }),
    ]
    const places = Object.values(
      where({ candidates, demands: Array.from('abcdefghij', (name) => sized(name, 500)).flatMap(demands) }),
    )
    expect(places.filter((host) => host === 'big')).toHaveLength(8)
  })

  it('balanced does not lose all of a job with one host, even where one is emptier', () => {
    const occupants = [occupant('x.0', 'nuc1', sized('x', 1000)), occupant('y.0', 'nuc2', sized('y', 1000))]
    const placed = where({ occupants, demands: demands(sized('web', 100, { count: 2 })) })
    expect(new Set(Object.values(placed)).size).toBe(2)
  })

  it('pack uses the fewest hosts, spread the fewest slots per host', () => {
    expect(hostsUsed('pack', services)).toBe(1)
    const occupants = [occupant('x.0', 'nuc1', sized('x', 0)), occupant('y.0', 'nuc2', sized('y', 2000))]
    expect(where({ strategy: 'spread', occupants, demands: demands(sized('web', 100)) })).toEqual({ 'web.0': 'nuc3' })
    const three = [...occupants, occupant('z.0', 'nuc3', sized('z', 100)), occupant('z.1', 'nuc1', sized('z', 0))]
    expect(where({ strategy: 'spread', occupants: three, demands: demands(sized('web', 100)) })).toEqual({
      'web.0': 'nuc3',
    })
  })

  it('breaks ties by name, as people read them', () => {
    const candidates = [candidate('nuc10'), candidate('nuc9')]
    expect(where({ candidates, demands: demands(sized('web', 100)) })).toEqual({ 'web.0': 'nuc9' })
  })
})

describe('wishes', () => {
  const labelled = [
    candidate('nuc1', { labels: { rack: 'a' } }),
    candidate('nuc2', { labels: { rack: 'a' } }),
    candidate('nuc3', { labels: { rack: 'b' } }),
  ]
  const loaded = [occupant('x.0', 'nuc3', sized('x', 3000))]

  it('affinity draws to a host that is fuller, and away from one with a negative weight', () => {
    const wish = { constraint: constraint('labels.rack == b'), weight: 1 }
    const drawn = sized('web', 100, { affinity: [wish] })
    expect(where({ candidates: labelled, occupants: loaded, demands: demands(drawn) })).toEqual({ 'web.0': 'nuc3' })
    const repelled = sized('web', 100, { affinity: [{ ...wish, constraint: constraint('host == nuc1'), weight: -1 }] })
    expect(where({ candidates: labelled, demands: demands(repelled) })).toEqual({ 'web.0': 'nuc2' })
  })

  it('spread evens out over a label, and is no hard rule', () => {
    const placed = where({
      candidates: labelled,
      occupants: loaded,
      demands: demands(sized('web', 300, { count: 6, spread: { label: 'rack', targets: null } })),
    })
    expect(Object.values(placed).filter((host) => host === 'nuc3')).toHaveLength(3)
  })

  it('spread with targets gives each value its part, and none to a value that is not named', () => {
    const values = ['a', 'a', 'b', 'c'].map((rack, at) => candidate(`nuc${at + 1}`, { labels: { rack } }))
    const web = sized('web', 100, { count: 8, spread: { label: 'rack', targets: { a: 3, b: 1 } } })
    const placed = Object.values(where({ candidates: [...values, candidate('nuc5')], demands: demands(web) }))
    const on = (host: string) => placed.filter((each) => each === host).length
    expect([on('nuc1') + on('nuc2'), on('nuc3'), on('nuc4'), on('nuc5')]).toEqual([6, 2, 0, 0])
  })

  it('stays where it was although another host is emptier, unless a wish draws it away', () => {
    const stay = demand('web.0', sized('web', 100), { previous: 'nuc3' })
    expect(where({ candidates: labelled, occupants: loaded, demands: [stay] })).toEqual({ 'web.0': 'nuc3' })
    const wish = [{ constraint: constraint('labels.rack == a'), weight: 1 }]
    const drawn = demand('web.0', sized('web', 100, { affinity: wish }), { previous: 'nuc3' })
    expect(where({ candidates: labelled, occupants: loaded, demands: [drawn] })).toEqual({ 'web.0': 'nuc1' })
  })

  it('gives the parts of the score, which add up', () => {
    const asked = [demand('web.0', sized('web', 100), { previous: 'nuc1' })]
    const [placed] = place({ demands: asked, candidates: trio, occupants: [], strategy: 'balanced' }).placed
    expect(placed?.score.parts).toEqual({
      fit: 999_375,
      apart: 1_000_000,
      stay: 2_000_000,
      home: 0,
      affinity: 0,
      spread: 0,
    })
    expect(placed?.score.total).toBe(3_999_375)
  })
})

describe('ports', () => {
  const auto = { host: null, container: null }
  const ports = (input: Partial<PlaceInput>) => {
    const whole: PlaceInput = {
      demands: [],
      candidates: [candidate('nuc1')],
      occupants: [],
      strategy: 'balanced',
      ...input,
    }
    const result = place(whole)
    expect(breaches(whole, result)).toEqual([])
    return Object.fromEntries(result.placed.map((each) => [each.slot, each.ports]))
  }
  const web = applied(job('web', { ports: { http: auto } }))

  it('asks for the same auto port whatever else runs, and for the next when it is taken', () => {
    const first = ports({ demands: [demand('web.0', web)] })['web.0']?.http ?? 0
    expect(first).toBeGreaterThanOrEqual(20_000)
    expect(first).toBeLessThanOrEqual(29_999)
    const crowded = ports({ demands: [demand('web.0', web), demand('a.0', job('a', { ports: { http: auto } }))] })
    expect(crowded['web.0']?.http).toBe(first)
    const foreign = ports({
      candidates: [candidate('nuc1', { foreignPorts: [first] })],
      demands: [demand('web.0', web)],
    })
    expect(foreign['web.0']?.http).not.toBe(first)
  })

  it('gives a slot the auto port that it had, before any newcomer', () => {
    const mine = ports({ demands: [demand('a.0', job('a', { ports: { http: auto } }))] })['a.0']?.http ?? 0
    const both = ports({
      demands: [
        demand('a.0', job('a', { ports: { http: auto } })),
        demand('web.0', web, { previousPorts: { http: mine } }),
      ],
    })
    expect(both['web.0']?.http).toBe(mine)
    expect(both['a.0']?.http).not.toBe(mine)
  })

  it('never gives a fixed port of one to an auto port of another', () => {
    const wanted = ports({ demands: [demand('web.0', web)] })['web.0']?.http ?? 0
    const fixed = job('zz', { ports: { http: { host: wanted, container: null } } })
    const both = ports({ demands: [demand('web.0', web), demand('zz.0', fixed)] })
    expect(both['zz.0']?.http).toBe(wanted)
    expect(both['web.0']?.http).not.toBe(wanted)
  })
})

describe('company', () => {
  it('places a job after the one it runs with, where both have room', () => {
    const db = sized('zz-db', 1000)
    const web = sized('web', 2500, { with: ['zz-db'] })
    const candidates = [
      candidate('nuc1', { capacity: { cpu: 3000, memory: GIB, disk: 0, devices: {} } }),
      candidate('nuc2'),
    ]
    expect(where({ candidates, demands: [...demands(web), ...demands(db)] })).toEqual({
      'web.0': 'nuc2',
      'zz-db.0': 'nuc2',
    })
  })

  it('places two that ask for each other together, or neither', () => {
    const pair = [sized('a', 1000, { with: ['b'] }), sized('b', 2500, { with: ['a'] })]
    const placed = where({ demands: pair.flatMap(demands) })
    expect(placed['a.0']).toBe(placed['b.0'])
    const large = [sized('a', 1000, { with: ['b'] }), sized('b', 3500, { with: ['a'] })]
    const result = place({ demands: large.flatMap(demands), candidates: trio, occupants: [], strategy: 'balanced' })
    expect(result.placed).toEqual([])
    expect(result.unplaced.map(({ reasons }) => reasons[0]?.reason)).toEqual([
      'runs only with b, and it has no slot placed anywhere',
      'runs only with a, and it has no slot placed anywhere',
    ])
  })
})

describe('what has no room at first', () => {
  it('is placed by moving other new slots, never what runs', () => {
    // Balanced puts a, b, c on a host each; d needs a whole one.
    const runs: Occupant[] = [occupant('r.0', 'nuc3', sized('r', 2000))]
    const wanted = [sized('a', 1900), sized('b', 1900), sized('c', 1900), sized('d', 4000)].flatMap(demands)
    expect(Object.keys(where({ occupants: runs, demands: wanted }))).toHaveLength(4)
  })

  it('never costs a higher priority its place', () => {
    const high = sized('high', 3000, { priority: 90, count: 3 })
    const low = sized('low', 4000, { priority: 10 })
    const result = place({
      demands: [...demands(low), ...demands(high)],
      candidates: trio,
      occupants: [],
      strategy: 'pack',
    })
    expect(result.placed.map(({ slot }) => slot)).toEqual(['high.0', 'high.1', 'high.2'])
    expect(result.unplaced[0]?.reasons).toEqual(
      trio.map(({ name }) => ({ host: name, reason: 'needs 4 cores cpu, 1 core free of 4 cores' })),
    )
  })

  it('comes back with an empty list of reasons where there is no host at all', () => {
    expect(place({ demands: demands(job('web')), candidates: [], occupants: [], strategy: 'balanced' })).toMatchObject({
      placed: [],
      unplaced: [{ slot: 'web.0', job: 'web', reasons: [] }],
    })
  })
})

describe('an idle tick', () => {
  it('looks at no host and no occupant', () => {
    const untouchable = new Proxy([], {
      get: () => {
        throw new Error('touched')
      },
    })
    const nothing = place({ demands: [], candidates: untouchable, occupants: untouchable, strategy: 'balanced' })
    expect(nothing).toMatchObject({ placed: [], unplaced: [] })
  })
})

describe('what is left over', () => {
  it('costs no search where no host would ever take it', () => {
    const services = Array.from({ length: 40 }, (_, at) => sized(`s${at}`, 100))
    const input: PlaceInput = {
      demands: [...services, sized('huge', 64_000)].flatMap(demands),
      candidates: trio,
      occupants: [],
      strategy: 'balanced',
      steps: 0,
    }
    const { unplaced, proof } = place(input)
    expect(unplaced.map(({ slot, proof: how }) => [slot, how])).toEqual([['huge.0', 'impossible']])
    expect(proof).toEqual({ placed: true, moves: true })
  })
})
