// One inventory that uses everything, against what Ansible printed of it: a check for machines without Ansible.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inventoryGraph, inventoryList } from '../../src/spec/inventory-list.js'
import { isVariableFile, VARIABLE_FOLDERS } from '../../src/spec/variables.js'
import { inventoryOf } from './support.js'

const ROOT = join(import.meta.dirname, 'ansible/sample')

function besides(folder: string): [string, string][] {
  return readdirSync(join(ROOT, folder)).flatMap((name): [string, string][] => {
    const path = join(folder, name)
    if (statSync(join(ROOT, path)).isDirectory()) return besides(path)
    return isVariableFile(path) ? [[path, readFileSync(join(ROOT, path), 'utf8')]] : []
  })
}

const { data } = inventoryOf(readFileSync(join(ROOT, 'inventory.yml'), 'utf8'), {
  beside: Object.fromEntries(VARIABLE_FOLDERS.flatMap(besides)),
})

describe('an inventory that uses everything, as Ansible printed it', () => {
  it('lists the same hosts, groups and variables', () => {
    expect(inventoryList(data)).toEqual(JSON.parse(readFileSync(join(ROOT, 'list.json'), 'utf8')))
  })

  it('prints keys in byte order, as Ansible does', () => {
    const expected: unknown = JSON.parse(readFileSync(join(ROOT, 'list.json'), 'utf8'))
    expect(JSON.stringify(inventoryList(data))).toBe(JSON.stringify(expected))
  })

  it('draws the same graph', () => {
    expect(`${inventoryGraph(data)}\n`).toBe(readFileSync(join(ROOT, 'graph.txt'), 'utf8'))
  })

  it('lists some hosts only', () => {
    expect(inventoryList(data, ['nuc2'])).toMatchObject({
      web: { hosts: ['nuc2'], children: ['deep'] },
      deep: { hosts: ['nuc2'] },
    })
    expect(inventoryList(data, ['nuc2'])).not.toHaveProperty('db')
  })
})
