// Hosts that come back: which copy stays, what goes home, what a held host takes, and what was asked for by an operator.
import { describe, expect, test } from 'vitest'
import type { Job } from '../../src/model/job.js'
import { check } from '../../src/planner/check.js'
import { QUIET_MS } from '../../src/planner/homeward.js'
import type { PlanInput } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import { applied, GIB, input, job, PHASES, placement, ready, silent, unit, WALL } from './support/make.js'

/** Actions, waits and slots without a place, as lines; the plan has to be lawful. */
function told(seen: PlanInput): readonly string[] {
  const { plan, classified } = decide(seen)
  expect(check(plan, classified, seen)).toEqual([])
  return [
    ...plan.actions.map(
      ({ kind, slot, host, from, reason }) => `${kind} ${slot} ${from === null ? '' : `${from} -> `}${host}: ${reason}`,
    ),
    ...plan.waiting.map(({ slot }) => `wait ${slot}`),
    ...plan.unplaced.map(({ slot }) => `no place for ${slot}`),
  ]
}

function placementOf(seen: PlanInput, slot: string) {
  return decide(seen).plan.actions.find((action) => action.slot === slot && action.placement)?.placement
}

const web = (overrides: Partial<Job> = {}) => applied(job('web', overrides))
const open = { openSince: new Date(Date.parse(WALL) - QUIET_MS).toISOString() }

describe('a host that is back before its replacement is well', () => {
  const record = placement('web.0', 'n2', { number: 2, instead: 'n1' })
  const old = unit('web.0', { placement: 1 })
  const fresh = (phase: string) => unit('web.0', { placement: 2, ...PHASES[phase] })
  const health = {
    check: { kind: 'tcp', port: 'http' } as const,
    intervalMs: 5000,
    timeoutMs: 2000,
    failures: 3,
    successes: 1,
    startMs: 30_000,
  }

  test('what begins in place of a lost host says so, until it was well', () => {
    const lost = input([web()], [silent('n1', 'lost'), ready('n2')], [placement('web.0', 'n1')])
    expect(placementOf(lost, 'web.0')).toMatchObject({ host: 'n2', number: 2, instead: 'n1' })
    const twice = input([web()], [silent('n1', 'lost'), silent('n2', 'lost'), ready('n3')], [record])
    expect(placementOf(twice, 'web.0')).toMatchObject({ host: 'n3', instead: 'n1' })
  })
  test.each(['starting', 'stopping', 'failed', 'fresh', 'ended'])(
    'case 14: keeps its slot while that is %s',
    (phase) => {
      const seen = input([web()], [ready('n1', [old]), ready('n2', [fresh(phase)])], [record])
      expect(told(seen)).toEqual(['adopt web.0 n1: already-running', 'stop web.0 n2: host-returned'])
      expect(placementOf(seen, 'web.0')).toMatchObject({ host: 'n1', number: 3 })
      expect(placementOf(seen, 'web.0')).not.toHaveProperty('instead')
    },
  )
  test('keeps it while that is not there yet, or its host is silent or not yet healthy', () => {
    const adopted = ['adopt web.0 n1: already-running']
    expect(told(input([web()], [ready('n1', [old]), ready('n2')], [record]))).toEqual(adopted)
    expect(told(input([web()], [ready('n1', [old]), silent('n2', 'suspect')], [record]))).toEqual(adopted)
    const hosts = [ready('n1', [old]), ready('n2', [fresh('running')])]
    expect(told(input([web({ health })], hosts, [record]))).toContain('stop web.0 n2: host-returned')
  })
  test.each([
    ['its replacement runs', web(), old, [fresh('running')]],
    ['it does not run itself', web(), unit('web.0', { ...PHASES.ended }), [fresh('starting')]],
    ['it runs an earlier version', web(), unit('web.0', { hash: 'older' }), [fresh('starting')]],
    ['it is of exclusive work', web({ exclusive: true }), old, [fresh('starting')]],
  ])('gives it up where %s', (_, one, copy, there) => {
    expect(told(input([one], [ready('n1', [copy]), ready('n2', there)], [record]))).toEqual([
      'stop web.0 n1: replaced-elsewhere',
    ])
  })
  test('gives it up where it is none that was lost', () => {
    const moved = placement('web.0', 'n2', { number: 2 })
    expect(told(input([web()], [ready('n1', [old]), ready('n2', [fresh('starting')])], [moved]))).toEqual([
      'stop web.0 n1: replaced-elsewhere',
    ])
  })
  test('while the host of the replacement is busy with it, nothing is done', () => {
    const busy = { blocked: { kind: 'busy', text: 'n2 is busy' } } as const
    const seen = input([web()], [ready('n1', [old]), ready('n2', [fresh('starting')], busy)], [record])
    expect(told(seen).filter((line) => !line.startsWith('wait'))).toEqual([])
  })
})

