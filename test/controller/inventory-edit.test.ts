// Edits through the program's own doors, on files in a folder.
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Hc, openHc } from '../../src/hc.js'
import type { EditReview, InventoryEdit } from '../../src/model/inventory-edit.js'
import { openStore } from '../../src/store/store.js'

const TEXT = '# mine\nall:\n  hosts:\n    a: {ansible_host: 10.0.0.1}  # one\n    b: {ansible_host: 10.0.0.2}\n'
let folder = ''
let hc: Hc

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hc-test-'))
  await writeFile(join(folder, 'inventory.yml'), TEXT)
  hc = await openHc({ inventory: join(folder, 'inventory.yml') })
})
afterEach(() => hc.close())

const text = (name = 'inventory.yml') => readFile(join(folder, name), 'utf8')
const edit = (wanted: InventoryEdit, review: (review: EditReview) => Promise<boolean> = async () => true) =>
  hc.editInventory(wanted, { dryRun: false, review })
const set: InventoryEdit = { kind: 'set', target: 'a', assignments: ['x=1'] }

async function place(slot: string, host: string): Promise<void> {
  const store = openStore(join(folder, '.hc'), { wall: () => '2026-01-01T00:00:00Z', owner: 'test', command: 'test' })
  const lock = await store.lock(5000)
  const records = await store.create()
  const more = {
    number: 1,
    version: 1,
    hash: '',
    generation: 1,
    ports: {},
    since: '2026-01-01T00:00:00Z',
    completed: false,
  }
  await store.write({ ...records, placements: { [slot]: { slot, host, ...more } } })
  await lock.release()
}

describe('an edit of the files', () => {
  test('is written and told with its diff', async () => {
    const view = await edit(set)
    expect(view).toMatchObject({ changed: true, dryRun: false, declined: false, file: join(folder, 'inventory.yml') })
    expect(view.diff).toContain('+    a: {ansible_host: 10.0.0.1, x: 1}  # one\n')
    expect(await text()).toBe(TEXT.replace('.1}', '.1, x: 1}'))
    expect(await edit(set)).toMatchObject({ changed: false, diff: '' })
  })
  test('writes nothing when it is dry or declined', async () => {
    expect(
      await hc.editInventory(set, { dryRun: true, review: () => Promise.reject(new Error('asked')) }),
    ).toMatchObject({
      changed: true,
      dryRun: true,
    })
    expect(await edit(set, async () => false)).toMatchObject({ changed: false, declined: true })
    expect(await text()).toBe(TEXT)
  })
  test('does not overwrite what somebody wrote while it was looked at', async () => {
    const meanwhile = edit(set, async () => {
      await writeFile(join(folder, 'inventory.yml'), `${TEXT}# theirs\n`)
      return true
    })
    await expect(meanwhile).rejects.toThrow('was changed by someone else meanwhile')
    expect(await text()).toBe(`${TEXT}# theirs\n`)
  })
  test('tells faults with their place, and whose they are', async () => {
    const wrong: InventoryEdit = { kind: 'set', target: 'a', assignments: ['hc_lables=x'] }
    await expect(edit(wrong)).rejects.toMatchObject({
      message: 'nothing was changed: with this edit the inventory would have a fault',
      faults: [{ at: { line: 4, column: 33 }, hint: 'did you mean "hc_labels"?' }],
    })
    await expect(edit({ kind: 'remove', hosts: ['c'] })).rejects.toMatchObject({ faults: [], exitCode: 2 })
    await writeFile(join(folder, 'inventory.yml'), 'all: [\n')
    await expect(edit(set)).rejects.toMatchObject({ faults: [{ at: { line: 2 } }] })
  })
  test('renames variable files on disk', async () => {
    await mkdir(join(folder, 'host_vars/a'), { recursive: true })
    await writeFile(join(folder, 'host_vars/a/main.yml'), 'x: 1\n')
    const view = await edit({ kind: 'rename', from: 'a', to: 'c' })
    expect(view.moved).toEqual([{ from: join(folder, 'host_vars/a'), to: join(folder, 'host_vars/c') }])
    expect(await readdir(join(folder, 'host_vars'))).toEqual(['c'])
    expect(await text('host_vars/c/main.yml')).toBe('x: 1\n')
    expect(await text()).toBe(TEXT.replace('    a:', '    c:'))
  })
  test('keeps the name of a host while something is placed on it, and says so of one that goes', async () => {
    await place('web.0', 'a')
    await expect(edit({ kind: 'rename', from: 'a', to: 'c' })).rejects.toThrow('web.0 is placed on a by that name')
    const seen: EditReview['placed'][] = []
    await edit({ kind: 'remove', hosts: ['a', 'b'] }, async ({ placed }) => {
      seen.push(placed)
      return false
    })
    expect(seen).toEqual([[{ slot: 'web.0', host: 'a', kept: 'removed' }]])
  })
  test.each<InventoryEdit>([
    { kind: 'rename', from: 'a', to: 'c' },
    { kind: 'remove', hosts: ['a'] },
  ])('writes nothing where something was placed while it was looked at: $kind', async (wanted) => {
    const meanwhile = edit(wanted, async () => {
      await place('web.0', 'a')
      return true
    })
    await expect(meanwhile).rejects.toThrow('web.0 was placed on a meanwhile: nothing was written')
    expect(await text()).toBe(TEXT)
    await edit({ kind: 'remove', hosts: ['b'] })
  })
  test('is refused for an INI inventory', async () => {
    const file = join(folder, 'hosts')
    await writeFile(file, '[web]\na\n')
    const ini = await openHc({ inventory: file })
    await expect(ini.editInventory(set, { dryRun: false, review: async () => true })).rejects.toThrow(
      'is an INI inventory',
    )
    await ini.close()
  })
})

