// Real processes, really killed: what was recorded stays, and the lock is free at once.
import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/ports.js'
import { openStore } from '../../src/store/store.js'
import { ended, nextLine, type PlainSources, plainSources } from '../support/plain-node.js'

const CHILD = 'test/store/child.ts'
let sources: PlainSources
let folder: string
let store: Store

beforeAll(async () => {
  sources = await plainSources(['src/model', 'src/remote/limit.ts', 'src/ports.ts', 'src/store', CHILD])
})
afterAll(() => sources.remove())
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'hc-kill-')), '.hc')
  store = openStore(folder, { wall: () => new Date().toISOString(), owner: 'test', command: 'hc test' })
})
afterEach(() => rm(join(folder, '..'), { recursive: true }))

function temps(names: readonly string[]): readonly string[] {
  return names.filter((name) => name.endsWith('.tmp'))
}

describe('kill -9', () => {
  test('of a writer, 50 times at random moments: readable, nothing said is lost', { timeout: 90_000 }, async () => {
    let said = { number: 0, event: 0 }
    for (let round = 0; round < 50; round += 1) {
      const child = sources.start(CHILD, ['write', folder, String(1000 + round * 4000)])
      let output = ''
      child.stdout?.on('data', (chunk: Buffer) => {
        output += chunk.toString()
      })
      await nextLine(child)
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 40))
      child.kill('SIGKILL')
      await ended(child)
      const last = output.trimEnd().split('\n').at(-1)?.split(' ').map(Number) ?? []
      said = { number: last[0] ?? said.number, event: last[1] ?? said.event }

      const records = await store.read()
      expect(records?.term.number).toBeGreaterThanOrEqual(said.number)
      expect(records?.term.number).toBeLessThanOrEqual(said.number + 1)
      expect((await store.events({ limit: 1 }))[0]?.id).toBeGreaterThanOrEqual(said.event)
      const left = temps(await readdir(folder)) // of this child only: its first lock cleaned up after the one before
      expect(left.length).toBeLessThanOrEqual(2)
      expect(left.filter((name) => !name.includes(`.${child.pid}.`))).toEqual([])
      said.number = records?.term.number ?? 0
    }
    const events = await store.events({ limit: 100_000 })
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => (events[0]?.id ?? 0) + index))
    expect(new Set(events.map(({ text }) => text)).size).toBe(events.length)
    await (await store.lock(1000)).release()
    expect(temps(await readdir(folder))).toEqual([])
  })

  test('of the holder frees the lock and the loop at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const child = sources.start(CHILD, ['hold', folder])
      await nextLine(child)
      expect(await store.loopHeld()).toBe(true)
      const waiting = store.lock(10_000)
      await new Promise((resolve) => setTimeout(resolve, 50))
      const killed = performance.now()
      child.kill('SIGKILL')
      const lock = await waiting
      expect(performance.now() - killed).toBeLessThan(1000) // a few ms where the machine is idle
      await ended(child)
      const loop = await store.lockLoop()
      expect(loop).not.toBeNull()
      await loop?.release()
      await lock.release()
    }
  })

  test('of the holder frees the lock though a child of it lives on', async () => {
    const holder = sources.start(CHILD, ['hold-with-child', folder])
    const survivor = Number(await nextLine(holder))
    try {
      await expect(store.lock(0)).rejects.toMatchObject({ code: 'locked' })
      holder.kill('SIGKILL')
      await ended(holder)
      process.kill(survivor, 0) // throws where it is dead
      await (await store.lock(0)).release()
      expect(await store.loopHeld()).toBe(false)
    } finally {
      process.kill(survivor, 'SIGKILL')
    }
  })
})

describe('several processes', () => {
  test('adding 100 times each lose nothing', { timeout: 60_000 }, async () => {
    const children = [1, 2].map(() => sources.start(CHILD, ['increment', folder, '100']))
    await Promise.all(children.map(ended))
    expect(children.map((child) => child.exitCode)).toEqual([0, 0])
    expect((await store.read())?.term.number).toBe(201)
  })

  test('who waits is told who acts, and since when', async () => {
    const holder = sources.start(CHILD, ['hold', folder])
    const pid = await nextLine(holder)
    try {
      await expect(store.lock(0)).rejects.toThrow(
        new RegExp(`^hc hold \\(pid ${pid}\\) has been acting since \\d\\d:\\d\\d:\\d\\d, and only one hc acts`),
      )
    } finally {
      holder.kill('SIGKILL')
      await ended(holder)
    }
  })

  test('rm -rf of the folder under a holder leaves it without a lock, and the next one with a good one', async () => {
    const holder = sources.start(CHILD, ['hold-while-removed', folder])
    try {
      await nextLine(holder)
      await new Promise((resolve) => setTimeout(resolve, 100))
      const lock = await store.lock(1000)
      expect(await lock.stillValid()).toBe(true)
      await store.create()
      await lock.release()
      expect(await store.read()).not.toBeNull()
    } finally {
      holder.kill('SIGKILL')
      await ended(holder)
    }
  })

  test.runIf(canUnshare())('exclude each other between network namespaces', async () => {
    const lock = await store.lock(0)
    const refused = sources.start(CHILD, ['lock', folder, '0'], ['unshare', '-n'])
    expect(await nextLine(refused)).toContain(`hc test (pid ${process.pid})`)
    await lock.release()
    const granted = sources.start(CHILD, ['lock', folder, '0'], ['unshare', '-n'])
    expect(await nextLine(granted)).toBe('locked')
    await Promise.all([refused, granted].map(ended))
    expect(JSON.parse(await readFile(join(folder, 'lock'), 'utf8')).command).toBe('hc lock')
  })
})

function canUnshare(): boolean {
  try {
    execFileSync('unshare', ['-n', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