describe('failback: home', () => {
  const away = placement('web.0', 'n2', { number: 2, home: 'n1' })
  const there = [unit('web.0', { placement: 2 })]
  const home = (overrides: Partial<Job> = {}) => web({ failback: 'home', ...overrides })

  test('a slot goes back to its home once that has been quiet for long enough', () => {
    const seen = input([home()], [ready('n1', [], open), ready('n2', there)], [away])
    expect(told(seen)).toEqual(['move web.0 n2 -> n1: went-home'])
    expect(placementOf(seen, 'web.0')).not.toHaveProperty('home')
  })
  test.each([
    ['failback is stay', web(), [ready('n1', [], open), ready('n2', there)]],
    ['its home is quiet for too short', home(), [ready('n1', [], { openSince: WALL }), ready('n2', there)]],
    ['its home is not quiet', home(), [ready('n1'), ready('n2', there)]],
    ['its home is lost', home(), [silent('n1', 'lost', open), ready('n2', there)]],
    ['another host is suspect', home(), [ready('n1', [], open), ready('n2', there), silent('n3', 'suspect')]],
    [
      'it has its data there',
      home({ volumes: [{ source: 'd', target: '/d', readOnly: false, shared: false }] }),
      [ready('n1', [], open), ready('n2', there)],
    ],
  ])('it stays where %s', (_, one, hosts) => {
    expect(told(input([one], hosts, [away]))).toEqual([])
  })
  test('it stays where its home has no room, and nothing is said to lack a place', () => {
    const huge = applied(job('huge', { resources: { cpu: 1, memory: 7 * GIB, disk: 0, devices: {} } }))
    const mid = home({ resources: { cpu: 1, memory: 2 * GIB, disk: 0, devices: {} } })
    const seen = input(
      [mid, huge],
      [ready('n1', [unit('huge.0')], open), ready('n2', there)],
      [away, placement('huge.0', 'n1')],
    )
    expect(told(seen)).toEqual([])
  })
  test('one at a time, and none while anything else is on its way', () => {
    const two = home({ count: 2 })
    const records = [away, placement('web.1', 'n2', { number: 2, home: 'n1' })]
    const both = [...there, unit('web.1', { placement: 2 })]
    const seen = input([two], [ready('n1', [], open), ready('n2', both)], records)
    expect(told(seen)).toEqual(['move web.0 n2 -> n1: went-home'])
    const starting = applied(job('app'))
    const n1 = ready('n1', [unit('app.0', PHASES.starting)], open)
    expect(told(input([home(), starting], [n1, ready('n2', there)], [away, placement('app.0', 'n1')]))).toEqual([])
  })
  test('exclusive work is stopped first, and then started at home', () => {
    const one = home({ exclusive: true })
    const hosts = [ready('n1', [], open), ready('n2', there)]
    expect(told(input([one], hosts, [away]))).toEqual(['stop web.0 n2: went-home'])
    // What is recorded of it meanwhile.
    const wished = { ...away, wish: 'n1' }
    expect(told(input([one], [ready('n1', [], open), ready('n2')], [wished]))).toEqual([
      'start web.0 n2 -> n1: went-home',
    ])
  })
})

