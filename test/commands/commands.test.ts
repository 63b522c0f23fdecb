import { describe, expect, test, vi } from 'vitest'
import Apply from '../../commands/apply.js'
import Endpoints from '../../commands/endpoints.js'
import Events from '../../commands/events.js'
import HostList from '../../commands/host/list.js'
import HostRun from '../../commands/host/run.js'
import InventoryGraph from '../../commands/inventory/graph.js'
import InventoryList from '../../commands/inventory/list.js'
import JobList from '../../commands/job/list.js'
import JobRemove from '../../commands/job/remove.js'
import JobRestart from '../../commands/job/restart.js'
import JobShow from '../../commands/job/show.js'
import JobStart from '../../commands/job/start.js'
import JobStop from '../../commands/job/stop.js'
import Logs from '../../commands/logs.js'
import Plan from '../../commands/plan.js'
import Reconcile from '../../commands/reconcile.js'
import Status from '../../commands/status.js'
import Validate from '../../commands/validate.js'
import type { Hc } from '../../src/hc.js'
import { LockedError, UserError } from '../../src/model/errors.js'
import { FakeTerminal } from '../ui/fake-terminal.js'
import { ALL_WELL, DONE, NO_PLAN, PLAN, TICK, TICK_AFTER_LOSS, UNPLACED } from '../ui/samples.js'
import { calls } from './fake-hc.js'
import { run } from './run.js'

vi.mock('../../src/hc.js', () => import('./fake-hc.js'))

const EVENT = {
  id: 7,
  time: '2026-11-22T09:59:01Z',
  kind: 'done',
  host: 'nuc1',
  slot: 'web.0',
  reason: 'new-job',
  text: 'started',
  term: 1,
} as const
const LINE = { slot: 'web.0', host: 'nuc1', time: '2026-11-22T09:59:01Z', text: 'hello\x1b[2J' }

describe('every command', () => {
  const all = [
    [Apply, [], ['changes', 'actions', 'unplaced', 'survives', 'results']],
    [Plan, [], ['changes', 'actions', 'unplaced', 'survives']],
    [Status, [], ['converged', 'loop', 'hosts', 'jobs', 'allocations', 'unplaced', 'unclaimed']],
    [Reconcile, [], ['changes', 'actions', 'results', 'converged', 'hosts']],
    [Validate, [], ['files', 'jobs', 'hosts', 'notes']],
    [Endpoints, [], ['endpoints']],
    [JobList, [], ['jobs']],
    [JobShow, ['web'], ['job', 'allocations']],
    [JobStop, ['web'], ['results']],
    [JobStart, ['web'], ['results']],
    [JobRestart, ['web'], ['results']],
    [JobRemove, ['web', '--yes'], ['results']],
    [Logs, [], ['lines']],
    [HostList, [], ['hosts']],
    [InventoryGraph, [], ['graph']],
    [Events, [], ['events']],
  ] as const

  test.each(all)('%o prints one JSON object with apiVersion', async (command, argv, fields) => {
    const { stdout, json, exitCode } = await run(command, [...argv, '--json'])
    expect(json).toMatchObject({ apiVersion: 'hc/v1' })
    for (const field of fields) expect(json).toHaveProperty(field)
    expect(stdout.endsWith('}\n')).toBe(true)
    expect(exitCode).toBe(0)
    expect(calls.closed).toBe(1)
  })

  test.each(all)('%o prints text without colour into a pipe', async (command, argv) => {
    const { stdout, stderr, exitCode } = await run(command, argv)
    expect(exitCode).toBe(0)
    expect(stdout + stderr).not.toContain('\x1b')
  })

  test.each([...all, [HostRun, ['all', '--', 'true'], []], [InventoryList, [], []]] as const)(
    '%o has a summary and examples, and a parse error with --json is a small object',
    async (command) => {
      expect(command.summary?.length).toBeGreaterThan(10)
      expect(command.examples?.length).toBeGreaterThan(0)
      const { stdout, json, exitCode } = await run(command, ['--json', '--frobnicate'])
      expect(json).toMatchObject({
        apiVersion: 'hc/v1',
        error: { code: 'usage', message: 'unknown flag: --frobnicate', at: null, host: null },
      })
      expect(stdout.length).toBeLessThan(500)
      expect(exitCode).toBe(command.name === 'HostRun' ? 125 : 2)
    },
  )
})

