// The record of events after bad luck, and its bounds.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/ports.js'
import { openStore, type StoreOptions } from '../../src/store/store.js'
import { newEvent, WALL } from './world.js'

let base: string
let folder: string

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'hc-events-'))
  folder = join(base, '.hc')
})
afterEach(() => rm(base, { recursive: true, force: true }))

function open(options: Partial<StoreOptions> = {}): Store {
  return openStore(folder, { wall: () => WALL, owner: 'laptop', command: 'hc test', ...options })
}

describe('the record of events', () => {
  test('a torn last line is dropped, and the next starts on a line of its own', async () => {
    const path = join(folder, 'events.jsonl')
    await open().appendEvents([newEvent('a'), newEvent('b')], 1)
    await writeFile(path, '{"id":3,"time":"2026', { flag: 'a' })
    const store = open()
    expect((await store.events({ limit: 10 })).map(({ id }) => id)).toEqual([1, 2])
    expect((await store.appendEvents([newEvent('c')], 1))[0]?.id).toBe(3)
    expect((await store.events({ limit: 10 })).map(({ text }) => text)).toEqual(['a', 'b', 'c'])
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(4)
  })

  test('that cannot be read is an error with a hint', async () => {
    await writeFile(folder, 'no folder')
    await expect(open().events({ limit: 10 })).rejects.toMatchObject({
      code: 'store',
      message: `Reading ${join(folder, 'events.jsonl')} failed: a part of the path is no folder; nothing was changed`,
      hint: 'Check hc_store in the inventory.',
    })
  })

  test('holes and foreign lines are skipped', async () => {
    const store = open()
    await store.appendEvents([newEvent('a')], 1)
    await writeFile(join(folder, 'events.jsonl'), '\0\0\0\0\n\nnull\n{"no":"id"}\n', { flag: 'a' })
    expect((await store.appendEvents([newEvent('b')], 1))[0]?.id).toBe(2)
    expect(await store.events({ limit: 10 })).toHaveLength(2)
  })

  test('the file is bounded, one older is kept, ids go on', async () => {
    const store = open({ maxEventFile: 300_000 })
    const reader = open()
    for (let round = 0; round < 100; round += 1) {
      await store.appendEvents(
        Array.from({ length: 10 }, () => newEvent(`${round} ${'ü'.repeat(400)}`)),
        1,
      )
    }
    for (const name of ['events.jsonl', 'events.1.jsonl']) {
      expect((await stat(join(folder, name))).size).toBeLessThanOrEqual(300_000)
    }
    const kept = await reader.events({ limit: 100_000 })
    expect(kept.at(-1)?.id).toBe(1000)
    expect(kept.length).toBeGreaterThan(250)
    expect(kept.map(({ id }) => id)).toEqual(kept.map((_, index) => 1001 - kept.length + index))
    expect(kept.every(({ text }) => / ü{400}$/.test(text))).toBe(true)
    expect((await reader.events({ limit: 3, afterId: 990 })).map(({ id }) => id)).toEqual([998, 999, 1000])
    await rm(join(folder, 'events.jsonl'))
    expect((await reader.appendEvents([newEvent('next')], 1))[0]?.id).toBeGreaterThan(600)
  })

  test('cut off at any byte: what was whole is read, the next ids go on, and no line is mixed up', async () => {
    const path = join(folder, 'events.jsonl')
    const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(texts, fc.double({ min: 0, max: 1, noNaN: true }), async (written, share) => {
        await rm(folder, { recursive: true, force: true })
        await open().appendEvents(written.map(newEvent), 1)
        const bytes = await readFile(path)
        const cut = bytes.subarray(0, Math.floor(bytes.length * share))
        await writeFile(path, cut)
        const whole = written.slice(0, cut.filter((byte) => byte === 0x0a).length)
        const store = open()
        expect((await store.events({ limit: 99 })).map(({ text }) => text)).toEqual(whole)
        expect((await store.appendEvents([newEvent('next')], 1))[0]?.id).toBe(whole.length + 1)
        expect((await open().events({ limit: 99 })).map(({ text }) => text)).toEqual([...whole, 'next'])
      }),
      { numRuns: 40 },
    )
  })
})
