// The command over machines and files in memory.
import { afterEach, describe, expect, test, vi } from 'vitest'
import Init from '../../commands/init.js'
import type { OfferedHost } from '../../src/model/init.js'
import { BOOT, initWorld } from '../controller/support/init-world.js'
import type { Machine } from '../controller/support/trial-doors.js'
import { FakeTerminal, type FakeTerminalOptions } from '../ui/fake-terminal.js'
import { run } from './run.js'

const current: { world: ReturnType<typeof initWorld> } = { world: initWorld({}) }

vi.mock('../../src/hc.js', async () => ({
  ...(await import('./fake-hc.js')),
  openInit: async () => ({ ...current.world.init, close: async () => {} }),
}))

function machines(table: Readonly<Record<string, Machine>>, offered: readonly OfferedHost[] = []) {
  current.world = initWorld(table, offered)
  return current.world
}

const GOOD: Readonly<Record<string, Machine>> = {
  '10.0.0.1': { hostname: 'nuc1', bootId: BOOT('1'), machineId: '1'.repeat(32), tools: ['busybox'] },
  '10.0.0.2': { hostname: 'nuc2', bootId: BOOT('2'), machineId: '2'.repeat(32), tools: ['busybox'] },
}
const NO_ANSWER = { kind: 'unreachable', message: 'no answer from 10.0.0.9 port 22', hint: null } as const

/** A terminal with answers, on which the command runs. */
function talk(answers: readonly string[], argv: readonly string[] = [], more: FakeTerminalOptions = {}) {
  return run(Init, argv, { tty: true, env: { NO_COLOR: '1' }, answers, ...more })
}

afterEach(() => machines({}))

