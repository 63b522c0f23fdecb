// What leaves a host that hangs, where the operator says so.
import { describe, expect, test } from 'vitest'
import type { SlotHealth } from '../../src/model/health.js'
import type { AppliedJob, HealthRule, Job } from '../../src/model/job.js'
import type { HostObservation } from '../../src/model/observation.js'
import { check } from '../../src/planner/check.js'
import { hangsFor } from '../../src/planner/hung.js'
import type { HostState } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import { applied, input, job, placement, ready, settings, silent } from './support/make.js'

const health: HealthRule = {
  check: { kind: 'http', port: 'http', path: '/', status: null, body: null },
  intervalMs: 5000,
  timeoutMs: 2000,
  failures: 3,
  successes: 1,
  startMs: 30_000,
}

/** b hangs; a is ready and has room. */
function decided({
  of = {},
  state = {},
  known,
}: {
  of?: Partial<Job>
  state?: Partial<HostState>
  known?: Partial<SlotHealth>
} = {}) {
  const web: AppliedJob = applied(job('web', { health, ...of }))
  const base = silent('b', 'unmanageable')
  const hung: HostState = {
    ...base,
    hungMs: 130_000,
    ...state,
    host: { ...base.host, hungMoves: 'ordinary', ...state.host },
  }
  const outside = { failing: true, text: 'http port 8080: no answer within 2000 ms' }
  const plan = {
    ...input([web], [ready('a', []), hung], [placement('web.0', 'b')]),
    settings: settings({ hungAfterMs: 120_000 }),
    health: { 'web.0': { slot: 'web.0', host: 'b', run: 'r', healthy: true, text: 'http 200', outside, ...known } },
  }
  const decision = decide(plan)
  expect(check(decision.plan, decision.classified, plan)).toEqual([])
  const { actions, waiting } = decision.plan
  return { actions, why: waiting[0]?.reason ?? '' }
}

describe('hc_hung_moves: ordinary', () => {
  test('a slot whose own check fails moves, with both reasons in its sentence', () => {
    const [action, ...more] = decided().actions.filter(({ kind }) => kind !== 'forget')
    expect(more).toEqual([])
    expect(action).toMatchObject({ kind: 'start', slot: 'web.0', host: 'a', from: 'b', reason: 'host-hung' })
    expect(action?.text).toBe(
      'b has hung for 2m 10s and its health check fails: http port 8080: no answer within 2000 ms (hc_hung_moves)',
    )
    expect(action?.placement).toMatchObject({ instead: 'b' })
  })
  test.each([
    ['a check that is content', { known: { outside: { failing: false, text: 'http 200' } } }, 'web.0 stays: http 200'],
    ['no check', { of: { health: null } }, 'web.0 stays: it has no health check that could fail'],
    [
      'a check of which nothing is known',
      { known: { outside: undefined } },
      'web.0 stays: nothing is known of its health',
    ],
    ['a check of another host', { known: { host: 'a' } }, 'nothing is known'],
    ['a host that hangs for a short while', { state: { hungMs: 60_000 } }, 'moves are considered after 2m'],
    ['exclusive work', { of: { exclusive: true } }, 'web.0 stays: it is exclusive'],
    ['work that waits for its host', { of: { onHostLoss: 'wait' as const } }, 'web.0 stays: on_host_loss is wait'],
    ['a batch job', { of: { type: 'batch' as const } }, 'web.0 stays: only services move, and web is of type batch'],
  ])('not: %s', (_, given, why) => {
    const found = decided(given as Parameters<typeof decided>[0])
    expect(found.actions).toEqual([])
    expect(found.why).toContain('b is unmanageable')
    expect(found.why).toContain(why)
  })
  test('not without the word of the operator, nor from a host that does not hang', () => {
    const still = (state: Partial<HostState>) => {
      const found = decided({ state })
      expect(found.actions).toEqual([])
      expect(found.why).not.toContain('hc_hung_moves')
    }
    still({ host: { ...silent('b', 'unmanageable').host, hungMoves: undefined } as unknown as HostState['host'] })
    still({ hungMs: undefined } as unknown as Partial<HostState>)
  })
})

test('a host hangs while it answers pings of the control machine and of another host, and nothing else', () => {
  const belief = { host: 'b', verdict: 'unmanageable', reason: 'hangs' } as const
  const look = (vantage: string, reached = true) => ({ vantage, at: 1, reached })
  const seen = {
    host: 'b',
    answering: false,
    silentSince: 1000,
    failure: { kind: 'timeout', message: '', hint: null },
    looks: [look('control'), look('a')],
  } as unknown as HostObservation
  expect(hangsFor(belief, seen, 5000)).toBe(4000)
  // While it was off it did not hang, and what was in vain before this silence is no part of it.
  expect(hangsFor(belief, { ...seen, unheardAt: 3000 }, 5000)).toBe(2000)
  expect(hangsFor(belief, { ...seen, unheardAt: 500 }, 5000)).toBe(4000)
  expect(hangsFor({ ...belief, verdict: 'lost' }, seen, 5000)).toBe(null)
  expect(hangsFor(belief, { ...seen, looks: [look('control'), look('a', false)] }, 5000)).toBe(null)
  expect(hangsFor(belief, { ...seen, looks: [look('control', false), look('a')] }, 5000)).toBe(null)
  expect(hangsFor(belief, { ...seen, failure: { kind: 'auth', message: '', hint: null } }, 5000)).toBe(null)
  expect(hangsFor(belief, undefined, 5000)).toBe(null)
})
