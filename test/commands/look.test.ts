import { describe, expect, test, vi } from 'vitest'
import Endpoints from '../../commands/endpoints.js'
import Events from '../../commands/events.js'
import HostRun from '../../commands/host/run.js'
import InventoryCheck from '../../commands/inventory/check.js'
import InventoryGraph from '../../commands/inventory/graph.js'
import InventoryList from '../../commands/inventory/list.js'
import Logs from '../../commands/logs.js'
import Plan from '../../commands/plan.js'
import Simulate from '../../commands/simulate.js'
import Status from '../../commands/status.js'
import type { Hc } from '../../src/hc.js'
import { UserError } from '../../src/model/errors.js'
import { FakeTerminal } from '../ui/fake-terminal.js'
import { ALL_WELL, NOW, UNPLACED } from '../ui/samples.js'
import { NO_PLAN, PLAN } from '../ui/samples-done.js'
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

  const seen = { ...ALL_WELL, seenAt: '2026-11-22T10:00:00.000Z', source: 'loop' as const }

  test('status --watch: an object per view until Ctrl-C, and the filter goes along', async () => {
    const watch = vi.fn<Hc['watch']>(async ({ onView, onTrouble, signal }) => {
      onView(seen)
      onTrouble('the loop \x1b[2Jhangs')
      onView({ ...seen, converged: false, source: 'own' })
      onTrouble(null)
      terminal.end('SIGINT')
      expect(signal.aborted).toBe(true)
    })
    const terminal = new FakeTerminal({})
    const { jsonLines, exitCode, stderr } = await run(Status, ['--watch', '--json', 'nuc1'], {
      hc: { watch },
      on: terminal,
    })
    expect(jsonLines).toMatchObject([
      { apiVersion: 'hc/v1', converged: true, source: 'loop', seenAt: seen.seenAt },
      { apiVersion: 'hc/v1', converged: false, source: 'own' },
    ])
    expect(watch).toHaveBeenCalledWith(expect.objectContaining({ filter: 'nuc1' }))
    expect(stderr).toContain('warning: the loop hangs\n')
    expect(exitCode).toBe(130)
  })

  test('status --watch of a name that is neither job nor host is an error at once', async () => {
    const watch = () => Promise.reject(new UserError('wbe is neither a host nor a job', { code: 'not-found' }))
    const { stderr, exitCode } = await run(Status, ['wbe', '--watch'], { hc: { watch } })
    expect([stderr, exitCode]).toEqual([expect.stringContaining('wbe is neither a host nor a job'), 2])
  })

  test('status --watch on a terminal draws in place, with trouble above', async () => {
    const watch: Hc['watch'] = async ({ onView, onTrouble }) => {
      onView(seen)
      onTrouble('the loop hangs')
      onTrouble(null)
    }
    const { stdout } = await run(Status, ['--watch'], { tty: true, env: { NO_COLOR: '1' }, hc: { watch } })
    const [begin, first, second, third] = stdout.split('\x1b[H')
    expect(begin).toBe('\x1b[2J')
    expect(first?.startsWith('All is well')).toBe(true)
    expect(second?.startsWith('warning: the loop hangs\x1b[K\n\x1b[K\nAll is well')).toBe(true)
    expect(third).toBe(first)
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
    await run(Logs, ['--since', '-1h', '--until', 'today', '--all-hosts'], { hc: { logs } })
    expect(logs.mock.calls).toMatchObject([
      [['web', 'db.0'], { lines: 100, grep: 'x', follow: false, since: null }],
      [[], { lines: null }],
      [[], { lines: null, since: '-1h', until: 'today', allHosts: true }],
    ])
    expect((await run(Logs, ['--utc'], { hc: { logs } })).stdout).toBe('2026-11-22T09:59:01Z web.0@nuc1 | hello\n')
    expect((await run(Logs, ['-t', '--no-prefix'], { hc: { logs } })).stdout).toMatch(
      /^2026-11-\d\d \d\d:59:01\.000 hello\n$/,
    )
    expect((await run(Logs, ['-f', '--until', 'today'], { hc: { logs } })).exitCode).toBe(2)
    const json = await run(Logs, ['--json'], { hc: { logs } })
    expect(json.json).toEqual({ apiVersion: 'hc/v1', lines: [LINE] })
    const lines = await run(Logs, ['-f', '--json'], { hc: { logs } })
    expect(lines.jsonLines).toEqual([{ apiVersion: 'hc/v1', ...LINE }])
  })

  test('logs: a slot has the same colour everywhere, notes go to stderr, a missing journal is code 3', async () => {
    const logs: Hc['logs'] = async (_, { onLine, onNote, onMissing }) => {
      for (const host of ['nuc1', 'nuc2']) onLine({ ...LINE, host })
      onLine({ ...LINE, slot: 'web.1' })
      onNote?.('web.1 moved from nuc1 to nuc2')
      onMissing?.('nuc3')
    }
    const { stdout, stderr, exitCode } = await run(Logs, [], { tty: true, hc: { logs } })
    const colours = [...stdout.matchAll(/\x1b\[(\d+)m(\S+)@/g)].map(([, colour, slot]) => `${slot} ${colour}`)
    expect(colours[0]).toBe(colours[1])
    expect(colours[2]?.split(' ')[1]).not.toBe(colours[0]?.split(' ')[1])
    expect(stderr).toContain('-- web.1 moved from nuc1 to nuc2')
    expect(exitCode).toBe(3)
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
    expect(events.mock.calls.some(([options]) => 'filter' in options)).toBe(false)
  })

  test('events: filters; a wrong kind or time is told with what is right', async () => {
    const events = vi.fn<Hc['events']>(async ({ onEvent }) => onEvent({ ...EVENT, text: 'started '.repeat(12).trim() }))
    const argv = ['--job', 'web', '--host', 'nuc1', '--kind', 'done', '--kind', 'failed', '--since', '1h']
    const { stdout } = await run(Events, argv, { tty: true, env: { NO_COLOR: '1' }, hc: { events } })
    expect(events.mock.calls[0]?.[0]).toMatchObject({
      limit: Number.MAX_SAFE_INTEGER,
      filter: { job: 'web', host: 'nuc1', kinds: ['done', 'failed'], since: new Date(NOW - 3_600_000).toISOString() },
    })
    const lines = stdout.trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
    expect(lines[1]).toMatch(/^ {36}started/)
    const kind = await run(Events, ['--kind', 'verdct'], { hc: { events } })
    expect([kind.exitCode, kind.stderr]).toEqual([2, expect.stringContaining('did you mean "verdict"?')])
    expect((await run(Events, ['--since', 'soon'], { hc: { events } })).exitCode).toBe(2)
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
    expect(stderr).toBe('nuc2 | oops\nnuc2: exit 4\n2 hosts: 1 ok, 1 failed, 0 not done\n')
    expect(exitCode).toBe(4)
  })

  test('--group: hosts that said the same together, at the end; outputs are kept only where they are needed', async () => {
    const hostRun = vi.fn<Hc['hostRun']>(async (_pattern, _command, { onOutput }) => {
      onOutput('nuc1', 'stdout', 'x\n')
      const said = (host: string, stdout: string) => ({ ...answer(host, 0), stdout })
      return [
        said('nuc1', '12\n  a\n'),
        { ...said('nuc2', ''), stderr: '' },
        said('nuc3', '12\n  a\n'),
        answer('nuc4', null),
      ]
    })
    const { stdout, stderr } = await run(HostRun, ['all', '--group', '--', 'cat', 'x'], { hc: { hostRun } })
    expect(stdout).toBe('nuc1 and nuc3:\n  12\n    a\nnuc2:\n  (nothing)\n')
    expect(stderr).toBe('nuc4: connection refused\n4 hosts: 3 ok, 0 failed, 1 not done\n')
    await run(HostRun, ['all', '--', 'cat', 'x'], { hc: { hostRun } })
    await run(HostRun, ['all', '--json', '--', 'cat', 'x'], { hc: { hostRun } })
    expect(hostRun.mock.calls.map(([, , { keep }]) => keep)).toEqual([undefined, 0, undefined])
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

  test('inventory list --host shows one host, graph begins at a group', async () => {
    const inventoryHost = async (name: string) => ({
      shown: { ansible_host: `${name}\x1b[31m`, port: 22 },
      unusable: 'it has a fault',
    })
    const text = await run(InventoryList, ['--host', 'nuc1'], { hc: { inventoryHost } })
    expect(text.stdout).toBe('VARIABLE      VALUE\nansible_host  nuc1\nport          22\n')
    expect(text.stderr).toBe('warning: it has a fault\n')
    expect((await run(InventoryList, ['--host', 'a', '--json'])).json).toEqual({ ansible_host: '10.0.0.1' })
    expect((await run(InventoryList, ['--host', 'a', '--limit', 'b'])).exitCode).toBe(2)
    const inventoryGraph: Hc['inventoryGraph'] = async (options) => ({
      shown: JSON.stringify(options),
      unusable: null,
    })
    const graph = await run(InventoryGraph, ['web', '--vars'], { hc: { inventoryGraph } })
    expect(graph.stdout).toBe('{"group":"web","variables":true}\n')
  })

  test('inventory check says what is there and what should be known', async () => {
    const view = { files: ['i.yml', 'v.yml'], hosts: ['a'], groups: ['x', 'y'], notes: ['v.yml: names no host'] }
    const { stdout } = await run(InventoryCheck, [], { hc: { inventoryCheck: async () => view } })
    expect(stdout).toBe('Valid: 1 host, 2 groups, no faults (2 files).\n\nRemarks\n  v.yml: names no host\n')
  })

  test('simulate ends with 4 where something has no place, in both forms', async () => {
    const view = {
      placements: [],
      unplaced: [{ slot: 'web.0', reasons: [], remedy: 'it would fit on nuc1' }],
      moves: [],
      survives: {},
      proved: true,
      remedy: null,
      looked: true,
      basis: [],
      hosts: [],
      fill: null,
    }
    const text = await run(Simulate, [], { hc: { simulate: async () => view } })
    expect([text.exitCode, text.stdout.includes('It would fit on nuc1')]).toEqual([4, true])
    const json = await run(Simulate, ['--json'], { hc: { simulate: async () => view } })
    expect([json.exitCode, JSON.parse(json.stdout).unplaced]).toEqual([4, view.unplaced])
    const all = await run(Simulate, [], { hc: { simulate: async () => ({ ...view, unplaced: [] }) } })
    expect(all.exitCode).toBe(0)
  })

  test('endpoints for other programs', async () => {
    expect((await run(Endpoints, ['--hosts'])).stdout).toBe('10.0.0.1 web web.0\n')
    expect((await run(Endpoints, ['--caddy'])).stdout).toBe('(hc-web-http) {\n\treverse_proxy 10.0.0.1:80\n}\n')
    expect((await run(Endpoints, ['--hosts', '--caddy'])).exitCode).toBe(2)
  })
})
