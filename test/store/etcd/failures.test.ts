// What goes wrong with etcd and with its users: a member that dies, no quorum, a lease that ends, values that are large.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../../src/ports.js'
import { openEtcdStore } from '../../../src/store/etcd/store.js'
import { increment, newEvent, underLock, WALL } from '../world.js'
import { type Etcd, HAVE_ETCD, startEtcd, tell } from './server.js'

const base64 = (text: string) => Buffer.from(text).toString('base64')

describe.runIf(HAVE_ETCD)('a store in etcd', () => {
  let etcd: Etcd
  let folder: string
  const begin = async (members: number) => {
    etcd = await startEtcd(members)
  }
  const open = (command: string, takeoverMs = 4000): Store =>
    openEtcdStore({
      endpoints: etcd.ports.map((port) => ({ name: 'localhost', address: '127.0.0.1', port })),
      prefix: '/hc/',
      tls: null,
      login: null,
      debug: () => undefined,
      wall: () => WALL,
      takeoverMs,
      folder: join(folder, command.replace(' ', '-')),
      command,
    })
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hc-etcd-fail-'))
  })
  afterEach(async () => {
    await etcd.end()
    await rm(folder, { recursive: true })
  })

  test('goes on with two of three members, and says plainly when only one is left', { timeout: 60_000 }, async () => {
    await begin(3)
    const store = open('hc apply')
    await increment(store)
    etcd.kill(0)
    await increment(store)
    expect((await store.read())?.term.number).toBe(3)
    etcd.kill(1)
    const refused = await store.lock(0).catch((error: Error) => error.message)
    expect(refused).toBe(
      'etcd has no quorum: 1 of 3 answers; running work is untouched, nothing can be written until 2 answer',
    )
    // Who only looks is shown what the last member knows, also a command that was begun just now.
    expect((await open('hc status').read())?.term.number).toBe(3)
    const shown = await store.control?.show()
    expect(shown?.trouble).toContain('no quorum')
    await etcd.start(1)
    await expect.poll(() => increment(store).then(() => 'written', String), { timeout: 15_000 }).toBe('written')
    expect((await store.read())?.term.number).toBe(4)
  })

  test('gives a lock back that it could not give back without a quorum, though its loop leads on', {
    timeout: 90_000,
  }, async () => {
    await begin(3)
    const [leader, other] = [open('hc reconcile', 40_000), open('hc apply')]
    await increment(leader)
    const loop = await leader.lockLoop()
    const lock = await leader.lock(0)
    etcd.kill(0)
    etcd.kill(1)
    await lock.release()
    await etcd.start(1)
    await expect.poll(() => increment(other).then(() => 'written', String), { timeout: 20_000 }).toBe('written')
    // A client that found no quorum says so for a moment to all who ask.
    await expect.poll(() => loop?.stillValid(), { timeout: 10_000 }).toBe(true)
    await loop?.release()
  })

  test('lets nobody write whose lease has ended, whatever is the clock of etcd', { timeout: 30_000 }, async () => {
    await begin(1)
    const [one, other] = [open('hc reconcile'), open('hc apply')]
    await increment(one)
    const records = await one.read()
    const loop = await one.lockLoop()
    const lock = await one.lock(0)
    expect(one.leftMs?.()).toBeGreaterThan(500)
    const leases = (await tell(etcd.ports[0] ?? 0, '/v3/lease/leases', {})) as { leases: { ID: string }[] }
    for (const lease of leases.leases) await tell(etcd.ports[0] ?? 0, '/v3/lease/revoke', lease)
    if (!records) throw new Error('no records')
    await expect(one.write({ ...records, removed: { web: WALL } })).rejects.toMatchObject({ code: 'store' })
    await expect(one.appendEvents([newEvent('late')], 1)).rejects.toMatchObject({ code: 'store' })
    expect(await loop?.stillValid()).toBe(false)
    expect(await lock.stillValid()).toBe(false)
    await increment(other)
    expect((await other.read())?.removed).toEqual({})
    await expect.poll(() => one.leftMs?.() ?? 1, { timeout: 5000 }).toBeLessThanOrEqual(0)
    await expect(one.lock(0)).rejects.toMatchObject({ code: 'store' })
  })

  test('the next leader has a higher number, and is shown with who stands by', async () => {
    await begin(1)
    const [one, other] = [open('hc one'), open('hc two')]
    const first = await one.lockLoop()
    expect(await other.lockLoop()).toBeNull()
    const shown = await other.control?.show()
    expect([shown?.leader?.pid, shown?.standbys.length]).toEqual([process.pid, 1])
    await first?.release()
    const second = await other.lockLoop()
    expect(second?.election).toBeGreaterThan(first?.election ?? 0)
    expect((await other.control?.show())?.standbys).toEqual([])
    await second?.release()
  })

  test('which inventory a loop goes by is told once, and shown for as long as the loop lives', async () => {
    await begin(1)
    const [one, other] = [open('hc one'), open('hc two')]
    const inventoryOf = async () => (await other.control?.show())?.leader?.inventory
    await one.control?.tell?.('before it has a place')
    const lock = await one.lockLoop()
    expect(await inventoryOf()).toBeUndefined()
    await one.control?.tell?.('a1')
    expect(await inventoryOf()).toBe('a1')
    const revision = async () => {
      const said = await tell(etcd.ports[0] ?? 0, '/v3/kv/range', { key: base64('/hc/none') })
      return (said as { readonly header: { readonly revision: string } }).header.revision
    }
    const before = await revision()
    await one.control?.tell?.('a1')
    expect(await revision()).toBe(before)
    await one.control?.tell?.('b2')
    expect(await inventoryOf()).toBe('b2')
    await lock?.release()
    const next = await other.lockLoop()
    expect(await inventoryOf()).toBeUndefined()
    await next?.release()
  })

  test('values beyond the limit of a request are split and come back whole', async () => {
    await begin(1)
    const [one, other] = [open('hc one'), open('hc two')]
    const made = await underLock(one, () => one.create())
    for (const size of [3_500_000, 2_500_000]) {
      const large = { ...made, inventory: { big: 'ü'.repeat(size / 2) } }
      await underLock(one, () => one.write(large))
      expect(await other.read()).toEqual(large)
    }
    const parts = await tell(etcd.ports[0] ?? 0, '/v3/kv/range', {
      key: base64('/hc/records.parts/'),
      range_end: base64('/hc/records.parts0'),
      count_only: true,
    })
    expect(parts).toMatchObject({ count: '3' }) // those of the first are gone
    const bytes = Buffer.alloc(2_200_000, 7)
    const [name = ''] = await one.putBlobs([bytes])
    expect(Buffer.from((await other.getBlob(name)) ?? [])).toEqual(bytes)
  })
})
