// The file of a backup: what is read back, what is refused, what stands on the disk.
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StoreContents } from '../../src/model/records.js'
import { formatBackup, parseBackup, readBackup, writeBackup } from '../../src/store/backup.js'
import { fill } from '../support/full-store.js'
import { MemoryDisk, MemoryStore } from '../support/memory-store.js'
import { WALL } from './world.js'

const contents: StoreContents = await fill(
  new MemoryStore(new MemoryDisk(), { wall: () => WALL, owner: 'desk-aaaa', command: 'test' }),
)
const text = formatBackup(contents, WALL)
const withBytes = ({ blobs, ...rest }: StoreContents) => ({
  ...rest,
  blobs: Object.fromEntries(Object.entries(blobs).map(([name, bytes]) => [name, Buffer.from(bytes).toString('hex')])),
})

describe('the text of a backup', () => {
  test('gives back every record, event and byte', () => {
    const read = parseBackup(text, 'b.json')
    expect(withBytes(read.contents)).toEqual(withBytes(contents))
    expect(read.madeAt).toBe(WALL)
    expect(read.sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  test('is the same for the same store, and may be laid out anew', () => {
    expect(formatBackup(contents, WALL)).toBe(text)
    const laidOut = JSON.stringify(JSON.parse(text), null, 2)
    expect(withBytes(parseBackup(laidOut, 'b.json').contents)).toEqual(withBytes(contents))
  })

  test('cut off anywhere, or with a byte changed, is refused', () => {
    for (let end = 0; end < text.length - 1; end += 997) {
      expect(() => parseBackup(text.slice(0, end), 'b.json'), String(end)).toThrow(/^b\.json is (damaged|no backup)/)
    }
    for (let at = text.indexOf('"content"') + 11; at < text.length - 3; at += 1499) {
      const other = text.charAt(at) === '7' ? '8' : '7'
      const changed = text.slice(0, at) + other + text.slice(at + 1)
      expect(() => parseBackup(changed, 'b.json'), String(at)).toThrow('b.json is damaged')
    }
  })

  const refused: readonly (readonly [what: string, text: string, sentence: string])[] = [
    ['nothing', '', 'b.json is damaged: it is empty'],
    ['an inventory', 'all:\n  hosts:\n', 'b.json is no backup of a store'],
    ['other JSON', '{"kind":"status"}', 'b.json is no backup of a store'],
    ['a list', '[]', 'b.json is no backup of a store'],
    ['a later version', text.replace('"version":1', '"version":2'), 'was written by a newer hc (version 2'],
    ['a head without its sum', text.replace('"sha256"', '"sha255"'), 'its head is not whole'],
  ]
  test.each(refused)('%s is refused', (_what, given, sentence) => {
    expect(() => parseBackup(given, 'b.json')).toThrow(sentence)
  })
})

describe('the file of a backup', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hc-backup-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  test('is for its owner alone, whole, and replaces an older one', async () => {
    const file = join(folder, 'b.json')
    const facts = await writeBackup(file, contents, WALL)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(file)).size).toBe(facts.bytes)
    await writeBackup(file, { ...contents, events: [] }, WALL)
    expect((await readBackup(file)).contents.events).toEqual([])
    expect(await readdir(folder)).toEqual(['b.json'])
  })

  test('never takes the place of anything else', async () => {
    const file = join(folder, 'inventory.yml')
    await writeFile(file, 'all:\n')
    await mkdir(join(folder, 'jobs'))
    await expect(writeBackup(file, contents, WALL)).rejects.toThrow('is there already and is no backup')
    await expect(writeBackup(join(folder, 'jobs'), contents, WALL)).rejects.toThrow('is a folder')
    await expect(writeBackup(join(folder, 'none', 'b.json'), contents, WALL)).rejects.toThrow('there is no such folder')
    expect(await readFile(file, 'utf8')).toBe('all:\n')
    await expect(readBackup(join(folder, 'none.json'))).rejects.toThrow('does not exist')
  })
})
