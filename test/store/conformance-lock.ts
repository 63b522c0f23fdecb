// The part of the suite for stores about locks.
import { expect, test } from 'vitest'
import { LockedError } from '../../src/model/errors.js'
import type { Store } from '../../src/ports.js'
import { increment, type Parts, underLock } from './world.js'

/** Locks of any Store. */
export function lockTests(parts: Parts): void {
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

  test('a release waits for what is being written under the lock', async () => {
    const { one, other } = parts()
    const made = await underLock(one, () => one.create())
    const lock = await one.lock(0)
    const writing = one.write({ ...made, removed: { web: 'x'.repeat(100_000) } })
    await lock.release()
    const next = await other.lock(0)
    expect((await other.read())?.removed.web).toHaveLength(100_000)
    await next.release()
    await writing
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
