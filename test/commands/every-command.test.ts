import { describe, expect, test, vi } from 'vitest'
import Apply from '../../commands/apply.js'
import Completion from '../../commands/completion.js'
import ControlAdd from '../../commands/control/add.js'
import ControlCheck from '../../commands/control/check.js'
import ControlList from '../../commands/control/list.js'
import ControlPromote from '../../commands/control/promote.js'
import ControlRemove from '../../commands/control/remove.js'
import Doctor from '../../commands/doctor.js'
import DrillLose from '../../commands/drill/lose.js'
import Endpoints from '../../commands/endpoints.js'
import Events from '../../commands/events.js'
import Exec from '../../commands/exec.js'
import Explain from '../../commands/explain.js'
import ExportNomad from '../../commands/export/nomad.js'
import HostClean from '../../commands/host/clean.js'
import HostConfirmLost from '../../commands/host/confirm-lost.js'
import HostCordon from '../../commands/host/cordon.js'
import HostDrain from '../../commands/host/drain.js'
import HostFenceTest from '../../commands/host/fence-test.js'
import HostForget from '../../commands/host/forget.js'
import HostList from '../../commands/host/list.js'
import HostRun from '../../commands/host/run.js'
import HostShow from '../../commands/host/show.js'
import HostUncordon from '../../commands/host/uncordon.js'
import ImportCompose from '../../commands/import/compose.js'
import InventoryCheck from '../../commands/inventory/check.js'
import InventoryGraph from '../../commands/inventory/graph.js'
import InventoryList from '../../commands/inventory/list.js'
import JobHistory from '../../commands/job/history.js'
import JobList from '../../commands/job/list.js'
import JobMove from '../../commands/job/move.js'
import JobRemove from '../../commands/job/remove.js'
import JobRestart from '../../commands/job/restart.js'
import JobRollback from '../../commands/job/rollback.js'
import JobRun from '../../commands/job/run.js'
import JobShow from '../../commands/job/show.js'
import JobStart from '../../commands/job/start.js'
import JobStop from '../../commands/job/stop.js'
import JobUpdate from '../../commands/job/update.js'
import Logs from '../../commands/logs.js'
import Plan from '../../commands/plan.js'
import Rebalance from '../../commands/rebalance.js'
import Reconcile from '../../commands/reconcile.js'
import Simulate from '../../commands/simulate.js'
import Status from '../../commands/status.js'
import StoreBackup from '../../commands/store/backup.js'
import StoreMigrate from '../../commands/store/migrate.js'
import StoreRestore from '../../commands/store/restore.js'
import Validate from '../../commands/validate.js'
import type { Hc } from '../../src/hc.js'
import { LockedError, UserError } from '../../src/model/errors.js'
import { FakeTerminal } from '../ui/fake-terminal.js'
import { DONE } from '../ui/samples-done.js'
import { calls } from './fake-hc.js'
import { INVENTORY_EDITS } from './inventory-edits.js'
import { run } from './run.js'

vi.mock('../../src/hc.js', () => import('./fake-hc.js'))

describe('every command', () => {
  const all = [
    [Apply, [], ['changes', 'actions', 'unplaced', 'survives', 'results']],
    [Plan, [], ['changes', 'actions', 'unplaced', 'survives']],
    [Status, [], ['converged', 'loop', 'hosts', 'jobs', 'allocations', 'unplaced', 'unclaimed']],
    [Reconcile, [], ['changes', 'actions', 'results', 'converged', 'hosts']],
    [Simulate, [], ['placements', 'unplaced', 'moves', 'survives', 'proved', 'hosts']],
    [Validate, [], ['files', 'jobs', 'hosts', 'notes']],
    [Endpoints, [], ['endpoints']],
    [JobList, [], ['jobs']],
    [JobShow, ['web'], ['job', 'allocations']],
    [Explain, ['web'], ['slots']],
    [Doctor, [], ['hosts', 'findings', 'counts', 'outOfReach']],
    [JobHistory, ['web'], ['job', 'versions']],
    [JobRollback, ['web'], ['results']],
    [JobUpdate, ['web'], ['results', 'actions']],
    [JobRun, ['web'], ['job', 'runs', 'exitCode']],
    [JobStop, ['web'], ['results']],
    [JobStart, ['web'], ['results']],
    [JobRestart, ['web'], ['results']],
    [JobRemove, ['web', '--yes'], ['results']],
    [Logs, [], ['lines']],
    [HostList, [], ['hosts']],
    [HostShow, ['nuc3'], ['host', 'allocations', 'events', 'hints']],
    [HostCordon, ['nuc3'], ['hosts']],
    [HostUncordon, ['nuc3'], ['hosts']],
    [HostFenceTest, ['nuc1'], ['host', 'driver', 'power', 'cycled']],
    [DrillLose, ['nuc2', '--yes'], ['host', 'moves', 'slots', 'silentMs', 'verdict']],
    [HostForget, ['nuc2', '--yes'], ['hosts']],
    [HostConfirmLost, ['nuc2'], ['hosts']],
    [HostClean, ['nuc1', '--yes'], ['host', 'units', 'results']],
    [JobMove, ['web', 'nuc2'], ['actions', 'results', 'there']],
    [Rebalance, [], ['actions', 'moves', 'minGain', 'more', 'kept', 'hosts', 'results']],
    [HostDrain, ['nuc1'], ['actions', 'staying', 'results']],
    [InventoryCheck, [], ['files', 'hosts', 'groups', 'notes']],
    [InventoryGraph, [], ['graph']],
    [Events, [], ['events']],
    [StoreBackup, ['hc.json'], ['file', 'madeAt', 'sha256', 'bytes', 'cluster', 'term', 'jobs', 'missing']],
    [StoreRestore, ['hc.json'], ['file', 'cluster', 'term', 'replaced']],
    [StoreMigrate, ['etcd://nuc1'], ['from', 'to', 'cluster', 'term', 'eventsLeft']],
    [ControlList, [], ['store', 'machines', 'spare', 'trouble']],
    [ControlCheck, [], ['store', 'machines', 'findings']],
    [ControlPromote, ['nuc1', '--yes'], ['store', 'members', 'plan', 'done', 'notes', 'declined']],
    [ControlRemove, ['nuc1', '--yes'], ['store', 'members', 'plan', 'done', 'notes', 'declined']],
    [ControlAdd, ['nuc1', '--yes'], ['store', 'members', 'plan', 'done', 'notes', 'declined']],
    ...INVENTORY_EDITS,
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

  test.each([
    ...all,
    [HostRun, ['all', '--', 'true'], []],
    [Exec, ['web', '--', 'true'], []],
    [InventoryList, [], []],
    [ImportCompose, [], []],
    [Completion, [], []],
    [ExportNomad, [], []],
  ] as const)('%o has a summary and examples, and a parse error with --json is a small object', async (command) => {
    expect(command.summary?.length).toBeGreaterThan(10)
    expect(command.examples?.length).toBeGreaterThan(0)
    const { stdout, json, exitCode } = await run(command, ['--json', '--frobnicate'])
    expect(json).toMatchObject({
      apiVersion: 'hc/v1',
      error: { code: 'usage', message: 'unknown flag: --frobnicate', at: null, host: null },
    })
    expect(stdout.length).toBeLessThan(500)
    expect(exitCode).toBe(['HostRun', 'Exec', 'JobRun'].includes(command.name) ? 125 : 2)
  })
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
