import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Host } from '../../src/model/host.js'
import type { CommandResult, RemoteResult, SshSettings } from '../../src/ports.js'
import { fingerprint } from '../../src/ssh/known-hosts.js'
import { createSshTransport, type SshOptions, type SshTransport } from '../../src/ssh/transport.js'
import { createClock } from '../../src/system/clock.js'
import { type FakeOptions, type FakeSshd, fakeHost, fakeSettings, fakeSshd, newKey } from '../support/fake-sshd.js'

const clock = createClock()
const userKey = newKey()
const nuc1 = fakeHost('nuc1')

let folder = ''
const open: { close(): unknown }[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hc-ssh-'))
  writeFileSync(join(folder, 'id'), userKey.private, { mode: 0o600 })
})

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
  rmSync(folder, { recursive: true, force: true })
})

async function server(options: Partial<FakeOptions> = {}): Promise<FakeSshd> {
  const started = await fakeSshd({ allow: [userKey], ...options })
  open.push(started)
  return started
}

/** Records the server's keys, and gives settings that reach it with the user's key. */
function known(sshd: FakeSshd, more: Partial<SshSettings> = {}): SshSettings {
  const file = join(folder, 'known_hosts')
  const lines = sshd.hostKeys.map((key) => `[127.0.0.1]:${sshd.port} ${key.public.trim()}\n`)
  writeFileSync(file, lines.join(''), { flag: 'a' })
  return fakeSettings(sshd, { identityFiles: [join(folder, 'id')], userKnownHostsFiles: [file], ...more })
}

function transport(
  settings: SshSettings | ((host: Host) => SshSettings),
  more: Partial<SshOptions> = {},
): SshTransport {
  const resolve = async (host: Host) => (typeof settings === 'function' ? settings(host) : settings)
  const made = createSshTransport({ clock, resolve, ...more })
  open.push(made)
  return made
}

function look(made: SshTransport, script: string, timeoutMs = 5000, host = nuc1): Promise<RemoteResult> {
  return made.run(host, { script, lane: 'look', timeoutMs })
}

function kindOf(result: RemoteResult | CommandResult): string {
  return result.ok ? 'ok' : result.failure.kind
}

async function command(made: SshTransport, script: string, more: { timeoutMs?: number; signal?: AbortSignal } = {}) {
  const said = { stdout: '', stderr: '' }
  const result = await made.command(nuc1, {
    script,
    timeoutMs: more.timeoutMs ?? 10_000,
    ...(more.signal ? { signal: more.signal } : {}),
    onStdout: (chunk) => {
      said.stdout += chunk
    },
    onStderr: (chunk) => {
      said.stderr += chunk
    },
  })
  return { result, ...said }
}

/** Waits until a process has ended; one that nobody has reaped yet counts as ended. */
async function gone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      if (/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) return true
    } catch {
      return true
    }
    await clock.sleep(50)
  }
  return false
}

