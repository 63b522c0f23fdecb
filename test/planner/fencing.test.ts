// Whose power is cut, and never without half of the voters.
import { describe, expect, test } from 'vitest'
import type { FenceRule } from '../../src/model/fence.js'
import type { HostObservation, Observation } from '../../src/model/observation.js'
import { toFence } from '../../src/planner/fencing.js'
import type { HostState, PlanInput } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import { applied, input, job, placement, ready, settings, silent } from './support/make.js'

const fence: FenceRule = { kind: 'command', argv: ['power', 'b'] }
const db = applied(job('db', { exclusive: true }))

function fenced(state: HostState): HostState {
  return { ...state, host: { ...state.host, fence } }
}

function seen(host: string, more: Partial<HostObservation> = {}): HostObservation {
  return {
    host,
    answering: false,
    facts: null,
    lastFacts: null,
    lastContactAt: 0,
    silentSince: 0,
    missed: 3,
    failure: null,
    looks: [],
    provenVantages: ['control'],
    everReached: true,
    ...more,
  }
}

const at = 200_000
const observation = (...hosts: HostObservation[]): Observation => ({ at, hosts, witness: null })
const plan = (hosts: readonly HostState[], jobs = [db]): PlanInput => ({
  ...input(jobs, hosts, [placement('db.0', 'b')]),
  settings: settings({ hungAfterMs: 120_000 }),
})

describe('a lost host', () => {
  const lost = [ready('a', []), fenced(silent('b', 'lost')), ready('c', [])]
  test('that may still run exclusive work is fenced', () => {
    expect(toFence(plan(lost), observation(), null)).toEqual({
      host: 'b',
      why: 'b is lost and may still run db.0; 3 of 4 voters agree',
    })
  })
  test('case 11: not without half of the voters, not twice, not while it is suspect, not for ordinary work', () => {
    const none = (hosts: readonly HostState[], jobs = [db]) =>
      expect(toFence(plan(hosts, jobs), observation(), null)).toBe(null)
    none([silent('a', 'lost'), fenced(silent('b', 'lost')), silent('c', 'lost')])
    none(lost.map((state) => (state.host.name === 'b' ? { ...state, fenced: 'off' } : state)))
    none([ready('a', []), fenced(silent('b', 'suspect')), ready('c', [])])
    none(lost, [applied(job('db'))])
    none([ready('a', []), silent('b', 'lost'), ready('c', [])])
    expect(toFence(plan(lost), observation(), 'b')).toBe(null)
  })
  test('once its power is off, exclusive work is started elsewhere', () => {
    const [action] = decide(plan(lost)).plan.actions
    expect(action).toBeUndefined()
    const off = lost.map((state) => (state.host.name === 'b' ? { ...state, fenced: 'its power is off' } : state))
    expect(decide(plan(off)).plan.actions.map(({ kind, slot, text }) => [kind, slot, text])).toEqual([
      ['start', 'db.0', 'its power is off'],
    ])
  })
})

describe('a host that hangs', () => {
  const hosts = [ready('a', []), fenced(silent('b', 'unmanageable')), ready('c', [])]
  const look = (vantage: string, reached: boolean) => ({ vantage, at, reached })
  const failure = { kind: 'timeout', message: '', hint: null } as const
  test('case 11: is fenced where the control machine and another host hear it, and after its time', () => {
    const hung = seen('b', { failure, looks: [look('control', true), look('a', true)] })
    expect(toFence(plan(hosts, []), observation(hung), null)?.why).toBe('b has hung for 3m 20s; 3 of 4 voters agree')
    const refused = { ...failure, kind: 'refused' as const }
    for (const more of [
      { looks: [look('control', true)] },
      { looks: [look('control', true), look('a', false)] },
      { silentSince: 100_000 },
      { failure: refused },
    ]) {
      expect(toFence(plan(hosts, []), observation({ ...hung, ...more }), null)).toBe(null)
    }
  })
})
