// What any Store must do, whatever it keeps its records in.
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { LoopSnapshot, Records } from '../../src/model/records.js'
import type { Store } from '../../src/ports.js'
import { copyTests } from './conformance-copies.js'
import { lockTests } from './conformance-lock.js'
import { increment, newEvent, type Parts, type StoreWorld, underLock, WALL } from './world.js'

/** The suite. */
export function storeConformance(name: string, makeWorld: () => Promise<StoreWorld>): void {
  describe(`${name} is a Store`, () => {
    let world: StoreWorld
    let one: Store
    let other: Store
    beforeEach(async () => {
      world = await makeWorld()
      one = world.open('laptop', 'hc apply')
      other = world.open('desktop', 'hc reconcile')
    })
    afterEach(() => world.end())

    recordsTests(() => ({ world, one, other }))
    lockTests(() => ({ world, one, other }))
    eventTests(() => ({ world, one, other }))
    restTests(() => ({ world, one, other }))
    copyTests(() => ({ world, one, other }))
  })
}

function recordsTests(parts: Parts): void {
  test('a new one has no records, and reading makes none', async () => {
    const { one, other } = parts()
    expect(await one.read()).toBeNull()
    expect(await other.read()).toBeNull()
    expect(await one.events({ limit: 10 })).toEqual([])
    expect(await one.readLoop()).toBeNull()
  })

  test('create makes a cluster of its own, which other processes see', async () => {
    const { one, other } = parts()
    const made = await underLock(one, () => one.create())
    expect(made.cluster).toMatch(/^[0-9a-f]{10}$/)
    expect(made.key).toMatch(/^[0-9a-f]{64}$/)
    expect(made.term).toEqual({ number: 1, owner: 'laptop' })
    expect(made.jobs).toEqual({})
    expect(await other.read()).toEqual(made)
    await expect(underLock(one, () => one.create())).rejects.toThrow('bug')
    expect(await one.read()).toEqual(made)
  })

  test('a draft is what create would make, under an id of its own, and writes nothing', async () => {
    const { one } = parts()
    const draft = one.draft()
    expect(await one.read()).toBeNull()
    const made = await underLock(one, () => one.create())
    expect(made.cluster).not.toBe(draft.cluster)
    expect({ ...made, cluster: '', key: '' }).toEqual({ ...draft, cluster: '', key: '' })
  })

  test('nothing is written without the lock', async () => {
    const { one } = parts()
    await expect(one.create()).rejects.toThrow('bug')
    const made = await underLock(one, () => one.create())
    await expect(one.write({ ...made, removed: { web: WALL } })).rejects.toThrow('bug')
    expect(await one.read()).toEqual(made)
  })

  test('any records come back as they were written, from every process', async () => {
    const { one, other } = parts()
    const made = await underLock(one, () => one.create())
    const texts = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), {
      maxKeys: 5,
      noNullPrototype: true,
    })
    await fc.assert(
      fc.asyncProperty(texts, fc.option(texts), async (removed, inventory) => {
        const records: Records = { ...made, removed, inventory }
        await underLock(one, () => one.write(records))
        expect(await one.read()).toEqual(records)
        expect(await other.read()).toEqual(records)
      }),
      { numRuns: 15 },
    )
  })

  test('what is lost is gone for all, and can be made anew', async () => {
    const { world, one, other } = parts()
    const made = await underLock(one, () => one.create())
    await one.read()
    await world.lose()
    expect(await one.read()).toBeNull()
    const again = await underLock(other, () => other.create())
    expect(again.cluster).not.toBe(made.cluster)
    expect(again.key).not.toBe(made.key)
    expect(await one.read()).toEqual(again)
  })

  test('a watcher hears what others change, not what its own process does', async () => {
    const { world, one, other } = parts()
    await increment(one)
    const heard = vi.fn()
    const watch = one.watch(heard)
    await increment(one)
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(heard).not.toHaveBeenCalled()
    await increment(other)
    await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(1), 3000)
    await world.lose()
    await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(2), 3000)
    await underLock(other, () => other.create())
    await vi.waitFor(() => expect(heard).toHaveBeenCalledTimes(3), 3000)
    watch.stop()
    await increment(other)
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(heard).toHaveBeenCalledTimes(3)
  })
}

