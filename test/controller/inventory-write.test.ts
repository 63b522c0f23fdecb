// Edits that touch several files, where one of them can't be written.
import { expect, test } from 'vitest'
import { writeEdit } from '../../src/controller/inventory-write.js'
import type { TextFiles } from '../../src/ports.js'

const EDIT = {
  changes: [
    { path: '', before: 'a', after: 'c' },
    { path: 'group_vars/all.yml', before: 'x: a', after: 'x: c' },
  ],
  moves: [{ from: 'host_vars/a.yml', to: 'host_vars/c.yml' }],
}

function disk(refuse: (path: string, after: string) => boolean) {
  const held = new Map([
    ['/c/inventory.yml', 'a'],
    ['/c/group_vars/all.yml', 'x: a'],
    ['/c/host_vars/a.yml', 'y: 1'],
  ])
  const files: TextFiles = {
    read: async (path) => held.get(path) ?? '',
    replace: async (path, before, after) => {
      if (held.get(path) !== before || refuse(path, after)) throw new Error(`${path}: no space is left`)
      held.set(path, after)
    },
    copy: async (from, to) => void held.set(to, held.get(from) ?? ''),
    remove: async (path) => void held.delete(path),
    draft: async () => '',
  }
  return { files, texts: () => Object.fromEntries(held) }
}

test('an edit of several files is written as a whole', async () => {
  const { files, texts } = disk(() => false)
  await writeEdit(files, '/c/inventory.yml', EDIT)
  expect(texts()).toEqual({
    '/c/inventory.yml': 'c',
    '/c/group_vars/all.yml': 'x: c',
    '/c/host_vars/c.yml': 'y: 1',
  })
})

test('where the second file fails the first is put back, and the copies go', async () => {
  const { files, texts } = disk((path) => path.endsWith('all.yml'))
  const before = texts()
  await expect(writeEdit(files, '/c/inventory.yml', EDIT)).rejects.toThrow('all.yml: no space is left')
  expect(texts()).toEqual(before)
})

test('what can not be put back is told, and keeps the copies that it needs', async () => {
  const { files, texts } = disk((path, after) => path.endsWith('all.yml') || after === 'a')
  await expect(writeEdit(files, '/c/inventory.yml', EDIT)).rejects.toThrow(
    'all.yml: no space is left; /c/inventory.yml could not be put back and holds the edit',
  )
  expect(texts()).toMatchObject({ '/c/inventory.yml': 'c', '/c/host_vars/a.yml': 'y: 1', '/c/host_vars/c.yml': 'y: 1' })
})
