import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Breaker } from '../../src/ssh/breaker.js'
import { Keys } from '../../src/ssh/keys.js'
import { createSshTransport } from '../../src/ssh/transport.js'
import { createClock } from '../../src/system/clock.js'
import { fakeHost, fakeSettings, fakeSshd, type KeyPair, newKey } from '../support/fake-sshd.js'

const folder = mkdtempSync(join(tmpdir(), 'hc-keys-'))
const socket = join(folder, 'agent')
const agentInstalled = spawnSync('ssh-agent', ['-k'], { env: { PATH: process.env.PATH } }).error === undefined
let agent: ChildProcess | null = null
const [held, locked, plain] = [newKey(), newKey('ed25519', 'secret'), newKey('ecdsa')]

beforeAll(async () => {
  const write = (name: string, pair: KeyPair) => {
    writeFileSync(join(folder, name), `${pair.private.trim()}\n`, { mode: 0o600 })
    writeFileSync(join(folder, `${name}.pub`), `${pair.public.trim()}\n`)
  }
  write('held', held)
  write('locked', locked)
  write('plain', plain)
  writeFileSync(join(folder, 'broken'), 'no key at all\n')
  if (!agentInstalled) return
  agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
  for (let tries = 0; tries < 100 && !existsSync(socket); tries += 1) await createClock().sleep(20)
  execFileSync('ssh-add', [join(folder, 'held')], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' })
})

afterAll(() => {
  agent?.kill()
  rmSync(folder, { recursive: true, force: true })
})

const file = (name: string) => join(folder, name)

describe('Keys', () => {
  it('offers what needs no passphrase, and names what does and what is broken', async () => {
    const identityFiles = ['missing', 'locked', 'plain', 'broken'].map(file)
    const proofs = await new Keys(null).proofs(fakeSettings({ port: 1 }, { identityFiles, agent: file('no-agent') }))
    expect(proofs.names).toEqual([file('plain')])
    expect(proofs.locked).toEqual([file('locked')])
    expect(proofs.faults).toEqual([expect.stringContaining(file('broken'))])
    // Of those that ssh looks for by itself nobody is told that they are not there.
    expect(proofs.absent).toEqual([file('missing')])
    const unnamed = fakeSettings({ port: 1 }, { identityFiles: [file('.ssh/id_rsa')] })
    expect((await new Keys(null).proofs(unnamed)).absent).toEqual([])
  })

  it('asks once; a wrong passphrase leaves the key locked', async () => {
    const answers = ['wrong']
    const keys = new Keys(async () => answers.shift() ?? null)
    expect(await Promise.all([keys.unlock(file('locked')), keys.unlock(file('locked'))])).toEqual([false, false])
    const right = new Keys(async () => 'secret')
    expect(await right.unlock(file('locked'))).toBe(true)
    const proofs = await right.proofs(fakeSettings({ port: 1 }, { identityFiles: [file('locked')] }))
    expect(proofs).toMatchObject({ locked: [], names: [file('locked')] })
  })
})

describe.skipIf(!agentInstalled)('beside an agent', () => {
  it('an agent signs, and IdentitiesOnly keeps its other keys back', async () => {
    const sshd = await fakeSshd({ allow: [held] })
    const settings = fakeSettings(sshd, { agent: socket, identitiesOnly: false, strictHostKeys: 'no' })
    const transport = createSshTransport({ clock: createClock(), resolve: async () => settings })
    try {
      const result = await transport.run(fakeHost('nuc1'), { script: 'echo in', lane: 'look', timeoutMs: 5000 })
      expect(result).toMatchObject({ ok: true, output: 'in\n' })
      const only = { ...settings, identitiesOnly: true, identityFiles: [file('plain')] }
      expect((await new Keys(null).proofs(only)).names).toEqual([file('plain')])
      const named = { ...settings, identitiesOnly: true, identityFiles: [file('held')] }
      const proofs = await new Keys(null).proofs(named)
      expect(proofs.methods.map((method) => method.type)).toEqual(['agent'])
    } finally {
      await transport.close()
      await sshd.close()
    }
  })
})

describe('Breaker', () => {
  it('holds auth failures for 10, 20, 40, 60 s, and nothing else', () => {
    let now = 0
    const breaker = new Breaker(() => now)
    breaker.record({ kind: 'unreachable', message: '', hint: null })
    expect(breaker.standing()).toBeNull()
    const auth = { kind: 'auth', message: 'no', hint: null } as const
    const waits: number[] = []
    for (let round = 0; round < 5; round += 1) {
      breaker.record(auth)
      const since = now
      while (breaker.standing() !== null) now += 1000
      waits.push(now - since)
    }
    expect(waits).toEqual([10_000, 20_000, 40_000, 60_000, 60_000])
    breaker.record(null)
    breaker.record(auth)
    now += 10_000
    expect(breaker.standing()).toBeNull()
  })
})
