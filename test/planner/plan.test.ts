// Single cases that were got wrong once, or that the properties only meet by chance.
import { describe, expect, test } from 'vitest'
import type { HostFacts } from '../../src/model/host.js'
import { check } from '../../src/planner/check.js'
import type { HostState, PlanInput } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import { applied, facts, GIB, input, job, PHASES, placement, ready, silent, unit, WALL } from './support/make.js'

const busy = { kind: 'busy', text: 'n1 is busy' } as const

/** Actions and what waits, as lines; the plan has to be lawful. */
function told(seen: PlanInput): readonly string[] {
  const { plan, classified } = decide(seen)
  expect(check(plan, classified, seen)).toEqual([])
  return [
    ...plan.actions.map(({ kind, slot, host, reason, wave }) => `${kind} ${slot} on ${host}: ${reason}, wave ${wave}`),
    ...plan.waiting.map(({ slot, host, reason }) => `wait ${slot} on ${host}: ${reason}`),
    ...plan.unplaced.map(({ slot }) => `no place for ${slot}`),
  ]
}

describe('a busy host', () => {
  test('is not told again to stop what was removed', () => {
    const seen = input([], [ready('n1', [unit('old.0', PHASES.stopping)], { blocked: busy })], [], {
      removed: { old: WALL },
    })
    expect(told(seen)).toEqual(['wait old.0 on n1: n1 is busy'])
  })
  test('that shows a copy of a slot holds up every start of that slot', () => {
    const web = applied(job('web'), { hash: 'h2' })
    const hosts = [ready('n1', [unit('web.0')], { blocked: busy }), ready('n2', [unit('web.0', { placement: 2 })])]
    expect(told(input([web], hosts, [placement('web.0', 'n2', { number: 2 })]))).toEqual([
      'wait web.0 on n1: n1 is busy',
      'wait web.0 on n2: n1 shows a copy too: n1 is busy',
    ])
  })
  test('that would be the new place holds up no stop of a stale copy', () => {
    const web = applied(job('web', { resources: { cpu: 1, memory: 3 * GIB, disk: 0, devices: {} } }))
    const small = (name: string) => {
      const state = ready(name, [unit('web.0')])
      const facts = state.facts && { ...state.facts, capacity: { ...state.facts.capacity, memory: GIB } }
      return { ...state, facts }
    }
    const hosts = [ready('n1', [], { blocked: busy }), small('n2'), silent('n3', 'lost')]
    expect(told(input([web], hosts, [placement('web.0', 'n3', { number: 2 })]))).toEqual([
      'stop web.0 on n2: replaced-elsewhere, wave 0',
      'wait web.0 on n1: n1 is busy',
    ])
  })
})

describe('a store that is older than the hosts', () => {
  const web = applied(job('web'))
  test('case 12: adopts the copy with the higher number and stops the one it knows', () => {
    const hosts = [ready('n1', [unit('web.0')]), ready('n2', [unit('web.0', { placement: 5 })])]
    expect(told(input([web], hosts, [placement('web.0', 'n1')]))).toEqual([
      'adopt web.0 on n2: already-running, wave 0',
      'stop web.0 on n1: duplicate, wave 0',
    ])
  })
  test('starts nothing where its record is, seen or lost', () => {
    for (const n1 of [ready('n1'), silent('n1', 'lost'), silent('n1', 'suspect')]) {
      const hosts = [n1, ready('n2', [unit('web.0', { placement: 5 })])]
      expect(told(input([web], hosts, [placement('web.0', 'n1')]))).toEqual([
        'adopt web.0 on n2: already-running, wave 0',
      ])
    }
  })
  test('does not stop its own copy for one of another cluster', () => {
    const hosts = [ready('n1', [unit('web.0')]), ready('n2', [unit('web.0', { placement: 5, cluster: 'c9' })])]
    const seen = input([web], hosts, [placement('web.0', 'n1')])
    expect([told(seen), decide(seen).plan.unclaimed]).toEqual([[], [{ slot: 'web.0', host: 'n2' }]])
  })
  test('knows a copy of a store of its own that was lost for its own', () => {
    const lost = ready('n2', [unit('web.0', { placement: 1, cluster: 'c9' })], { ours: true })
    const hosts = [ready('n1', [unit('web.0', { placement: 2 })]), lost]
    expect(told(input([web], hosts, [placement('web.0', 'n1', { number: 2 })]))).toEqual([
      'stop web.0 on n2: replaced-elsewhere, wave 0',
    ])
  })
})

