// What is written down, when, and what is not worth a write.
import { describe, expect, test } from 'vitest'
import type { StepResult } from '../../src/cluster/execute.js'
import {
  decisionEvents,
  recordDecision,
  recordHosts,
  recordResults,
  resultEvents,
} from '../../src/controller/record.js'
import type { Belief, Observation, Verdict } from '../../src/model/observation.js'
import type { Action } from '../../src/model/plan.js'
import type { HostRecord, Records } from '../../src/model/records.js'
import { applied, facts, job, observation, observed, placement, unheard } from '../planner/support/make.js'
import { records } from './support/records.js'

const WALL = '2025-03-01T12:00:00.000Z'
const later = (ms: number) => new Date(Date.parse(WALL) + ms).toISOString()

function action(kind: Action['kind'], more: Partial<Action> = {}): Action {
  const there = kind === 'stop' ? null : placement('web.0', 'n1', { number: 3 })
  return {
    kind,
    slot: 'web.0',
    job: 'web',
    host: 'n1',
    from: null,
    reason: 'new-job',
    text: '',
    wave: 0,
    placement: there,
    ...more,
  }
}

describe('a decision', () => {
  const before = records({ placements: { 'web.0': placement('web.0', 'n2'), 'db.0': placement('db.0', 'n2') } })

  test('puts each new placement over the old one, and leaves the others', () => {
    const { placements } = recordDecision(before, [action('move')], [])
    expect(placements).toEqual({ 'web.0': placement('web.0', 'n1', { number: 3 }), 'db.0': placement('db.0', 'n2') })
  })
  test('keeps the record of what is stopped: its place is known if it is wanted again', () => {
    expect(recordDecision(before, [action('stop')], []).placements).toEqual(before.placements)
  })
  test('marks what has ended', () => {
    expect(recordDecision(before, [], ['db.0', 'unheard.0']).placements['db.0']?.completed).toBe(true)
    expect(recordDecision(before, [], ['unheard.0']).placements).toEqual(before.placements)
  })
  test('changes nothing of its input', () => {
    const copy = structuredClone(before)
    recordDecision(before, [action('start')], ['db.0'])
    expect(before).toEqual(copy)
  })
  test('is told with its reason', () => {
    const told = decisionEvents([
      action('start', { text: 'new' }),
      action('move', { from: 'n2', reason: 'host-draining' }),
      action('start', { from: 'n2', reason: 'host-lost', text: 'no answer for 3s' }),
    ])
    expect(told.map(({ text }) => text)).toEqual([
      'start: the job is new (new)',
      'move from n2: its host is being drained',
      'start, instead of n2: its host is lost (no answer for 3s)',
    ])
    expect(told[0]).toMatchObject({ kind: 'decided', host: 'n1', slot: 'web.0', reason: 'new-job' })
  })
})

describe('results', () => {
  const web = applied(job('web', { reschedule: { delayMs: 5000, maxDelayMs: 60_000, attempts: null } }))
  const start = records({ jobs: { web } })
  const result = (more: Partial<StepResult> = {}): StepResult => ({
    slot: 'web.0',
    host: 'n1',
    ok: false,
    error: 'no such file',
    unknown: false,
    step: 'start',
    ...more,
  })
  const backOff = (from: Records, ...results: StepResult[]) => recordResults(from, results, WALL).backOffs['web.0']

  test('a failed start is tried again later', () => {
    expect(backOff(start, result())).toMatchObject({ failures: 1, until: later(5000), failedOn: ['n1'] })
  })
  test('and later and later, up to a bound', () => {
    const waits: number[] = []
    let now = start
    for (let round = 0; round < 7; round += 1) {
      now = recordResults(now, [result()], WALL)
      waits.push(Date.parse(now.backOffs['web.0']?.until ?? '') - Date.parse(WALL))
    }
    expect(waits).toEqual([5000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000])
  })
  test('however often it failed', () => {
    const worn = { ...start, backOffs: { 'web.0': { slot: 'web.0', failures: 5000, until: WALL, failedOn: [] } } }
    expect(backOff(worn, result())?.until).toBe(later(60_000))
  })
  test('remembers where, each host once, by name', () => {
    const twice = recordResults(start, [result({ host: 'n2' }), result({ host: 'n1' }), result({ host: 'n2' })], WALL)
    expect(twice.backOffs['web.0']?.failedOn).toEqual(['n1', 'n2'])
  })
  test('what is unknown is not blamed, and forgives nothing', () => {
    expect(backOff(start, result({ unknown: true }))).toBeUndefined()
    const failed = recordResults(start, [result()], WALL)
    expect(recordResults(failed, [result({ unknown: true })], WALL).backOffs).toEqual(failed.backOffs)
  })
  test('a start that went well is forgotten', () => {
    expect(backOff(recordResults(start, [result()], WALL), result({ ok: true, error: null }))).toBeUndefined()
  })
  test('a stop says nothing of starts: neither when it fails nor when it goes well', () => {
    expect(backOff(start, result({ step: 'stop' }))).toBeUndefined()
    const failed = recordResults(start, [result()], WALL)
    const moved = [result({ step: 'stop', ok: true, error: null }), result({ host: 'n2' })]
    expect(recordResults(failed, moved, WALL).backOffs['web.0']).toMatchObject({ failures: 2, failedOn: ['n1', 'n2'] })
  })
  test('a job that is gone leaves nothing behind', () => {
    const gone = {
      ...start,
      jobs: {},
      backOffs: { 'web.0': { slot: 'web.0', failures: 1, until: WALL, failedOn: [] } },
    }
    expect(backOff(gone, result())).toBeUndefined()
  })
  test('are told', () => {
    expect(resultEvents([result(), result({ ok: true, error: null })]).map(({ kind, text }) => [kind, text])).toEqual([
      ['failed', 'no such file'],
      ['done', 'done'],
    ])
  })
})

