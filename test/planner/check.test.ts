// The second look at a plan finds what it is there for.
import { describe, expect, test } from 'vitest'
import type { Action, Plan } from '../../src/model/plan.js'
import { check } from '../../src/planner/check.js'
import type { HostState, PlanInput } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import { applied, GIB, input, job, placement, ready, silent, unit } from './support/make.js'

const web = applied(job('web', { count: 2 }))
const solo = applied(job('solo', { exclusive: true }))
const big = applied(job('big', { resources: { cpu: 100, memory: 7 * GIB, disk: 0, devices: {} } }))

function action(kind: Action['kind'], slot: string, host: string, more: Partial<Action> = {}): Action {
  const there = kind === 'stop' ? null : placement(slot, host)
  return {
    kind,
    slot,
    job: slot.slice(0, slot.indexOf('.')),
    host,
    from: null,
    reason: 'new-job',
    text: 'new',
    wave: 0,
    placement: there,
    ...more,
  }
}

/** What is found in a plan of these actions, where the planner itself would have done otherwise. */
function found(seen: PlanInput, actions: readonly Action[], more: Partial<Plan> = {}): readonly string[] {
  const plan = { actions, unplaced: [], waiting: [], unclaimed: [], greet: [], survives: {}, wakeAt: null, ...more }
  return check(plan, decide(seen).classified, seen)
}

const n = (name: string, more: Partial<HostState> = {}) => ready(name, [], more)
const two = input([web], [n('n1'), n('n2')])

describe('a lawful plan', () => {
  test('has no faults', () => {
    expect(found(two, [action('start', 'web.0', 'n1'), action('start', 'web.1', 'n2')])).toEqual([])
  })
  test('that the planner makes', () => {
    const { plan, classified } = decide(two)
    expect([plan.actions.length, check(plan, classified, two)]).toEqual([2, []])
  })
})