function eventTests(parts: Parts): void {
  test('events get rising ids, whoever writes them', async () => {
    const { one, other } = parts()
    const first = await one.appendEvents([newEvent('a'), newEvent('b')], 7)
    const next = await other.appendEvents([newEvent('c')], 8)
    expect([...first, ...next].map((event) => event.id)).toEqual([1, 2, 3])
    expect(first[0]).toEqual({
      id: 1,
      time: WALL,
      kind: 'warning',
      host: 'nuc1',
      slot: null,
      reason: null,
      text: 'a',
      term: 7,
    })
    expect(await one.events({ limit: 10 })).toEqual([...first, ...next])
    expect(await one.appendEvents([], 8)).toEqual([])
  })

  test('the newest so many after an id, oldest first', async () => {
    const { one } = parts()
    await one.appendEvents(
      Array.from({ length: 20 }, (_, index) => newEvent(String(index + 1))),
      1,
    )
    const ids = async (options: { limit: number; afterId?: number }) => (await one.events(options)).map(({ id }) => id)
    expect(await ids({ limit: 3 })).toEqual([18, 19, 20])
    expect(await ids({ limit: 3, afterId: 18 })).toEqual([19, 20])
    expect(await ids({ limit: 3, afterId: 2 })).toEqual([18, 19, 20])
    expect(await ids({ limit: 3, afterId: 20 })).toEqual([])
    expect(await ids({ limit: 0 })).toEqual([])
    expect(await ids({ limit: 1000, afterId: 0 })).toHaveLength(20)
  })

  test('events can be added under the own lock, and wait for that of others', async () => {
    const { one, other } = parts()
    const lock = await one.lock(0)
    await one.appendEvents([newEvent('mine')], 1)
    const waiting = other.appendEvents([newEvent('theirs')], 1)
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(await one.events({ limit: 10 })).toHaveLength(1)
    await lock.release()
    expect((await waiting)[0]?.id).toBe(2)
  })

  test('many appends at the same time: every id once', async () => {
    const { one, other } = parts()
    await Promise.all(
      [one, other].flatMap((store) => ['a', 'b', 'c', 'd'].map((text) => store.appendEvents([newEvent(text)], 1))),
    )
    expect((await one.events({ limit: 100 })).map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })
}

function restTests(parts: Parts): void {
  test('blobs are kept by their sha256 until they are pruned', async () => {
    const { one, other } = parts()
    const [empty = ''] = await one.putBlobs([new Uint8Array()])
    expect(empty).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    const bytes = Uint8Array.from({ length: 5000 }, (_, index) => index % 251)
    const [name = ''] = await one.putBlobs([bytes])
    expect(await one.putBlobs([bytes, new Uint8Array(), bytes])).toEqual([name, empty, name])
    expect(Buffer.from((await other.getBlob(name)) ?? [])).toEqual(Buffer.from(bytes))
    await other.pruneBlobs([name])
    expect(await one.getBlob(empty)).toBeNull()
    expect(await one.getBlob(name)).not.toBeNull()
    expect(await one.getBlob('0'.repeat(64))).toBeNull()
    expect(await one.getBlob('../state.json')).toBeNull()
  })

  test('the snapshot of the loop is replaced by each tick', async () => {
    const { one, other } = parts()
    const snapshot: LoopSnapshot = { pid: 1, startedAt: WALL, lastTick: WALL, lastTickMs: 12, hosts: {} }
    await (await one.lock(0)).release()
    await one.writeLoop(snapshot)
    const next: LoopSnapshot = {
      ...snapshot,
      hosts: { nuc1: { verdict: 'ready', reason: 'it answers', lastContact: WALL } },
    }
    await one.writeLoop(next)
    expect(await other.readLoop()).toEqual(next)
  })
}
