// A file or folder that is not there: every command that takes one names the one that may have been meant.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import Apply from '../../commands/apply.js'
import ExportNomad from '../../commands/export/nomad.js'
import ImportCompose from '../../commands/import/compose.js'
import InventoryEdit from '../../commands/inventory/edit.js'
import Plan from '../../commands/plan.js'
import Simulate from '../../commands/simulate.js'
import Status from '../../commands/status.js'
import StoreRestore from '../../commands/store/restore.js'
import Validate from '../../commands/validate.js'
import { run } from './run.js'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hc-missing-'))
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  for (const name of ['jobs', 'group_vars']) mkdirSync(join(folder, name))
  write('inventory.yml', 'all: {hosts: {a: {ansible_host: 127.0.0.1, ansible_port: 1}}}\n')
  write('jobs/web.yml', '{name: web, command: [/bin/true], env_file: [./wbe.env]}\n')
  write('jobs/web.env', 'A=1\n')
  write('group_vars/all.yml', 'a: 1\n')
  write('compose.yml', 'services: {}\n')
  write('.env', 'A=1\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([
  [Apply, ['jbos/'], 'jobs/'],
  [Plan, ['jobs/wbe.yml'], 'jobs/web.yml'],
  [Plan, ['jobs/web.yml'], 'jobs/web.env'],
  [Validate, ['jobs/web'], 'jobs/web.yml'],
  [Simulate, ['web.yml'], 'jobs/web.yml'],
  [Simulate, ['--input', 'compos.yml'], 'compose.yml'],
  [Status, ['-i', 'invntory.yml'], 'inventory.yml'],
  [InventoryEdit, ['group_vars/al.yml'], 'group_vars/all.yml'],
  [ImportCompose, ['compsoe.yml'], 'compose.yml'],
  [ImportCompose, ['compose.yml', '--variables', '.evn'], '.env'],
  [ExportNomad, ['--from', 'job'], 'jobs'],
  [StoreRestore, ['compsoe.yml'], 'compose.yml'],
] as const)('%o %j: did you mean %s', async (command, words, meant) => {
  const argv = words.map((word) => (/^-/.test(word) ? word : join(folder, word)))
  const inventory = argv.includes('-i') ? [] : ['-i', join(folder, 'inventory.yml')]
  const env = { EDITOR: 'true' }
  const { json, exitCode } = await run(command, [...argv, ...inventory, '--json'], { env })
  expect(json).toMatchObject({ error: { hint: `did you mean "${join(folder, meant)}"?` } })
  expect(exitCode).toBe(2)
})