describe('hosts', () => {
  const known: HostRecord = {
    cordoned: true,
    draining: false,
    lastContact: WALL,
    bootId: facts().bootId,
    machineId: null,
    verdict: 'ready',
    verdictSince: WALL,
    provenVantages: ['control'],
  }
  const with1 = (more: Partial<HostRecord> = {}) => records({ hosts: { n1: { ...known, ...more } } })
  const believe = (verdict: Verdict): readonly Belief[] => [{ host: 'n1', verdict, reason: 'why' }]
  const ready = observation(0, [observed('n1')])
  const gone = observation(0, [unheard('n1', 0)])
  const note = (from: Records, seen: Observation, verdict: Verdict, wall = WALL) =>
    recordHosts(from, seen, believe(verdict), wall)

  test('nothing new is no write: the very same records', () => {
    const same = with1()
    expect(note(same, ready, 'ready').records).toBe(same)
    expect(note(same, gone, 'suspect').records).toBe(same)
    expect(note(same, gone, 'unknown').records).toBe(same)
  })
  test('the last contact is renewed every ten minutes only', () => {
    const same = with1()
    expect(note(same, ready, 'ready', later(599_999)).records).toBe(same)
    expect(note(same, ready, 'ready', later(600_000)).records.hosts.n1?.lastContact).toBe(later(600_000))
  })
  test('silence renews nothing, however long', () => {
    const same = with1()
    expect(note(same, gone, 'suspect', later(900_000)).records).toBe(same)
  })
  test('a loss is written with its time, and told once', () => {
    const first = note(with1(), gone, 'lost', later(3000))
    expect(first.records.hosts.n1).toEqual({ ...known, verdict: 'lost', verdictSince: later(3000) })
    expect(first.events).toEqual([{ kind: 'verdict', host: 'n1', slot: null, reason: 'lost', text: 'lost: why' }])
    expect(note(first.records, gone, 'lost', later(4000))).toEqual({ records: first.records, events: [] })
  })
  test('a suspicion after a loss keeps the loss', () => {
    const lost = with1({ verdict: 'lost' })
    expect(note(lost, gone, 'suspect').records).toBe(lost)
  })
  test('a return is told', () => {
    const { records: after, events } = note(with1({ verdict: 'lost' }), ready, 'ready', later(9000))
    expect(after.hosts.n1).toMatchObject({ verdict: 'ready', verdictSince: later(9000), lastContact: later(9000) })
    expect(events.map(({ text }) => text)).toEqual(['ready again'])
  })
  test('a new boot and new vantages are written, without a word', () => {
    const booted = note(with1({ bootId: 'another' }), ready, 'ready')
    expect([booted.records.hosts.n1?.bootId, booted.events]).toEqual([facts().bootId, []])
    const seen = observation(0, [observed('n1', { provenVantages: ['n3', 'control', 'n2'] })])
    expect(note(with1(), seen, 'ready').records.hosts.n1?.provenVantages).toEqual(['control', 'n2', 'n3'])
  })
  test('vantages of a silent host are kept as they were', () => {
    const seen = observation(0, [unheard('n1', 0, { provenVantages: [] })])
    expect(note(with1(), seen, 'lost').records.hosts.n1?.provenVantages).toEqual(['control'])
  })
  test('intent is kept', () => expect(note(with1(), gone, 'lost').records.hosts.n1?.cordoned).toBe(true))
  test('a new host that answers is written without a word', () => {
    const { records: after, events } = note(records(), ready, 'ready')
    expect(after.hosts.n1).toMatchObject({ verdict: 'ready', lastContact: WALL, cordoned: false })
    expect(events).toEqual([])
  })
  test('a new host that never answers is not written', () => {
    const empty = records()
    expect(note(empty, gone, 'unknown').records).toBe(empty)
    expect(note(empty, gone, 'suspect').records).toBe(empty)
  })
  test('a new host that refuses us is told, and counts as never reached', () => {
    const { records: after, events } = note(records(), gone, 'unmanageable')
    expect(after.hosts.n1).toMatchObject({ verdict: 'unmanageable', lastContact: null })
    expect(events.map(({ text }) => text)).toEqual(['unmanageable: why'])
  })
})
