// One inventory, given to Ansible and to hc: what differs.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { InventoryReader } from '../../../src/controller/inventory.js'
import { type Fault, formatAt, UserError } from '../../../src/model/errors.js'
import type { InventoryData } from '../../../src/spec/inventory.js'
import { inventoryGraph, inventoryHost, inventoryList } from '../../../src/spec/inventory-list.js'
import { limitFiles, matchPattern } from '../../../src/spec/patterns.js'
import { createSources } from '../../../src/system/sources.js'
import type { Oracle, Said } from './oracle.js'

/** An inventory to be read by both. */
export interface Case {
  /** Path -> text; a path that ends in `/` is an empty folder. */
  readonly files: Readonly<Record<string, string>>
  /** inventory.yml without it. */
  readonly inventory?: string
  readonly patterns?: readonly string[]
  readonly limits?: readonly string[]
  /** hc refuses it on purpose although Ansible reads it: a part of what it says. */
  readonly refused?: string
  /** What is left out of the comparison, because the difference is a documented one. */
  readonly without?: 'graphsWithVars'
}

/** `data`: null where hc can't read it, as it claims of Ansible too. `faults`: why hc can't go by it. */
interface Read {
  readonly data: InventoryData | null
  readonly faults: readonly string[]
}

/** Lays the files into a folder of their own below `root`. Absolute path of the inventory. */
export function lay(root: string, { files, inventory = 'inventory.yml' }: Case): string {
  const folder = mkdtempSync(join(root, 'case-'))
  for (const [path, text] of Object.entries(files)) {
    const full = join(folder, path)
    mkdirSync(path.endsWith('/') ? full : dirname(full), { recursive: true })
    if (!path.endsWith('/')) writeFileSync(full, text)
  }
  return join(folder, inventory)
}

/** hc's reading, through the files on disk. */
export async function readByHc(inventory: string): Promise<Read> {
  const reader = new InventoryReader(inventory, createSources(dirname(inventory)), null)
  const told = (faults: readonly Fault[]) =>
    faults.map((fault) => `${fault.at ? formatAt(fault.at) : ''}: ${fault.message}`)
  try {
    const { data, faults } = await reader.readAsAnsible()
    return { data, faults: told(faults) }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { data: null, faults: error.faults.length > 0 ? told(error.faults) : [error.message] }
  }
}

/** JSON as it would be read back: no undefined, no key order. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

function difference(what: string, ansible: Said, hc: unknown): string[] {
  if ('error' in ansible) return [`${what}: Ansible fails: ${ansible.error}; hc: ${JSON.stringify(hc)}`]
  if (isDeepStrictEqual(plain(ansible.ok), plain(hc))) return []
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value, null, 1))
  return [`${what}:\n--- Ansible\n${text(ansible.ok)}\n--- hc\n${text(hc)}`]
}

const UNKNOWN = 'is no host and no group of the inventory'

// Where Ansible warns of a name that it does not know and goes on, or stands in for localhost, hc refuses.
function patternDifference(pattern: string, ansible: Said, data: InventoryData): string[] {
  const hc = matchPattern(data.tree, pattern)
  if (!('message' in hc)) return difference(`pattern ${pattern}`, ansible, hc)
  if ('error' in ansible) return []
  const hosts = ansible.ok as readonly string[]
  if (hosts.length === 0) return []
  const ignored = ansible.warnings.some((text) => text.includes('Could not match supplied host pattern, ignoring'))
  const implicit = ['localhost', '127.0.0.1', '::1'].some(
    (name) => pattern.includes(name) && !data.tree.hosts.has(name),
  )
  if (hc.message.includes(UNKNOWN) && (ignored || implicit)) return []
  return [`pattern ${pattern}: Ansible: ${hosts}; hc refuses: ${hc.message}`]
}

function limitDifference(limit: string, ansible: Said, data: InventoryData, files: ReadonlyMap<string, string>) {
  const hc = matchPattern(data.tree, limit, files)
  if (!('message' in hc)) return difference(`--limit ${limit}`, ansible, inventoryList(data, hc))
  const ignored = ansible.warnings.some((text) => text.includes('Could not match supplied host pattern'))
  if ('error' in ansible || (hc.message.includes(UNKNOWN) && ignored)) return []
  return difference(`--limit ${limit} (hc: ${hc.message})`, ansible, inventoryList(data, []))
}

/** Everything in which the two differ; empty: nothing. */
export async function differences(oracle: Oracle, root: string, one: Case): Promise<readonly string[]> {
  const inventory = lay(root, one)
  const read = await readByHc(inventory)
  const { data } = read
  const groups = [...(data?.tree.groups.keys() ?? [])].slice(0, 12)
  // --host takes a pattern, so that a name with a colon is two.
  const hosts = [...(data?.tree.hosts.keys() ?? [])].filter((name) => !/[:\s]/.test(name)).slice(0, 5)
  const limits = one.limits?.map((limit) => limit.replace('@', `@${dirname(inventory)}/`)) ?? []
  const patterns = one.patterns ?? []
  const answer = await oracle.ask({ inventory, patterns, limits, graphs: groups, graphsWithVars: ['all'], hosts })
  const said = read.faults.join('; ')
  if (one.refused === undefined ? said !== '' && data !== null : !said.includes(one.refused)) {
    return [`hc should refuse it with "${one.refused}", and says "${said}"`]
  }
  if (data === null) {
    if (!answer.parsed || answer.list.error !== undefined || one.refused !== undefined) return []
    return [`hc refuses what Ansible reads: ${said}`]
  }
  if (!answer.parsed) return [`hc reads what Ansible refuses: ${answer.warnings.join('; ')}`]
  const texts = new Map(
    limits.flatMap(limitFiles).map((path) => [path, one.files[path.slice(dirname(inventory).length + 1)] ?? '']),
  )
  return [
    ...difference('list', answer.list, inventoryList(data)),
    ...groups.flatMap((group) =>
      difference(`graph ${group}`, only(answer.graphs, group), inventoryGraph(data, { group })),
    ),
    ...(one.without === 'graphsWithVars'
      ? []
      : difference('graph --vars', only(answer.graphsWithVars, 'all'), inventoryGraph(data, { variables: true }))),
    ...hosts.flatMap((host) => difference(`host ${host}`, only(answer.hosts, host), inventoryHost(data, host))),
    ...patterns.flatMap((pattern) => patternDifference(pattern, only(answer.patterns, pattern), data)),
    ...limits.flatMap((limit) => limitDifference(limit, only(answer.limits, limit), data, texts)),
  ]
}

function only(answers: Readonly<Record<string, Said>>, key: string): Said {
  const said = answers[key]
  if (said === undefined) throw new Error(`no answer for ${key}`)
  return said
}