describe('what all share', () => {
  test('flags reach the cluster', async () => {
    await run(Status, ['-i', 'x.yml', '--lock-timeout', '2m'])
    expect(calls.opened).toMatchObject([{ inventory: 'x.yml', lockTimeoutMs: 120_000 }])
    expect(calls.opened[0]?.askPassphrase).toBeUndefined()
    expect(calls.opened[0]?.confirmKey).toBeUndefined()
    await run(Status, [])
    expect(calls.opened).toMatchObject([{ lockTimeoutMs: 30_000 }])
  })

  test('a wrong value of a flag is one sentence and a hint', async () => {
    const { stderr, exitCode } = await run(Status, ['--lock-timeout', 'soon'])
    expect(stderr).toBe('error: --lock-timeout: "soon" is no span of time\nhint: write it as 30s, 500ms, 2m or 1h\n')
    expect(exitCode).toBe(2)
  })

  test('errors of the operator are sentences on stderr, and the code is theirs', async () => {
    const failing = (error: Error): Partial<Hc> => ({ status: () => Promise.reject(error) })
    const at = { file: 'inventory.yml', line: 3, column: 5 }
    const fault = { message: 'unknown key "prot"', at, lineText: '    prot: 22', hint: 'did you mean "port"?' }
    const wrong = new UserError('inventory.yml is wrong', { faults: [fault] })
    const text = await run(Status, [], { hc: failing(wrong) })
    expect(text.stderr).toContain('inventory.yml:3:5: unknown key "prot"\n  3 |     prot: 22\n          ^\n')
    expect([text.stdout, text.exitCode]).toEqual(['', 2])
    const json = await run(Status, ['--json'], { hc: failing(wrong) })
    expect(json.json).toMatchObject({ error: { code: 'invalid', at, hint: 'did you mean "port"?', host: null } })
    const locked = await run(Status, ['--json'], { hc: failing(new LockedError('hc apply (pid 12) acts')) })
    expect([locked.json, locked.exitCode]).toMatchObject([{ error: { code: 'locked' } }, 5])
    expect(calls.closed).toBe(1)
  })

  test('a bug is short, and HC_DEBUG shows where it came from', async () => {
    const hc = { status: () => Promise.reject(new TypeError('x is not a function')) }
    const short = await run(Status, [], { hc })
    expect(short.stderr).toBe(
      'error: x is not a function\nhint: this should not happen; HC_DEBUG=1 shows where it came from\n',
    )
    expect(short.exitCode).toBe(1)
    const long = await run(Status, [], { hc, env: { HC_DEBUG: '1' } })
    expect(long.stderr).toContain('at ')
    const json = await run(Status, ['--json'], { hc })
    expect(json.json).toMatchObject({ error: { code: 'bug', message: 'x is not a function' } })
  })

  test('passphrases are asked one after the other, and only where somebody is', async () => {
    const terminal = new FakeTerminal({ tty: true, answers: ['one', 'two', 'yes'] })
    await run(Status, [], { on: terminal })
    const { askPassphrase: ask, confirmKey } = calls.opened[0] ?? {}
    expect(await Promise.all([ask?.('/k1'), ask?.('/k2'), confirmKey?.('record it?')])).toEqual(['one', 'two', true])
    expect(terminal.questions).toEqual(['Passphrase of /k1: ', 'Passphrase of /k2: ', 'record it? [y/N] '])
  })

  test('Ctrl-C: the first aborts and says what it leaves, the second leaves at once', async () => {
    const terminal = new FakeTerminal()
    let aborted = false
    const apply: Hc['apply'] = async () => {
      terminal.end('SIGINT')
      aborted = calls.opened[0]?.signal?.aborted === true
      terminal.end('SIGINT')
      return { ...DONE, converged: false }
    }
    await run(Apply, [], { on: terminal, hc: { apply } })
    expect(aborted).toBe(true)
    expect(terminal.stderr).toContain('Interrupted: what is under way is finished')
    expect([terminal.exited, terminal.exitCode]).toEqual([130, 130])
  })

  test('an abort that comes out as an error is no bug', async () => {
    const terminal = new FakeTerminal()
    const status: Hc['status'] = async () => {
      terminal.end('SIGTERM')
      throw new Error('aborted')
    }
    await run(Status, ['--json'], { on: terminal, hc: { status } })
    expect(terminal.json).toMatchObject({ error: { code: 'interrupted' } })
    expect(terminal.exitCode).toBe(130)
  })
})

