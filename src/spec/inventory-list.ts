// What `ansible-inventory --list` and `--graph` print of an inventory.
import type { Json } from '../model/host.js'
import type { HostName } from '../model/names.js'
import type { InventoryData } from './inventory.js'

function sorted(record: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
}

function deepSorted(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => deepSorted(item))
  if (value === null || typeof value !== 'object') return value
  return sorted(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, deepSorted(item)])))
}

/** As `ansible-inventory --list [--limit]`: groups with children and hosts, and `_meta.hostvars`; keys in byte order. */
export function inventoryList(
  data: InventoryData,
  only: readonly HostName[] | null = null,
): Readonly<Record<string, Json>> {
  const listed = new Set(only ?? data.tree.hosts.keys())
  const result: Record<string, Json> = {}
  for (const group of data.tree.groups.values()) {
    const hosts = group.name === 'all' ? [] : group.hosts.filter((name) => listed.has(name))
    const parts = { ...(group.children.length > 0 && { children: group.children }), ...(hosts.length > 0 && { hosts }) }
    if (Object.keys(parts).length > 0) result[group.name] = parts
  }
  const vars: [string, Json][] = []
  for (const [name, own] of data.hostVars) {
    if (listed.has(name) && Object.keys(own).length > 0) vars.push([name, deepSorted(own)])
  }
  return sorted({ ...result, _meta: { hostvars: sorted(Object.fromEntries(vars)) } })
}

/** As `ansible-inventory --graph`: one line per group and host. */
export function inventoryGraph(data: InventoryData): string {
  const line = (name: string, depth: number) => (depth === 0 ? name : `${'  |'.repeat(depth)}--${name}`)
  const lines: string[] = []
  const walk = (name: string, depth: number): void => {
    const group = data.tree.groups.get(name)
    if (group === undefined) return
    lines.push(line(`@${name}:`, depth))
    for (const child of group.children) walk(child, depth + 1)
    if (name !== 'all') for (const host of group.hosts) lines.push(line(host, depth + 1))
  }
  walk('all', 0)
  return lines.join('\n')
}
