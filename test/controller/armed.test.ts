// Events of armed slots: by what hosts show, once per change, with the reason.
import { describe, expect, test } from 'vitest'
import { armEvents, armedSlots } from '../../src/controller/armed.js'
import { newHostRecord, recordHosts } from '../../src/controller/record.js'
import type { LeaseFacts } from '../../src/model/lease.js'
import { applied, facts, job, observation, observed, placement, WALL } from '../planner/support/make.js'
import { records } from './support/records.js'

const lease = (...slots: string[]): LeaseFacts => ({
  rules: 1,
  until: null,
  armed: slots.map((slot) => ({ slot, placement: 1 })),
  words: [],
  stopped: [],
})
const db = applied(job('db', { exclusive: true }))
const before = records({ jobs: { db }, placements: { 'db.0': placement('db.0', 'n1') } })
const term = { number: 4, owner: 'desk-aaaa' }
const see = (from: typeof before, shown: LeaseFacts | null | undefined, ended: 'loop-ended' | null = null) => {
  const { lease: _, ...rest } = facts({ term })
  const seen = observation(0, [observed('n1', { facts: { ...rest, ...(shown !== undefined && { lease: shown }) } })])
  return recordHosts(from, seen, [{ host: 'n1', verdict: 'ready', reason: '' }], WALL, ended)
}
const reasons = ({ events }: ReturnType<typeof see>) =>
  events.filter(({ kind }) => kind.endsWith('armed')).map(({ kind, slot, reason }) => `${kind} ${slot} ${reason}`)

describe('a slot', () => {
  const known = records({ ...before, hosts: { n1: { ...newHostRecord(WALL), verdict: 'ready' } } })

  test('is told to be armed once, and to be disarmed once', () => {
    const armed = see(known, lease('db.0'))
    expect(reasons(armed)).toEqual(['armed db.0 loop-ticks'])
    expect(reasons(see(armed.records, lease('db.0')))).toEqual([])
    // A host that does not say is not asked to be disarmed.
    expect(reasons(see(armed.records, undefined))).toEqual([])
    const ended = see(armed.records, null, 'loop-ended')
    expect(reasons(ended)).toEqual(['disarmed db.0 loop-ended'])
    expect(ended.records.hosts.n1?.armed).toBeUndefined()
    expect(reasons(see(ended.records, null))).toEqual([])
  })

  test.each([
    ['has no place there any more', { placements: { 'db.0': placement('db.0', 'n2') } }, 'slot-gone'],
    ['is of a job that is no more', { jobs: {} }, 'not-under-rule'],
    ['is of a job that is no longer exclusive', { jobs: { db: applied(job('db')) } }, 'not-under-rule'],
    ['is shown no more', {}, 'not-shown'],
  ])('that %s is disarmed with its reason', (_, change, reason) => {
    const armed = see(known, lease('db.0', 'other.0')).records
    expect(reasons(see({ ...armed, ...change }, lease('other.0')))).toEqual([`disarmed db.0 ${reason}`])
  })

  test('that another control machine has armed is not told of here', () => {
    const foreign = facts({ term: { number: 9, owner: 'lap-bbbb' }, lease: lease('db.0') })
    expect(armedSlots(newHostRecord(WALL), foreign, { term })).toBeUndefined()
    expect(armEvents('n1', undefined, undefined, known, null)).toEqual([])
  })
})
