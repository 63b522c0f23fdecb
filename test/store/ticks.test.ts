// The ring of ticks on the disk.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { Ticks } from '../../src/store/ticks.js'

const root = mkdtempSync(join(tmpdir(), 'hc-ticks-'))
afterAll(() => rmSync(root, { recursive: true }))

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(root, 'store-'))
})

test('what is kept is read again, by its owner alone', async () => {
  const ticks = new Ticks(folder)
  await ticks.keep('20261126-120000-000', () => 'some text')
  expect(await ticks.read('20261126-120000-000')).toBe('some text')
  expect(await ticks.read('20261126-120000-001')).toBeNull()
  expect(await ticks.read('../state')).toBeNull()
  expect(statSync(join(folder, 'ticks')).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, 'ticks', '20261126-120000-000.json.gz')).mode & 0o777).toBe(0o600)
})

test('the newest so many stay, of so many bytes', async () => {
  const few = new Ticks(folder, { ticks: 3, bytes: 1_000_000 })
  for (let at = 0; at < 6; at += 1) await few.keep(`20261126-12000${at}-000`, () => 'x')
  expect((await few.list()).map(({ id }) => id)).toEqual(['3', '4', '5'].map((at) => `20261126-12000${at}-000`))
  const small = new Ticks(folder, { ticks: 100, bytes: 60 })
  await small.keep('20261126-120009-000', () => 'y')
  const kept = await small.list()
  expect(kept.at(-1)?.id).toBe('20261126-120009-000')
  expect(kept.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(60)
  await small.keep('20261126-130000-000', () => Array.from({ length: 999 }, (_, at) => at ** 3).join())
  expect(await small.read('20261126-130000-000')).toBeNull()
})

test('a store that is gone is not made anew, and what cannot be written is left out', async () => {
  rmSync(folder, { recursive: true })
  await new Ticks(folder).keep('20261126-120000-000', () => 'x')
  expect(existsSync(folder)).toBe(false)
  mkdirSync(folder)
  writeFileSync(join(folder, 'ticks'), 'in the way')
  await new Ticks(folder).keep('20261126-120000-000', () => 'x')
  expect(readdirSync(folder)).toEqual(['ticks'])
})

test('a damaged one is an error that names it', async () => {
  mkdirSync(join(folder, 'ticks'))
  writeFileSync(join(folder, 'ticks', '20261126-120000-000.json.gz'), 'no gzip')
  await expect(new Ticks(folder).read('20261126-120000-000')).rejects.toThrow('20261126-120000-000.json.gz')
})