describe('scripts', () => {
  it('run one after the other in a shell that stays, with their own exit codes', async () => {
    const sshd = await server()
    const made = transport(known(sshd))
    const first = await look(made, "cat <<'X'\nhello $HOME\nX\necho err >&2; exit 3")
    expect(first).toMatchObject({ ok: true, exitCode: 3, output: 'hello $HOME\nerr\n' })
    if (first.ok) expect(first.receivedAt).toBeGreaterThanOrEqual(first.sentAt)
    const shells = await Promise.all([look(made, 'echo $$'), look(made, 'echo $$'), look(made, 'echo $LC_ALL; cat')])
    expect(shells.map((each) => (each.ok ? each.output : each.failure.message))[2]).toBe('C\n')
    expect(shells[0]).toMatchObject({ output: shells[1]?.ok ? shells[1].output : '' })
    expect(sshd.seen).toMatchObject({ connections: 1, execs: 1 })
  })

  it('share one connection, also twenty at once on a host that is not yet connected', async () => {
    const sshd = await server()
    const made = transport(known(sshd))
    const scripts = Array.from({ length: 20 }, (_, index) => look(made, `echo ${index}`))
    const commands = Array.from({ length: 20 }, (_, index) => command(made, `echo ${index}; sleep 0.05`))
    const outputs = (await Promise.all(scripts)).map((each) => (each.ok ? each.output : each.failure.message))
    expect(outputs).toEqual(Array.from({ length: 20 }, (_, index) => `${index}\n`))
    const said = (await Promise.all(commands)).map((each) => each.stdout)
    expect(said).toEqual(Array.from({ length: 20 }, (_, index) => `${index}\n`))
    expect(sshd.seen.connections).toBe(1)
  })

  it('do not delay those of another lane', async () => {
    const made = transport(known(await server()))
    const slow = made.run(nuc1, { script: 'sleep 0.7; echo slow', lane: 'act', timeoutMs: 5000 })
    const started = performance.now()
    expect(kindOf(await look(made, 'echo quick'))).toBe('ok')
    expect(performance.now() - started).toBeLessThan(600)
    expect(kindOf(await slow)).toBe('ok')
  })

  it('that take too long are ended before the next one runs', async () => {
    const sshd = await server()
    const made = transport(known(sshd))
    const pidFile = join(folder, 'pid')
    const hung = await look(made, `sh -c 'echo $$ > ${pidFile}; exec sleep 60'`, 400)
    expect(hung).toMatchObject({ ok: false, failure: { kind: 'timeout' } })
    expect(await look(made, 'echo next')).toMatchObject({ ok: true, output: 'next\n' })
    expect(await gone(Number(readFileSync(pidFile, 'utf8')))).toBe(true)
    expect(sshd.seen.connections).toBe(1)
  })

  it('that wait in vain for their turn were not sent', async () => {
    const made = transport(known(await server()))
    const first = look(made, 'sleep 1; echo first')
    const second = look(made, `touch ${join(folder, 'ran')}`, 200)
    expect(await second).toMatchObject({ ok: false, failure: { kind: 'timeout', message: /not sent/ } })
    expect(await first).toMatchObject({ ok: true, output: 'first\n' })
    expect(await look(made, `ls ${folder}/ran 2>/dev/null`)).toMatchObject({
      ok: true,
      exitCode: expect.any(Number),
      output: '',
    })
  })

  it('whose shell or connection ends are lost, never failed', async () => {
    const sshd = await server()
    const made = transport(known(sshd))
    expect(kindOf(await look(made, 'kill -9 $$'))).toBe('reply-lost')
    expect(kindOf(await look(made, 'echo )'))).toBe('reply-lost')
    const running = look(made, 'sleep 5')
    await clock.sleep(200)
    sshd.cut()
    expect(kindOf(await running)).toBe('reply-lost')
    expect(await look(made, 'echo again')).toMatchObject({ ok: true, output: 'again\n' })
    expect(sshd.seen.connections).toBe(2)
  })

  it('that print without end are stopped', async () => {
    const made = transport(known(await server()))
    const flood = await look(made, 'yes 0123456789012345678901234567890123456789', 20_000)
    expect(flood).toMatchObject({ ok: false, failure: { kind: 'broken' } })
    expect(kindOf(await look(made, 'echo on'))).toBe('ok')
  })
})

describe('commands', () => {
  it('stream both outputs apart and end with their own code', async () => {
    const made = transport(known(await server()))
    expect(await command(made, "echo out; echo err >&2; printf 'no newline'; exit 7")).toEqual({
      result: { ok: true, exitCode: 7 },
      stdout: 'out\nno newline',
      stderr: 'err\n',
    })
    expect(await command(made, 'cat')).toMatchObject({ result: { ok: true, exitCode: 0 }, stdout: '' })
    expect(await command(made, 'kill -9 $$')).toMatchObject({ result: { ok: true, exitCode: 137 } })
  })

  it('that are aborted take their processes with them', async () => {
    const made = transport(known(await server()))
    const stop = new AbortController()
    let pids: number[] = []
    const ended = made.command(nuc1, {
      script: 'trap "" TERM HUP; sleep 61 & echo $$ $!; while :; do sleep 0.2; done',
      timeoutMs: null,
      signal: stop.signal,
      onStdout: (chunk) => {
        pids = chunk.trim().split(' ').map(Number)
        stop.abort()
      },
      onStderr: () => {},
    })
    expect(kindOf(await ended)).toBe('aborted')
    expect(pids).toHaveLength(2)
    expect(await Promise.all(pids.map(gone))).toEqual([true, true])
    const aborted = await command(made, 'echo never', { signal: AbortSignal.abort() })
    expect(aborted).toMatchObject({ result: { ok: false, failure: { kind: 'aborted' } }, stdout: '' })
  })

  it('have a bound, and are lost with their connection', async () => {
    const sshd = await server()
    const made = transport(known(sshd))
    expect(kindOf((await command(made, 'sleep 60', { timeoutMs: 300 })).result)).toBe('timeout')
    const running = command(made, 'sleep 60')
    await clock.sleep(200)
    sshd.cut()
    expect(kindOf((await running).result)).toBe('reply-lost')
  })

  it('end although a child keeps their outputs open', async () => {
    const made = transport(known(await server()))
    const started = performance.now()
    const { result } = await command(made, 'sleep 4 & exit 0')
    expect(result).toEqual({ ok: true, exitCode: 0 })
    expect(performance.now() - started).toBeLessThan(3500)
  })

  it('are told when sshd opens no session', async () => {
    const made = transport(known(await server({ maxSessions: 0 })))
    expect(kindOf((await command(made, 'echo x')).result)).toBe('broken')
  })
})

