// What the tests of the transport share: servers on loopback, a folder for keys, transports that are closed afterwards.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { Host } from '../../src/model/host.js'
import type { CommandResult, RemoteResult, SshSettings } from '../../src/ports.js'
import { createSshTransport, type SshOptions, type SshTransport } from '../../src/ssh/transport.js'
import { createClock } from '../../src/system/clock.js'
import { type FakeOptions, type FakeSshd, fakeHost, fakeSettings, fakeSshd, newKey } from '../support/fake-sshd.js'

export const clock = createClock()
export const userKey = newKey()
export const nuc1 = fakeHost('nuc1')

let current = ''
/** Closed after each test, the last one first. */
export const open: { close(): unknown }[] = []

/** The folder of the present test. */
export function folder(): string {
  return current
}

beforeEach(() => {
  current = mkdtempSync(join(tmpdir(), 'hc-ssh-'))
  writeFileSync(join(current, 'id'), userKey.private, { mode: 0o600 })
})

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
  rmSync(current, { recursive: true, force: true })
})

export async function server(options: Partial<FakeOptions> = {}): Promise<FakeSshd> {
  const started = await fakeSshd({ allow: [userKey], ...options })
  open.push(started)
  return started
}

/** Records the server's keys, and gives settings that reach it with the user's key. */
export function known(sshd: FakeSshd, more: Partial<SshSettings> = {}): SshSettings {
  const file = join(current, 'known_hosts')
  const lines = sshd.hostKeys.map((key) => `[127.0.0.1]:${sshd.port} ${key.public.trim()}\n`)
  writeFileSync(file, lines.join(''), { flag: 'a' })
  return fakeSettings(sshd, { identityFiles: [join(current, 'id')], userKnownHostsFiles: [file], ...more })
}

export function transport(
  settings: SshSettings | ((host: Host) => SshSettings),
  more: Partial<SshOptions> = {},
): SshTransport {
  const resolve = async (host: Host) => (typeof settings === 'function' ? settings(host) : settings)
  const made = createSshTransport({ clock, resolve, ...more })
  open.push(made)
  return made
}

export function look(made: SshTransport, script: string, timeoutMs = 5000, host = nuc1): Promise<RemoteResult> {
  return made.run(host, { script, lane: 'look', timeoutMs })
}

export function kindOf(result: RemoteResult | CommandResult): string {
  return result.ok ? 'ok' : result.failure.kind
}

export async function command(
  made: SshTransport,
  script: string,
  more: { timeoutMs?: number; signal?: AbortSignal } = {},
) {
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
export async function gone(pid: number): Promise<boolean> {
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