describe('without a terminal', () => {
  test('hosts by flags: tried, written, and the next commands', async () => {
    const { files } = machines(GOOD)
    const { stdout, stderr, exitCode } = await run(Init, ['-H', 'root@10.0.0.[1:2]'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('Wrote /srv/c/inventory.yml\nWrote /srv/c/jobs/hello.yml\n\nNext:\n  hc plan')
    expect(stderr).toContain('2 hosts can take jobs.')
    expect(files.get('/srv/c/inventory.yml')).toContain('    nuc1:\n')
    expect(files.get('/srv/c/inventory.yml')).toContain('ansible_user: root\n')
  })

  test('--json is one document', async () => {
    machines(GOOD)
    const { json, exitCode } = await run(Init, ['--host', '10.0.0.1', '--user', 'root', '--json'])
    expect(json).toMatchObject({
      apiVersion: 'hc/v1',
      written: true,
      folder: '/srv/c',
      files: ['/srv/c/inventory.yml', '/srv/c/jobs/hello.yml'],
      hosts: [{ name: 'nuc1', address: '10.0.0.1', user: 'root', local: false, trial: { ok: true } }],
    })
    expect(exitCode).toBe(0)
  })

  test.each<[string, Machine, number, string]>([
    ['no answer', { failure: NO_ANSWER }, 3, '--keep-failing'],
    ['an unknown key', { key: 'SHA256:k' }, 1, '--accept-new-host-key'],
    ['no login', { failure: { kind: 'auth', message: 'refused', hint: 'ssh-copy-id' } }, 1, '--keep-failing'],
  ])('a host that fails, and nothing is written: %s', async (_, machine, code, flag) => {
    const { files } = machines({ ...GOOD, '10.0.0.9': machine })
    const { stdout, stderr, exitCode } = await run(Init, ['-H', '10.0.0.1', '-H', '10.0.0.9'])
    expect([exitCode, stdout, files.size]).toEqual([code, '', 0])
    expect(stderr).toContain('Nothing was written.')
    expect(stderr).toContain(flag)
    const { json } = await run(Init, ['-H', '10.0.0.1', '-H', '10.0.0.9', '--json'])
    expect(json).toMatchObject({ written: false, hosts: [{ trial: { ok: false } }, { trial: { ok: true } }] })
  })

  test('--keep-failing writes it with the reason, --no-try asks no host, --accept-new-host-key takes keys', async () => {
    const kept = machines({ ...GOOD, '10.0.0.9': { failure: NO_ANSWER } })
    expect((await run(Init, ['-H', '10.0.0.1', '-H', 'nuc9=10.0.0.9', '--keep-failing'])).exitCode).toBe(0)
    expect(kept.files.get('/srv/c/inventory.yml')).toContain('# When it was tried: no answer from 10.0.0.9 port 22')
    const untried = machines({})
    expect((await run(Init, ['-H', '10.0.0.1', '--no-try'])).exitCode).toBe(0)
    expect([untried.logins, untried.files.size]).toEqual([[], 2])
    machines({ '10.0.0.1': { ...GOOD['10.0.0.1'], key: 'SHA256:k' } })
    const accepted = await run(Init, ['-H', '10.0.0.1', '--accept-new-host-key'])
    expect([accepted.exitCode, accepted.stderr]).toEqual([0, expect.stringContaining('SHA256:k')])
  })

  test('usage: no host, a word that makes no sense, files that are there', async () => {
    const { files } = machines(GOOD)
    const none = await run(Init, [])
    expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining('needs --host')])
    const wrong = await run(Init, ['-H', 'a/b'])
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('"a/b" is neither')])
    for (const argv of [
      ['-H', ''],
      ['-H', 'a=10.0.0.1', '-H', 'a=10.0.0.2'],
      ['-H', 'a b=root@10.0.0.1'],
      ['', '-H', '10.0.0.1'],
    ])
      expect((await run(Init, argv)).exitCode).toBe(2)
    const inventory = await run(Init, ['-i', 'x.yml', '-H', 'a'])
    expect([inventory.exitCode, inventory.stderr]).toEqual([2, expect.stringContaining('takes a folder')])
    files.set('/srv/c/jobs/hello.yml', 'mine')
    const there = await run(Init, ['-H', '10.0.0.1'])
    expect([there.exitCode, there.stderr]).toEqual([2, expect.stringContaining('overwrites nothing')])
    expect(current.world.logins).toEqual([])
  })

  test('words behind a host are no hosts; a folder is quoted for the shell', async () => {
    for (const [folder, said] of [
      ['cluster', 'cd cluster'],
      ["my cluster's", "cd 'my cluster'\\''s'"],
      ['$(x)', "cd '$(x)'"],
    ] as const) {
      const { files } = machines(GOOD)
      const { stdout, exitCode } = await run(Init, ['-H', 'a=10.0.0.1', folder])
      expect([exitCode, files.get('/srv/c/inventory.yml')?.includes('    cluster:')]).toEqual([0, false])
      expect(stdout).toContain(`\n  ${said}\n`)
    }
  })

  test('HC_INVENTORY would hide the new inventory', async () => {
    machines(GOOD)
    vi.stubEnv('HC_INVENTORY', '/etc/other.yml')
    const { stderr, exitCode } = await run(Init, ['-H', '10.0.0.1'])
    vi.unstubAllEnvs()
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('HC_INVENTORY names /etc/other.yml: unset it')])
  })
})

