// What is said to a host for `hc exec`: the scripts run here, in real shells, beside real processes.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ExecRequest, endScript, execScripts } from '../../src/remote/exec.js'
import { sessionCommand, sessionScript } from '../../src/remote/session.js'
import { gone } from '../ssh/world.js'

const MARK = 'ab12'
const NONCE = '0123456789abcdef0123456789abcdef'

const request: ExecRequest = {
  slot: 'web.0',
  job: 'web',
  host: 'nuc1',
  driver: 'systemd',
  unit: 'hc-web.0.service',
  command: ['env'],
  term: null,
  mark: MARK,
}

let folder = ''
const children: ChildProcess[] = []

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'hc-exec-')))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** A program of the host that says what the test wants. */
function program(name: string, text: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`)
  chmodSync(join(folder, name), 0o755)
}

/** Starts the main process of the unit. */
function mainProcess(env: Record<string, string>): void {
  const child = spawn('sleep', ['60'], { cwd: folder, env: { PATH: process.env.PATH ?? '', ...env } })
  children.push(child)
  program('systemctl', `[ "$3" = hc-web.0.service ] && echo MainPID=${child.pid}`)
}

function run(more: Partial<ExecRequest>, input = '', shell = 'sh') {
  const { prepare, program: body } = execScripts({ ...request, ...more })
  const script = sessionScript(prepare, body, NONCE)
  const env = { PATH: `${folder}:${process.env.PATH}` }
  const { status, stdout, stderr } = spawnSync(shell, ['-c', script], { env, input, encoding: 'utf8' })
  const begun = stdout.indexOf(`hc-begin-${NONCE}`)
  return { status, stdout: begun < 0 ? null : stdout.slice(stdout.indexOf('\n', begun) + 1), stderr }
}

describe('beside a process', () => {
  test('has its environment, odd values and all, its folder, the names of hc and the mark', () => {
    mainProcess({ MULTI: 'one\ntwo \'quoted\' "x" $HOME `id` \\', EMPTY: '', NOTIFY_SOCKET: '/x' })
    const script = 'printf "[%s]" "$MULTI" "$EMPTY" "$PWD" "$HC_SLOT" "$HC_EXEC" "$NOTIFY_SOCKET"'
    const { status, stdout } = run({ command: ['sh', '-c', script] })
    expect(stdout).toBe(`[one\ntwo 'quoted' "x" $HOME \`id\` \\][][${folder}][web.0][${MARK}][]`)
    expect(status).toBe(0)
  })

  test('what the process has goes over what hc says, and words arrive as they are', () => {
    mainProcess({ HC_HOST: 'its own' })
    const words = ['a b', '', "it's", '$HOME', '*', '-n', '\\']
    const { stdout } = run({ command: ['sh', '-c', 'printf "<%s>" "$HC_HOST" "$@"', 'sh', ...words] })
    expect(stdout).toBe(`<its own>${words.map((word) => `<${word}>`).join('')}`)
  })

  test("stdin and exit codes are the command's own; no command is a shell", () => {
    mainProcess({})
    expect(run({ command: ['sh', '-c', 'cat; exit 7'] }, 'x\n')).toMatchObject({ status: 7, stdout: 'x\n' })
    const missing = run({ command: ['no-such-program'] })
    expect([missing.status, missing.stderr]).toEqual([
      127,
      expect.stringMatching(/^hc exec: .*no-such-program: not found/m),
    ])
    expect(run({ command: ['/etc'] }).status).toBe(126)
    expect(run({ command: [] }, 'echo in a shell\n')).toMatchObject({ status: 0, stdout: 'in a shell\n' })
  })

  test('its environment, where secrets may be, stands in the argv of no process, and works on none before the command', () => {
    mainProcess({ TOKEN: 's3cret', LD_PRELOAD: '/its/own.so' })
    const { prepare } = execScripts(request)
    const env = { PATH: `${folder}:${process.env.PATH}`, MINE: "the login's", ODD: 'a\nb=c' }
    const show = 'printf "%s\\n" "$@"; echo "--"; env'
    const { stdout } = spawnSync('sh', ['-c', sessionScript(prepare, show, null)], { env, encoding: 'utf8' })
    const [argv = '', variables = ''] = stdout.split('\n--\n')
    expect(argv).toContain('env')
    expect(argv).not.toContain('s3cret')
    const names = variables.split('\n').map((line) => line.split('=')[0])
    expect(names).not.toContain('LD_PRELOAD')
    expect(names).not.toContain('MINE')
    expect(run({ command: ['sh', '-c', 'echo "$TOKEN" "$LD_PRELOAD"'] }).stdout).toBe('s3cret /its/own.so\n')
  })

  test('where sh is bash, variables that it has for itself stop nothing', () => {
    mainProcess({ UID: '5', PPID: '6', SHELLOPTS: 'xtrace', LAST: 'there' })
    const { prepare } = execScripts({ ...request, command: ['sh', '-c', 'echo $LAST $HC_SLOT'] })
    const asBash = prepare.replace('set -- /bin/sh -c', 'set -- bash --posix --norc -c')
    const env = { PATH: `${folder}:${process.env.PATH}`, UID: '7' }
    const script = sessionScript(asBash, 'exec "$@"', null)
    const { stdout } = spawnSync('bash', ['--posix', '--norc', '-c', script], { env, encoding: 'utf8' })
    expect(stdout).toBe('there web.0\n')
  })

  test('a terminal has its name', () => {
    mainProcess({ TERM: 'dumb' })
    expect(run({ command: ['sh', '-c', 'echo $TERM'], term: 'xterm' }).stdout).toBe('xterm\n')
  })

  test('without a main process it is not begun, and says why', () => {
    program('systemctl', 'echo MainPID=0')
    const result = run({})
    expect(result).toMatchObject({ status: 125, stdout: null })
    expect(result.stderr).toContain('hc-says: hc-web.0.service has no main process now')
  })
})

