// hc's reading of inventories and patterns against Ansible's own, over many inventories. docs/inventory.md tells the
// differences that are meant.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ini } from './ansible/cases-ini.js'
import { variables } from './ansible/cases-variables.js'
import { structures, unusable, values } from './ansible/cases-yaml.js'
import { type Case, differences, lay } from './ansible/compare.js'
import { generated } from './ansible/generate.js'
import { ansibleEnvironment, ansibleFolder, Oracle } from './ansible/oracle.js'
import { patternCase } from './ansible/patterns.js'

const SAMPLE: Case = { files: filesBelow(join(import.meta.dirname, 'ansible/sample')), without: 'graphsWithVars' }
const ansible = ansibleFolder()
const SEEDS = Array.from({ length: 150 }, (_, index) => index + 1)

function filesBelow(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const files = paths.filter((path) => statSync(join(folder, path)).isFile())
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path), 'utf8')]))
}

it('Ansible is there where everything has to be tested', () => {
  const hint = 'sh bin/test unit brings Ansible; HC_ANSIBLE names the folder of its commands'
  if (process.env.CI === 'true') expect(ansible, hint).not.toBeNull()
})

describe.runIf(ansible !== null)('as Ansible reads it', () => {
  let root = ''
  let oracle: Oracle | null = null

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'hc-ansible-'))
    oracle = new Oracle(ansible ?? '', mkdtempSync(join(root, 'empty-')))
  })
  afterAll(() => {
    oracle?.end()
    rmSync(root, { recursive: true, force: true })
  })

  const check = async (one: Case) => {
    if (oracle === null) throw new Error('Ansible was not started')
    const found = await differences(oracle, root, one)
    expect(found, `\n${one.files[one.inventory ?? 'inventory.yml']}\n${found.join('\n')}\n`).toEqual([])
  }
  const all = (cases: Readonly<Record<string, Case>>) => Object.entries(cases)

  // The process that answers is only as good as this: what the commands themselves print.
  it('answers as the commands do', async () => {
    const inventory = lay(root, patternCase)
    const run = (command: string, ...words: string[]) => {
      const folder = mkdtempSync(join(root, 'empty-'))
      const options = { cwd: folder, env: ansibleEnvironment(folder), encoding: 'utf8', stdio: 'pipe' } as const
      return execFileSync(join(ansible ?? '', command), ['-i', inventory, ...words], options)
    }
    const question = {
      inventory,
      patterns: ['web:&db'],
      limits: ['db[0]'],
      graphs: ['web'],
      graphsWithVars: ['all'],
      hosts: ['x-1'],
    }
    const answer = await oracle?.ask(question)
    expect(answer?.list.ok).toEqual(JSON.parse(run('ansible-inventory', '--list')))
    expect(answer?.limits['db[0]']?.ok).toEqual(JSON.parse(run('ansible-inventory', '--list', '--limit', 'db[0]')))
    expect(answer?.hosts['x-1']?.ok).toEqual(JSON.parse(run('ansible-inventory', '--host', 'x-1')))
    expect(`${answer?.graphs.web?.ok}\n`).toBe(run('ansible-inventory', '--graph', 'web'))
    expect(`${answer?.graphsWithVars.all?.ok}\n`).toBe(run('ansible-inventory', '--graph', '--vars'))
    const [, ...listed] = run('ansible', 'web:&db', '--list-hosts')
      .trim()
      .split(/\s*\n\s*/)
    expect(answer?.patterns['web:&db']?.ok).toEqual(listed)
  }, 120_000)

  it.each(all(structures))('%s', (_, one) => check(one))
  it.each(all(unusable))('listed although hc refuses it: %s', (_, one) => check(one))
  it.each(all(values))('values: %s', (_, one) => check(one))
  it.each(all(variables))('files beside it: %s', (_, one) => check(one))
  it.each(all(ini))('INI: %s', (_, one) => check(one))
  it('one that uses everything', () => check(SAMPLE))
  it('matches the same patterns', () => check(patternCase))
  it.each(SEEDS)('inventory %i of those that are made up', (seed) => check(generated(seed)))
})
