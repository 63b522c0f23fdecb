// From nothing to a first job that answers, as a user does it.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { InitView } from '../../src/model/init.js'
import type { ApplyView, EndpointView } from '../../src/model/views.js'
import { newKey } from '../support/fake-sshd.js'
import { addressOf, HOSTS, labState, on, wipe } from './support/lab.js'
import { Running } from './support/process.js'
import { eventually } from './support/wait.js'

let home = ''

/** A home of its own. OpenSSH takes the login's home from the user database, so it is told by `-F`. */
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hc-init-'))
  mkdirSync(join(home, '.ssh'))
  mkdirSync(join(home, 'bin'))
  writeFileSync(
    join(home, '.ssh/config'),
    `Host *\n  UserKnownHostsFile ${knownHosts()}\n  IdentityFile ${labState()}/id\n`,
  )
  writeFileSync(join(home, 'bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${home}/.ssh/config' "$@"\n`)
  chmodSync(join(home, 'bin/ssh'), 0o755)
})
afterEach(() => rmSync(home, { recursive: true, force: true }))
beforeAll(() => wipe())
afterAll(() => wipe())

const knownHosts = () => join(home, '.ssh/known_hosts')

function hc(cwd: string, ...words: readonly string[]) {
  return new Running(words, { cwd, env: { HOME: home, PATH: `${join(home, 'bin')}:${process.env.PATH ?? ''}` } }).ended
}

async function json<T>(cwd: string, ...words: readonly string[]): Promise<{ code: number | null; json: T }> {
  const { code, stdout } = await hc(cwd, ...words, '--json')
  return { code, json: JSON.parse(stdout) }
}

const range = () => `root@${addressOf('nuc1').replace(/11$/, '[11:13]')}`

describe('hc init', () => {
  test('hosts by their addresses alone, their keys accepted; the first job runs, and its page answers', async () => {
    const refused = await json<InitView>(home, 'init', 'cluster', '--host', range())
    expect(refused).toMatchObject({ code: 1, json: { written: false } })
    expect(refused.json.hosts.map(({ trial }) => trial?.unknownKey?.type)).toEqual(HOSTS.map(() => 'ssh-ed25519'))
    expect([existsSync(knownHosts()), existsSync(join(home, 'cluster'))]).toEqual([false, false])

    const begun = await json<InitView>(home, 'init', 'cluster', '--host', range(), '--accept-new-host-key')
    expect(begun).toMatchObject({ code: 0, json: { written: true } })
    expect(begun.json.hosts.map(({ name }) => name)).toEqual(HOSTS)
    for (const { trial } of begun.json.hosts) {
      expect(trial).toMatchObject({ ok: true, root: 'login', unknownKey: null, brings: { tools: ['busybox', 'perl'] } })
    }
    expect(readFileSync(knownHosts(), 'utf8').trim().split('\n')).toHaveLength(HOSTS.length)

    const folder = join(home, 'cluster')
    const applied = await json<ApplyView>(folder, 'apply', '--yes')
    expect(applied).toMatchObject({ code: 0, json: { converged: true } })
    const { json: told } = await json<{ endpoints: readonly EndpointView[] }>(folder, 'endpoints')
    expect(told.endpoints).toHaveLength(2)
    for (const { host, slot, address, port } of told.endpoints) {
      const page = await eventually('the page answers', async () => (await fetch(`http://${address}:${port}/`)).text())
      expect(page).toBe(`hello from ${host}, by ${slot}\n`)
    }
    const again = await hc(folder, 'init', '--host', range())
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('overwrites nothing')])
    expect((await hc(folder, 'job', 'remove', 'hello', '--yes')).code).toBe(0)
  })

  test('what is wrong with each host is said with its mend, and nothing is written', async () => {
    const stranger = newKey().public.split(' ').slice(0, 2).join(' ')
    writeFileSync(knownHosts(), `${addressOf('nuc3')} ${stranger}\n`)
    await on(
      'nuc2',
      'useradd -m plain; mkdir -p ~plain/.ssh; cp ~admin/.ssh/authorized_keys ~plain/.ssh/; chown -R plain: ~plain',
    )
    try {
      const words = [`nobody@${addressOf('nuc1')}`, `plain@${addressOf('nuc2')}`, `root@${addressOf('nuc3')}`]
      const hosts = words.flatMap((word, index) => ['--host', `h${index + 1}=${word}`])
      const { code, json: view } = await json<InitView>(home, 'init', ...hosts, '--accept-new-host-key')
      expect([code, view.written, existsSync(join(home, 'inventory.yml'))]).toEqual([1, false, false])
      const [login, sudo, changed] = view.hosts.map(({ trial }) => trial)
      expect(login).toMatchObject({
        failure: 'auth',
        hint: expect.stringContaining(`ssh-copy-id nobody@${addressOf('nuc1')}`),
      })
      expect(sudo).toMatchObject({ failure: 'no-privileges', hint: expect.stringContaining('/etc/sudoers.d/hc') })
      expect(changed).toMatchObject({
        failure: 'host-key',
        reason: expect.stringContaining(`${knownHosts()}:1`),
        unknownKey: null,
      })
    } finally {
      await on('nuc2', 'userdel -r plain 2>/dev/null; :')
    }
  })

  test('one machine under two names, sudo, and an address where nobody is', async () => {
    const nobody = addressOf('nuc1').replace(/11$/, '99')
    const hosts = ['--host', `a=root@${addressOf('nuc1')}`, '--host', `b=admin@${addressOf('nuc1')}:22`]
    const twins = await json<InitView | { error: { message: string } }>(home, 'init', ...hosts, '--accept-new-host-key')
    expect(twins).toMatchObject({ code: 2, json: { error: { message: expect.stringContaining('and so has a') } } })
    const sudo = await json<InitView>(
      home,
      'init',
      'c',
      '--host',
      `admin@${addressOf('nuc1')}`,
      '--host',
      `away=${nobody}`,
      '--accept-new-host-key',
    )
    expect(sudo.code).toBe(3)
    expect(sudo.json.hosts).toMatchObject([
      { name: 'away', trial: { ok: false, failure: 'unreachable' } },
      { name: 'nuc1', trial: { ok: true, root: 'sudo' } },
    ])
  })
})