describe('on a terminal', () => {
  const OFFERED = [
    { name: 'nuc1', target: 'root@10.0.0.1', from: '~/.ssh/config' },
    { name: 'nas', target: 'nas', from: '~/.ssh/known_hosts' },
  ]

  test('hosts are offered, and numbers choose them', async () => {
    const { files } = machines({ nuc1: { user: 'admin', tools: ['busybox'] } }, OFFERED)
    const { stderr, questions, exitCode } = await talk(['1', ''])
    expect(stderr).toMatch(/# {2}NAME {2}LEADS TO +FROM\n1 {2}nuc1 {2}root@10\.0\.0\.1 {2}~\/\.ssh\/config\n2 {2}nas/)
    expect(questions).toEqual(['Hosts: ', 'Write the files? [Y/n], or name more hosts: '])
    expect([exitCode, files.size]).toEqual([0, 2])
  })

  test('mistakes are said, and asked again', async () => {
    const { files } = machines(GOOD)
    const { stderr, exitCode } = await talk([
      '',
      '7',
      'nuc[3:1]',
      'a/b',
      '10.0.0.1',
      'ro ot',
      'root',
      'x=10.0.0.1',
      'y',
    ])
    for (const said of ['7 is no number', 'makes no sense', '"a/b" is neither', '"ro ot" is no user name', 'so has'])
      expect(stderr).toContain(said)
    expect([exitCode, files.size]).toEqual([0, 2])
  })

  test('the user is asked for once, and not where ssh knows it', async () => {
    machines({ ...GOOD, nuc5: { user: 'admin', bootId: BOOT('5') } })
    const { questions } = await talk(['nuc5', '10.0.0.1 10.0.0.2', 'admin', 'n'])
    expect(questions.filter((question) => question.startsWith('Log in as?'))).toHaveLength(1)
  })

  test('keys are shown and asked about in turn; the fingerprint is an answer too', async () => {
    const { files } = machines({
      a: { key: 'SHA256:a', bootId: BOOT('1'), user: 'u' },
      b: { key: 'SHA256:b', bootId: BOOT('2'), user: 'u' },
      c: { key: 'SHA256:c', bootId: BOOT('3'), user: 'u' },
    })
    const { stderr, questions } = await talk(['a b c', 'yes', 'SHA256:b', 'SHA256:wrong', 'l', ''])
    const keys = questions.filter((question) => question.startsWith('Record it'))
    expect(keys).toHaveLength(3)
    expect(stderr).toContain('ssh-ed25519 SHA256:a\n')
    expect(stderr).toContain('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')
    expect(files.get('/srv/c/inventory.yml')).toMatch(/ {4}a:[\s\S]* {4}b:/)
    expect(files.get('/srv/c/inventory.yml')).not.toContain('    c:')
  })

  test('a host that fails: tried again, as another user, said anew, left out, kept, or the end', async () => {
    const table = { ...GOOD, '10.0.0.9': { failure: NO_ANSWER } }
    const again = machines(table)
    await talk(['root@10.0.0.9', '', 'zz', 'u', 'admin', 'host-9=root@10.0.0.1', ''])
    expect(again.logins).toEqual(['host-9', 'host-9', 'host-9', 'host-9'])
    expect(again.files.get('/srv/c/inventory.yml')).toContain('ansible_host: 10.0.0.1')
    const out = machines(table)
    await talk(['root@10.0.0.1 root@10.0.0.9', 'l', ''])
    expect(out.files.get('/srv/c/inventory.yml')).not.toContain('10.0.0.9')
    const kept = machines(table)
    await talk(['root@10.0.0.9', 'K', ''])
    expect(kept.files.get('/srv/c/inventory.yml')).toContain('10.0.0.9')
    const left = machines(table)
    const { stderr, exitCode } = await talk(['root@10.0.0.9', 'q'])
    expect([exitCode, left.files.size]).toEqual([1, 0])
    expect(stderr).toContain('Nothing was written.')
  })

  test('the end of the input, no, and no host that is left, leave nothing', async () => {
    const { files } = machines({ ...GOOD, '10.0.0.9': { failure: NO_ANSWER } })
    expect((await talk([])).exitCode).toBe(1)
    expect((await talk(['root@10.0.0.1'])).exitCode).toBe(1)
    expect((await talk(['root@10.0.0.1', 'no'])).exitCode).toBe(1)
    expect((await talk(['root@10.0.0.1', 'q'])).exitCode).toBe(1)
    expect((await talk(['quit'])).exitCode).toBe(1)
    expect((await talk(['l'], ['-H', 'root@10.0.0.9'])).exitCode).toBe(1)
    expect((await talk(Array.from({ length: 500 }, () => ''))).exitCode).toBe(1)
    expect(files.size).toBe(0)
  })

  test('Ctrl-C at a question leaves nothing', async () => {
    const { files } = machines(GOOD)
    const terminal = new FakeTerminal({ tty: true, env: { NO_COLOR: '1' }, answers: ['root@10.0.0.1'] })
    const ask = terminal.ask.bind(terminal)
    terminal.ask = async (question, signal) => {
      if (question.startsWith('Write')) terminal.end('SIGINT')
      return ask(question, signal)
    }
    await run(Init, [], { on: terminal })
    expect([terminal.exitCode, files.size]).toEqual([130, 0])
    expect(terminal.stderr).toContain('Interrupted: nothing is written.')
  })

  test('with --host only what goes wrong is asked about', async () => {
    const { files } = machines(GOOD)
    const { questions, exitCode } = await talk([], ['-H', 'root@10.0.0.[1:2]'])
    expect([questions, exitCode, files.size]).toEqual([[], 0, 2])
  })
})