describe('what goes wrong with a connection', () => {
  it('refused, and silent before the handshake', async () => {
    const sshd = await server()
    const settings = known(sshd)
    await sshd.close()
    expect(kindOf(await look(transport(settings), 'echo'))).toBe('refused')
    const silent = net.createServer((socket) => void socket.on('error', () => {}))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    open.push({ close: () => silent.close() })
    const address = silent.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const made = transport(fakeSettings({ port }, { connectTimeoutMs: 500, identityFiles: [join(folder, 'id')] }))
    expect(await look(made, 'echo', 300)).toMatchObject({ ok: false, failure: { kind: 'timeout' } })
    const full = await look(made, 'echo', 2000)
    expect(full).toMatchObject({ ok: false, failure: { kind: 'timeout', message: /no login within 500 ms/ } })
  })

  it('a name that does not resolve', async () => {
    const made = transport(fakeSettings({ port: 22 }, { address: 'nowhere.invalid' }))
    expect(kindOf(await look(made, 'echo', 8000))).toBe('unreachable')
  })

  it('dropped before login: tried again at once', async () => {
    const sshd = await server({ drop: 2 })
    expect(kindOf(await look(transport(known(sshd)), 'echo'))).toBe('ok')
    expect(sshd.seen.connections).toBe(3)
    const worse = await server({ drop: 10 })
    expect(await look(transport(known(worse)), 'echo')).toMatchObject({ ok: false, failure: { kind: 'refused' } })
    expect(worse.seen.connections).toBe(3)
  })

  it('a host that freezes: the next request makes a new connection', async () => {
    const sshd = await server()
    const made = transport(known(sshd))
    expect(kindOf(await look(made, 'echo'))).toBe('ok')
    sshd.freeze()
    expect(kindOf(await look(made, 'echo', 300))).toBe('timeout')
    expect(await look(made, 'echo back', 2000)).toMatchObject({ ok: true, output: 'back\n' })
    expect(sshd.seen.connections).toBe(2)
  })

  it('keepalive finds a peer that is frozen while a script runs', async () => {
    const sshd = await server()
    const made = transport(known(sshd))
    expect(kindOf(await look(made, 'echo'))).toBe('ok')
    const running = look(made, 'sleep 30', 20_000)
    await clock.sleep(100)
    sshd.freeze()
    const started = performance.now()
    expect(kindOf(await running)).toBe('reply-lost')
    expect(performance.now() - started).toBeLessThan(8000)
  })

  it('closing: what runs is lost, what comes after is refused', async () => {
    const made = transport(known(await server()))
    const running = look(made, 'sleep 5')
    await clock.sleep(300)
    await made.close()
    expect(['reply-lost', 'aborted']).toContain(kindOf(await running))
    expect(kindOf(await look(made, 'echo'))).toBe('aborted')
  })

  it('settings that changed are used from the next request on', async () => {
    const [one, two] = [await server(), await server()]
    const settings = { one: known(one), two: known(two) }
    const made = transport((host) => (host.connection.port === 2 ? settings.two : settings.one))
    expect(kindOf(await look(made, 'echo'))).toBe('ok')
    const moved = { ...nuc1, connection: { ...nuc1.connection, port: 2 } }
    expect(kindOf(await look(made, 'echo', 5000, moved))).toBe('ok')
    expect([one.seen.connections, two.seen.connections]).toEqual([1, 1])
  })
})

