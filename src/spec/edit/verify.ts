// Whether an edit did what was asked and nothing else: what the inventory meant before, changed as asked, against what it
// means now. It stands behind every edit, so that a text nobody thought of is refused and not spoiled.
import type { Json } from '../../model/host.js'
import type { InventoryEdit } from '../../model/inventory-edit.js'
import { byName } from '../../model/names.js'
import type { InventoryData } from '../inventory.js'
import type { Variables } from '../inventory-tree.js'
import { hostsOf } from '../membership.js'
import { expandRange } from '../ranges.js'
import { toJson } from '../value.js'
import { splitAssignment } from './words.js'

type Vars = Readonly<Record<string, Json>>

interface Meaning {
  readonly groups: Map<string, { children: Set<string>; hosts: Set<string>; vars: Vars }>
  readonly hosts: Map<string, Vars>
  /** What stands for the hosts themselves in the inventory file. */
  readonly own: Map<string, Vars>
}

/** Groups that Ansible fills by itself. */
const GIVEN = ['all', 'ungrouped']

function meaningOf({ tree, hostVars }: InventoryData): Meaning {
  const plain = (vars: Variables): Vars =>
    Object.fromEntries([...vars].map(([key, entry]) => [key, toJson(entry.value)]))
  const groups = [...tree.groups.values()].map((group) => {
    const vars = plain(group.vars)
    const given = GIVEN.includes(group.name)
    const children = new Set(given ? [] : group.children)
    return [group.name, { children, hosts: new Set(given ? [] : group.hosts), vars }] as const
  })
  const own = [...tree.hosts.values()].map(({ name, vars }) => [name, plain(vars)] as const)
  return { groups: new Map(groups), hosts: new Map(hostVars), own: new Map(own) }
}

const without = (vars: Vars, keys: readonly string[]): Vars =>
  Object.fromEntries(Object.entries(vars).filter(([key]) => !keys.includes(key)))

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonical(item)).join(',')}]`
  if (value === null || typeof value !== 'object') return String(JSON.stringify(value) ?? value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${entries.map(([key, item]) => `${key}:${canonical(item)}`).join(',')}}`
}

/** What may differ: variables by host or group, and for hosts that join or leave a group all that is not their own. */
interface Allowed {
  readonly keys: readonly string[]
  readonly hosts: ReadonlySet<string>
  readonly groups: ReadonlySet<string>
  readonly freeHosts: ReadonlySet<string>
}

const NONE: Allowed = { keys: [], hosts: new Set(), groups: new Set(), freeHosts: new Set() }

function keysOf(edit: Extract<InventoryEdit, { kind: 'set' | 'unset' }>): readonly string[] {
  return edit.kind === 'unset' ? edit.keys : edit.assignments.map((word) => splitAssignment(word).key)
}

function allowedBy(edit: InventoryEdit, before: InventoryData): Allowed {
  switch (edit.kind) {
    case 'set':
    case 'unset': {
      const group = before.tree.groups.has(edit.target)
      const range = expandRange(edit.target)
      const hosts = group ? hostsOf(before.tree, edit.target) : range.ok ? range.names : [edit.target]
      const everyone = edit.target === 'all' ? before.tree.hosts.keys() : hosts
      return { ...NONE, keys: keysOf(edit), hosts: new Set(everyone), groups: new Set(group ? [edit.target] : []) }
    }
    case 'rename':
      return {
        ...NONE,
        keys: ['hc_hosts'],
        hosts: new Set([...before.tree.hosts.keys(), edit.to]),
        groups: new Set(['all']),
      }
    case 'group-add':
      return { ...NONE, freeHosts: new Set(edit.hosts) }
    case 'group-remove':
      return { ...NONE, freeHosts: new Set(edit.hosts.length > 0 ? edit.hosts : hostsOf(before.tree, edit.name)) }
    case 'add':
      return { ...NONE, freeHosts: new Set(namesOf(edit.names)) }
    case 'remove':
      return NONE
  }
}

function namesOf(patterns: readonly string[]): readonly string[] {
  return patterns.flatMap((pattern) => {
    const expanded = expandRange(pattern)
    return expanded.ok ? expanded.names : []
  })
}

