// The faults that the store in memory has for simulations.
import { expect, test } from 'vitest'
import { Killed, MemoryDisk, MemoryStore } from '../support/memory-store.js'
import { increment, newEvent, underLock, WALL } from './world.js'

function open(disk: MemoryDisk, command = 'hc test'): MemoryStore {
  return new MemoryStore(disk, { wall: () => WALL, owner: 'laptop', command })
}

test('a killed process frees its locks at once and does nothing more', async () => {
  const disk = new MemoryDisk()
  const [one, other] = [open(disk), open(disk)]
  await increment(one)
  const lock = await one.lock(0)
  await one.lockLoop()
  const waiting = other.lock(5000)
  const records = await one.read()
  one.kill()
  const taken = await waiting
  expect(await other.loopHeld()).toBe(false)
  await expect(one.write(records ?? (await other.create()))).rejects.toThrow(Killed)
  await expect(one.appendEvents([newEvent('a')], 1)).rejects.toThrow(Killed)
  await lock.release()
  expect(await taken.stillValid()).toBe(true)
  expect(await other.read()).toEqual(records)
})

test('a simulation can kill between any two writes', async () => {
  const disk = new MemoryDisk()
  const store = open(disk)
  const seen: string[] = []
  disk.beforeChange = (change, by) => {
    seen.push(change)
    if (seen.length === 3) by.kill()
  }
  await increment(store) // made, written
  await expect(store.appendEvents([newEvent('a')], 1)).rejects.toThrow(Killed)
  expect(seen).toEqual(['records', 'records', 'events'])
  const next = open(disk)
  expect((await next.read())?.term.number).toBe(2)
  expect(await next.events({ limit: 1 })).toEqual([])
})

test('a full disk refuses changes and keeps what was there', async () => {
  const disk = new MemoryDisk()
  const store = open(disk)
  await increment(store)
  const before = await store.read()
  disk.full = true
  await expect(increment(store)).rejects.toMatchObject({ code: 'store', exitCode: 1 })
  await expect(store.appendEvents([newEvent('a')], 1)).rejects.toMatchObject({ code: 'store' })
  expect(await store.read()).toEqual(before)
  disk.full = false
  await increment(store)
})

test('the wait for the lock is bounded by the clock that is given', async () => {
  const disk = new MemoryDisk()
  const held = await open(disk, 'hc apply').lock(0)
  const asked: number[] = []
  const sleep = async (ms: number) => {
    asked.push(ms)
  }
  const store = new MemoryStore(disk, { wall: () => WALL, owner: 'laptop', command: 'hc plan', sleep })
  await expect(store.lock(86_400_000)).rejects.toThrow('hc apply')
  expect(asked).toEqual([86_400_000])
  await held.release()
})

test('what was read can not be changed by accident', async () => {
  const disk = new MemoryDisk()
  const store = open(disk)
  const records = await underLock(store, () => store.create())
  const read = await store.read()
  expect(Object.isFrozen(read?.jobs)).toBe(true)
  expect(read).toEqual(records)
})
