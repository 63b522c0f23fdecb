// Batch and cron jobs: what becomes of them by what their hosts have written down.
import { describe, expect, test } from 'vitest'
import { recordSeen } from '../../src/controller/record.js'
import type { UnitFacts } from '../../src/model/host.js'
import type { Job } from '../../src/model/job.js'
import type { Placement } from '../../src/model/plan.js'
import type { RunFacts, SlotRuns } from '../../src/model/run.js'
import { check } from '../../src/planner/check.js'
import { incidentsOf } from '../../src/planner/incidents.js'
import { decide } from '../../src/planner/plan.js'
import { presentRuns } from '../../src/planner/runs.js'
import { records } from '../controller/support/records.js'
import { applied, facts, input, job, PHASES, placement, ready, silent, unit, WALL } from './support/make.js'

const BOOT = facts().bootId
const OLD_BOOT = '00000000-0000-0000-0000-000000000009'
const TAG = { placement: 1, generation: 0, version: 1 }
const NOW = Date.parse(WALL)

const ran = (result: string, more: Partial<RunFacts> = {}): RunFacts => {
  const exitCode = result === 'success' ? 0 : result === 'exit-code' ? 3 : null
  return { startMs: NOW - 90_000, endMs: NOW - 60_000, result, exitCode, signal: null, tag: TAG, ...more }
}
const open = (bootId: string): SlotRuns['open'] => ({ startMs: NOW - 90_000, bootId, tag: TAG })

function decided(about: Partial<Job>, seen: Partial<UnitFacts>, record: Partial<Placement> = {}) {
  const jobs = [applied(job('web', about))]
  const asked = input(jobs, [ready('a', [unit('web.0', seen)]), ready('b')], [placement('web.0', 'a', record)])
  const { plan, classified } = decide(asked)
  expect(check(plan, classified, asked)).toEqual([])
  const [item] = classified
  return { plan, item, incidents: incidentsOf({ plan, classified }, asked, null).open.map(({ key }) => key) }
}

describe('a batch job whose unit does nothing', () => {
  const cases: readonly [string, Partial<Job>, SlotRuns | undefined, Partial<Placement>, string, string | null][] = [
    ['was never begun', {}, undefined, {}, 'start', 'exited'],
    ['ended well, as its log says, before a reboot', {}, { open: null, last: ran('success') }, {}, 'complete', null],
    ['ended well, as the records say', {}, undefined, { completed: true }, 'complete', null],
    ['was given up before a reboot', {}, { open: null, last: ran('exit-code') }, {}, 'failed', null],
    [
      'was to be tried again, rerun',
      { rerun: true },
      { open: null, last: ran('exit-code', { restarts: 2 }) },
      {},
      'start',
      'run-lost',
    ],
    ['was to be tried again', {}, { open: null, last: ran('exit-code', { restarts: 2 }) }, {}, 'failed', null],
    [
      'was tried as often as declared',
      { rerun: true },
      { open: null, last: ran('exit-code', { restarts: 10 }) },
      {},
      'failed',
      null,
    ],
    ['was given up, as the records say', { rerun: true }, undefined, { failed: 'exit status 3' }, 'failed', null],
    ['was asked for again since', {}, undefined, { failed: 'exit status 3', generation: -1 }, 'start', 'exited'],
    ['was cut off by a power cut', {}, { open: open(OLD_BOOT), last: null }, {}, 'failed', null],
    ['was cut off, rerun', { rerun: true }, { open: open(OLD_BOOT), last: null }, {}, 'start', 'run-lost'],
    ['was stopped by a shutdown', {}, { open: null, last: ran('stopped') }, {}, 'failed', null],
    [
      'was stopped by a shutdown, rerun',
      { rerun: true },
      { open: null, last: ran('stopped') },
      {},
      'start',
      'run-lost',
    ],
    [
      'has a log of an earlier start only',
      {},
      { open: null, last: ran('success', { tag: { ...TAG, generation: 7 } }) },
      {},
      'start',
      'exited',
    ],
  ]
  test.each(cases)('%s', (_, about, runs, record, bucket, reason) => {
    const { item } = decided({ type: 'batch', ...about }, { ...PHASES.fresh, ...(runs && { runs }) }, record)
    expect([item?.bucket, item?.reason]).toEqual([bucket, reason])
  })

  test('one that systemd keeps has ended well, whatever attempts before it did', () => {
    const kept = { ...PHASES.ended, startedMs: 15_000, runs: { open: open(BOOT), last: ran('exit-code') } }
    expect(decided({ type: 'batch' }, kept).item?.bucket).toBe('complete')
  })

  test('on a host that comes back after it was placed elsewhere it is stopped, and does not count', () => {
    const seen = { ...PHASES.ended, startedMs: 15_000, runs: { open: open(BOOT), last: null } }
    const asked = input(
      [applied(job('web', { type: 'batch', rerun: true }))],
      [ready('a', [unit('web.0', seen)]), ready('b', [unit('web.0', { placement: 2 })])],
      [placement('web.0', 'b', { number: 2 })],
    )
    const { classified } = decide(asked)
    expect(classified.map(({ subject, bucket }) => `${subject.host} ${bucket}`)).toEqual(['a stop', 'b keep'])
  })
})