/** Changes the meaning as the edit should. */
function apply(meaning: Meaning, edit: InventoryEdit): void {
  const { groups, hosts } = meaning
  switch (edit.kind) {
    case 'add': {
      for (const name of namesOf(edit.names)) {
        hosts.set(name, {})
        for (const group of edit.groups) if (!GIVEN.includes(group)) groups.get(group)?.hosts.add(name)
      }
      return
    }
    case 'remove': {
      for (const host of edit.hosts) hosts.delete(host)
      for (const group of groups.values()) for (const host of edit.hosts) group.hosts.delete(host)
      return
    }
    case 'rename':
      renameMeaning(meaning, edit.from, edit.to)
      return
    case 'group-add': {
      const group = groups.get(edit.name) ?? { children: new Set(), hosts: new Set(), vars: {} }
      groups.set(edit.name, group)
      if (!GIVEN.includes(edit.name)) for (const host of edit.hosts) group.hosts.add(host)
      if (edit.parent !== null && !GIVEN.includes(edit.parent)) groups.get(edit.parent)?.children.add(edit.name)
      return
    }
    case 'group-remove': {
      for (const host of edit.hosts) groups.get(edit.name)?.hosts.delete(host)
      if (edit.hosts.length > 0) return
      groups.delete(edit.name)
      for (const group of groups.values()) group.children.delete(edit.name)
      return
    }
    case 'set':
    case 'unset':
  }
}

function renameMeaning({ groups, hosts }: Meaning, from: string, to: string): void {
  const swap = (names: Set<string>) => {
    if (names.delete(from)) names.add(to)
  }
  const vars = hosts.get(from)
  if (vars !== undefined) {
    hosts.delete(from)
    hosts.set(to, vars)
  }
  const group = groups.get(from)
  if (group !== undefined) {
    groups.delete(from)
    groups.set(to, group)
  }
  for (const each of groups.values()) {
    swap(each.children)
    swap(each.hosts)
  }
}

/** The first thing that is not as it should be, as a sentence; null: all is. */
export function strayEffect(before: InventoryData, after: InventoryData, edit: InventoryEdit): string | null {
  const wanted = meaningOf(before)
  apply(wanted, edit)
  const got = meaningOf(after)
  const allowed = allowedBy(edit, before)
  return (
    strayName('host', wanted.hosts, got.hosts) ??
    strayName('group', wanted.groups, got.groups) ??
    strayPart(wanted, got, allowed)
  )
}

function strayName(
  kind: string,
  wanted: ReadonlyMap<string, unknown>,
  got: ReadonlyMap<string, unknown>,
): string | null {
  const gone = [...wanted.keys()].filter((name) => !got.has(name)).sort(byName)[0]
  const extra = [...got.keys()].filter((name) => !wanted.has(name)).sort(byName)[0]
  if (gone !== undefined) return `the ${kind} ${gone} would not be there`
  return extra === undefined ? null : `the ${kind} ${extra} would be there`
}

function strayPart(wanted: Meaning, got: Meaning, allowed: Allowed): string | null {
  for (const [name, group] of wanted.groups) {
    const now = got.groups.get(name)
    const same = (a: Set<string> | undefined, b: Set<string>) =>
      a?.size === b.size && [...b].every((each) => a.has(each))
    if (!same(now?.children, group.children)) return `other groups would be below ${name}`
    if (!same(now?.hosts, group.hosts)) return `other hosts would be in ${name}`
    const keys = allowed.groups.has(name) ? allowed.keys : []
    if (canonical(without(now?.vars ?? {}, keys)) !== canonical(without(group.vars, keys)))
      return `other variables of the group ${name} would change`
  }
  for (const [name, vars] of wanted.hosts) {
    if (allowed.freeHosts.has(name)) {
      const own = wanted.own.get(name)
      if (own !== undefined && canonical(got.own.get(name) ?? {}) !== canonical(own))
        return `variables of ${name} itself would change`
      continue
    }
    const keys = allowed.hosts.has(name) ? allowed.keys : []
    if (canonical(without(got.hosts.get(name) ?? {}, keys)) !== canonical(without(vars, keys)))
      return `variables of ${name} would change too`
  }
  return null
}
