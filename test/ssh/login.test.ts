import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fingerprint } from '../../src/ssh/known-hosts.js'
import { fakeHost, fakeSettings, newKey } from '../support/fake-sshd.js'
import { command, folder, kindOf, known, look, nuc1, server, transport } from './world.js'

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
    writeFileSync(join(folder(), 'locked'), locked.private, { mode: 0o600 })
    const sshds = [await server({ allow: [locked] }), await server({ allow: [locked] })]
    const settings = sshds.map((sshd) => known(sshd, { identityFiles: [join(folder(), 'locked')] }))
    const asked: string[] = []
    const made = transport((host) => settings[host.name === 'nuc1' ? 0 : 1] ?? fakeSettings({ port: 1 }), {
      askPassphrase: async (file) => {
        asked.push(file)
        return 'open sesame'
      },
    })
    const results = await Promise.all([look(made, 'echo'), look(made, 'echo', 5000, fakeHost('nuc2'))])
    expect(results.map(kindOf)).toEqual(['ok', 'ok'])
    expect(asked).toEqual([join(folder(), 'locked')])
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

  it('case 18: no root: said with the line that mends it, and sudo not asked again at once', async () => {
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
    const settings = { ...known(sshd), userKnownHostsFiles: [join(folder(), 'none')] }
    const result = await look(transport(settings), 'echo')
    // By hand is said with the file that it goes to.
    const byHand = await look(transport({ ...settings, strictHostKeys: 'yes' }), 'echo')
    expect(byHand).toMatchObject({ ok: false, failure: { hint: expect.stringMatching(/ssh-keyscan .* >>.*\/none$/) } })
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
    const file = join(folder(), 'known_hosts')
    writeFileSync(file, `# mine\n\n[127.0.0.1]:${sshd.port} ${newKey().public.trim()}\n`)
    for (const strictHostKeys of ['yes', 'accept-new', 'no'] as const) {
      const settings = fakeSettings(sshd, {
        identityFiles: [join(folder(), 'id')],
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
    const file = join(folder(), 'known_hosts')
    writeFileSync(file, `[127.0.0.1]:${sshd.port} ${keys[1]?.public.trim()}\n`)
    const settings = fakeSettings(sshd, { identityFiles: [join(folder(), 'id')], userKnownHostsFiles: [file] })
    expect(kindOf(await look(transport(settings), 'echo'))).toBe('ok')
  })

  it('accept-new records, ask asks, no warns', async () => {
    const sshd = await server()
    const file = join(folder(), 'deep', 'known_hosts')
    const base = fakeSettings(sshd, { identityFiles: [join(folder(), 'id')], userKnownHostsFiles: [file] })
    const said: string[] = []
    const log = (line: string) => void said.push(line)
    expect(kindOf(await look(transport({ ...base, strictHostKeys: 'no' }, { log }), 'echo'))).toBe('ok')
    expect(said.join()).toContain('unchecked')
    const refused = transport({ ...base, strictHostKeys: 'ask' }, { confirmKey: async () => false })
    expect(kindOf(await look(refused, 'echo'))).toBe('host-key')
    const asked = transport({ ...base, strictHostKeys: 'ask', hashKnownHosts: true }, { confirmKey: async () => true })
    expect(await asked.login(nuc1)).toBeNull()
    expect(readFileSync(file, 'utf8')).toMatch(/^\|1\|/)
    let questions = 0
    const forgetful = transport(
      { ...base, strictHostKeys: 'ask', userKnownHostsFiles: ['/dev/null'] },
      {
        confirmKey: async () => {
          questions += 1
          return true
        },
      },
    )
    expect(kindOf(await look(forgetful, 'echo'))).toBe('host-key')
    expect(questions).toBe(2)
    rmSync(file)
    expect(kindOf(await look(transport({ ...base, strictHostKeys: 'accept-new' }, { log }), 'echo'))).toBe('ok')
    expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^\\[127\\.0\\.0\\.1\\]:${sshd.port} ssh-ed25519 `))
    expect(kindOf(await look(transport({ ...base, strictHostKeys: 'yes' }), 'echo'))).toBe('ok')
  })
})