test.each([
  ['is stopped, whatever number an earlier store gave it', {}, 'b stop'],
  ['counts where it was run again by a word that this store does not know', { generation: 1 }, 'b adopt'],
])('once a batch job is complete, a copy of it elsewhere %s', (_, seen, becomes) => {
  const asked = input(
    [applied(job('web', { type: 'batch', rerun: true }))],
    [ready('a'), ready('b', [unit('web.0', { placement: 9, ...seen })])],
    [placement('web.0', 'a', { completed: true })],
  )
  const { classified } = decide(asked)
  expect(classified.map(({ subject, bucket }) => `${subject.host} ${bucket}`)).toContain(becomes)
})

test.each([
  ['systemd keeps its end', { ...PHASES.ended, startedMs: 15_000 }, 'b stop'],
  ['its log tells it', { ...PHASES.fresh, runs: { open: null, last: ran('success') } }, 'b stop'],
  ['it failed', { ...PHASES.fresh, runs: { open: null, last: ran('exit-code') } }, 'b adopt'],
  ['it was cut off', { ...PHASES.fresh, runs: { open: open(OLD_BOOT), last: ran('success') } }, 'b adopt'],
])(
  'a batch job that is seen to have ended where it is recorded (%s), and a copy of an earlier store',
  (_, own, becomes) => {
    const asked = input(
      [applied(job('web', { type: 'batch', rerun: true }))],
      [ready('a', [unit('web.0', own)]), ready('b', [unit('web.0', { placement: 9, ...PHASES.fresh })])],
      [placement('web.0', 'a')],
    )
    const { classified } = decide(asked)
    const told = classified.map(({ subject, bucket }) => `${subject.host} ${bucket === 'start' ? 'adopt' : bucket}`)
    expect(told).toContain(becomes)
  },
)

describe('a batch job that has failed for good', () => {
  const twice = applied(job('web', { type: 'batch', rerun: true }))
  const record = placement('web.0', 'a', { failed: 'exit status 3' })
  const becomes = (placed: Placement, asked = twice) => {
    const given = input([asked], [silent('a', 'lost'), ready('b')], [placed])
    const { plan, classified } = decide(given)
    expect(check(plan, classified, given)).toEqual([])
    return [...classified.map(({ bucket, text }) => `${bucket} ${text}`), ...plan.actions.map(({ kind }) => kind)]
  }

  test('is not run again when its host is lost, whatever rerun says', () => {
    expect(becomes(record)).toEqual(['failed exit status 3, on a'])
  })
  test('is run again by a word, or in a new version', () => {
    expect(becomes(record, { ...twice, generation: 1 }).at(-1)).toBe('start')
    expect(becomes(record, { ...twice, hash: 'other', version: 2 }).at(-1)).toBe('start')
  })
  test('is recorded as such once that was seen, and not where it was cut off', () => {
    const seen = (unitFacts: Partial<UnitFacts> = {}) => {
      const given = input([twice], [ready('a', [unit('web.0', unitFacts)])], [placement('web.0', 'a')])
      const kept = records({ jobs: { web: twice }, placements: given.placements })
      return recordSeen(kept, { decision: decide(given), input: given }, {}).placements['web.0']?.failed
    }
    expect(seen({ ...PHASES.failed, exitStatus: 3 })).toMatch(/exit status 3/)
    expect(seen({ ...PHASES.fresh, runs: { open: null, last: ran('exit-code') } })).toBe('exit status 3')
    expect(seen({ ...PHASES.fresh, runs: { open: open(OLD_BOOT), last: ran('exit-code') } })).toBeUndefined()
    expect(seen(PHASES.running)).toBeUndefined()
  })
})

test.each([
  ['success', true],
  ['lost', false],
])('a run that had ended before the power went is told as %s', (result, completed) => {
  const seen = { ...PHASES.fresh, runs: { open: open(OLD_BOOT), last: null } }
  const { item } = decided({ type: 'batch' }, seen, { completed })
  expect(item && presentRuns(item, WALL)).toMatchObject([{ result, exitCode: completed ? 0 : null, end: null }])
})

