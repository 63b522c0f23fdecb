// The transport against a real sshd: what a server of our own can't show.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SshSettings } from '../../src/ports.js'
import { createSshTransport, type SshTransport } from '../../src/ssh/transport.js'
import { createClock } from '../../src/system/clock.js'
import { fakeHost, fakeSettings, newKey } from '../support/fake-sshd.js'
import { addressOf, labState, on, wipe } from './support/lab.js'

const clock = createClock()
const nuc1 = fakeHost('nuc1')

/** Has every one of these processes of the host ended? Looks for up to five seconds. */
async function gone(pids: readonly number[]): Promise<boolean> {
  for (let tries = 0; tries < 50; tries += 1) {
    const left = await on('nuc1', `for p in ${pids.join(' ')}; do [ ! -d /proc/$p ] || echo $p; done`)
    if (left.trim() === '') return true
    await clock.sleep(100)
  }
  return false
}

describe('the transport on OpenSSH', () => {
  const base = mkdtempSync(join(tmpdir(), 'hc-openssh-'))
  let settings: SshSettings = fakeSettings({ port: 22 })
  let transport: SshTransport = createSshTransport({ clock, resolve: async () => settings })

  beforeAll(async () => {
    await wipe()
    settings = fakeSettings(
      { port: 22 },
      {
        address: addressOf('nuc1'),
        user: 'root',
        identityFiles: [join(labState(), 'id')],
        userKnownHostsFiles: [join(labState(), 'known_hosts')],
      },
    )
    transport = createSshTransport({ clock, resolve: async () => settings })
  })

  afterAll(async () => {
    await transport.close()
    rmSync(base, { recursive: true, force: true })
  })

  it('runs scripts, ends hung ones, and goes on on the same connection', async () => {
    const look = (script: string, timeoutMs = 5000) => transport.run(nuc1, { script, lane: 'look', timeoutMs })
    expect(await look('id -u; exit 3')).toMatchObject({ ok: true, exitCode: 3, output: '0\n' })
    const parent = await look('echo $PPID')
    const hung = await look("sh -c 'echo $$ >/tmp/hung-pid; exec sleep 57'", 1000)
    expect(hung).toMatchObject({ ok: false, failure: { kind: 'timeout' } })
    expect(await look('echo $PPID')).toMatchObject({ ok: true, output: parent.ok ? parent.output : '' })
    expect(await gone([Number(await on('nuc1', 'cat /tmp/hung-pid'))])).toBe(true)
  })

  it('keeps below MaxSessions, also while sessions end late', async () => {
    await transport.run(nuc1, { script: '', lane: 'act', timeoutMs: 5000 })
    const all = Array.from({ length: 40 }, async (_, index) => {
      let said = ''
      const onStdout = (chunk: string) => {
        said += chunk
      }
      const script = `echo ${index}`
      const result = await transport.command(nuc1, { script, timeoutMs: 20_000, onStdout, onStderr() {} })
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
    expect(await gone(pids)).toBe(true)
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
    writeFileSync(join(base, 'changed'), `${settings.address} ${newKey().public}\n`)
    expect(await run({ userKnownHostsFiles: [join(base, 'changed')] })).toBe('host-key')
    expect(await run({})).toBe('ok')
  })
})
