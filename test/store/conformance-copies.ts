// Taking all out of a store and putting it into one.
import { expect, test } from 'vitest'
import { MovedError } from '../../src/model/errors.js'
import { fill } from '../support/full-store.js'
import { newEvent, type Parts, underLock, WALL } from './world.js'

/** The part of the suite for copies. */
export function copyTests(parts: Parts): void {
  test('all that is taken out of it comes back, part by part, after all was lost', async () => {
    const { world, one, other } = parts()
    const contents = await fill(one)
    expect(contents.events).toHaveLength(210)
    expect(Object.keys(contents.blobs)).toHaveLength(2)
    expect(contents.incidents).toHaveLength(1)
    await world.lose()
    await underLock(other, () => other.load(contents))
    const again = await underLock(one, () => one.dump())
    expect(again?.records).toEqual(contents.records)
    expect(again?.events).toEqual(contents.events)
    expect(again?.incidents).toEqual(contents.incidents)
    expect(Object.keys(again?.blobs ?? {}).sort()).toEqual(Object.keys(contents.blobs).sort())
    for (const [name, bytes] of Object.entries(contents.blobs)) {
      expect(Buffer.from(again?.blobs[name] ?? []).equals(Buffer.from(bytes))).toBe(true)
    }
    expect((await one.appendEvents([newEvent('next')], 5))[0]?.id).toBe(211)
  })

  test('what is put in takes the place of all that was there', async () => {
    const { one, other } = parts()
    const contents = await fill(one)
    const last = contents.events.slice(-3)
    await one.putBlobs([Uint8Array.from([1])])
    await one.appendEvents([newEvent('too late')], 5)
    await underLock(other, () => other.load({ ...contents, events: last, blobs: {} }))
    expect(await one.events({ limit: 1000 })).toEqual(last)
    const again = await underLock(one, () => one.dump())
    expect(again?.blobs).toEqual({})
    expect(await underLock(one, () => one.read())).toEqual(contents.records)
  })

  test('nothing of it goes without the lock', async () => {
    const { one } = parts()
    const contents = await fill(one)
    await expect(one.dump()).rejects.toThrow('bug')
    await expect(one.load({ ...contents, blobs: {} })).rejects.toThrow('bug')
  })

  test('records that live elsewhere are read by nobody, but taken out all the same', async () => {
    const { one, other } = parts()
    const { records } = await fill(one)
    await underLock(one, () => one.write({ ...records, moved: { to: 'etcd://nuc9', at: WALL } }))
    for (const store of [one, other]) {
      await expect(store.read()).rejects.toThrow(MovedError)
      await expect(store.read()).rejects.toThrow('was moved to etcd://nuc9')
    }
    const { moved, ...rest } = (await underLock(other, () => other.dump()))?.records ?? records
    expect(moved).toEqual({ to: 'etcd://nuc9', at: WALL })
    expect(rest).toEqual(records)
    const copy = { to: '.hc', at: WALL, unfinished: true } as const
    await underLock(one, () => one.write({ ...records, moved: copy }))
    await expect(other.read()).rejects.toThrow('was begun at')
    await underLock(one, () => one.write(records))
    expect(await other.read()).toEqual(records)
  })
}
