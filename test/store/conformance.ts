// What any Store must do, whatever it keeps its records in.
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { LockedError } from '../../src/model/errors.js'
import type { NewEvent } from '../../src/model/event.js'
import type { LoopSnapshot, Records } from '../../src/model/records.js'
import type { Store } from '../../src/ports.js'

/** One cluster's storage, empty at first. */
export interface StoreWorld {
  /** One more process that works on it; its wall clock says `WALL`. */
  open(owner: string, command: string): Store
  /** All is lost at once, as by `rm -rf .hc`. */
  lose(): Promise<void>
  end(): Promise<void>
}

/** What the wall clock of every store says. */
export const WALL = '2026-03-01T12:03:04.000Z'

/** An event that tells itself from others by its text. */
export function newEvent(text: string): NewEvent {
  return { kind: 'warning', host: 'nuc1', slot: null, reason: null, text }
}

/** Runs `work` under the lock of `store`. */
export async function underLock<T>(store: Store, work: () => Promise<T>): Promise<T> {
  const lock = await store.lock(20_000)
  try {
    return await work()
  } finally {
    await lock.release()
  }
}

/** Reads, adds one to a counter that is kept as a term, writes. */
export async function increment(store: Store): Promise<void> {
  await underLock(store, async () => {
    const records = (await store.read()) ?? (await store.create())
    await store.write({ ...records, term: { ...records.term, number: records.term.number + 1 } })
  })
}

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
  })
}

type Parts = () => { readonly world: StoreWorld; readonly one: Store; readonly other: Store }

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

function lockTests(parts: Parts): void {
  test('only one holds the lock; who waits in vain is told who has it', async () => {
    const { one, other } = parts()
    const lock = await one.lock(1000)
    expect(await lock.stillValid()).toBe(true)
    const start = performance.now()
    const refused = await other.lock(150).then(
      () => null,
      (error: unknown) => error,
    )
    expect(performance.now() - start).toBeGreaterThanOrEqual(140)
    expect(refused).toBeInstanceOf(LockedError)
    expect(refused).toMatchObject({ code: 'locked', exitCode: 5, message: expect.stringContaining('hc apply') })
    await expect(other.lock(0)).rejects.toThrow(LockedError)
    await lock.release()
    await (await other.lock(0)).release()
  })

  test('a waiter gets the lock when it is released; a second release does no harm', async () => {
    const { one, other } = parts()
    const first = await one.lock(0)
    const waiting = other.lock(5000)
    await new Promise((resolve) => setTimeout(resolve, 30))
    await first.release()
    const second = await waiting
    await first.release()
    expect(await first.stillValid()).toBe(false)
    expect(await second.stillValid()).toBe(true)
    await expect(one.lock(0)).rejects.toThrow(LockedError)
    await second.release()
  })

  test('one process waits for itself too', async () => {
    const { one } = parts()
    const lock = await one.lock(0)
    await expect(one.lock(0)).rejects.toThrow(LockedError)
    await lock.release()
    await (await one.lock(0)).release()
  })

  test('of two who add under the lock, nothing is lost', async () => {
    const { one, other } = parts()
    const add = async (store: Store) => {
      for (let count = 0; count < 20; count += 1) await increment(store)
    }
    await Promise.all([add(one), add(other)])
    expect((await one.read())?.term.number).toBe(41)
  })

  test('a lock on a lost store holds nothing: its holder can tell, and can write no more', async () => {
    const { world, one, other } = parts()
    const made = await underLock(one, () => one.create())
    const lock = await one.lock(0)
    await world.lose()
    expect(await lock.stillValid()).toBe(false)
    await expect(one.write(made)).rejects.toMatchObject({ code: 'store' })
    const taken = await other.lock(0)
    const again = await other.create()
    expect(await lock.stillValid()).toBe(false)
    await expect(one.write(made)).rejects.toMatchObject({ code: 'store' })
    await lock.release()
    expect(await taken.stillValid()).toBe(true)
    await taken.release()
    expect(await one.read()).toEqual(again)
  })

  test('one loop ticks; anyone can ask whether one does', async () => {
    const { world, one, other } = parts()
    expect(await other.loopHeld()).toBe(false)
    const loop = await one.lockLoop()
    expect(loop).not.toBeNull()
    expect(await loop?.stillValid()).toBe(true)
    expect(await other.lockLoop()).toBeNull()
    expect(await other.loopHeld()).toBe(true)
    expect(await one.loopHeld()).toBe(true)
    await (await other.lock(0)).release() // a lock of its own
    await world.lose()
    expect(await loop?.stillValid()).toBe(false)
    expect(await other.loopHeld()).toBe(false)
    await loop?.release()
    const next = await other.lockLoop()
    expect(await one.loopHeld()).toBe(true)
    await next?.release()
    expect(await one.loopHeld()).toBe(false)
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
    const empty = await one.putBlob(new Uint8Array())
    expect(empty).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    const bytes = Uint8Array.from({ length: 5000 }, (_, index) => index % 251)
    const name = await one.putBlob(bytes)
    expect(await one.putBlob(bytes)).toBe(name)
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