describe('a cron job between its runs', () => {
  // Its timer is there since 100 s before now.
  const waits = (runs?: SlotRuns): Partial<UnitFacts> => ({
    ...PHASES.scheduled,
    timer: { active: 'active', lastTriggerMs: null, sinceMs: 900_000 },
    ...(runs && { runs }),
  })
  const cron: Partial<Job> = { type: 'cron', schedule: '0 3 * * *', timezone: 'UTC' }
  const longAgo = { since: '2025-02-20T00:00:00.000Z' }
  const yesterday = { startMs: NOW - 86_400_000, endMs: NOW - 86_400_000 }
  const runsOf = (about: Partial<Job>, seen: Partial<UnitFacts>, record: Partial<Placement> = longAgo) =>
    decided({ ...cron, ...about }, seen, record).plan.actions.map(({ kind, reason }) => `${kind} ${reason}`)

  test('catch_up: what no timer made is made up for, once', () => {
    const before = { open: null, last: ran('success', yesterday) }
    expect(runsOf({}, waits(before))).toEqual([])
    expect(runsOf({ catchUp: 'one' }, waits(before))).toEqual(['run run-missed'])
    expect(runsOf({ catchUp: 'one' }, waits({ open: null, last: ran('success') }))).toEqual([])
    expect(runsOf({ catchUp: 'one' }, waits(), { since: WALL })).toEqual([])
    expect(runsOf({ catchUp: 'one' }, waits(), { since: WALL, awaySince: longAgo.since })).toEqual(['run run-missed'])
    expect(runsOf({ catchUp: 'one', schedule: '0 13 1 3 *' }, waits(before))).toEqual([])
  })

  test('rerun: a run that was cut off is made again, once', () => {
    const cut = { open: open(OLD_BOOT), last: null }
    expect(runsOf({}, waits(cut))).toEqual([])
    expect(runsOf({ rerun: true }, waits(cut))).toEqual(['run run-lost'])
    expect(runsOf({ rerun: true }, waits({ open: null, last: ran('success') }))).toEqual([])
    expect(runsOf({ rerun: true }, waits(), { lostRun: true })).toEqual(['run run-lost'])
    expect(runsOf({ rerun: true }, waits({ open: null, last: ran('exit-code') }), { lostRun: true })).toEqual([])
  })

  test('a run that goes on with its host is remembered with the new place', () => {
    const going = unit('web.0', {
      ...PHASES.running,
      active: 'activating',
      timer: { active: 'active', lastTriggerMs: 1 },
    })
    const lost = silent('a', 'lost', { lastFacts: facts({ units: [going] }), heardAt: '2025-03-01T11:59:50.000Z' })
    const asked = input([applied(job('web', { ...cron, rerun: true }))], [lost, ready('b')], [placement('web.0', 'a')])
    expect(decide(asked).plan.actions).toMatchObject([
      { kind: 'start', host: 'b', placement: { lostRun: true, awaySince: '2025-03-01T11:59:50.000Z' } },
    ])
  })

  test('a failed run is told until the next good one; a stopped one is no failure', () => {
    const seen = (last: RunFacts) => decided(cron, waits({ open: null, last }), { since: WALL }).incidents
    expect(seen(ran('exit-code'))).toEqual(['run web.0'])
    expect(seen(ran('success'))).toEqual([])
    expect(seen(ran('stopped'))).toEqual([])
  })
})

describe('a batch job that must not be run again, whose host wrote nothing down', () => {
  const once = applied(job('web', { type: 'batch', rerun: false }))
  const seen = (unitFacts: Partial<UnitFacts> = {}, before: Partial<Placement> = {}, asked = once) => {
    const given = input([asked], [ready('a', [unit('web.0', unitFacts)])], [placement('web.0', 'a', before)])
    const kept = records({ jobs: { web: asked }, placements: given.placements })
    const decision = decide(given)
    const { ranIn } = recordSeen(kept, { decision, input: given }, {}).placements['web.0'] ?? {}
    return { ranIn, bucket: decision.classified[0]?.bucket }
  }
  test('is known to have run once that was seen, not while it waits for a word', () => {
    expect(seen(PHASES.running).ranIn).toBe(BOOT)
    expect(seen({ ...PHASES.running, active: 'activating', sub: 'start-pre' }).ranIn).toBeUndefined()
    expect(seen(PHASES.running, {}, applied(job('web', { type: 'batch', rerun: true }))).ranIn).toBeUndefined()
  })
  test('is not begun after another boot, and is where it never ran', () => {
    expect(seen(PHASES.fresh, { ranIn: OLD_BOOT }).bucket).toBe('failed')
    expect(seen(PHASES.fresh, { ranIn: BOOT }).bucket).toBe('start')
    expect(seen(PHASES.fresh).bucket).toBe('start')
    expect(seen(PHASES.fresh, { ranIn: OLD_BOOT, number: 2 }).bucket).toBe('start')
  })
})
