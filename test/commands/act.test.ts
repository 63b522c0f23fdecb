import { describe, expect, test, vi } from 'vitest'
import Apply from '../../commands/apply.js'
import JobRemove from '../../commands/job/remove.js'
import JobStop from '../../commands/job/stop.js'
import Reconcile from '../../commands/reconcile.js'
import type { Hc } from '../../src/hc.js'
import { UserError } from '../../src/model/errors.js'
import { FakeTerminal } from '../ui/fake-terminal.js'
import { DONE, NO_PLAN, PLAN, TICK, TICK_AFTER_LOSS } from '../ui/samples-done.js'
import { calls } from './fake-hc.js'
import { run } from './run.js'

vi.mock('../../src/hc.js', () => import('./fake-hc.js'))

describe('apply', () => {
  test('without a terminal it acts without asking; the plan is on stderr, the outcome on stdout', async () => {
    const { stdout, stderr, questions, exitCode } = await run(Apply, ['jobs/'])
    expect(questions).toEqual([])
    expect(stderr).toContain('Plan: 2 to start')
    expect(stderr).toContain('web.0 on nuc1 done')
    expect(stdout).toBe('1 started, 1 moved: everything runs as asked.\n')
    expect(exitCode).toBe(0)
  })

  test.each([
    ['y', true],
    ['YES', true],
    ['', false],
    ['n', false],
    ['yesterday', false],
  ])('on a terminal %j is %s', async (answer, goes) => {
    const terminal = await run(Apply, [], { tty: true, env: { CI: '1' }, answers: [answer] })
    expect(terminal.questions).toEqual(['Apply this plan? [y/N] '])
    expect(terminal.exitCode).toBe(goes ? 0 : 1)
    expect(terminal.stderr.includes('Nothing was changed.')).toBe(!goes)
  })

  test('nothing to change is nothing to ask, and --yes asks nothing', async () => {
    const apply: Hc['apply'] = async (_, { confirm }) => {
      expect(await confirm(NO_PLAN)).toBe(true)
      return { ...DONE, actions: [], results: [], changes: false }
    }
    const same = await run(Apply, [], { tty: true, env: { NO_COLOR: '1' }, hc: { apply } })
    expect([same.questions, same.stdout, same.stderr]).toEqual([[], 'No changes: everything runs as asked.\n', ''])
    const yes = await run(Apply, ['-y'], { tty: true, env: { CI: '1' } })
    expect([yes.questions, yes.exitCode]).toEqual([[], 0])
  })

  test('--prune needs --yes where nobody can be asked', async () => {
    const refused = await run(Apply, ['--prune'])
    expect([refused.exitCode, calls.opened.length]).toEqual([2, 0])
    expect(refused.stderr).toContain('--prune needs --yes')
    expect((await run(Apply, ['--prune', '--yes'])).exitCode).toBe(0)
    expect((await run(Apply, ['--prune', '--dry-run'])).exitCode).toBe(0)
  })

  test('warns when no loop ticks, and not when one does', async () => {
    const hc: Partial<Hc> = { apply: async () => ({ ...DONE, loopTicking: false }) }
    expect((await run(Apply, [], { hc })).stderr).toContain('hc reconcile --install')
    expect((await run(Apply, [])).stderr).not.toContain('hc reconcile')
  })

  test('what hc_survive refuses ends with 4, and --force is passed on', async () => {
    const apply = vi.fn<Hc['apply']>(async (_, { force }) => {
      if (force) return DONE
      const faults = [
        { message: 'after the loss of nuc2 db.0 would have no place', at: null, lineText: null, hint: null },
      ]
      throw new UserError('this would not survive the loss of nuc2', { code: 'not-survived', exitCode: 4, faults })
    })
    const refused = await run(Apply, ['--json'], { hc: { apply } })
    expect([refused.json, refused.exitCode]).toMatchObject([{ error: { code: 'not-survived' } }, 4])
    const text = await run(Apply, [], { hc: { apply } })
    expect(text.stderr).toContain('after the loss of nuc2 db.0 would have no place')
    expect((await run(Apply, ['--force'], { hc: { apply } })).exitCode).toBe(0)
  })

  test('--dry-run shows the plan on stdout and does nothing', async () => {
    const apply = vi.fn<Hc['apply']>()
    const text = await run(Apply, ['--dry-run'], { hc: { apply } })
    expect(text.stdout).toContain('Plan: 2 to start')
    const json = await run(Apply, ['--dry-run', '--json'], { hc: { apply, plan: async () => PLAN } })
    expect([json.json, json.exitCode]).toMatchObject([{ changes: true, results: [] }, 4])
    expect(apply).not.toHaveBeenCalled()
  })
})

