import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { completeLines } from '../../../src/hc-complete.js'
import { openStore } from '../../../src/store/store.js'
import { WALL } from '../../planner/support/make.js'
import { fill } from '../../support/full-store.js'
import { tableFiles } from './built.js'

const folder = mkdtempSync(join(tmpdir(), 'hc-complete-'))
const files = await tableFiles()

beforeAll(async () => {
  writeFileSync(join(folder, 'inventory.yml'), 'nucs: {hosts: {nuc1: , nuc2: , "bad;name": }}\n')
  mkdirSync(join(folder, 'jobs'))
  writeFileSync(join(folder, 'jobs/notes.yml'), 'name: notes\n')
  await fill(openStore(join(folder, '.hc'), { wall: () => WALL, owner: 'me', command: 'hc test' }))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function complete(argv: readonly string[], environment: Record<string, string> = {}, from = folder) {
  return completeLines(argv, { ...files, folder: from, environment })
}

async function words(...argv: string[]): Promise<readonly string[]> {
  return (await complete(['zsh', ...argv])).slice(1).map((line) => line.split('\t')[0] ?? '')
}

test('names come from the inventory and from the records', async () => {
  expect(await words('job', 'show', '')).toEqual(['web'])
  expect(await words('job', 'restart', '')).toEqual(['web', 'web.0'])
  expect(await words('job', 'rollback', 'web', '--to', '')).toEqual(['2'])
  expect(await words('job', 'move', 'web.0', 'n')).toEqual(['nuc1', 'nuc2'])
  expect(await words('simulate', '--fill', '')).toEqual(['notes'])
  expect(await words('status', '')).toEqual(['web', 'nuc1', 'nuc2'])
  expect(await words('inventory', 'set', 'nuc1', 'hc_cap')).toEqual(['hc_capacity='])
})

test('ticks that are kept are offered to explain --tick, the newest first', async () => {
  expect(await words('explain', '--tick', '')).toEqual(expect.not.arrayContaining(['web']))
  const kept = join(folder, '.hc/ticks')
  mkdirSync(kept, { recursive: true })
  for (const name of ['20261126-123342-118.json.gz', '20261126-123355-002.json.gz', 'other'])
    writeFileSync(join(kept, name), '')
  expect(await words('explain', '--tick', '2026')).toEqual(['20261126-123355-002', '20261126-123342-118'])
  expect(await words('explain', '')).toEqual(['web', 'web.0'])
})

test('names are offered once, in patterns behind each sign, and never one that a shell would read as more', async () => {
  expect(await words('host', 'cordon', 'nuc1', 'n')).toEqual(['nuc2', 'nucs'])
  expect(await words('host', 'list', '--limit=all,!nu')).toEqual([
    '--limit=all,!nuc1',
    '--limit=all,!nuc2',
    '--limit=all,!nucs',
  ])
  expect((await words('host', 'show', '')).join()).not.toContain('bad')
})

test('what a name is stands beside it', async () => {
  const [first, ...lines] = await complete(['fish', 'host', 'cordon', 'nuc'])
  expect(first).toBe('words closed ')
  expect(lines).toEqual(['nuc1\thost, draining', 'nuc2\thost', 'nucs\tgroup'])
})

test('bash gets what follows the piece that it takes for finished', async () => {
  expect(await complete(['bash', 'hc host list --limit=all:nu', 'nu'])).toEqual([
    'words closed ',
    'nuc1\thost, draining',
    'nuc2\thost',
    'nucs\tgroup',
  ])
  expect(await complete(['bash', 'hc status --output=', '='])).toEqual(['words closed ', 'wide\t'])
})

test('an inventory with a fault: that of the last time it had none, or the hosts of the records', async () => {
  const other = mkdtempSync(join(folder, 'other-'))
  writeFileSync(join(other, 'inventory.yml'), 'nucs: {hosts: [\n')
  expect(await complete(['zsh', 'host', 'show', 'n'], {}, other)).toEqual(['words closed '])
  mkdirSync(join(other, '.hc'))
  execFileSync('cp', [join(folder, '.hc/state.json'), join(other, '.hc/state.json')])
  expect(await complete(['zsh', 'host', 'show', 'n'], {}, other)).toEqual(['words closed ', 'nuc1\thost, draining'])
})

test('a store elsewhere, an inventory that is named', async () => {
  const other = mkdtempSync(join(folder, 'elsewhere-'))
  const file = join(other, 'hosts.yml')
  writeFileSync(file, `all: {hosts: {far: }, vars: {hc_store: ${join(folder, '.hc')}}}\n`)
  writeFileSync(file, `all:\n  hosts: {far: }\n  vars:\n    hc_store: ${join(folder, '.hc')}\n`)
  const named = await complete(['zsh', 'status', '-i', file, ''])
  expect(named).toContain('far\thost')
  expect(named.join('\n')).toContain('web\t')
  expect(await complete(['zsh', 'host', 'show', 'f'], { HC_INVENTORY: file })).toContain('far\thost')
})

test('it is silent where anything is wrong, and writes nothing', async () => {
  const before = readdirSync(folder, { recursive: true })
  const empty = mkdtempSync(join(tmpdir(), 'hc-complete-none-'))
  expect(await complete(['zsh', 'job', 'show', ''], {}, empty)).not.toEqual([])
  expect(await complete(['zsh', 'job', 'show', 'w'], { HC_INVENTORY: '/dev/zero' })).toEqual(['words closed '])
  expect(await completeLines(['zsh', ''], { ...files, manifest: '{', folder, environment: {} })).toEqual([])
  expect(await complete([])).toBeDefined()
  expect(readdirSync(folder, { recursive: true })).toEqual(before)
  expect(statSync(empty).isDirectory() && readdirSync(empty)).toEqual([])
  rmSync(empty, { recursive: true })
})
