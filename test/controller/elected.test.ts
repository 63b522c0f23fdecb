// What an elected leader may do and knows: nothing that it sends outlasts its lead, and it goes on with what those before it wrote.
import { describe, expect, test } from 'vitest'
import { renewalFor } from '../../src/cluster/renewals.js'
import { acknowledge } from '../../src/controller/lease.js'
import { ownHost } from '../../src/controller/own.js'
import { elected, heirOf, inNewTerm } from '../../src/controller/term.js'
import type { HeldRules } from '../../src/model/lease-record.js'
import type { Records } from '../../src/model/records.js'
import { armings } from '../../src/planner/exclusive-arming.js'
import { decide } from '../../src/planner/plan.js'
import { newRecords } from '../../src/store/new-records.js'
import { rules } from '../planner/support/leases.js'
import { applied, facts, input, job, observation, observed, placement, ready, unit } from '../planner/support/make.js'

const OWNER = 'etcd-0123456789'
const TERM = { number: 9, owner: OWNER }
const records = (more: Partial<Records> = {}): Records => ({ ...newRecords(OWNER), term: TERM, ...more })

describe('what a leader sends', () => {
  const guard = (leftMs?: number) => ({
    ...{ term: TERM, cluster: 'c', leaseMs: 8000, hosts: new Set(['b']) },
    ...(leftMs !== undefined && { leftMs: () => leftMs }),
  })

  test('no lease of a host outlasts the lead of whoever gives it', () => {
    const { uptimeMs } = facts()
    expect(renewalFor(facts(), 100, 600, guard())).toMatchObject({ leaseMs: 8000 })
    expect(renewalFor(facts(), 100, 600, guard(3000))).toMatchObject({
      leaseMs: 3000,
      guard: { deadlineMs: uptimeMs + 500 + 3000 },
    })
    expect(renewalFor(facts(), 100, 600, guard(0))).toBeNull()
  })
})

describe('what it knows of those before it', () => {
  const held: readonly HeldRules[] = [rules(['a'], { led: 4 })]
  const before = { term: { number: 4, owner: OWNER }, held, acknowledged: 7 }
  const shown = (number: number, owner = OWNER) =>
    facts({
      term: { number, owner },
      lease: { rules: 7, until: null, armed: [{ slot: 'db.0', placement: 1 }], words: [], stopped: [] },
    })

  test('the line of leaders begins with the first term before an election, and anew with a word of the operator', () => {
    const first = elected(records({ term: { number: 2, owner: OWNER } }), 9)
    expect([first.term.number, first.heirOf]).toEqual([9, 2])
    expect(elected(first, 12).heirOf).toBe(2)
    expect(heirOf(inNewTerm(first, 20))).toBe(20)
  })

  test('leases that a leader left behind are known of by the next one alone', () => {
    const left = { ...elected(records(), 12), handedOn: 12 }
    const next = elected(left, 15)
    expect(next.handedOn).toBe(12)
    expect(elected(next, 20).handedOn).toBeUndefined()
    expect(inNewTerm(left, 15).handedOn).toBeUndefined()
  })

  test('a host that shows the term of one of them has acknowledged its rules; that of any other has not', () => {
    expect(acknowledge(before, shown(4), TERM, 2)?.acknowledged).toBe(7)
    expect(acknowledge(before, shown(4), TERM, 5)?.acknowledged).toBeNull()
    expect(acknowledge(before, shown(4), TERM)?.acknowledged).toBeNull()
    expect(acknowledge(before, shown(4, 'etcd-9876543210'), TERM, 2)?.acknowledged).toBeNull()
    expect(acknowledge(before, shown(10), TERM, 2)?.acknowledged).toBeNull()
  })
})

describe('which host it is', () => {
  const own = { ownBootId: 'boot', ownMachineId: 'machine' }
  const host = (name: string, bootId: string, machineId: string) => ({
    ...observed(name),
    facts: facts({ bootId, machineId }),
  })

  test('boot id and machine id both, of one host alone', () => {
    const of = (...hosts: ReturnType<typeof host>[]) => ownHost(own, observation(0, hosts), null)
    expect(of(host('a', 'boot', 'machine'), host('b', 'boot', 'other'))).toBe('a')
    expect(of(host('a', 'boot', 'other'))).toBeNull()
    expect(of(host('a', 'other', 'machine'))).toBeNull()
    expect(of(host('a', 'boot', 'machine'), host('b', 'boot', 'machine'))).toBeNull()
  })
})

describe('what it tells hosts', () => {
  const db = applied(job('db', { exclusive: true }))
  const asks = (more: Parameters<typeof input>[3]) => {
    const units = [unit('db.0')]
    const of = facts({ units, term: { number: 4, owner: OWNER }, lease: null })
    const b = ready('b', units, { facts: of, lastFacts: of })
    return input([db], [b, ready('a')], [placement('db.0', 'b')], more)
  }
  const loop = { since: 0, term: TERM }

  test('each that answers is told its term at once', () => {
    expect(decide(asks({ loop })).plan.greet).toEqual([])
    expect(decide(asks({ loop: { ...loop, elected: { from: 2 } } })).plan.greet).toContain('b')
  })

  test('its own host is armed too, since another one would take its slots over', () => {
    const armed = (more: Parameters<typeof input>[3]) => armings([], asks(more)).map(({ host }) => host)
    expect(armed({ loop, here: 'b' })).toEqual([])
    expect(armed({ loop: { ...loop, elected: { from: 2 } }, here: 'b' })).toEqual(['b'])
  })

  test('a control machine that is a host is one voter; one that is none has a voice for its term', () => {
    const [apart] = armings([], asks({ loop: { ...loop, elected: { from: 2 } } }))
    expect(apart?.arm?.rules.voters.map(({ name }) => name)).toEqual(['@control', 'a'])
    expect(apart?.arm?.led).toBe(9)
    const [here] = armings([], asks({ loop: { ...loop, elected: { from: 2 } }, here: 'a' }))
    expect(here?.arm?.rules.voters.map(({ name }) => name)).toEqual(['a'])
  })
})
