// What `ansible-inventory --list`, `--host` and `--graph` print of an inventory.
import type { Json } from '../model/host.js'
import type { HostName } from '../model/names.js'
import type { InventoryData } from './inventory.js'
import { PRIORITY, type Variables } from './inventory-tree.js'
import { pythonText } from './python-text.js'
import type { Value } from './value.js'

/** Variables that Ansible itself sets while it runs and therefore does not list: its INTERNAL_STATIC_VARS. */
const INTERNAL = new Set(
  `ansible_async_path ansible_collection_name ansible_config_file ansible_dependent_role_names ansible_diff_mode
  ansible_facts ansible_forks ansible_inventory_sources ansible_limit ansible_play_batch ansible_play_hosts
  ansible_play_hosts_all ansible_play_role_names ansible_playbook_python ansible_role_name ansible_role_names
  ansible_run_tags ansible_skip_tags ansible_verbosity ansible_version inventory_dir inventory_file inventory_hostname
  inventory_hostname_short groups group_names hostvars playbook_dir play_hosts role_name role_names role_path
  role_uuid`.split(/\s+/),
)

function sorted(record: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
}

function deepSorted(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => deepSorted(item))
  if (value === null || typeof value !== 'object') return value
  return sorted(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, deepSorted(item)])))
}

function listed(entries: readonly (readonly [string, Json])[]): Readonly<Record<string, Json>> {
  const kept = entries.filter(([key]) => !INTERNAL.has(key))
  return sorted(Object.fromEntries(kept.map(([key, value]) => [key, deepSorted(value)])))
}

/**
 * As `ansible-inventory --host`: all variables of one host, keys in byte order; null where there is no such host. Unlike
 * in the list, what is `!unsafe` is plain text here.
 */
export function inventoryHost(data: InventoryData, name: HostName): Readonly<Record<string, Json>> | null {
  const own = data.hostVariables.get(name)
  return own === undefined ? null : listed([...own.values()].map(({ key, value }) => [key, untagged(value)]))
}

function untagged(value: Value): Json {
  if (value.kind === 'opaque') return value.tag === '!unsafe' ? value.text : value.json
  if (value.kind === 'list') return value.items.map(untagged)
  if (value.kind === 'map') return Object.fromEntries(value.entries.map((entry) => [entry.key, untagged(entry.value)]))
  return value.value
}

/** As `ansible-inventory --list [--limit]`: groups with children and hosts, and `_meta.hostvars`; keys in byte order. */
export function inventoryList(
  data: InventoryData,
  only: readonly HostName[] | null = null,
): Readonly<Record<string, Json>> {
  const chosen = new Set(only ?? data.tree.hosts.keys())
  const result: Record<string, Json> = {}
  for (const group of data.tree.groups.values()) {
    const hosts = group.name === 'all' ? [] : group.hosts.filter((name) => chosen.has(name))
    const parts = { ...(group.children.length > 0 && { children: group.children }), ...(hosts.length > 0 && { hosts }) }
    if (Object.keys(parts).length > 0) result[group.name] = parts
  }
  const vars: [string, Json][] = []
  for (const [name, all] of data.hostVars) {
    const own = listed(chosen.has(name) ? Object.entries(all) : [])
    if (Object.keys(own).length > 0) vars.push([name, own])
  }
  // The profile tells Ansible, when it reads this as the output of an inventory script, how its own tags are written.
  return sorted({ ...result, _meta: { hostvars: sorted(Object.fromEntries(vars)), profile: 'inventory_legacy' } })
}

function shown(vars: Variables): [string, string][] {
  return [...vars.values()].map(({ key, value }) => [key, pythonText(value)])
}

function variableLines(vars: readonly [string, string][]): string[] {
  return vars
    .filter(([key]) => !INTERNAL.has(key))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, text]) => `{${key} = ${text}}`)
}

function groupLines(data: InventoryData, name: string): string[] {
  const priority = data.tree.groups.get(name)?.priority ?? 1
  const vars = shown(data.groupVariables.get(name) ?? new Map())
  if (priority === 1) return variableLines(vars)
  const own = vars.filter(([key]) => key !== PRIORITY)
  return variableLines([...own, [PRIORITY, String(priority)]])
}

/**
 * As `ansible-inventory --graph [GROUP] [--vars]`: one line per group, host and variable; null where there is no such
 * group.
 */
export function inventoryGraph(
  data: InventoryData,
  options: { readonly group?: string | null; readonly variables?: boolean } = {},
): string | null {
  const line = (name: string, depth: number) => (depth === 0 ? name : `${'  |'.repeat(depth)}--${name}`)
  const lines: string[] = []
  const show = (vars: readonly string[], depth: number) => {
    if (options.variables) lines.push(...vars.map((text) => line(text, depth)))
  }
  const walk = (name: string, depth: number): void => {
    const group = data.tree.groups.get(name)
    if (group === undefined) return
    lines.push(line(`@${name}:`, depth))
    for (const child of group.children) walk(child, depth + 1)
    for (const host of name === 'all' ? [] : group.hosts) {
      lines.push(line(host, depth + 1))
      show(variableLines(shown(data.hostVariables.get(host) ?? new Map())), depth + 2)
    }
    show(groupLines(data, name), depth + 1)
  }
  walk(options.group ?? 'all', 0)
  return lines.length === 0 ? null : lines.join('\n')
}