describe('reconcile', () => {
  test('one tick; --quiet says nothing when nothing is to be said', async () => {
    expect((await run(Reconcile, [])).stdout).toBe('Converged: nothing to do; 2 hosts, 41 ms.\n')
    expect((await run(Reconcile, ['--quiet'])).stdout).toBe('')
    const loss = await run(Reconcile, ['-q'], { hc: { reconcileOnce: async () => TICK_AFTER_LOSS } })
    expect([loss.stdout.split('\n')[0], loss.exitCode]).toEqual(['nuc2 is lost: no answer for 3.2s', 1])
  })

  test('--cron takes an expression or none, and tells what is new', async () => {
    const given: unknown[] = []
    const reconcileLoop: Hc['reconcileLoop'] = async ({ expression, takeOver, onTick, onNote }) => {
      given.push(expression, takeOver)
      onNote('inventory.yml was read anew')
      for (const tick of [TICK, TICK, TICK_AFTER_LOSS, TICK]) onTick(tick)
    }
    const text = await run(Reconcile, ['--cron', '*/5 * * * * *', '--take-over'], { hc: { reconcileLoop } })
    expect(text.stdout.split('\n').slice(0, 2)).toEqual([
      'nuc2 is lost (was ready): no answer for 3.2s',
      '+ start web.1 on nuc1: its host is lost; FAILED: no space left on device',
    ])
    expect(text.stderr).toContain('inventory.yml was read anew')
    const json = await run(Reconcile, ['--cron', '--json'], { hc: { reconcileLoop } })
    expect(json.jsonLines).toHaveLength(4)
    expect(json.jsonLines[2]).toMatchObject({ apiVersion: 'hc/v1', changes: true, hosts: [{}, { verdict: 'lost' }] })
    expect(given).toEqual(['*/5 * * * * *', true, null, false])
  })

  test.each([
    ['SIGTERM', 0],
    ['SIGINT', 130],
  ] as const)('--cron ended by %s is %i', async (signal, code) => {
    const terminal = new FakeTerminal()
    const reconcileLoop: Hc['reconcileLoop'] = async () => terminal.end(signal)
    await run(Reconcile, ['--cron'], { on: terminal, hc: { reconcileLoop } })
    expect(terminal.exitCode).toBe(code)
  })

  test('an expression alone, and flags that exclude each other, are errors of usage', async () => {
    const alone = await run(Reconcile, ['* * * * * *'])
    expect([alone.exitCode, alone.stderr]).toEqual([2, expect.stringContaining("hc reconcile --cron '* * * * * *'")])
    expect((await run(Reconcile, ['--cron', '--install'])).exitCode).toBe(2)
    expect((await run(Reconcile, ['--install'])).stdout).toBe('hc-reconcile.service runs\n')
  })

  test('--listen is handed to the loop and to its unit, and to nothing else', async () => {
    const given: unknown[] = []
    const hc: Partial<Hc> = {
      reconcileLoop: async ({ listen }) => void given.push(listen?.address, listen?.policy.includes('sha256-')),
      installLoop: async (listen) => {
        given.push(listen)
        return []
      },
    }
    await run(Reconcile, ['--cron', '--listen', '127.0.0.1:9464'], { hc })
    await run(Reconcile, ['--install', '--listen', '9464'], { hc })
    await run(Reconcile, ['--install'], { hc })
    expect(given).toEqual(['127.0.0.1:9464', true, '9464', null])
    expect(await run(Reconcile, ['--listen', '9464'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('no meaning without --cron or --install'),
    })
  })
})

describe('jobs', () => {
  test('job remove asks, and needs --yes where nobody can be asked', async () => {
    const removeJob = vi.fn<Hc['removeJob']>(async () => DONE)
    expect((await run(JobRemove, ['web'], { hc: { removeJob } })).exitCode).toBe(2)
    const kept = await run(JobRemove, ['web'], { tty: true, answers: ['no'], hc: { removeJob } })
    expect([kept.questions, kept.exitCode]).toEqual([['Remove web? [y/N] '], 1])
    expect(removeJob).not.toHaveBeenCalled()
    expect(
      (await run(JobRemove, ['web'], { tty: true, env: { CI: '1' }, answers: ['y'], hc: { removeJob } })).exitCode,
    ).toBe(0)
    expect(removeJob).toHaveBeenCalledOnce()
  })

  test('job remove takes several, none where one name is wrong', async () => {
    const removeJob = vi.fn<Hc['removeJob']>(async () => DONE)
    const both = await run(JobRemove, ['web', 'db', 'web', '--yes'], { hc: { removeJob } })
    expect([both.exitCode, removeJob.mock.calls.map(([name]) => name)]).toEqual([0, ['web', 'db']])
    removeJob.mockClear()
    const checkTarget: Hc['checkTarget'] = async (name) => {
      if (name === 'bd') throw new UserError('no job "bd" is applied', { code: 'not-found' })
    }
    const wrong = await run(JobRemove, ['web', 'bd', '--yes'], { hc: { removeJob, checkTarget } })
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('no job "bd" is applied')])
    expect(removeJob).not.toHaveBeenCalled()
    const asked = await run(JobRemove, ['web', 'db'], { tty: true, answers: ['n'], hc: { removeJob } })
    expect(asked.questions).toEqual(['Remove web and db? [y/N] '])
  })

  test('job stop says what was stopped, and nothing of what runs', async () => {
    const stopJob: Hc['stopJob'] = async () => ({
      ...DONE,
      actions: ['web.0', 'web.1'].map((slot) => ({
        kind: 'stop',
        slot,
        host: 'nuc1',
        from: null,
        reason: 'job-stopped',
        text: '',
      })),
      results: ['web.0', 'web.1'].map((slot) => ({ slot, host: 'nuc1', ok: true, error: null })),
    })
    expect((await run(JobStop, ['web'], { hc: { stopJob } })).stdout).toBe('2 stopped.\n')
  })

  test('a name is required', async () => {
    expect((await run(JobStop, [])).exitCode).toBe(2)
    expect((await run(JobStop, ['web', 'db'])).exitCode).toBe(2)
  })
})
