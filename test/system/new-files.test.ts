import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createFiles } from '../../src/system/new-files.js'
import { isThisMachine, ownBootId } from '../../src/system/self.js'

let base = ''
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'hc-new-'))
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

const files = () => [
  { path: join(base, 'deep/c/inventory.yml'), text: 'all:\n' },
  { path: join(base, 'deep/c/jobs/hello.yml'), text: 'name: hello\n' },
]

test('all files, with their folders, and nothing beside them', async () => {
  await createFiles(files())
  expect(readFileSync(join(base, 'deep/c/inventory.yml'), 'utf8')).toBe('all:\n')
  expect(readdirSync(join(base, 'deep/c'), { recursive: true }).sort()).toEqual([
    'inventory.yml',
    'jobs',
    'jobs/hello.yml',
  ])
})

test('one name is taken: none is written, and what is there stays as it was', async () => {
  mkdirSync(join(base, 'deep/c/jobs'), { recursive: true })
  writeFileSync(join(base, 'deep/c/jobs/hello.yml'), 'mine')
  await expect(createFiles(files())).rejects.toThrow('hello.yml is there already, and nothing was written')
  expect(readdirSync(join(base, 'deep/c'), { recursive: true }).sort()).toEqual(['jobs', 'jobs/hello.yml'])
  expect(readFileSync(join(base, 'deep/c/jobs/hello.yml'), 'utf8')).toBe('mine')
})

test('interrupted, or no folder to be had: nothing is left, not even a folder', async () => {
  const gone = new AbortController()
  gone.abort()
  await expect(createFiles(files(), gone.signal)).rejects.toMatchObject({ exitCode: 130 })
  expect(existsSync(join(base, 'deep'))).toBe(false)
  writeFileSync(join(base, 'deep'), '')
  await expect(createFiles(files())).rejects.toThrow('nothing was written')
  await expect(createFiles([{ path: join(base, 'deep/x.yml'), text: '' }])).rejects.toThrow('nothing was written')
  expect(readdirSync(base)).toEqual(['deep'])
})

test('this machine is known by its addresses and names', async () => {
  expect(await Promise.all(['127.0.0.1', 'localhost', '::1'].map(isThisMachine))).toEqual([true, true, true])
  expect(await isThisMachine('192.0.2.1')).toBe(false)
  expect(ownBootId()).toMatch(/^[0-9a-f-]{36}$/)
})
