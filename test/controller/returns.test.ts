// Losses and returns in the records, machines that are not who they were, and what operators say of a host.
import { describe, expect, test } from 'vitest'
import type { Look } from '../../src/controller/controller.js'
import { without } from '../../src/controller/forget.js'
import { intend } from '../../src/controller/hosts.js'
import { withWish } from '../../src/controller/move.js'
import { Recognition, recognize, strangersIn } from '../../src/controller/recognize.js'
import { newHostRecord, recordDecision, recordHosts } from '../../src/controller/record.js'
import { holdMs, isHeld, openness, recordSettled, returnedAt, returnsOf } from '../../src/controller/returns.js'
import type { Verdict } from '../../src/model/observation.js'
import type { HostRecord, Records, Returns } from '../../src/model/records.js'
import { decide } from '../../src/planner/plan.js'
import { judge } from '../../src/planner/verdicts.js'
import {
  applied,
  facts,
  input,
  inVain,
  job,
  observation,
  observed,
  PHASES,
  placement,
  ready,
  settings,
  silent,
  unheard,
  unit,
  WALL,
} from '../planner/support/make.js'
import { records } from './support/records.js'

const MINUTE = 60_000
const later = (ms: number) => new Date(Date.parse(WALL) + ms).toISOString()
const record = (overrides: Partial<HostRecord> = {}): HostRecord => ({ ...newHostRecord(WALL), ...overrides })

describe('returns', () => {
  test('each within a day holds longer than the one before, none for more than half an hour', () => {
    expect([0, 1, 2, 3, 4, 5, 8, 9, 99].map((times) => holdMs(times) / 1000)).toEqual([
      0, 0, 30, 60, 120, 240, 1800, 1800, 1800,
    ])
  })
  test('are counted when the host answers, whatever it is called in between, and forgiven after a quiet day', () => {
    let returns: Returns | undefined
    let verdict: Verdict = 'ready'
    const see = (next: Verdict, at: number) => {
      returns = returnsOf({ verdict, ...(returns && { returns }) }, next, next === 'ready', later(at))
      verdict = next
      return returns
    }
    expect(see('lost', 0)).toBeUndefined()
    expect(see('unmanageable', MINUTE)).toEqual({ times: 0, at: null, away: true })
    expect(see('ready', 2 * MINUTE)).toEqual({ times: 1, at: later(2 * MINUTE) })
    see('unmanageable', 3 * MINUTE)
    expect(see('ready', 4 * MINUTE)?.times).toBe(1)
    see('lost', 5 * MINUTE)
    expect(see('ready', 6 * MINUTE)?.times).toBe(2)
    see('lost', 7 * MINUTE)
    expect(see('ready', 6 * MINUTE + 86_400_000)?.times).toBe(1)
  })
  test('a hold ends by itself, or by hc host uncordon; a home is open from then on', () => {
    const seen = record({ verdict: 'ready', returns: { times: 3, at: WALL } })
    expect(openness('n1', seen, 'ready', later(59_000)).held).toBe(
      'n1 was lost and came back 3 times within a day: it takes no new slots until 12:01:00 UTC; hc host uncordon n1 ends that',
    )
    expect(openness('n1', seen, 'ready', later(60_000))).toEqual({ openSince: later(60_000) })
    expect(openness('n1', seen, 'suspect', later(60_000))).toEqual({})
    const { records: told, words } = intend(records({ hosts: { n1: seen } }), ['n1'], 'uncordon', later(1000))
    expect(words[0]).toMatchObject({ changed: true, text: 'n1 takes allocations again' })
    expect(isHeld(told.hosts.n1 ?? seen, later(1000))).toBe(false)
    expect(openness('n1', told.hosts.n1 ?? seen, 'ready', later(2000))).toEqual({ openSince: later(1000) })
  })
  test('the last return is in the records, of whatever verdict; the first answer of all is none', () => {
    const seenAfter = (verdict: Verdict, at: number) => {
      const seen = [{ host: 'n1', verdict: 'ready', reason: '' }] as const
      return recordHosts(
        records({ hosts: { n1: record({ verdict }) } }),
        observation(0, [observed('n1')]),
        seen,
        later(at),
      ).records.hosts.n1
    }
    const hung = record({ verdict: 'unmanageable' })
    const back = seenAfter('unmanageable', 5)
    expect(back?.backAt).toBe(later(5))
    expect(returnedAt(hung, 'ready', later(5))).toEqual({ backAt: later(5) })
    expect(returnedAt(back ?? hung, 'ready', later(9))).toEqual({ backAt: later(5) })
    expect(returnedAt(hung, 'suspect', later(5))).toEqual({})
    expect(seenAfter('unknown', 5)).not.toHaveProperty('backAt')
    expect(returnedAt(record({ verdict: 'unknown' }), 'ready', later(5))).toEqual({})
  })
  test('a clock that was set back holds nobody for longer', () => {
    const seen = record({ verdict: 'ready', returns: { times: 3, at: later(48 * 60 * MINUTE) } })
    expect(isHeld(seen, WALL)).toBe(false)
    expect(isHeld({ returns: { times: 3, at: WALL } }, WALL)).toBe(true)
  })
  test('are in the records, and a word that the host is off ends with its answer', () => {
    const lost = record({ verdict: 'lost', lastContact: WALL, confirmedLost: { at: WALL, bootId: null } })
    const back = recordHosts(
      records({ hosts: { n1: lost } }),
      observation(0, [observed('n1')]),
      [{ host: 'n1', verdict: 'ready', reason: '' }],
      later(5000),
    ).records.hosts.n1
    expect(back).toMatchObject({ verdict: 'ready', returns: { times: 1, at: later(5000) } })
    expect(back).not.toHaveProperty('confirmedLost')
  })
})

