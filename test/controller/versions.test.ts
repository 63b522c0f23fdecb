// Versions that were applied are kept, and can be gone back to.
import { expect, test } from 'vitest'
import { blobsOf, goneBack, KEPT_VERSIONS, keepVersions, rollbackTarget } from '../../src/controller/versions.js'
import type { Records } from '../../src/model/records.js'
import type { Store } from '../../src/ports.js'
import { applied, job } from '../planner/support/make.js'
import { MemoryDisk, MemoryStore } from '../support/memory-store.js'

const WALL = '2025-03-01T12:00:00.000Z'

async function applyAll(hashes: readonly string[]): Promise<{ store: Store; records: Records }> {
  const store = new MemoryStore(new MemoryDisk(), { wall: () => WALL } as never)
  let records = store.draft()
  for (const [index, hash] of hashes.entries()) {
    const next = applied(job('web', { count: index + 1 }), { hash, version: index + 1 })
    records = await keepVersions(store, records, { ...records, jobs: { web: next } }, ['web'])
    const healthy = (records.versions?.web ?? []).map((each) => ({
      ...each,
      healthyAt: hash === 'bad' ? each.healthyAt : WALL,
    }))
    records = { ...records, versions: { web: healthy } }
  }
  return { store, records }
}

test('back to the version that was healthy last, as a new one, with its content', async () => {
  const { store, records } = await applyAll(['a', 'b', 'bad'])
  const target = rollbackTarget(records, records.jobs.web as never, null)
  expect(target.version).toBe(2)
  const back = await goneBack(store, records, 'web', target, WALL)
  expect(back.jobs.web).toMatchObject({ version: 4, hash: 'b', job: { count: 2 } })
  expect(back.versions?.web?.map(({ version, revertOf }) => [version, revertOf])).toEqual([
    [1, undefined],
    [2, undefined],
    [3, undefined],
    [4, 2],
  ])
  expect(rollbackTarget(back, back.jobs.web as never, 1).version).toBe(1)
  expect(() => rollbackTarget(back, back.jobs.web as never, 2)).toThrow('is what is applied now')
  expect(() => rollbackTarget(back, back.jobs.web as never, 9)).toThrow('version 9 of web is not kept')
})

test('ten are kept, with their blobs', async () => {
  const { records } = await applyAll(Array.from({ length: 14 }, (_, index) => `h${index}`))
  expect(records.versions?.web).toHaveLength(KEPT_VERSIONS)
  expect(records.versions?.web?.at(-1)?.version).toBe(14)
  expect(new Set(blobsOf(records)).size).toBe(KEPT_VERSIONS)
})

test('what an hc without versions had applied counts as healthy', async () => {
  const store = new MemoryStore(new MemoryDisk(), { wall: () => WALL } as never)
  const before = { ...store.draft(), jobs: { web: applied(job('web'), { version: 7 }) } }
  const next = { ...before, jobs: { web: applied(job('web'), { version: 8, hash: 'n' }) } }
  const records = await keepVersions(store, before, next, ['web'])
  expect(rollbackTarget(records, next.jobs.web, null).version).toBe(7)
})
