import { chmod, chown, lstat, mkdir, mkdtemp, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { createTextFiles } from '../../src/system/text-files.js'

const files = createTextFiles()
let folder = ''
let file = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hc-test-'))
  file = join(folder, 'inventory.yml')
  await writeFile(file, 'old\n')
})

describe('text files', () => {
  test('are replaced whole, with the mode that they had and nothing left beside', async () => {
    await chmod(file, 0o640)
    await files.replace(file, 'old\n', 'new\n')
    expect(await readFile(file, 'utf8')).toBe('new\n')
    expect((await stat(file)).mode & 0o7777).toBe(0o640)
    expect(await readdir(folder)).toEqual(['inventory.yml'])
  })
  test('stay links where they are links', async () => {
    const link = join(folder, 'link.yml')
    await symlink('inventory.yml', link)
    await files.replace(link, 'old\n', 'new\n')
    expect((await lstat(link)).isSymbolicLink()).toBe(true)
    expect(await readFile(file, 'utf8')).toBe('new\n')
  })
  test('that somebody else changed meanwhile are not overwritten', async () => {
    await writeFile(file, 'theirs\n')
    await expect(files.replace(file, 'old\n', 'new\n')).rejects.toThrow('was changed by someone else meanwhile')
    expect(await readFile(file, 'utf8')).toBe('theirs\n')
    expect(await readdir(folder)).toEqual(['inventory.yml'])
  })
  test('keep every byte', async () => {
    await writeFile(file, '\ufeffa\r\nb')
    const text = await files.read(file)
    expect(text).toBe('\ufeffa\r\nb')
    await files.replace(file, text, `${text}c`)
    expect((await readFile(file)).toString('hex')).toBe(Buffer.from('\ufeffa\r\nbc').toString('hex'))
  })
  test('of other encodings are refused', async () => {
    await writeFile(file, Buffer.from([0x61, 0xe9, 0x0a]))
    await expect(files.read(file)).rejects.toThrow('is no UTF-8 text')
    await expect(files.read(join(folder, 'none'))).rejects.toThrow('there is no such file')
    await expect(files.read(folder)).rejects.toThrow('it is a folder')
  })
  test.skipIf(process.getuid?.() === 0)('that this user may not write say whom to run hc as', async () => {
    await chmod(file, 0o400)
    await expect(files.replace(file, 'old\n', 'new\n')).rejects.toMatchObject({
      hint: expect.stringContaining('run hc as the owner of that file'),
    })
  })
  test('are copied to free names only, folders too', async () => {
    const from = join(folder, 'a')
    await mkdir(from)
    await writeFile(join(from, 'x.yml'), 'x: 1\n', { mode: 0o600 })
    await files.copy(from, join(folder, 'b'))
    expect(await readFile(join(folder, 'b', 'x.yml'), 'utf8')).toBe('x: 1\n')
    expect((await stat(join(folder, 'b', 'x.yml'))).mode & 0o777).toBe(0o600)
    await expect(files.copy(file, join(from, 'x.yml'))).rejects.toThrow('it is there already')
    await files.remove(from)
    expect(await readdir(folder)).toEqual(['b', 'inventory.yml'])
  })
  test.runIf(process.getuid?.() === 0)('that root copies stay their owner’s', async () => {
    const from = join(folder, 'host_vars')
    await mkdir(join(from, 'sub'), { recursive: true })
    await writeFile(join(from, 'sub', 'a.yml'), 'x: 1\n')
    await chown(join(from, 'sub', 'a.yml'), 65534, 65534)
    await chown(from, 65534, 65534)
    await files.copy(from, join(folder, 'copy'))
    expect((await stat(join(folder, 'copy'))).uid).toBe(65534)
    expect((await stat(join(folder, 'copy', 'sub'))).uid).toBe(0)
    expect((await stat(join(folder, 'copy', 'sub', 'a.yml'))).gid).toBe(65534)
  })
  test('have private drafts', async () => {
    const draft = await files.draft('/somewhere/inventory.yml', 'text\n')
    expect(draft.endsWith('/inventory.yml')).toBe(true)
    expect((await stat(draft)).mode & 0o777).toBe(0o600)
    expect((await stat(dirname(draft))).mode & 0o777).toBe(0o700)
    await files.remove(dirname(draft))
  })
})
