// Which files go to the other control machines beside the inventory, and what is told of the rest.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { elsewhere, namedFiles } from '../../src/controller/control/named.js'
import type { Wiring } from '../../src/controller/desks/desk.js'
import { InventoryReader } from '../../src/controller/inventory.js'
import type { Records } from '../../src/model/records.js'
import { createSources } from '../../src/system/sources.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hc-named-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const named = async (inventory: string, records: Records | null = null) => {
  writeFileSync(join(folder, 'inventory.yml'), inventory)
  const sources = createSources('/')
  const reader = new InventoryReader(join(folder, 'inventory.yml'), sources, null)
  return namedFiles({ reader, world: { sources } } as unknown as Wiring, records)
}

test('programs and passwords of the settings, by the path that they have there', async () => {
  mkdirSync(join(folder, 'bin'))
  for (const name of ['bin/power', 'notify.py', 'ipmi', 'token']) writeFileSync(join(folder, name), 'x\n')
  const { files, notes } = await named(`all:
  vars:
    hc_notify:
      - {ntfy: 'https://ntfy.sh/x', token: {file: '${folder}/token'}}
      - {command: [python3, ./notify.py, ./missing]}
    hc_on_change: [/usr/bin/logger, -t, hc]
  hosts:
    a: {hc_fence: {command: [./bin/power, a]}}
    b: {hc_fence: {agent: fence_ipmilan, ip: 10.0.0.5, password: {file: ./ipmi}}}
    c: {hc_fence: {agent: fence_ipmilan, password: {env: IPMI}}}
`)
  expect(files.map(({ path, mode }) => `${path} ${mode}`)).toEqual(
    [
      `${folder}/token 0600`,
      '/var/lib/hc/control/bin/power 0700',
      '/var/lib/hc/control/ipmi 0600',
      '/var/lib/hc/control/notify.py 0600',
    ].sort(),
  )
  expect(files.find(({ path }) => path.endsWith('/ipmi'))?.here).toBe(join(folder, 'ipmi'))
  expect(elsewhere(files)).toEqual([`${folder}/token`])
  expect(notes).toEqual([
    'password of hc_fence of c comes from the environment: see to it that each control machine has it',
    'fence_ipmilan, which hc_fence of b runs, is sent to no other control machine: see to it that each of them has it',
    'fence_ipmilan, which hc_fence of c runs, is sent to no other control machine: see to it that each of them has it',
    'python3, which hc_notify runs, is sent to no other control machine: see to it that each of them has it',
    '/usr/bin/logger, which hc_on_change runs, is sent to no other control machine: see to it that each of them has it',
  ])
})

test('secrets and env files of jobs keep their paths', async () => {
  const secrets = { A: { kind: 'file', path: '/srv/a' }, B: { kind: 'command', argv: ['pass', 'b'] } }
  const records = { jobs: { web: { job: { name: 'web', envFiles: ['/srv/env'], secrets } } } }
  const { files, notes } = await named('all: {hosts: {a: {}}}\n', records as unknown as Records)
  expect(files.map(({ here, path, mode }) => [here, path, mode])).toEqual([
    ['/srv/a', '/srv/a', '0600'],
    ['/srv/env', '/srv/env', '0600'],
  ])
  expect(notes).toEqual(['secret B of web comes from a command: see to it that each control machine has it'])
})