describe('who may log in', () => {
  it('a refused key is not tried again at once', async () => {
    const sshd = await server({ allow: [newKey()] })
    const made = transport(known(sshd))
    const first = await look(made, 'echo')
    expect(first).toMatchObject({
      ok: false,
      failure: { kind: 'auth', hint: expect.stringContaining('authorized_keys') },
    })
    expect(await look(made, 'echo')).toMatchObject({ ok: false, failure: first.ok ? {} : first.failure })
    expect(sshd.seen.connections).toBe(1)
    await made.close('nuc1')
    expect(kindOf(await look(made, 'echo'))).toBe('auth')
    expect(sshd.seen.connections).toBe(2)
  })

  it('asks for a passphrase once, whatever the number of hosts', async () => {
    const locked = newKey('ed25519', 'open sesame')
    writeFileSync(join(folder, 'locked'), locked.private, { mode: 0o600 })
    const sshds = [await server({ allow: [locked] }), await server({ allow: [locked] })]
    const settings = sshds.map((sshd) => known(sshd, { identityFiles: [join(folder, 'locked')] }))
    const asked: string[] = []
    const made = transport((host) => settings[host.name === 'nuc1' ? 0 : 1] ?? fakeSettings({ port: 1 }), {
      askPassphrase: async (file) => {
        asked.push(file)
        return 'open sesame'
      },
    })
    const results = await Promise.all([look(made, 'echo'), look(made, 'echo', 5000, fakeHost('nuc2'))])
    expect(results.map(kindOf)).toEqual(['ok', 'ok'])
    expect(asked).toEqual([join(folder, 'locked')])
    const alone = transport(settings[0] ?? fakeSettings({ port: 1 }))
    const refused = await look(alone, 'echo')
    expect(refused).toMatchObject({ ok: false, failure: { kind: 'auth', hint: expect.stringContaining('ssh-add') } })
  })

  it('root by sudo where the login is not root', async () => {
    const sshd = await server({ uid: 1000 })
    expect(await look(transport(known(sshd)), 'id -u')).toMatchObject({ ok: true, output: '0\n' })
    const never = await look(transport(known(sshd)), 'id -u', 5000, fakeHost('nuc1', { become: 'no' }))
    expect(never).toMatchObject({ ok: false, failure: { kind: 'no-privileges' } })
  })

  it('no root: said with the line that mends it, and sudo not asked again at once', async () => {
    const sshd = await server({ uid: 1000, sudo: 'password' })
    const made = transport(known(sshd))
    const first = await look(made, 'id -u')
    expect(first).toMatchObject({
      ok: false,
      failure: {
        kind: 'no-privileges',
        message: expect.stringContaining('a password is required'),
        hint: expect.stringContaining('NOPASSWD'),
      },
    })
    expect(kindOf(await look(made, 'id -u'))).toBe('no-privileges')
    expect(kindOf((await command(made, 'id -u')).result)).toBe('no-privileges')
    expect(sshd.seen.execs).toBe(1)
  })
})

