import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  dismissScript,
  filesScript,
  ownKeyOf,
  parseStandbyDone,
  parseStandbyLook,
  refusedForTerm,
  restScript,
  resumeScript,
  standbyLookScript,
} from '../../src/remote/standby.js'
import { type FakeHost, fakeHost, guard, SHELLS } from './support.js'

const KEY = `ssh-ed25519 ${'A'.repeat(68)} hc-control:c1:nuc1`
let host: FakeHost
beforeEach(() => {
  host = fakeHost()
  const keygen = `#!/bin/sh\nfor f; do :; done\necho secret >"$f"\necho '${KEY}' >"$f.pub"\n`
  writeFileSync(join(host.folder, 'bin', 'ssh-keygen'), keygen, { mode: 0o755 })
})
afterEach(() => host.remove())

const text = (value: string) => new TextEncoder().encode(value)
const files = [
  { path: '/var/lib/hc/control/inventory.yml', bytes: text("all: {vars: {name: it's}}\n"), mode: '0600' },
  { path: '/var/lib/hc/control/.hc/control/ca.key', bytes: text('SECRET\n'), mode: '0600' },
]

describe.each(SHELLS.map((shell) => [shell]))('in %s', (shell) => {
  const put = () => host.run(shell, filesScript(guard(), files, 'hc-control:c1:nuc1'))

  test('files are written, a key is made once, and both are seen', () => {
    const said = put()
    expect([parseStandbyDone(said), ownKeyOf(said)]).toEqual([null, KEY])
    expect(host.read('/var/lib/hc/control/inventory.yml')).toBe("all: {vars: {name: it's}}\n")
    expect(ownKeyOf(put())).toBe(KEY)
    const look = parseStandbyLook(host.run(shell, standbyLookScript()))
    expect(look).toMatchObject({ program: null, loop: null, ownKey: KEY, sources: [] })
    const sum = createHash('sha256').update('SECRET\n').digest('hex')
    expect(Object.entries(look?.files ?? {}).find(([path]) => path.endsWith('ca.key'))?.[1]).toBe(sum)
    expect(said).not.toContain('SECRET')
  })

  test('what was brought is listed, what is not there here any more goes, and with the machine the secrets go', () => {
    const path = '/var/lib/hc/control/inventory.yml'
    const list = (name: string, line: string) => {
      return { path: `/var/lib/hc/control/.hc/control/${name}`, bytes: text(`${line}\n`), mode: '0600' }
    }
    // The answers of the fake are without its folder.
    const secret = join(host.folder, 'secret')
    const all = [...files, list('sent', `${'a'.repeat(64)} ${path}`), list('sources', secret)]
    const brought = [...all, { path: secret, bytes: text('S'), mode: '0600' }]
    const old = { path: '/var/lib/hc/control/group_vars/all.yml', bytes: text('a: 1\n'), mode: '0600' }
    host.run(shell, filesScript(guard(), [...brought, old], 'hc-control:c1:nuc1'))
    expect(host.read(old.path)).toBe('a: 1\n')
    const said = host.run(shell, filesScript(guard(), brought, 'hc-control:c1:nuc1', [old.path]))
    expect(parseStandbyDone(said)).toBeNull()
    expect(host.read(old.path)).toBeNull()
    const look = parseStandbyLook(host.run(shell, standbyLookScript()))
    expect(look).toMatchObject({ sent: [`${'a'.repeat(64)} ${path}`], sources: ['/secret'] })
    expect(existsSync(secret)).toBe(true)
    host.run(shell, dismissScript(guard()))
    expect(existsSync(secret)).toBe(false)
  })

  test('a lower term is refused, and it is said that it was the term', () => {
    host.run(shell, dismissScript(guard({ term: { number: 9, owner: 'owner-b' } })))
    const said = put()
    expect([refusedForTerm(said), parseStandbyDone(said)]).toEqual([true, expect.stringContaining('owner-b')])
    expect(host.read('/var/lib/hc/control/inventory.yml')).toBeNull()
  })

  test('the loop rests, started again by the host itself, and goes on at a word', () => {
    const called = join(host.folder, 'called')
    for (const name of ['systemctl', 'systemd-run'])
      writeFileSync(join(host.folder, 'bin', name), `#!/bin/sh\necho "${name} $*" >>'${called}'\n`, { mode: 0o755 })
    expect(parseStandbyDone(host.run(shell, restScript(guard(), 30)))).toBeNull()
    expect(readFileSync(called, 'utf8').split('\n').filter(Boolean)).toEqual([
      'systemctl stop hc-reconcile-again.timer',
      'systemd-run --quiet --collect --unit=hc-reconcile-again --on-active=30 systemctl start hc-reconcile.service',
      'systemctl stop hc-reconcile.service',
    ])
    expect(parseStandbyDone(host.run(shell, resumeScript(guard())))).toBeNull()
    expect(readFileSync(called, 'utf8')).toContain('systemctl start hc-reconcile.service')
    writeFileSync(join(host.folder, 'bin', 'systemd-run'), '#!/bin/sh\necho no bus >&2; exit 1\n', { mode: 0o755 })
    expect(parseStandbyDone(host.run(shell, restScript(guard(), 30)))).toBe('the loop cannot be told to rest: no bus')
  })

  test('all of it goes, a loop of somebody else stays; twice too', () => {
    put()
    const unit = join(host.folder, 'units/hc-reconcile.service')
    mkdirSync(join(unit, '..'), { recursive: true })
    writeFileSync(unit, 'ExecStart=node run.js reconcile --cron --inventory "/srv/cluster/inventory.yml"\n')
    for (let round = 0; round < 2; round += 1)
      expect(parseStandbyDone(host.run(shell, dismissScript(guard())))).toBeNull()
    expect(host.read('/var/lib/hc/control/inventory.yml')).toBeNull()
    expect(existsSync(unit)).toBe(true)
  })
})

test('answers that are cut say so', () => {
  expect(parseStandbyLook('hc-standby 1\nboot x\n')).toBeNull()
  expect(parseStandbyDone('')).toContain('cut')
})
