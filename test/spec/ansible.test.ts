// hc's reading of inventories and patterns against Ansible's own, over many inventories. docs/inventory.md tells the
// differences that are meant.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { variables } from './ansible/cases-variables.js'
import { structures, values } from './ansible/cases-yaml.js'
import { type Case, differences } from './ansible/compare.js'
import { generated } from './ansible/generate.js'
import { ansibleFolder, Oracle } from './ansible/oracle.js'
import { patternCase } from './ansible/patterns.js'

const SAMPLE: Case = { files: filesBelow(join(import.meta.dirname, 'ansible/sample')), without: 'graphsWithVars' }
const ansible = ansibleFolder()
const SEEDS = Array.from({ length: 150 }, (_, index) => index + 1)

function filesBelow(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const files = paths.filter((path) => statSync(join(folder, path)).isFile())
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path), 'utf8')]))
}

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

  it.each(all(structures))('%s', (_, one) => check(one))
  it.each(all(values))('values: %s', (_, one) => check(one))
  it.each(all(variables))('files beside it: %s', (_, one) => check(one))
  it('one that uses everything', () => check(SAMPLE))
  it('matches the same patterns', () => check(patternCase))
  it.each(SEEDS)('inventory %i of those that are made up', (seed) => check(generated(seed)))
})
