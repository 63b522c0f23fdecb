// The inventory from disk: read again when it changes; a faulty version changes nothing.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InventoryReader } from '../../src/controller/inventory.js'
import { createSources } from '../../src/system/sources.js'

let folder = ''
let said: string[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hc-inventory-'))
  said = []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const file = () => join(folder, 'inventory.yml')
const write = (text: string) => writeFileSync(file(), text)
const lenient = () => new InventoryReader(file(), createSources('/'), (text) => said.push(text))
const names = async (reader: InventoryReader) => (await reader.read()).inventory.hosts.map(({ name }) => name)

const GOOD = 'all: {hosts: {a: {}, b: {}}}\n'
const FAULTY = 'all: {hosts: {a: {hc_reserv: {memory: 1Gi}}}}\n'

describe('an inventory file', () => {
  test('of another machine says local of that one alone: this one reaches it over ssh', async () => {
    write('all: {hosts: {a: {ansible_connection: local, ansible_host: 10.0.0.1}, b: {}}}\n')
    const kinds = async (here: string | null) => {
      const { inventory } = await new InventoryReader(file(), createSources('/'), null, here).read()
      return inventory.hosts.map(({ connection }) => `${connection.kind} ${connection.address}`)
    }
    expect(await kinds(null)).toEqual(['local 10.0.0.1', 'ssh b'])
    expect(await kinds('a')).toEqual(['local 10.0.0.1', 'ssh b'])
    expect(await kinds('b')).toEqual(['ssh 10.0.0.1', 'ssh b'])
  })
  test('is read again when it has changed', async () => {
    write(GOOD)
    const reader = lenient()
    expect(await names(reader)).toEqual(['a', 'b'])
    write('all: {hosts: {a: {}, b: {}, c: {}}}\n')
    expect(await names(reader)).toEqual(['a', 'b', 'c'])
  })
  test('counts with the variable files beside it, also where one comes later', async () => {
    write(GOOD)
    const reader = lenient()
    await reader.read()
    mkdirSync(join(folder, 'host_vars'))
    writeFileSync(join(folder, 'host_vars', 'a.yml'), 'ansible_host: 10.0.0.7\n')
    const { inventory } = await reader.read()
    expect(inventory.hosts[0]?.connection.address).toBe('10.0.0.7')
    expect(Object.keys(reader.texts).sort()).toEqual([join(folder, 'host_vars', 'a.yml'), file()].sort())
  })
  test('counts without the variable file that a folder of its name hides, as in Ansible', async () => {
    write(GOOD)
    mkdirSync(join(folder, 'host_vars', 'a'), { recursive: true })
    writeFileSync(join(folder, 'host_vars', 'a.yml'), 'ansible_host: 10.0.0.7\n')
    const { inventory } = await lenient().read()
    expect(inventory.hosts[0]?.connection.address).toBe('a')
    expect(inventory.notes.join()).toContain('host_vars/a.yml: not read: another file or folder of a comes first')
  })
  test('is listed as Ansible reads it also where hc cannot go by it', async () => {
    write(FAULTY)
    const { data, faults } = await lenient().readAsAnsible()
    expect(data.hostVars.get('a')).toEqual({ hc_reserv: { memory: '1Gi' } })
    expect(faults.map(({ message }) => message)).toEqual(['unknown variable "hc_reserv"'])
    write('all: {hosts: [a]}\n')
    await expect(lenient().readAsAnsible()).rejects.toThrow('has a fault')
    await expect(new InventoryReader(folder, createSources('/'), null).read()).rejects.toThrow('is a folder')
  })
  test('that becomes faulty is told once, and the last good version stays in force', async () => {
    write(GOOD)
    const reader = lenient()
    await reader.read()
    write(FAULTY)
    expect([await names(reader), await names(reader)]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
    expect(said).toHaveLength(1)
    expect(said[0]).toContain('hc_reserv')
    expect(said[0]).toContain('the last good version stays in force')
  })
  test('that was emptied is faulty: the hosts of a running cluster are not forgotten by a slip', async () => {
    write(GOOD)
    const reader = lenient()
    await reader.read()
    write('')
    expect(await names(reader)).toEqual(['a', 'b'])
    expect(reader.fault).toContain('has no hosts any more; the last good version stays in force')
    write(GOOD.replace('b: {}', ''))
    expect([await names(reader), reader.fault]).toEqual([['a'], null])
  })
  test('that is faulty from the beginning is an error, or gives way to what the store kept', async () => {
    write(FAULTY)
    await expect(lenient().read()).rejects.toThrow('has a fault')
    const reader = lenient()
    reader.fallBackOn({ [file()]: GOOD })
    expect(await names(reader)).toEqual(['a', 'b'])
    expect(said).toHaveLength(1)
  })
  test('names key files from its own folder, wherever hc was started', async () => {
    write(
      'all: {hosts: {a: {ansible_ssh_private_key_file: keys/id}, b: {ansible_ssh_private_key_file: "~/.ssh/id"}}}\n',
    )
    const { inventory } = await lenient().read()
    expect(inventory.hosts.map(({ connection }) => connection.keyFile)).toEqual([join(folder, 'keys/id'), '~/.ssh/id'])
  })
})
