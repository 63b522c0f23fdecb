// Hosts that are drained or cordoned: what leaves, what stays, what is restarted where it is.
import { describe, expect, test } from 'vitest'
import { generationOf, nextGeneration } from '../../src/model/job.js'
import { check } from '../../src/planner/check.js'
import type { PlanInput } from '../../src/planner/input.js'
import { STEADY_MS, stayingOn } from '../../src/planner/leaving.js'
import { decide } from '../../src/planner/plan.js'
import { progressOf } from '../../src/planner/progress.js'
import { statusView } from '../../src/planner/view.js'
import { applied, GIB, input, job, PHASES, placement, ready, unit, WALL } from './support/make.js'

const volume = { source: 'data', target: '/data', readOnly: false, shared: false }
const huge = { cpu: 1, memory: 900 * GIB, disk: 0, devices: {} }

/** Actions, waits and slots without a place, as lines; the plan has to be lawful. */
function told(seen: PlanInput): readonly string[] {
  const { plan, classified } = decide(seen)
  expect(check(plan, classified, seen)).toEqual([])
  return [
    ...plan.actions.map(({ kind, slot, host, from }) => `${kind} ${slot} ${from === null ? '' : `${from} -> `}${host}`),
    ...plan.waiting.map(({ slot }) => `wait ${slot}`),
    ...plan.unplaced.map(({ slot }) => `no place for ${slot}`),
  ]
}