describe('a file in the editor', () => {
  test('is checked as part of the inventory, and taken only where it is still the same', async () => {
    const open = await hc.openInventoryFile(null)
    await writeFile(open.draft, TEXT.replace('ansible_host: 10.0.0.2', 'hc_lables: x'))
    const look = await open.look()
    expect(look).toMatchObject({
      changed: true,
      faults: [{ message: 'unknown variable "hc_lables"', at: { line: 5 } }],
    })
    await writeFile(open.draft, TEXT.replace('# one', '# 1'))
    const right = await open.look()
    expect(right.faults).toEqual([])
    await open.take(right)
    expect(await text()).toContain('# 1')
    await expect(readFile(open.draft)).rejects.toThrow()
    const other = await hc.openInventoryFile(null)
    await writeFile(join(folder, 'inventory.yml'), TEXT)
    await expect(other.take(right)).rejects.toThrow('was changed by someone else meanwhile')
    await other.drop()
  })
  test('is not taken where the editor left nothing', async () => {
    const open = await hc.openInventoryFile(null)
    for (const nothing of ['', '\n', '# only a comment\n']) {
      await writeFile(open.draft, nothing)
      expect(await open.look()).toMatchObject({ faults: [{ message: 'nothing is left of the inventory' }] })
    }
    await rm(open.draft)
    await expect(open.look()).rejects.toThrow('the editor left no file behind, and nothing was written')
    await expect(stat(dirname(open.draft))).rejects.toThrow()
    expect(await text()).toBe(TEXT)
  })
  test('tells which hosts are gone and what is placed there, and is not taken over what came meanwhile', async () => {
    await place('web.0', 'a')
    const open = await hc.openInventoryFile(null)
    await writeFile(open.draft, TEXT.replace('    a:', '    c:'))
    const look = await open.look()
    expect(look).toMatchObject({ emptied: false, gone: ['a'], placed: [{ slot: 'web.0', host: 'a' }] })
    await expect(open.take({ ...look, placed: [] })).rejects.toThrow('web.0 was placed on a meanwhile')
    expect(await text()).toBe(TEXT)
    await writeFile(open.draft, 'all:\n  hosts:\n')
    expect(await open.look()).toMatchObject({ faults: [], emptied: true, gone: ['a', 'b'] })
    await open.drop()
  })
  test('may be a variable file, and none of another inventory', async () => {
    await mkdir(join(folder, 'group_vars'))
    await writeFile(join(folder, 'group_vars/all.yml'), 'hc_moves: 1\n')
    const open = await hc.openInventoryFile(join(folder, 'group_vars/all.yml'))
    await writeFile(open.draft, 'hc_moves: many\n')
    expect((await open.look()).faults[0]?.at?.file).toBe(join(folder, 'group_vars/all.yml'))
    await open.drop()
    await expect(hc.openInventoryFile('/etc/passwd')).rejects.toThrow('is no file of this inventory')
  })
})
