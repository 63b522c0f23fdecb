// Hosts are tried before they are taken into the inventory.
import { expect, test } from 'vitest'
import { tryHost, tryHosts } from '../../src/controller/trial.js'
import type { Failure } from '../../src/model/observation.js'
import { fakeHost } from '../support/fake-sshd.js'
import { BOOT } from './support/init-world.js'
import { PROBE, trialWorld as world } from './support/trial-doors.js'

const hosts = (...names: readonly string[]) => names.map((name) => fakeHost(name))

test('a host that answers: as whom, and what it would bring', async () => {
  const { doors } = world({ nuc1: {}, nuc2: { user: 'admin' } })
  const view = await tryHost(doors, fakeHost('nuc1'))
  expect(view).toMatchObject({
    name: 'nuc1',
    target: 'root@127.0.0.1:22',
    ok: true,
    root: 'login',
    reason: null,
    notes: [],
  })
  expect(view.brings).toMatchObject({ hostname: 'nuc1', os: 'debian 12', units: 0 })
  expect(view.brings?.capacity.memory).toBeGreaterThan(0)
  expect(await tryHost(doors, fakeHost('nuc2'))).toMatchObject({ target: 'admin@127.0.0.1:22', root: 'sudo' })
  const local = fakeHost('tower', { connection: { ...fakeHost('tower').connection, kind: 'local' } })
  expect(await tryHost(doors, local)).toMatchObject({ target: 'this machine', ok: true, root: 'login' })
})

test('a failure is the reason, with what mends it', async () => {
  const failure: Failure = { kind: 'auth', message: 'refused the login', hint: 'ssh-copy-id' }
  const { doors } = world({ nuc1: { failure } })
  expect(await tryHost(doors, fakeHost('nuc1'))).toMatchObject({
    ok: false,
    reason: 'refused the login',
    failure: 'auth',
    hint: 'ssh-copy-id',
    brings: null,
    unknownKey: null,
  })
})

test('a host that systemd has not booted can take no jobs', async () => {
  const { doors } = world({
    nuc1: { probe: PROBE.replace(/^system .*$/m, 'system offline') },
    nuc2: { probe: PROBE.replace(/^driver systemd .*\n/m, '') },
  })
  const [offline, without] = await tryHosts(doors, hosts('nuc1', 'nuc2'))
  expect(offline).toMatchObject({ ok: false, failure: 'broken', reason: expect.stringContaining('does not run it') })
  expect(without).toMatchObject({ ok: false, reason: expect.stringContaining('no systemd') })
})

test('keys that are not known: refused without anybody to ask, else asked one after the other', async () => {
  const machines = { nuc1: { key: 'SHA256:a', bootId: BOOT('1') }, nuc2: { key: 'SHA256:b' }, nuc3: {} }
  const alone = await tryHosts(world(machines).doors, hosts('nuc1', 'nuc2', 'nuc3'))
  expect(alone.map(({ ok }) => ok)).toEqual([false, false, true])
  expect(alone[0]?.unknownKey).toMatchObject({ type: 'ssh-ed25519', fingerprint: 'SHA256:a' })
  const { doors, logins } = world(machines)
  let open = 0
  const asked: string[] = []
  const views = await tryHosts(doors, hosts('nuc1', 'nuc2', 'nuc3'), {
    acceptKey: async (host, key) => {
      open += 1
      asked.push(`${host} ${key.fingerprint}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
      expect(open).toBe(1)
      open -= 1
      return host === 'nuc1'
    },
  })
  expect(asked).toEqual(['nuc1 SHA256:a', 'nuc2 SHA256:b'])
  expect(views.map(({ ok }) => ok)).toEqual([true, false, true])
  expect([views[0]?.unknownKey, views[0]?.recordedKey?.fingerprint]).toEqual([null, 'SHA256:a'])
  expect([views[1]?.unknownKey?.fingerprint, views[1]?.recordedKey]).toEqual(['SHA256:b', null])
  expect(logins).toEqual(['nuc1', 'nuc2', 'nuc3', 'nuc1'])
})

test('one machine under two names, and a copy of a disk', async () => {
  const { doors } = world({
    nuc1: { bootId: BOOT('1') },
    nuc2: { bootId: BOOT('1') },
    nuc3: { bootId: BOOT('3') },
    old: { bootId: BOOT('4'), machineId: 'e'.repeat(32) },
    nuc4: { bootId: BOOT('4'), machineId: 'e'.repeat(32) },
  })
  const [one, two, three] = await tryHosts(doors, hosts('nuc1', 'nuc2', 'nuc3'))
  expect(one?.ok).toBe(true)
  expect(two).toMatchObject({ ok: false, reason: 'it is the same machine as nuc1' })
  expect(three).toMatchObject({ ok: true, notes: [expect.stringContaining('machine id of nuc1')] })
  const known = await tryHost(doors, fakeHost('nuc4'), { peers: hosts('nuc4', 'old') })
  expect(known.reason).toBe('it is the same machine as old')
})
