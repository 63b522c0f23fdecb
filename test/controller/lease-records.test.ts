// What the records say of a host's lease: what is about to be taken from it counts no more, whatever it shows until then.
import { describe, expect, test } from 'vitest'
import { acknowledge, recordArmings, watched } from '../../src/controller/lease.js'
import { newHostRecord } from '../../src/controller/record.js'
import { SharedLock } from '../../src/controller/shared-lock.js'
import type { LeaseRecord } from '../../src/model/lease-record.js'
import { check } from '../../src/planner/check.js'
import { waitMs } from '../../src/planner/exclusive.js'
import { decide } from '../../src/planner/plan.js'
import { asked, CONTROL, lease, lost, may, rows, rules, SLOT, silence, TERM } from '../planner/support/leases.js'
import { facts, WALL } from '../planner/support/make.js'
import { records } from './support/records.js'

const FOUR = rules(['a', 'c', CONTROL])
const WAIT = waitMs(FOUR)
const ALL = ['control', 'a', 'c']
const DISARM = [{ host: 'b', arm: null, text: 'nothing is here any more' }]

const known = (record: LeaseRecord) =>
  records({ term: TERM, leaseRules: FOUR.id, hosts: { b: { ...newHostRecord(WALL), lease: record } } })
const shows = (id: number | null, over: { uptimeMs?: number; looked?: number } = {}) =>
  facts({
    uptimeMs: over.uptimeMs ?? 100_000,
    term: TERM,
    lease:
      id === null
        ? null
        : { rules: id, until: null, looked: over.looked ?? 99_000, armed: FOUR.slots, words: [SLOT], stopped: [] },
  })
const gone = (record: LeaseRecord | undefined, now: number) =>
  lost({ ...(record && { lease: record }), silence: silence({ rows: rows(ALL, 200, now) }) })
const allowed = (record: LeaseRecord | undefined) => may(9 * WAIT, gone(record, 9 * WAIT), ['a', 'c']).allowed

describe('a host that is told to disarm', () => {
  const told = recordArmings(known(lease([FOUR])), DISARM).hosts.b?.lease

  test('is taken over from no more, whether it obeys or not: it is written down before it is sent', () => {
    expect(allowed(lease([FOUR]))).toBe(true)
    expect(told).toMatchObject({ held: [FOUR], acknowledged: null, disarming: FOUR.id })
    expect(allowed(told)).toBe(false)
  })

  test('still shows its rules until it obeys: that proves nothing', () => {
    const seen = acknowledge(told, shows(FOUR.id), TERM)
    expect(seen).toBe(told)
    expect(allowed(seen)).toBe(false)
  })

  test('is done with once it shows that it is armed no more', () => {
    expect(acknowledge(told, shows(null), TERM)).toEqual({ term: null, held: [], acknowledged: null })
  })

  test('counts again once it shows rules that were sent after that', () => {
    const arm = { rules: { ...FOUR, id: FOUR.id + 1, voters: [] }, slots: FOUR.slots, digest: 'd' }
    const again = recordArmings(
      records({
        term: TERM,
        leaseRules: FOUR.id,
        hosts: { b: { ...newHostRecord(WALL), ...(told && { lease: told }) } },
      }),
      [{ host: 'b', arm, text: 'armed' }],
    ).hosts.b?.lease
    expect(acknowledge(again, shows(FOUR.id), TERM)?.acknowledged).toBeNull()
    const shown = acknowledge(again, shows(FOUR.id + 1), TERM)
    expect(shown).toMatchObject({ acknowledged: FOUR.id + 1, term: TERM })
    expect(shown?.disarming).toBeUndefined()
  })

  test('of a host without a lease nothing is noted', () => {
    const bare = records({ term: TERM, leaseRules: 9, hosts: { b: newHostRecord(WALL) } })
    expect(recordArmings(bare, DISARM).hosts.b?.lease).toBeUndefined()
  })
})

test('rules that are on their way count too: what they do not name is not taken over', () => {
  const without = lease([FOUR, rules(['a', 'c', CONTROL], { id: 8, slots: [{ slot: 'x.0', placement: 2 }] })])
  const both = lease([FOUR, rules(['a', 'c', CONTROL], { id: 8 })])
  expect(allowed(both)).toBe(true)
  expect(may(9 * WAIT, gone(without, 9 * WAIT), ['a', 'c']).text).toContain(
    'told meanwhile to stop db.0 by itself no more',
  )
  const { plan, classified } = decide(asked(WAIT, gone(both, WAIT), ['a', 'c']))
  expect(plan.actions).toHaveLength(1)
  expect(check(plan, classified, asked(WAIT, gone(without, WAIT), ['a', 'c'])).join()).toContain('not armed for it')
})

test('what its last answer showed counts, also where no tick has taken it in', () => {
  const record = lease([FOUR])
  expect(watched(record, null)).toBe(record)
  expect(watched(record, shows(FOUR.id))).toBe(record)
  expect(watched(record, shows(FOUR.id, { looked: 50_000 }))).toEqual({ ...record, unwatched: true })
  expect(watched(record, shows(null))).toBe(record)
  expect(watched(undefined, shows(FOUR.id))).toBeUndefined()
})

describe('the lock that decisions and steps share', () => {
  const made = () => {
    const log: string[] = []
    const lock = new SharedLock(async () => {
      log.push('taken')
      return { stillValid: async () => true, release: async () => void log.push('released') }
    })
    return { log, lock }
  }
  const soon = () => new Promise((resolve) => setTimeout(resolve, 5))

  test('a change that reads, waits and writes is never overlapped by the record of a step that ends', async () => {
    const { lock } = made()
    let stored = 0
    const add = (n: number) => async () => {
      const read = stored
      await soon()
      stored = read + n
    }
    let kept: Promise<void> = Promise.resolve()
    await lock.under(1000, async () => {
      kept = lock.keepFor(soon(), add(1))
    })
    await Promise.all([lock.under(1000, add(10)), lock.under(1000, add(100)), kept])
    expect(stored).toBe(111)
  })

  test('is taken once, and given back by the last, also where work fails', async () => {
    const { log, lock } = made()
    const fails = lock.under(1000, async () => {
      await soon()
      throw new Error('no')
    })
    const second = lock.under(1000, soon)
    await expect(fails).rejects.toThrow('no')
    await second
    expect(log).toEqual(['taken', 'released'])
    expect(lock.isHeld).toBe(false)
  })
})