describe('what runs, but not as its job asks, and is in no record', () => {
  const web = applied(job('web', { count: 2 }), { hash: 'h2', version: 2 })
  const hosts = [ready('n1', [unit('web.0')]), ready('n2', [unit('web.1')])]

  test('is recorded before it waits for its turn', () => {
    expect(told(input([web], hosts))).toEqual([
      'adopt web.1 on n2: already-running, wave 0',
      'restart web.0 on n1: spec-changed, wave 0',
      'wait web.1 on n2: takes its turn after web.0 (update.max_parallel 1)',
    ])
  })
  test('as it is, not as it shall be', () => {
    const { actions } = decide(input([web], hosts)).plan
    expect(actions[0]?.placement).toMatchObject({ host: 'n2', hash: 'h', version: 1, number: 1 })
  })
  test('so that a moment of silence starts no second one', () => {
    const [n1 = ready('n1')] = hosts
    const records = [placement('web.0', 'n1', { hash: 'h2' }), placement('web.1', 'n2')]
    expect(
      told(input([web], [n1, silent('n2', 'suspect')], records)).filter((line) => line.includes('start web.1')),
    ).toEqual([])
  })
  test('also while its start is held back', () => {
    const backOffs = { 'web.0': { slot: 'web.0', failures: 1, until: '2025-03-01T12:00:05.000Z', failedOn: [] } }
    const [n1 = ready('n1')] = hosts
    expect(told(input([applied(job('web'), { hash: 'h2' })], [n1], [], { backOffs }))).toEqual([
      'adopt web.0 on n1: already-running, wave 0',
      'wait web.0 on n1: its start failed once: next try in 5s',
    ])
  })
})

describe('a system job', () => {
  const agent = applied(job('agent', { type: 'system' }))
  test('has no slot of another host: its host was renamed', () => {
    expect(told(input([agent], [ready('n1', [unit('agent.n2')]), ready('n2')]))).toEqual([
      'stop agent.n2 on n1: host-unfit, wave 0',
      'start agent.n1 on n1: new-job, wave 0',
    ])
  })
  test('waits for a lost host, and is wanted nowhere else', () => {
    expect(
      told(
        input(
          [agent],
          [ready('n1', [unit('agent.n1')]), silent('n2', 'lost')],
          [placement('agent.n1', 'n1'), placement('agent.n2', 'n2')],
        ),
      ),
    ).toEqual(['wait agent.n2 on n2: n2 is lost: it comes back with its host'])
  })
})

describe('an allocation that outgrows its host', () => {
  const web = applied(job('web', { resources: { cpu: 1, memory: 20 * GIB, disk: 0, devices: {} } }), { hash: 'h2' })
  const small = applied(job('small'))
  test('goes on running as it was, and the plan stays lawful', () => {
    const seen = input([web, small], [ready('n1', [unit('web.0')])], [placement('web.0', 'n1')])
    const lines = told(seen)
    expect(lines).toContain('no place for web.0')
    expect(lines.some((line) => line.startsWith('stop'))).toBe(false)
  })
})

describe('a stop and a start of one slot', () => {
  test('come one after the other', () => {
    const web = applied(job('web'), { hash: 'h2' })
    const hosts = [ready('n1', [unit('web.0')]), ready('n2', [unit('web.0', { placement: 2 })])]
    expect(told(input([web], hosts, [placement('web.0', 'n2', { number: 2 })]))).toEqual([
      'stop web.0 on n1: replaced-elsewhere, wave 0',
      'restart web.0 on n2: spec-changed, wave 1',
    ])
  })
})

describe('a host that was started anew', () => {
  const web = applied(job('web'))
  const waiting = (name: string, more: Partial<HostFacts> = {}, rest: Partial<HostState> = {}) =>
    ready(name, [], { facts: facts({ units: [unit('web.0')], word: false, ...more }), ...rest })
  const greeted = (state: HostState) => decide(input([web], [state], [placement('web.0', 'n1')])).plan.greet

  test('case 12: gets the first word that its units wait for', () => expect(greeted(waiting('n1'))).toEqual(['n1']))
  test('not twice', () => expect(greeted(waiting('n1', { word: true }))).toEqual([]))
  test('not where nothing of hc waits', () => expect(greeted(waiting('n1', { units: [] }))).toEqual([]))
  test('not while another control machine acts there', () =>
    expect(greeted(waiting('n1', {}, { blocked: { kind: 'foreign', text: 'another' } }))).toEqual([]))
})
