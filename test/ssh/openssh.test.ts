// Against the sshd of this machine, where it is installed and the tests run as root: what a server of our own can't show.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SshSettings } from '../../src/ports.js'
import { createSshTransport, type SshTransport } from '../../src/ssh/transport.js'
import { fakeSettings, newKey } from '../support/fake-sshd.js'
import { clock, gone, nuc1 } from './world.js'

const PROGRAM = '/usr/sbin/sshd'
const usable = existsSync(PROGRAM) && process.getuid?.() === 0 && spawnSync('ssh-keygen', ['-?']).error === undefined

describe.skipIf(!usable)('beside OpenSSH', () => {
  const base = mkdtempSync(join(tmpdir(), 'hc-openssh-'))
  const key = newKey()
  let sshd: ChildProcess | null = null
  let settings: SshSettings = fakeSettings({ port: 0 })
  let transport: SshTransport = createSshTransport({ clock, resolve: async () => settings })

  beforeAll(async () => {
    writeFileSync(join(base, 'id'), key.private, { mode: 0o600 })
    writeFileSync(join(base, 'authorized'), key.public)
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(base, 'host')])
    const port = await freePort()
    const config = `Port ${port}
ListenAddress 127.0.0.1
HostKey ${join(base, 'host')}
AuthorizedKeysFile ${join(base, 'authorized')}
PidFile none
StrictModes no
PasswordAuthentication no
PermitRootLogin prohibit-password
UsePAM ${existsSync('/etc/pam.d/sshd') ? 'yes' : 'no'}
`
    writeFileSync(join(base, 'config'), config)
    mkdirSync('/run/sshd', { recursive: true })
    sshd = spawn(PROGRAM, ['-D', '-e', '-f', join(base, 'config')], { stdio: 'ignore' })
    for (let tries = 0; tries < 200 && !(await listens(port)); tries += 1) await clock.sleep(25)
    settings = fakeSettings(
      { port },
      {
        user: 'root',
        identityFiles: [join(base, 'id')],
        strictHostKeys: 'accept-new',
        userKnownHostsFiles: [join(base, 'known')],
      },
    )
    transport = createSshTransport({ clock, resolve: async () => settings })
  })

  afterAll(async () => {
    await transport.close()
    sshd?.kill()
    rmSync(base, { recursive: true, force: true })
  })

  it('runs scripts, ends hung ones, and goes on on the same connection', async () => {
    const look = (script: string, timeoutMs = 5000) => transport.run(nuc1, { script, lane: 'look', timeoutMs })
    expect(await look('id -u; exit 3')).toMatchObject({ ok: true, exitCode: 3, output: '0\n' })
    const parent = await look('echo $PPID')
    const hung = await look(`sh -c 'echo $$ >${join(base, 'pid')}; exec sleep 57'`, 1000)
    expect(hung).toMatchObject({ ok: false, failure: { kind: 'timeout' } })
    expect(await look('echo $PPID')).toMatchObject({ ok: true, output: parent.ok ? parent.output : '' })
    expect(await gone(Number(readFileSync(join(base, 'pid'), 'utf8')))).toBe(true)
  })

  it('keeps below MaxSessions, also while sessions end late', async () => {
    await transport.run(nuc1, { script: '', lane: 'act', timeoutMs: 5000 })
    const all = Array.from({ length: 40 }, async (_, index) => {
      let said = ''
      const onStdout = (chunk: string) => {
        said += chunk
      }
      const result = await transport.command(nuc1, {
        script: `echo ${index}`,
        timeoutMs: 20_000,
        onStdout,
        onStderr() {},
      })
      return result.ok ? said : result.failure.message
    })
    expect(await Promise.all(all)).toEqual(all.map((_, index) => `${index}\n`))
  })

  it('ends what is aborted, although sshd passes root no signal', async () => {
    const stop = new AbortController()
    let pids: number[] = []
    const result = await transport.command(nuc1, {
      script: 'sleep 57 & echo $$ $!; wait',
      timeoutMs: null,
      signal: stop.signal,
      onStdout: (chunk) => {
        pids = chunk.trim().split(' ').map(Number)
        stop.abort()
      },
      onStderr: () => {},
    })
    expect(result).toMatchObject({ ok: false, failure: { kind: 'aborted' } })
    expect(pids).toHaveLength(2)
    expect(await Promise.all(pids.map(gone))).toEqual([true, true])
  })

  it('tells a refused login and a changed key', async () => {
    const run = async (more: Partial<SshSettings>) => {
      const other = createSshTransport({ clock, resolve: async () => ({ ...settings, ...more }) })
      const result = await other.run(nuc1, { script: 'true', lane: 'look', timeoutMs: 10_000 })
      await other.close()
      return result.ok ? 'ok' : result.failure.kind
    }
    writeFileSync(join(base, 'stranger'), newKey().private, { mode: 0o600 })
    expect(await run({ identityFiles: [join(base, 'stranger')] })).toBe('auth')
    writeFileSync(join(base, 'changed'), `[127.0.0.1]:${settings.port} ${newKey().public}\n`)
    expect(await run({ userKnownHostsFiles: [join(base, 'changed')] })).toBe('host-key')
    expect(await run({})).toBe('ok')
  })
})

async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return typeof address === 'object' && address !== null ? address.port : 0
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