describe('a drained host', () => {
  const draining = (units: Parameters<typeof ready>[1]) => ready('n1', units, { cordoned: true, draining: true })
  const idle = ready('n2', [])

  test('keeps what belongs to it, and each is told with its reason', () => {
    const jobs = [
      applied(job('agent', { type: 'system' })),
      applied(job('db', { volumes: [volume] })),
      applied(job('once', { type: 'batch' })),
      applied(job('tick', { type: 'cron', schedule: '0 3 * * *' })),
    ]
    const slots = ['agent.n1', 'db.0', 'once.0', 'tick.0']
    const seen = input(
      jobs,
      [draining(slots.map((slot) => unit(slot))), idle],
      slots.map((slot) => placement(slot, 'n1')),
    )
    expect(told(seen)).toEqual(['start agent.n2 n2'])
    expect(stayingOn(decide(seen).classified, seen).map(({ slot, reason }) => [slot, reason])).toEqual([
      ['agent.n1', 'agent is a system job, with one slot on each host: hc job stop agent ends it'],
      ['db.0', 'its volume data is on n1: hc job stop db ends it'],
      ['once.0', 'a batch job runs to its end where it began: hc job stop once ends it'],
      ['tick.0', 'its run goes on; the next one is elsewhere'],
    ])
  })

  test('keeps what has failed for good, of which nothing runs: it is begun nowhere without a word', () => {
    const web = applied(job('web', { restart: { attempts: 0, windowMs: 60_000, delayMs: 1000 } }))
    const never = { ...web, job: { ...web.job, reschedule: { ...web.job.reschedule, attempts: 0 } } }
    const seen = input([never], [draining([unit('web.0', PHASES.failed)]), idle], [placement('web.0', 'n1')])
    expect(told(seen)).toEqual([])
    expect(stayingOn(decide(seen).classified, seen)).toEqual([
      {
        slot: 'web.0',
        host: 'n1',
        reason: 'it has failed and is not tried again by itself: hc job restart web does',
      },
    ])
  })

  test('gives all away at once when its time is over: no turns, no waiting for other jobs', () => {
    const web = applied(job('web', { count: 3, dependsOn: ['db'] }))
    const slots = ['web.0', 'web.1', 'web.2']
    const until = (drainUntil: string) =>
      input(
        [web],
        [{ ...draining(slots.map((slot) => unit(slot))), drainUntil }, idle],
        slots.map((slot) => placement(slot, 'n1')),
      )
    const moved = slots.map((slot) => `move ${slot} n1 -> n2`)
    expect(told(until(WALL))).toEqual(moved)
    const later = until(new Date(Date.parse(WALL) + 1).toISOString())
    expect(told(later)).toEqual(slots.map((slot) => `wait ${slot}`))
    const alone = { ...web, job: { ...web.job, dependsOn: [] } }
    expect(told({ ...later, jobs: [alone] })).toEqual(['move web.0 n1 -> n2', 'wait web.1', 'wait web.2'])
  })

  test('keeps what has to stand with that, unless it stands elsewhere too', () => {
    const jobs = [applied(job('db', { volumes: [volume], count: 2 })), applied(job('web', { with: ['db'] }))]
    const there = [unit('db.0'), unit('web.0')]
    const records = [placement('db.0', 'n1'), placement('web.0', 'n1')]
    const alone = input(
      jobs
        .slice(0, 1)
        .map((each) => ({ ...each, job: { ...each.job, count: 1 } }))
        .concat(jobs.slice(1)),
      [draining(there), idle],
      records,
    )
    expect(told(alone)).toEqual([])
    expect(stayingOn(decide(alone).classified, alone).map(({ slot, reason }) => [slot, reason])).toEqual([
      ['db.0', 'its volume data is on n1: hc job stop db ends it'],
      ['web.0', 'it is to stand with db, and db.0 stays'],
    ])
    const twice = input(jobs, [draining(there), ready('n2', [unit('db.1')])], [...records, placement('db.1', 'n2')])
    expect(told(twice)).toEqual(['move web.0 n1 -> n2'])
  })
  test('gives away a timer that waits, and what has failed', () => {
    const cron = applied(job('tick', { type: 'cron', schedule: '0 3 * * *' }))
    const waits = unit('tick.0', { ...PHASES.fresh, timer: { active: 'active', lastTriggerMs: null } })
    const hosts = [draining([waits, unit('web.0', PHASES.failed)]), idle]
    const seen = input([cron, applied(job('web'))], hosts, [placement('tick.0', 'n1'), placement('web.0', 'n1')])
    expect(told(seen)).toEqual(['move tick.0 n1 -> n2', 'move web.0 n1 -> n2'])
  })
  test('keeps what no other can take: it runs on, and those behind it in turn are told so too', () => {
    const web = applied(job('web', { count: 3, resources: { ...huge, memory: 5 * GIB } }))
    const large = (name: string) => {
      const state = draining(['web.0', 'web.1', 'web.2'].map((slot) => unit(slot)))
      return {
        ...state,
        facts: state.facts && { ...state.facts, capacity: { ...state.facts.capacity, memory: 64 * GIB } },
        name,
      }
    }
    const small = { ...idle, facts: idle.facts && { ...idle.facts, capacity: { ...idle.facts.capacity, memory: GIB } } }
    const records = ['web.0', 'web.1', 'web.2'].map((slot) => placement(slot, 'n1'))
    const seen = input([web], [large('n1'), small], records)
    expect(told(seen)).toEqual(['no place for web.0', 'no place for web.1', 'no place for web.2'])
    const progress = progressOf(decide(seen), new Set(['web'])).map(({ slot, host, state }) => [slot, host, state])
    expect(progress).toEqual(['web.0', 'web.1', 'web.2'].map((slot) => [slot, 'n1', 'unplaced']))
    expect(decide(seen).plan.unplaced[2]?.reasons.map(({ host }) => host)).toEqual(['n1', 'n2'])
  })
  test('where it keeps one for want of another place, a restart of the others does not wait for its turn', () => {
    const web = applied(job('web', { count: 2 }), { slotGenerations: { 'web.1': 1 } })
    const other = ready('n2', [unit('web.1')], { cordoned: true })
    const records = [placement('web.0', 'n1'), placement('web.1', 'n2')]
    const seen = input([web], [draining([unit('web.0')]), other], records)
    expect(told(seen)).toEqual(['restart web.1 n2', 'wait web.0'])
  })
  test('of exclusive work: stopped first, started elsewhere when it is seen to be gone', () => {
    const one = applied(job('one', { exclusive: true }))
    const records = [placement('one.0', 'n1')]
    expect(told(input([one], [draining([unit('one.0')]), idle], records))).toEqual(['stop one.0 n1'])
    const gone = input([one], [draining([]), idle], records)
    expect(told(gone)).toEqual(['start one.0 n1 -> n2'])
    expect(decide(gone).plan.actions[0]?.reason).toBe('host-draining')
  })
  test('of exclusive work: not stopped for a host that has only just come back, unless its time is over', () => {
    const one = applied(job('one', { exclusive: true }))
    const records = [placement('one.0', 'n1')]
    const next = (readyMs: number) => ({
      ...idle,
      backAt: new Date(Date.parse(WALL) - readyMs).toISOString(),
    })
    const seen = (readyMs: number, more = {}) =>
      input([one], [{ ...draining([unit('one.0')]), ...more }, next(readyMs)], records)
    expect(told(seen(STEADY_MS - 1))).toEqual(['wait one.0'])
    expect(told(seen(STEADY_MS))).toEqual(['stop one.0 n1'])
    expect(told(seen(0, { drainUntil: WALL }))).toEqual(['stop one.0 n1'])
    // The clock was set back since.
    expect(told(seen(-1))).toEqual(['stop one.0 n1'])
    // What is down already goes wherever it can.
    expect(told(input([one], [draining([]), next(0)], records))).toEqual(['start one.0 n1 -> n2'])
    // Ordinary work is stopped and begun by the same plan.
    expect(
      told(input([applied(job('web'))], [draining([unit('web.0')]), next(0)], [placement('web.0', 'n1')])),
    ).toEqual(['move web.0 n1 -> n2'])
  })
  test('takes back what it stopped if the other place is gone meanwhile: better there than down', () => {
    const one = applied(job('one', { exclusive: true }))
    expect(told(input([one], [draining([]), ready('n2', [], { cordoned: true })], [placement('one.0', 'n1')]))).toEqual(
      ['start one.0 n1'],
    )
  })
  test('starts what a boot there has ended, if no other place is left: better there than down, but not before its time', () => {
    const one = applied(job('one', { exclusive: true }))
    const gone = ready('n2', [], { cordoned: true })
    const seen = input([one], [draining([unit('one.0', PHASES.fresh)]), gone], [placement('one.0', 'n1')])
    expect(told(seen)).toEqual(['start one.0 n1'])
    const failures = { slot: 'one.0', failures: 1, failedOn: ['n1'] }
    expect(decide(seen).plan.actions[0]?.text).toMatch(/^n1 is being drained, but no other host takes it/)
    const until = new Date(Date.parse(WALL) + 1).toISOString()
    expect(told({ ...seen, backOffs: { 'one.0': { ...failures, until } } })).toEqual(['no place for one.0'])
    expect(told({ ...seen, hosts: [draining([unit('one.0', PHASES.fresh)]), idle] })).toEqual(['stop one.0 n1'])
  })
  test('changes what is to be changed on its way out, and in place what belongs to it', () => {
    const jobs = [applied(job('db', { volumes: [volume] }), { hash: 'h2' }), applied(job('web'), { hash: 'h2' })]
    const seen = input(
      jobs,
      [draining([unit('db.0'), unit('web.0')]), idle],
      [placement('db.0', 'n1'), placement('web.0', 'n1')],
    )
    expect(told(seen)).toEqual(['restart db.0 n1', 'move web.0 n1 -> n2'])
  })
})