describe('in a container', () => {
  test.each(['podman', 'docker'] as const)('%s: looked at first, then run with stdin', (driver) => {
    program(driver, 'if [ "$1" = container ]; then echo true; else printf "<%s>" "$@"; cat; fi')
    const { stdout } = run({ driver, command: ['cat', "it's"] }, 'input')
    expect(stdout).toBe(`<exec><--interactive><--env><HC_EXEC=${MARK}><hc-web.0><cat><it's>input`)
    const terminal = run({ driver, command: ['top'], term: 'xterm' })
    expect(terminal.stdout).toContain('<--tty><--env><HC_EXEC=ab12><--env><TERM=xterm><hc-web.0><top>')
  })

  test('one that does not run is said', () => {
    program('docker', 'exit 1')
    const { status, stdout, stderr } = run({ driver: 'docker' })
    expect([status, stdout]).toEqual([125, null])
    expect(stderr).toContain('hc-says: the container hc-web.0 does not run')
  })
})

describe('the command of a session', () => {
  test('is fit for any login shell, and hands the script on whole', () => {
    const script = "printf '%s' \"it's $0\"\nprintf '!\\n'\ncat"
    const text = sessionCommand('auto', 'hc-exec-1', script)
    expect(text).not.toMatch(/[\n!]/)
    expect(text.match(/'/g)).toHaveLength(2)
    program('id', 'echo 0')
    const env = { PATH: `${folder}:${process.env.PATH}` }
    for (const shell of ['sh', 'bash']) {
      const { stdout } = spawnSync(shell, ['-c', text], { env, input: 'and stdin', encoding: 'utf8' })
      expect(stdout).toBe("it's hc-exec-1!\nand stdin")
    }
  })

  test('one that is too long for argv is refused before anything is sent', () => {
    expect(() => sessionCommand('auto', 'hc-exec-1', 'x'.repeat(100_000))).toThrow('too long')
  })
})

test('ending ends all that bears the mark, also what passes over SIGHUP and SIGTERM, and nothing else', async () => {
  const start = (mark: string, script: string) => {
    const env = { PATH: process.env.PATH ?? '', HC_EXEC: mark }
    const child = spawn('sh', ['-c', script], { env, stdio: 'ignore' })
    children.push(child)
    return child.pid ?? 0
  }
  const stubborn = start('ab13', 'trap "" HUP TERM; while :; do sleep 0.1; done')
  const plain = start('ab13', 'exec sleep 60')
  const other = start('ab14', 'exec sleep 60')
  await new Promise((done) => setTimeout(done, 200))
  expect(spawnSync('sh', ['-c', endScript('ab13')]).status).toBe(0)
  expect(await Promise.all([gone(stubborn), gone(plain)])).toEqual([true, true])
  expect(() => process.kill(other, 0)).not.toThrow()
})