describe('a host that was lost too often', () => {
  const held = { held: 'n1 was lost 3 times: it takes no new slots until 12:01:00 UTC' }

  test('takes no new slot, and keeps its own', () => {
    const seen = input([web({ count: 2 })], [ready('n1', [], held), ready('n2')], [placement('web.0', 'n1')])
    expect(told(seen)).toEqual(['start web.0 n1: missing', 'start web.1 n2: count-raised'])
  })
  test('takes one all the same that would have no place at all', () => {
    const full = applied(job('full', { resources: { cpu: 1, memory: 7 * GIB, disk: 0, devices: {} } }))
    const mid = web({ resources: { cpu: 1, memory: 2 * GIB, disk: 0, devices: {} } })
    const hosts = [ready('n1', [], held), ready('n2', [unit('full.0')]), silent('n3', 'lost')]
    const records = [placement('full.0', 'n2'), placement('web.0', 'n3')]
    expect(told(input([mid, full], hosts, records))).toEqual(['start web.0 n3 -> n1: host-lost'])
  })
  test('a system job begins no slot there meanwhile', () => {
    const system = applied(job('agent', { type: 'system' }))
    expect(told(input([system], [ready('n1', [], held), ready('n2')], []))).toEqual(['start agent.n2 n2: new-job'])
    const there = [placement('agent.n1', 'n1')]
    expect(told(input([system], [ready('n1', [], held)], there))).toEqual(['start agent.n1 n1: missing'])
  })
  test('says why it refuses', () => {
    const hosts = [ready('n1', [], held), ready('n2', [unit('web.0')])]
    const seen = input([web({ count: 2 }), applied(job('gone', { constraints: [] }))], hosts, [])
    expect(decide(seen).plan.actions.every(({ host }) => host === 'n2')).toBe(true)
    const huge = applied(job('huge', { resources: { cpu: 1, memory: 900 * GIB, disk: 0, devices: {} } }))
    const reasons = decide(input([huge], hosts, [])).plan.unplaced[0]?.reasons
    expect(reasons?.find(({ host }) => host === 'n1')?.reason).toBe(held.held)
  })
})

describe('an operator wants a slot elsewhere', () => {
  const wished = placement('web.0', 'n1', { wish: 'n3' })
  const there = [unit('web.0')]

  test('it is moved there, which is its home from then on', () => {
    const seen = input([web()], [ready('n1', there), ready('n2'), ready('n3')], [wished])
    expect(told(seen)).toEqual(['move web.0 n1 -> n3: move-asked'])
    const next = placementOf(seen, 'web.0')
    expect(next).toMatchObject({ host: 'n3', number: 2 })
    expect(next).not.toHaveProperty('wish')
    expect(next).not.toHaveProperty('home')
  })
  test('exclusive work is stopped first', () => {
    const one = web({ exclusive: true })
    const hosts = [ready('n2'), ready('n3')]
    expect(told(input([one], [ready('n1', there), ...hosts], [wished]))).toEqual(['stop web.0 n1: move-asked'])
    expect(told(input([one], [ready('n1'), ...hosts], [wished]))).toEqual(['start web.0 n1 -> n3: move-asked'])
  })
  test('a host that cannot take it leaves it where it is', () => {
    const hosts = [ready('n1', there), ready('n2'), ready('n3', [], { cordoned: true })]
    expect(told(input([web()], hosts, [wished]))).toEqual(['no place for web.0'])
  })
  test('what was lost meanwhile goes wherever it can', () => {
    const hosts = [silent('n1', 'lost'), ready('n2'), ready('n3', [], { cordoned: true })]
    expect(told(input([web()], hosts, [wished]))).toEqual(['start web.0 n1 -> n2: host-lost'])
  })
  test('a host that has left the inventory is no wish', () => {
    expect(told(input([web()], [ready('n1', there), ready('n2')], [wished]))).toEqual([])
  })
})

test('what an operator has confirmed to be off is replaced, exclusive work too', () => {
  const one = web({ exclusive: true })
  const off = { confirmedLost: 'an operator has said that n1 is off' }
  const records = [placement('web.0', 'n1')]
  expect(told(input([one], [silent('n1', 'lost', off), ready('n2')], records))).toEqual([
    'start web.0 n1 -> n2: host-lost',
  ])
  expect(told(input([one], [silent('n1', 'lost'), ready('n2')], records))).toEqual(['wait web.0'])
  expect(told(input([one], [silent('n1', 'suspect', off), ready('n2')], records))).toEqual(['wait web.0'])
})