describe('another machine', () => {
  const known = (machines: Record<string, string | null>): Records =>
    records({
      hosts: Object.fromEntries(
        Object.entries(machines).map(([name, machineId]) => [name, record({ machineId, lastContact: WALL })]),
      ),
    })
  const shows = (name: string, machineId: string | null) => observed(name, { facts: facts({ machineId }) })
  const verdicts = (seen: ReturnType<typeof observation>) =>
    judge(seen, settings()).map(({ host, verdict, reason }) => [host, verdict, reason.replace(/[:;(].*/, '').trim()])

  test('under a known name was installed anew: nothing is concluded from it, nor written down', () => {
    const before = known({ n1: 'a', n2: 'b' })
    const seen = recognize(observation(0, [shows('n1', 'x'), shows('n2', 'b')]), before)
    expect(verdicts(seen)).toEqual([
      ['n1', 'unmanageable', 'it is another machine than before'],
      ['n2', 'ready', ''],
    ])
    expect([...strangersIn(seen)]).toEqual(['n1'])
    const next = recordHosts(before, seen, judge(seen, settings()), later(5000))
    expect(next.records.hosts.n1).toMatchObject({ machineId: 'a', verdict: 'unmanageable' })
  })
  test('case 16: that is another host: addresses were swapped, and neither is taken for the other', () => {
    const seen = recognize(observation(0, [shows('n1', 'b'), shows('n2', 'a')]), known({ n1: 'a', n2: 'b' }))
    expect(verdicts(seen).map(([host, verdict]) => [host, verdict])).toEqual([
      ['n1', 'unmanageable'],
      ['n2', 'unmanageable'],
    ])
    expect(seen.hosts[0]?.failure?.message).toBe(
      'the machine that answers is n2 by its machine id: addresses were swapped',
    )
    expect(seen.hosts[0]?.failure?.hint).toContain('hc host forget n1 n2')
  })
  test('answers for a host that is silent: that one is not lost, for what it ran lives on', () => {
    const gone = unheard('n2', -60_000, { looks: [] })
    const seen = recognize(observation(0, [shows('n1', 'b'), gone]), known({ n1: 'a', n2: 'b' }))
    expect(verdicts(seen)).toEqual([
      ['n1', 'unmanageable', 'the machine that answers is n2 by its machine id'],
      ['n2', 'unmanageable', 'its machine answers at the address of n1'],
    ])
    const fresh = recognize(observation(0, [shows('n1', 'b'), gone]), known({ n1: null, n2: 'b' }))
    expect(fresh.hosts.map(({ ownAt }) => ownAt)).toEqual([undefined, 'n1'])
  })
  test('case 16: once addresses are put right, looks that went to the other machine prove nothing', () => {
    const before = known({ n1: 'a', n2: 'b', n3: 'c' })
    const recognition = new Recognition()
    const silence = { sentAt: 0, reachedAt: 0, leaseUntil: null, rows: [] }
    const gone = (at: number) =>
      unheard('n2', at - 60_000, { looks: inVain('control', at - 2600, at - 1300, at - 100), silence })
    const n3 = shows('n3', 'c')
    expect(verdicts(recognize(observation(100_000, [shows('n1', 'a'), gone(100_000), n3]), before))[1]?.[1]).toBe(
      'lost',
    )
    recognition.recognize(observation(99_000, [shows('n1', 'b'), gone(99_000), n3]), before)
    const seen = recognition.recognize(observation(100_000, [shows('n1', 'a'), gone(100_000), n3]), before)
    expect(verdicts(seen)[1]?.[1]).toBe('suspect')
    expect(seen.hosts[1]).toMatchObject({ silentSince: 99_000, silence: { reachedAt: 99_000 } })
    const later = recognition.recognize(observation(103_000, [shows('n1', 'a'), gone(103_000), n3]), before)
    expect(verdicts(later)[1]?.[1]).toBe('lost')
    const back = recognition.recognize(observation(104_000, [shows('n1', 'a'), shows('n2', 'b'), n3]), before)
    expect(verdicts(back)[1]?.[1]).toBe('ready')
    const again = observation(200_000, [shows('n1', 'a'), gone(200_000), n3])
    expect(recognition.recognize(again, before)).toBe(again)
  })
  test.each([
    ['it never said who it is', known({ n1: null }), [shows('n1', 'x')]],
    ['it does not say so now', known({ n1: 'a' }), [shows('n1', null)]],
    ['it is a copy of a disk, and both answer', known({ n1: 'a', n2: 'a' }), [shows('n1', 'a'), shows('n2', 'a')]],
    ['its original has left the inventory', known({ n1: null, gone: 'x' }), [shows('n1', 'x')]],
  ])('is nothing to say where %s', (_, before, hosts) => {
    const seen = observation(0, hosts)
    expect(recognize(seen, before)).toBe(seen)
  })
})

describe('what is dropped with a host', () => {
  const full = records({
    hosts: {
      n1: record({ machineId: 'a', cordoned: true }),
      n2: record({ verdict: 'lost', confirmedLost: { at: WALL, bootId: 'b' }, machineId: 'b' }),
    },
    placements: {
      'web.0': placement('web.0', 'n2'),
      'web.1': placement('web.1', 'n1', { home: 'n2' }),
      'once.0': placement('once.0', 'n2', { completed: true }),
    },
    backOffs: { 'web.1': { slot: 'web.1', failures: 1, until: WALL, failedOn: ['n1', 'n2'] } },
  })
  const look = (hosts: Look['input']['hosts']) => ({ input: input([], hosts) })

  test('its record and its places, but not that batch work has ended', () => {
    const next = without(full, look([ready('n1'), silent('n2', 'lost')]), 'n1', WALL)
    expect(Object.keys(next.hosts)).toEqual(['n2'])
    expect(Object.keys(next.placements)).toEqual(['web.0', 'once.0'])
    expect(next.backOffs['web.1']?.failedOn).toEqual(['n2'])
  })
  test('not the word that it is off, while it is in the inventory and silent', () => {
    const next = without(full, look([ready('n1'), silent('n2', 'lost')]), 'n2', WALL)
    expect(next.hosts.n2).toEqual(record({ confirmedLost: { at: WALL, bootId: 'b' } }))
    expect(next.placements['web.1']).not.toHaveProperty('home')
    expect(without(full, look([ready('n1')]), 'n2', WALL).hosts).not.toHaveProperty('n2')
  })
})

describe('wishes and replacements', () => {
  const web = applied(job('web'))
  test('a wish is recorded of what is elsewhere; what is there is at home', () => {
    const before = records({
      placements: { 'web.0': placement('web.0', 'n1'), 'web.1': placement('web.1', 'n2', { home: 'n1' }) },
    })
    const { placements } = withWish(before, ['web.0', 'web.1', 'web.9'], 'n2')
    expect(placements['web.0']).toMatchObject({ host: 'n1', wish: 'n2' })
    expect(placements['web.1']).toEqual(placement('web.1', 'n2'))
  })
  test('an exclusive slot that is stopped on its way home remembers where to', () => {
    const before = records({ placements: { 'web.0': placement('web.0', 'n2', { home: 'n1' }) } })
    const stop = { kind: 'stop', slot: 'web.0', job: 'web', host: 'n2', from: null, text: 'x', wave: 0 } as const
    const next = recordDecision(before, [{ ...stop, reason: 'went-home', placement: null }], [])
    expect(next.placements['web.0']).toMatchObject({ host: 'n2', wish: 'n1' })
  })
  test.each([
    ['running', false],
    ['starting', true],
  ])('what stands in for a lost host is told from then on: %s', (phase, kept) => {
    const stand = placement('web.0', 'n2', { number: 2, instead: 'n1' })
    const seen = input(
      [web],
      [silent('n1', 'lost'), ready('n2', [unit('web.0', { placement: 2, ...PHASES[phase] })])],
      [stand],
    )
    const before = records({ placements: { 'web.0': stand } })
    const next = recordSettled(before, decide(seen).classified, seen)
    expect('instead' in (next.placements['web.0'] ?? {})).toBe(kept)
    if (kept) expect(next).toBe(before)
  })
})
