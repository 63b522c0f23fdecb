// One inventory, given to Ansible and to hc: what differs.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { InventoryReader } from '../../../src/controller/inventory.js'
import { formatAt, UserError } from '../../../src/model/errors.js'
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

type Read = { readonly data: InventoryData } | { readonly faults: readonly string[] }

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
  try {
    return { data: (await reader.read()).data }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const faults = error.faults.map((fault) => `${fault.at ? formatAt(fault.at) : ''}: ${fault.message}`)
    return { faults: faults.length > 0 ? faults : [error.message] }
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
  const data = 'data' in read ? read.data : null
  const groups = [...(data?.tree.groups.keys() ?? [])].slice(0, 12)
  const hosts = [...(data?.tree.hosts.keys() ?? [])].slice(0, 5)
  const limits = one.limits?.map((limit) => limit.replace('@', `@${dirname(inventory)}/`)) ?? []
  const patterns = one.patterns ?? []
  const answer = await oracle.ask({ inventory, patterns, limits, graphs: groups, graphsWithVars: ['all'], hosts })
  if ('faults' in read) {
    if (!answer.parsed || answer.list.error !== undefined) return []
    const said = read.faults.join('; ')
    return one.refused !== undefined && said.includes(one.refused) ? [] : [`hc refuses what Ansible reads: ${said}`]
  }
  if (!answer.parsed) return [`hc reads what Ansible refuses: ${answer.warnings.join('; ')}`]
  if (one.refused !== undefined) return [`hc was expected to refuse it: ${one.refused}`]
  const texts = new Map(
    limits.flatMap(limitFiles).map((path) => [path, one.files[path.slice(dirname(inventory).length + 1)] ?? '']),
  )
  return [
    ...difference('list', answer.list, inventoryList(read.data)),
    ...groups.flatMap((group) =>
      difference(`graph ${group}`, only(answer.graphs, group), inventoryGraph(read.data, { group })),
    ),
    ...(one.without === 'graphsWithVars'
      ? []
      : difference('graph --vars', only(answer.graphsWithVars, 'all'), inventoryGraph(read.data, { variables: true }))),
    ...hosts.flatMap((host) => difference(`host ${host}`, only(answer.hosts, host), inventoryHost(read.data, host))),
    ...patterns.flatMap((pattern) => patternDifference(pattern, only(answer.patterns, pattern), read.data)),
    ...limits.flatMap((limit) => limitDifference(limit, only(answer.limits, limit), read.data, texts)),
  ]
}

function only(answers: Readonly<Record<string, Said>>, key: string): Said {
  const said = answers[key]
  if (said === undefined) throw new Error(`no answer for ${key}`)
  return said
}
