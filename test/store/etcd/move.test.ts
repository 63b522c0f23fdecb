// The store's commands as a person uses them: a folder, a real etcd, and the way back, through the program's own doors.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Hc, openHc } from '../../../src/hc.js'
import type { StoreContents } from '../../../src/model/records.js'
import { readBackup } from '../../../src/store/backup.js'
import { KEPT_EVENTS } from '../../../src/store/etcd/events.js'
import { openStore } from '../../../src/store/store.js'
import { fill } from '../../support/full-store.js'
import { newEvent, underLock, WALL } from '../world.js'
import { type Etcd, HAVE_ETCD, startEtcd } from './server.js'

describe.runIf(HAVE_ETCD)('from a folder to etcd and back', () => {
  let etcd: Etcd
  let folder: string
  let count = 0
  let address: string
  beforeAll(async () => {
    etcd = await startEtcd(1)
  })
  afterAll(() => etcd.end())
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hc-move-'))
    await mkdir(join(folder, 'jobs'))
    count += 1
    address = `etcd://127.0.0.1:${etcd.ports[0]}/move${count}`
    await setStore(null)
    return () => rm(folder, { recursive: true })
  })

  const setStore = (store: string | null) =>
    writeFile(
      join(folder, 'inventory.yml'),
      `all: {vars: {${store === null ? '' : `hc_store: "${store}"`}}, hosts: {a: {ansible_host: 127.0.0.1, ansible_port: 1}}}\n`,
    )
  async function withHc<T>(work: (hc: Hc) => Promise<T>): Promise<T> {
    const hc = await openHc({ inventory: join(folder, 'inventory.yml'), lockTimeoutMs: 2000 })
    try {
      return await work(hc)
    } finally {
      await hc.close()
    }
  }
  const onDisk = () => openStore(join(folder, '.hc'), { wall: () => WALL, owner: 'test-0123456789', command: 'test' })
  const backup = async (name: string): Promise<StoreContents> => {
    await withHc((hc) => hc.backupStore(join(folder, name)))
    return (await readBackup(join(folder, name))).contents
  }
  const plain = ({ records, blobs, ...rest }: StoreContents) => {
    const { term: _, moved: __, ...fields } = records
    const texts = Object.entries(blobs).map(([name, bytes]) => [name, Buffer.from(bytes).toString('hex')])
    return { ...rest, records: fields, blobs: Object.fromEntries(texts) }
  }

  test('every record, event and byte arrives, both ways', { timeout: 30_000 }, async () => {
    await fill(onDisk())
    const first = plain(await backup('1.json'))
    const there = await withHc((hc) => hc.migrateStore(address))
    expect(there).toMatchObject({ from: '.hc', to: address, eventsLeft: 0, term: { number: 6 } })
    await expect(withHc((hc) => hc.status(null))).rejects.toThrow(`was moved to ${address}`)
    await setStore(address)
    const second = plain(await backup('2.json'))
    expect({ ...second, events: second.events.slice(0, -1) }).toEqual(first)
    expect(second.events.at(-1)?.text).toBe(`the store moved from .hc to ${address}: term 5 -> 6`)
    await withHc((hc) => hc.migrateStore('file'))
    await expect(withHc((hc) => hc.status(null))).rejects.toThrow('was moved to .hc')
    await setStore(null)
    const third = plain(await backup('3.json'))
    expect({ ...third, events: third.events.slice(0, -1) }).toEqual(second)
    expect((await withHc((hc) => hc.status(null))).jobs.map(({ name }) => name)).toEqual(['web'])
  })

  test('of more events than etcd keeps, the newest arrive, and it is said', { timeout: 60_000 }, async () => {
    const disk = onDisk()
    await fill(disk)
    const texts = Array.from({ length: KEPT_EVENTS + 300 }, (_, index) => newEvent(`n${index}`))
    await underLock(disk, () => disk.appendEvents(texts, 5))
    const there = await withHc((hc) => hc.migrateStore(address))
    expect(there.eventsLeft).toBeGreaterThan(0)
    expect(there.events).toBeGreaterThanOrEqual(KEPT_EVENTS)
    expect(there.events + there.eventsLeft).toBe(210 + KEPT_EVENTS + 300)
  })

  test('a backup of etcd comes back in it and in a folder, and asks for the take-over', {
    timeout: 30_000,
  }, async () => {
    await fill(onDisk())
    await withHc((hc) => hc.migrateStore(address))
    await setStore(address)
    const file = join(folder, 'b.json')
    const made = plain(await backup('b.json'))
    const again = await withHc((hc) => hc.restoreStore(file, { force: false }))
    expect(again.term.number).toBe(6)
    expect(again.replaced).toMatch(/replaced-.*\.json$/)
    const after = plain(await backup('c.json'))
    const { restored: waits, ...kept } = after.records
    expect(waits?.from.number).toBe(6)
    expect({ ...after, records: kept, events: after.events.slice(0, -1) }).toEqual(made)
    await setStore('./other')
    expect((await withHc((hc) => hc.restoreStore(file, { force: false }))).replaced).toBeNull()
    expect((await readdir(join(folder, 'other'))).sort()).toContain('state.json')
    const state = JSON.parse(await readFile(join(folder, 'other', 'state.json'), 'utf8'))
    expect(state.restored.from.owner).toMatch(/^etcd-/)
    await withHc((hc) => hc.reconcileOnce({ takeOver: true }))
    const acting = JSON.parse(await readFile(join(folder, 'other', 'state.json'), 'utf8'))
    expect(acting.restored).toBeUndefined()
    expect(acting.term.number).toBeGreaterThan(6)
  })
})