describe('apply', () => {
  test('without a terminal it acts without asking; the plan is on stderr, the outcome on stdout', async () => {
    const { stdout, stderr, questions, exitCode } = await run(Apply, ['jobs/'])
    expect(questions).toEqual([])
    expect(stderr).toContain('Plan: 2 to start')
    expect(stderr).toContain('web.0 on nuc1 done')
    expect(stdout).toMatch(/^SLOT .*\nweb.0 .*started/)
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
    expect(terminal.stdout.includes('Nothing was changed.')).toBe(!goes)
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

  test('--dry-run shows the plan on stdout and does nothing', async () => {
    const apply = vi.fn<Hc['apply']>()
    const text = await run(Apply, ['--dry-run'], { hc: { apply } })
    expect(text.stdout).toContain('Plan: 2 to start')
    const json = await run(Apply, ['--dry-run', '--json'], { hc: { apply, plan: async () => PLAN } })
    expect([json.json, json.exitCode]).toMatchObject([{ changes: true, results: [] }, 4])
    expect(apply).not.toHaveBeenCalled()
  })
})

describe('plan and status', () => {
  test('plan --exit-code', async () => {
    const code = async (argv: string[], hc: Partial<Hc>) => (await run(Plan, argv, { hc })).exitCode
    expect(await code(['--exit-code'], {})).toBe(2)
    expect(await code(['--exit-code'], { plan: async () => NO_PLAN })).toBe(0)
    expect(await code(['--exit-code'], { plan: () => Promise.reject(new UserError('wrong')) })).toBe(1)
    expect(await code(['--exit-code', '--frob'], {})).toBe(1)
    expect(await code([], {})).toBe(0)
    expect(await code([], { plan: async () => PLAN })).toBe(4)
  })

  test('status is 1 when not converged, and -o wide has more columns', async () => {
    const { exitCode, stdout } = await run(Status, ['web', '-o', 'wide'], { hc: { status: async () => UNPLACED } })
    expect(exitCode).toBe(1)
    expect(stdout).toContain('DRIVERS')
    expect((await run(Status, ['-o', 'tall'])).exitCode).toBe(2)
  })

  test('status --watch looks until Ctrl-C: an object per line', async () => {
    const status = vi.fn<Hc['status']>(async () => ALL_WELL)
    const { jsonLines, exitCode } = await run(Status, ['--watch', '--json', 'nuc1'], { hc: { status } })
    expect(jsonLines.length).toBe(status.mock.calls.length)
    expect(jsonLines.length).toBeGreaterThan(1)
    expect(jsonLines[0]).toMatchObject({ apiVersion: 'hc/v1', converged: true })
    expect(status).toHaveBeenCalledWith('nuc1')
    expect(exitCode).toBe(130)
  })

  test('status --watch on a terminal draws in place', async () => {
    const { stdout } = await run(Status, ['--watch'], { tty: true, env: { NO_COLOR: '1' } })
    expect(stdout.startsWith('\x1b[2J\x1b[HAll is well')).toBe(true)
    expect(stdout.match(/\x1b\[2J/g)).toHaveLength(1)
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

  test('a name is required', async () => {
    expect((await run(JobStop, [])).exitCode).toBe(2)
    expect((await run(JobStop, ['web', 'db'])).exitCode).toBe(2)
  })
})

describe('logs and events', () => {
  test('logs: prefix, bounds, warnings', async () => {
    const logs = vi.fn<Hc['logs']>(async (_, { onLine, onWarning }) => {
      onLine(LINE)
      onWarning('nuc2 is out of reach')
    })
    const text = await run(Logs, ['web', 'db.0', '--grep', 'x'], { hc: { logs } })
    expect([text.stdout, text.stderr]).toEqual(['web.0@nuc1 | hello\n', 'warning: nuc2 is out of reach\n'])
    expect((await run(Logs, ['--no-prefix', '-n', 'all'], { hc: { logs } })).stdout).toBe('hello\n')
    await run(Logs, ['--since', '-1h'], { hc: { logs } })
    expect(logs.mock.calls).toMatchObject([
      [['web', 'db.0'], { lines: 100, grep: 'x', follow: false, since: null }],
      [[], { lines: null }],
      [[], { lines: null, since: '-1h' }],
    ])
    const json = await run(Logs, ['--json'], { hc: { logs } })
    expect(json.json).toEqual({ apiVersion: 'hc/v1', lines: [LINE] })
    const lines = await run(Logs, ['-f', '--json'], { hc: { logs } })
    expect(lines.jsonLines).toEqual([{ apiVersion: 'hc/v1', ...LINE }])
  })

  test('events: text, one object, or one per line', async () => {
    const events = vi.fn<Hc['events']>(async ({ onEvent }) => onEvent(EVENT))
    expect((await run(Events, [], { hc: { events } })).stdout).toContain('web.0 on nuc1: started')
    expect((await run(Events, ['--json', '-n', '3'], { hc: { events } })).json).toEqual({
      apiVersion: 'hc/v1',
      events: [EVENT],
    })
    expect((await run(Events, ['--json', '-f'], { hc: { events } })).jsonLines).toEqual([
      { apiVersion: 'hc/v1', ...EVENT },
    ])
    expect(events.mock.calls.map(([options]) => options.limit)).toEqual([50, 3, 50])
  })

  test('following ends in good order when nobody reads any more', async () => {
    const terminal = new FakeTerminal()
    const events: Hc['events'] = async () => {
      terminal.readerGone()
      if (calls.opened[0]?.signal?.aborted) throw new Error('aborted')
    }
    await run(Events, ['-f'], { on: terminal, hc: { events } })
    expect([terminal.exitCode, terminal.stderr]).toEqual([0, ''])
  })
})

describe('host run', () => {
  const answer = (host: string, exitCode: number | null) => ({
    host,
    exitCode,
    stdout: '',
    stderr: '',
    error: exitCode === null ? 'connection refused' : null,
    failure: exitCode === null ? ('refused' as const) : null,
  })

  test('passes the words as they are, also words that occur twice, and streams with the host in front', async () => {
    const hostRun = vi.fn<Hc['hostRun']>(async (_pattern, _command, { onOutput }) => {
      onOutput('nuc1', 'stdout', 'one\ntw')
      onOutput('nuc2', 'stderr', 'oops')
      onOutput('nuc1', 'stdout', 'o\x1b[2J\n')
      return [answer('nuc1', 0), answer('nuc2', 4)]
    })
    const argv = ['web', '--parallel', '3', '--timeout', '10s', '--', 'echo', 'a', 'b', 'a', '--json', 'web']
    const { stdout, stderr, exitCode } = await run(HostRun, argv, { hc: { hostRun } })
    expect(hostRun.mock.calls[0]).toMatchObject([
      'web',
      ['echo', 'a', 'b', 'a', '--json', 'web'],
      { parallel: 3, timeoutMs: 10_000 },
    ])
    expect(stdout).toBe('nuc1 | one\nnuc1 | two\n')
    expect(stderr).toBe('nuc2 | oops\nnuc2: exit 4\n2 hosts: 1 ok, 1 failed, 0 not run\n')
    expect(exitCode).toBe(4)
  })

  test('its own failures are 125', async () => {
    const code = async (argv: string[], hc: Partial<Hc> = {}) => (await run(HostRun, argv, { hc })).exitCode
    expect(await code(['all'])).toBe(125)
    expect(await code(['all', '--frob', '--', 'true'])).toBe(125)
    expect(await code(['none', '--', 'true'])).toBe(125)
    expect(await code(['all', '--', 'true'], { hostRun: async () => [answer('nuc1', null), answer('nuc2', 0)] })).toBe(
      125,
    )
    expect(await code(['all', '--', 'true'], { hostRun: async () => [answer('nuc1', 0)] })).toBe(0)
  })
})

describe('inventory and endpoints', () => {
  test('inventory list --json is what ansible-inventory prints, without a word of ours', async () => {
    const { json } = await run(InventoryList, ['--json'])
    expect(json).toEqual({ _meta: { hostvars: { nuc1: {} } }, all: { children: [] } })
    expect((await run(InventoryList, [])).stdout).toBe('HOST  ADDRESS\nnuc1  nuc1\n')
    expect((await run(InventoryGraph, [])).stdout).toBe('@all:\n  |--nuc1\n')
  })

  test('endpoints for other programs', async () => {
    expect((await run(Endpoints, ['--hosts'])).stdout).toBe('10.0.0.1 web web.0\n')
    expect((await run(Endpoints, ['--caddy'])).stdout).toBe('(hc-web-http) {\n\treverse_proxy 10.0.0.1:80\n}\n')
    expect((await run(Endpoints, ['--hosts', '--caddy'])).exitCode).toBe(2)
  })
})
