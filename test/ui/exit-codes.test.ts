import { describe, expect, test } from 'vitest'
import { LockedError, UserError } from '../../src/model/errors.js'
import * as exit from '../../src/ui/exit-codes.js'
import { HOST_LOST, UNPLACED } from './samples.js'
import { APPLIED, DONE, NO_PLAN, PLAN, TICK, TICK_AFTER_LOSS } from './samples-done.js'

const failed = APPLIED.results
const { unplaced, waiting } = PLAN

describe('apply', () => {
  test.each([
    ['all runs', DONE, 0],
    ['not converged', { ...DONE, converged: false }, 1],
    ['something failed', APPLIED, 1],
    ['declined', { ...DONE, declined: true }, 1],
    ['unplaced', { ...DONE, unplaced }, 4],
    ['unplaced comes before failed', { ...APPLIED, unplaced }, 4],
    ['failed comes before out of reach', { ...APPLIED, outOfReach: ['nuc2'] }, 1],
    ['out of reach', { ...DONE, converged: false, outOfReach: ['nuc2'] }, 3],
    ['it failed because the host is out of reach', { ...APPLIED, results: failed, outOfReach: ['nuc1'] }, 3],
  ])('%s', (_, view, code) => expect(exit.exitOfApply(view)).toBe(code))

  test('with --detach nothing was waited for', () => {
    expect(exit.exitOfApply({ ...DONE, converged: false }, { detach: true })).toBe(0)
    expect(exit.exitOfApply(APPLIED, { detach: true })).toBe(1)
  })
})

describe('plan', () => {
  test.each([
    ['none', NO_PLAN, 0, 0],
    ['changes', { ...PLAN, unplaced: [] }, 0, 2],
    ['unplaced', PLAN, 4, 1],
    ['nothing but unplaced', { ...NO_PLAN, unplaced }, 4, 1],
  ])('%s', (_, view, plain, withExitCode) => {
    expect(exit.exitOfPlan(view, { exitCode: false })).toBe(plain)
    expect(exit.exitOfPlan(view, { exitCode: true })).toBe(withExitCode)
  })

  test.each([
    ['files wrong', new UserError('x'), 1],
    ['locked', new LockedError('x'), 1],
    ['a bug', new Error('x'), 1],
    ['interrupted', new UserError('x', { code: 'interrupted', exitCode: 130 }), 130],
  ])('--exit-code, %s', (_, error, code) => expect(exit.exitOfPlanError(error)).toBe(code))
})

test('status', () => {
  expect([exit.exitOfStatus(HOST_LOST), exit.exitOfStatus(UNPLACED)]).toEqual([0, 1])
})

describe('a tick', () => {
  const acted = { ...TICK_AFTER_LOSS, results: [{ slot: 'web.1', host: 'nuc1', ok: true, error: null }] }
  const plan = (more: object) => ({ ...TICK.plan, ...more })
  test.each([
    ['nothing to do', TICK, 0],
    ['a host is lost, all runs elsewhere', { ...TICK, hosts: TICK_AFTER_LOSS.hosts }, 0],
    ['replaced in this tick', { ...acted, plan: { ...acted.plan, waiting: [] } }, 0],
    ['replaced, but something waits for the lost host', acted, 3],
    ['something waits for the lost host', { ...acted, plan: plan({ waiting }), results: [] }, 3],
    ['an action failed', TICK_AFTER_LOSS, 1],
    [
      'unplaced',
      { ...TICK_AFTER_LOSS, plan: plan({ unplaced: unplaced.map((each) => ({ ...each, job: 'web' })) }) },
      4,
    ],
    ['not converged, nothing begun, all ready', { ...TICK, converged: false }, 1],
  ])('%s', (_, view, code) => expect(exit.exitOfTick(view)).toBe(code))
})

describe('host run', () => {
  const run = (exitCode: number | null) => ({ host: 'x', exitCode, stdout: '', stderr: '', error: null, failure: null })
  test.each([
    [[0], 0],
    [[7], 7],
    [[0, 3, 1], 3],
    [[0, null], 125],
    [[127, null], 125],
    [[], 125],
  ])('%j is %i', (codes, code) => expect(exit.exitOfHostRun(codes.map(run))).toBe(code))

  test('its own failures', () => {
    expect(exit.exitOfOwnError(new UserError('x', { code: 'usage' }))).toBe(125)
    expect(exit.exitOfOwnError(new UserError('x', { code: 'interrupted', exitCode: 130 }))).toBe(130)
  })
})

test('errors', () => {
  const codes = [
    new UserError('x'),
    new LockedError('x'),
    new UserError('x', { exitCode: 1 }),
    new Error('bug'),
    'text',
  ]
  expect(codes.map(exit.exitOfError)).toEqual([2, 5, 1, 1, 1])
})