describe('a cordoned host', () => {
  const cordoned = (units: Parameters<typeof ready>[1]) => ready('n1', units, { cordoned: true })

  test('goes on with what it has: changed, restarted and started again there', () => {
    const jobs = [
      applied(job('agent', { type: 'system' })),
      applied(job('db', { volumes: [volume] }), { hash: 'h2' }),
      applied(job('web'), { generation: 1 }),
    ]
    const seen = input(
      jobs,
      [cordoned([unit('db.0'), unit('web.0')])],
      ['agent.n1', 'db.0', 'web.0'].map((slot) => placement(slot, 'n1')),
    )
    expect(told(seen)).toEqual(['restart db.0 n1', 'restart web.0 n1', 'start agent.n1 n1'])
  })
  test('gets no new slot, of a system job neither', () => {
    const jobs = [applied(job('agent', { type: 'system' })), applied(job('web'))]
    expect(told(input(jobs, [cordoned([])], []))).toEqual(['no place for web.0'])
  })
  test('is not told to be the hindrance where what it has no longer fits there', () => {
    const db = applied(job('db', { volumes: [volume], resources: huge }), { hash: 'h2' })
    const { plan } = decide(input([db], [cordoned([unit('db.0')])], [placement('db.0', 'n1')]))
    expect(plan.unplaced[0]?.reasons[0]?.reason).toMatch(/^needs 900 GiB memory/)
  })
})

describe('a restart of one slot', () => {
  const web = applied(job('web', { count: 2 }), { generation: 3, slotGenerations: { 'web.1': 4 } })

  test('leaves the others alone', () => {
    expect([generationOf(web, 'web.0'), generationOf(web, 'web.1'), nextGeneration(web)]).toEqual([3, 4, 5])
    const units = [unit('web.0', { generation: 3 }), unit('web.1', { generation: 3 })]
    const records = ['web.0', 'web.1'].map((slot) => placement(slot, 'n1', { generation: 3 }))
    const { plan } = decide(input([web], [ready('n1', units)], records))
    expect(plan.actions.map(({ kind, slot, placement: after }) => [kind, slot, after?.generation])).toEqual([
      ['restart', 'web.1', 4],
    ])
  })
  test('is done once', () => {
    const units = [unit('web.0', { generation: 3 }), unit('web.1', { generation: 4 })]
    const records = [placement('web.0', 'n1', { generation: 3 }), placement('web.1', 'n1', { generation: 4 })]
    expect(decide(input([web], [ready('n1', units)], records)).plan.actions).toEqual([])
  })
  test('records without it, of an older program, are read as ever', () => {
    expect(generationOf(applied(job('web'), { generation: 2 }), 'web.0')).toBe(2)
  })
})

test('status tells of a drained host what is yet to leave and what stays, and how to end it', () => {
  const jobs = [applied(job('db', { volumes: [volume] })), applied(job('web'))]
  const hosts = [ready('n1', [unit('db.0'), unit('web.0')], { cordoned: true, draining: true }), ready('n2', [])]
  const seen = input(jobs, hosts, [placement('db.0', 'n1'), placement('web.0', 'n1')])
  const { plan, classified } = decide(seen)
  const view = statusView(seen, plan, classified, { ticking: true, lastTick: seen.wall }, new Map())
  expect(view.hosts[0]).toMatchObject({ name: 'n1', draining: true, holds: 2, leaving: 1 })
  expect(view.staying?.map(({ slot }) => slot)).toEqual(['db.0'])
  expect(view.hints).toEqual(['hc host uncordon n1 lets it take allocations again'])
})