describe('an unlawful one', () => {
  const busy = { kind: 'busy', text: 'n1 is busy' } as const
  const copies = input([web], [ready('n1', [unit('web.0')]), n('n2')], [placement('web.0', 'n1')])
  const away = input([solo], [silent('n1', 'lost'), n('n2')], [placement('solo.0', 'n1')])
  const cases: readonly (readonly [name: string, seen: PlanInput, actions: readonly Action[], fault: string])[] = [
    [
      'acts on a host that did not answer',
      input([web], [silent('n1', 'suspect')]),
      [action('start', 'web.0', 'n1')],
      'start web.0 on n1, which did not answer in this tick',
    ],
    [
      'acts on a host that is not in the inventory',
      two,
      [action('stop', 'web.0', 'n9')],
      'stop web.0 on n9, which did not answer in this tick',
    ],
    [
      'acts on a blocked host',
      input([web], [n('n1', { blocked: busy })]),
      [action('stop', 'web.0', 'n1')],
      'stop web.0 on n1: n1 is busy',
    ],
    [
      'takes from a host that did not answer',
      input([web], [silent('n1', 'lost'), n('n2')]),
      [action('move', 'web.0', 'n2', { from: 'n1' })],
      'move web.0 on n1, which did not answer in this tick',
    ],
    [
      'moves to a cordoned host',
      input([web], [n('n1'), n('n2', { cordoned: true })]),
      [action('start', 'web.0', 'n2', { from: 'n1' })],
      'web.0 would move to n2, which is cordoned',
    ],
    [
      'moves to a draining host',
      input([web], [ready('n1', [unit('web.0')]), n('n2', { draining: true })]),
      [action('move', 'web.0', 'n2', { from: 'n1' })],
      'web.0 would move to n2, which is cordoned',
    ],
    [
      'places a slot twice',
      two,
      [action('start', 'web.0', 'n1'), action('start', 'web.0', 'n2')],
      'web.0 would be placed on n1 and on n2',
    ],
    ['starts a second copy', copies, [action('start', 'web.0', 'n2')], 'web.0 would start on n2 while it runs on n1'],
    [
      'starts exclusive work while its host is out of sight',
      away,
      [action('start', 'solo.0', 'n2', { from: 'n1' })],
      'exclusive solo.0 would start on n2 while n1 is out of sight: nobody has reckoned with its lease',
    ],
    ['gives no sentence', two, [action('start', 'web.0', 'n1', { text: '' })], 'start web.0 has no reason'],
    [
      'fills a host beyond what it has',
      input([big, web], [ready('n1', [unit('big.0')]), n('n2')], [placement('big.0', 'n1')]),
      [action('start', 'big.0', 'n2'), action('start', 'web.0', 'n1'), action('start', 'big.1', 'n1')],
      `n1 would hold ${14 * GIB + 128 * 1024 ** 2} bytes of memory, ${7.75 * GIB} are there`,
    ],
  ]
  const crowd = input(
    [web, solo, big],
    [ready('n1', [unit('web.0'), unit('web.1'), unit('solo.0')]), n('n2')],
    [placement('web.0', 'n1'), placement('web.1', 'n1'), placement('solo.0', 'n1')],
  )
  const makesRoom = (slot: string) => action('move', slot, 'n2', { from: 'n1', reason: 'made-room' })
  const ofRoom: typeof cases = [
    ['moves what is exclusive', crowd, [makesRoom('solo.0')], 'move solo.0 to make room, which it may not'],
    [
      'takes too much of a job down',
      crowd,
      [makesRoom('web.0'), makesRoom('web.1')],
      '2 slots of web would be down at once, update.max_parallel is 1',
    ],
    [
      'moves more than it may',
      { ...crowd, settings: { ...crowd.settings, moves: 0 } },
      [makesRoom('web.0')],
      '1 slots would be moved to make room, hc_moves is 0',
    ],
    [
      'stops for its equal',
      crowd,
      [action('stop', 'web.0', 'n1', { reason: 'outranked' }), action('start', 'big.0', 'n1', { wave: 1 })],
      'web.0 would be stopped, though nothing of higher priority starts',
    ],
    [
      'starts before there is room',
      input([web, big], [ready('n1', [unit('big.0')]), n('n2')], [placement('big.0', 'n1')]),
      [action('move', 'big.0', 'n2', { from: 'n1', reason: 'made-room' }), action('start', 'big.1', 'n1')],
      `n1 would hold ${14 * GIB} bytes of memory, ${7.75 * GIB} are there`,
    ],
  ]
  const gpu = (name: string, share: number) =>
    applied(job(name, { resources: { cpu: 100, memory: GIB / 8, disk: 0, devices: { gpu: share } } }))
  const cards = n('n1')
  const twoCards = cards.facts && { ...cards.facts, capacity: { ...cards.facts.capacity, devices: { gpu: 2000 } } }
  const withCards = { ...cards, facts: twoCards, lastFacts: twoCards }
  const zone = (name: string, value: string, slots: readonly string[] = []) => {
    const state = ready(
      name,
      slots.map((slot) => unit(slot)),
    )
    return { ...state, host: { ...state.host, labels: { zone: value } } }
  }
  const apart = applied(job('web', { count: 2, distinct: 'zone' }))
  const one = applied(job('web', { count: 2, maxPerHost: 1 }))
  const foe = applied(job('foe', { conflicts: ['web'] }))
  const friend = applied(job('friend', { with: ['web'] }))
  const grouped = (name: string) => applied(job(name, { conflictGroup: 'g' }))
  const start = (slot: string, host = 'n1', wave = 0) => action('start', slot, host, { wave })
  const move = (slot: string, from: string, host: string) => action('move', slot, host, { from })
  const ofCompany: typeof cases = [
    [
      'adds up shares that lie on no two devices',
      input([gpu('a', 700), gpu('b', 700), gpu('c', 600)], [withCards]),
      [start('a.0'), start('b.0'), start('c.0')],
      'c.0 would have no 600 thousandths of gpu on n1: 2000 are there, and others have 700, 700',
    ],
    [
      'has two of a value for a moment',
      input([apart], [zone('n1', 'x', ['web.0']), zone('n2', 'y', ['web.1']), zone('n3', 'z'), zone('n4', 'y')]),
      [move('web.0', 'n1', 'n4'), { ...move('web.1', 'n2', 'n3'), wave: 1 }],
      'web.0 would be on n4 in wave 1: distinct: zone, and web.1 is on n2',
    ],
    [
      'has more of a job on a host than it allows, until another has left',
      input([one], [ready('n1', [unit('web.0')]), n('n2')], [placement('web.0', 'n1')]),
      [move('web.0', 'n1', 'n2'), start('web.1')],
      'web.1 would be on n1: 2 of web, max_per_host is 1',
    ],
    [
      'puts foes together, until one has left',
      input([web, foe], [ready('n1', [unit('web.0')]), n('n2')], [placement('web.0', 'n1')]),
      [move('web.0', 'n1', 'n2'), start('foe.0')],
      'foe.0 and web.0 would both be on n1: foe and web conflict',
    ],
    [
      'puts two of a group together, until one has left',
      input([grouped('a'), grouped('b')], [ready('n1', [unit('a.0')]), n('n2')], [placement('a.0', 'n1')]),
      [move('a.0', 'n1', 'n2'), start('b.0')],
      'b.0 and a.0 of conflict group g would both be on n1',
    ],
    [
      'starts what runs with another before that',
      input([web, friend], [n('n1')]),
      [start('friend.0'), start('web.0', 'n1', 1)],
      'friend.0 would be on n1: it runs only with web, which is not there yet',
    ],
  ]
  for (const [name, seen, actions, fault] of [...cases, ...ofRoom, ...ofCompany]) {
    test(name, () => expect(found(seen, actions)).toContain(fault))
  }
  test('refuses or waits without a sentence', () => {
    const unplaced = [{ slot: 'web.0', job: 'web', reasons: [{ host: 'n1', reason: '' }] }]
    expect(found(two, [], { unplaced })).toEqual(['web.0 is refused by a host without a sentence'])
    expect(found(two, [], { waiting: [{ slot: 'web.1', host: null, reason: '' }] })).toEqual([
      'web.1 waits without a reason',
    ])
  })
})
