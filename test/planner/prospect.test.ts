// The cluster before and after a plan, and why each slot goes where it goes.
import { describe, expect, test } from 'vitest'
import type { PlanInput } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import { prospect, remedied } from '../../src/planner/prospect.js'
import { planView } from '../../src/planner/view.js'
import { applied, GIB, input, job, MIB, placement, ready, silent, unit } from './support/make.js'

const needs = (memory: number, cpu = 100) => ({ resources: { cpu, memory, disk: 0, devices: {} } })
const web = applied(job('web', { count: 2, ...needs(256 * MIB) }))

function seen(of: PlanInput, before = {}) {
  const decision = decide(of)
  return { plan: decision.plan, shown: prospect(decision, of, before) }
}

function fill(of: PlanInput, before = {}) {
  return seen(of, before).shown.hosts.map(({ host, before: was, after: is, stay }) => {
    return [host, was.slots, was.reserved.memory / MIB, is.slots, is.reserved.memory / MIB, stay]
  })
}

describe('hosts before and after', () => {
  test('count what stays, what comes and what goes', () => {
    const hosts = [ready('n1', [unit('web.0'), unit('web.5')]), ready('n2')]
    const placements = [placement('web.0', 'n1'), placement('web.5', 'n1')]
    expect(fill(input([web], hosts, placements))).toEqual([
      ['n1', 2, 512, 1, 256, 1],
      ['n2', 0, 0, 1, 256, 0],
    ])
  })

  test('a move leaves one host and comes to the other', () => {
    const one = applied(job('web', needs(256 * MIB)))
    const hosts = [ready('n1', [unit('web.0')], { cordoned: true, draining: true }), ready('n2')]
    expect(fill(input([one], hosts, [placement('web.0', 'n1')]))).toEqual([
      ['n1', 1, 256, 0, 0, 0],
      ['n2', 0, 0, 1, 256, 0],
    ])
  })

  test('a changed job reserves what it did before until it is started anew', () => {
    const one = applied(job('web', needs(512 * MIB)), { version: 2, hash: 'new' })
    const old = applied(job('web', needs(128 * MIB)))
    const hosts = [ready('n1', [unit('web.0')])]
    expect(fill(input([one], hosts, [placement('web.0', 'n1')]), { web: old })).toEqual([['n1', 1, 128, 1, 512, 0]])
  })

  test('what a lost host held is counted there until it is replaced', () => {
    const one = applied(job('web', needs(256 * MIB)))
    const hosts = [silent('n1', 'lost'), ready('n2')]
    expect(fill(input([one], hosts, [placement('web.0', 'n1')]))).toEqual([
      ['n1', 1, 256, 0, 0, 0],
      ['n2', 0, 0, 1, 256, 0],
    ])
  })

  test('sums over all hosts agree with the placements that a plan records', () => {
    const hosts = [ready('n1'), ready('n2'), ready('n3')]
    const { plan, shown } = seen(input([web, applied(job('db', needs(GIB)))], hosts))
    const slots = shown.hosts.reduce((sum, { after }) => sum + after.slots, 0)
    expect(slots).toBe(plan.actions.filter(({ placement: there }) => there !== null).length)
  })
})

describe('choices', () => {
  test('say what speaks for the host beside the next best', () => {
    const hosts = [ready('n1', [unit('web.0')]), ready('n2')]
    const of = input([web], hosts, [placement('web.0', 'n1')])
    const { plan, shown } = seen(of)
    const view = planView(plan, [], [], shown)
    expect(view.actions).toHaveLength(1)
    expect(view.actions[0]).toMatchObject({
      slot: 'web.1',
      host: 'n2',
      next: { host: 'n1' },
      why: 'chosen over n1: fewer slots of web are here',
    })
    expect(view.actions[0]?.score?.total).toBeGreaterThan(view.actions[0]?.next?.score.total ?? 0)
  })

  test('tell where there was none, and where it was the name', () => {
    const one = applied(job('web', needs(256 * MIB)))
    expect(seen(input([one], [ready('n1')])).shown.choices.get('web.0')?.why).toBe('no other host can take it')
    expect(seen(input([one], [ready('n2'), ready('n1')])).shown.choices.get('web.0')?.why).toBe(
      'as good as n2: the first by name',
    )
  })
})

describe('remedies of a plan', () => {
  const big = applied(job('big', { count: 2, ...needs(64 * GIB) }))

  test('stand with each slot, and one for all', () => {
    const of = input([big], [ready('n1')])
    const decision = decide(of)
    const { unplaced, remedy } = remedied(decision, of)
    expect(unplaced.map(({ slot, remedy: text }) => [slot, text])).toEqual([
      ['big.0', expect.stringMatching(/^it would fit on n1 with at least [\d.]+ GiB more memory$/)],
      ['big.1', expect.stringMatching(/^it would fit on n1 with at least [\d.]+ GiB more memory$/)],
    ])
    expect(remedy).toMatch(/^both would fit with [\d.]+ GiB more memory on n1$/)
  })

  test('the decision itself knows nothing of them: they cost no tick', () => {
    expect(decide(input([big], [ready('n1')])).plan.unplaced.every(({ remedy }) => remedy === undefined)).toBe(true)
  })

  test('that a slot on a drained host could stay there is none', () => {
    const one = applied(job('big', needs(6 * GIB)))
    const hosts = [ready('n1', [unit('big.0')], { cordoned: true, draining: true })]
    const of = input([one], hosts, [placement('big.0', 'n1')])
    const { unplaced } = remedied(decide(of), of)
    expect(unplaced).toHaveLength(1)
    expect(unplaced[0]?.remedy).toBe(undefined)
  })
})