describe('host keys', () => {
  it('an unknown one is refused with its fingerprint', async () => {
    const sshd = await server()
    const settings = { ...known(sshd), userKnownHostsFiles: [join(folder, 'none')] }
    const result = await look(transport(settings), 'echo')
    const key = Buffer.from(sshd.hostKeys[0]?.public.split(' ')[1] ?? '', 'base64')
    expect(result).toMatchObject({
      ok: false,
      failure: {
        kind: 'host-key',
        message: expect.stringContaining(fingerprint(key)),
        hint: expect.stringContaining('-p'),
      },
    })
  })

  it('a changed one is refused with the line that differs, whatever StrictHostKeyChecking says', async () => {
    const sshd = await server()
    const file = join(folder, 'known_hosts')
    writeFileSync(file, `# mine\n\n[127.0.0.1]:${sshd.port} ${newKey().public.trim()}\n`)
    for (const strictHostKeys of ['yes', 'accept-new', 'no'] as const) {
      const settings = fakeSettings(sshd, {
        identityFiles: [join(folder, 'id')],
        userKnownHostsFiles: [file],
        strictHostKeys,
      })
      const result = await look(transport(settings), 'echo')
      expect(result).toMatchObject({
        ok: false,
        failure: {
          kind: 'host-key',
          message: expect.stringContaining(`${file}:3`),
          hint: expect.stringContaining('ssh-keygen -f'),
        },
      })
    }
  })

  it('of several keys, the recorded one is asked for', async () => {
    const keys = [newKey('ed25519'), newKey('ecdsa')]
    const sshd = await server({ hostKeys: keys })
    const file = join(folder, 'known_hosts')
    writeFileSync(file, `[127.0.0.1]:${sshd.port} ${keys[1]?.public.trim()}\n`)
    const settings = fakeSettings(sshd, { identityFiles: [join(folder, 'id')], userKnownHostsFiles: [file] })
    expect(kindOf(await look(transport(settings), 'echo'))).toBe('ok')
  })

  it('accept-new records, ask asks, no warns', async () => {
    const sshd = await server()
    const file = join(folder, 'deep', 'known_hosts')
    const base = fakeSettings(sshd, { identityFiles: [join(folder, 'id')], userKnownHostsFiles: [file] })
    const said: string[] = []
    const log = (line: string) => void said.push(line)
    expect(kindOf(await look(transport({ ...base, strictHostKeys: 'no' }, { log }), 'echo'))).toBe('ok')
    expect(said.join()).toContain('unchecked')
    const refused = transport({ ...base, strictHostKeys: 'ask' }, { confirmKey: async () => false })
    expect(kindOf(await look(refused, 'echo'))).toBe('host-key')
    const asked = transport({ ...base, strictHostKeys: 'ask', hashKnownHosts: true }, { confirmKey: async () => true })
    expect(await asked.login(nuc1)).toBeNull()
    expect(readFileSync(file, 'utf8')).toMatch(/^\|1\|/)
    rmSync(file)
    expect(kindOf(await look(transport({ ...base, strictHostKeys: 'accept-new' }, { log }), 'echo'))).toBe('ok')
    expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^\\[127\\.0\\.0\\.1\\]:${sshd.port} ssh-ed25519 `))
    expect(kindOf(await look(transport({ ...base, strictHostKeys: 'yes' }), 'echo'))).toBe('ok')
  })
})

describe('jump hosts', () => {
  it('carry connections, are shared, and are verified under their own name', async () => {
    const [bastion, one, two] = [await server(), await server(), await server()]
    const jump = known(bastion)
    const settings = [known(one, { jump }), known(two, { jump })]
    const made = transport((host) => settings[host.name === 'nuc1' ? 0 : 1] ?? jump)
    const results = await Promise.all([look(made, 'echo a'), look(made, 'echo b', 5000, fakeHost('nuc2'))])
    expect(results.map((each) => (each.ok ? each.output : each.failure.message))).toEqual(['a\n', 'b\n'])
    expect([bastion, one, two].map((each) => each.seen.connections)).toEqual([1, 1, 1])
    bastion.cut()
    await clock.sleep(100)
    expect(await look(made, 'echo again')).toMatchObject({ ok: true, output: 'again\n' })
    const stranger = { ...known(await server()), userKnownHostsFiles: [] }
    const failed = await look(transport(known(await server(), { jump: stranger })), 'echo')
    expect(failed).toMatchObject({
      ok: false,
      failure: { kind: 'host-key', message: expect.stringContaining('jump host') },
    })
    expect(bastion.seen.agentForwards + one.seen.agentForwards).toBe(0)
  })

  it('a target that the jump host does not reach', async () => {
    const made = transport({ ...fakeSettings({ port: 1 }), jump: known(await server()) })
    expect(['refused', 'unreachable']).toContain(kindOf(await look(made, 'echo')))
  })

  it('forward gives a stream to an address as the host sees it', async () => {
    const echo = net.createServer((socket) => void socket.end('banner'))
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
    open.push({ close: () => echo.close() })
    const address = echo.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const made = transport(known(await server()))
    const stream = await made.forward(nuc1, '127.0.0.1', port)
    if ('kind' in stream) throw new Error(stream.message)
    const chunks: string[] = []
    for await (const chunk of stream) chunks.push(String(chunk))
    expect(chunks.join('')).toBe('banner')
    expect(await made.forward(nuc1, '127.0.0.1', 1)).toMatchObject({
      kind: expect.stringMatching(/refused|unreachable/),
    })
  })
})
