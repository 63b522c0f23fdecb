// Who is in which group, through any number of levels.
import type { HostName } from '../model/names.js'
import type { InventoryTree } from './inventory-tree.js'

/** A group and all below it, level by level, each once. */
export function descendants(tree: InventoryTree, name: string): readonly string[] {
  const seen = [name]
  for (let index = 0; index < seen.length; index += 1) {
    for (const child of tree.groups.get(seen[index] ?? '')?.children ?? []) if (!seen.includes(child)) seen.push(child)
  }
  return seen
}

/** Members of a group and of all below it, in Ansible's order. */
export function hostsOf(tree: InventoryTree, group: string): readonly HostName[] {
  const names = descendants(tree, group).flatMap((name) => tree.groups.get(name)?.hosts ?? [])
  return [...new Set(names)]
}

/** Every group that a host is in, itself or through a child, `all` included. */
export function groupsByHost(tree: InventoryTree): ReadonlyMap<HostName, readonly string[]> {
  const above = new Map<string, readonly string[]>()
  const ancestors = (name: string): readonly string[] => {
    const known = above.get(name)
    if (known !== undefined) return known
    const found = [...new Set([name, ...(tree.groups.get(name)?.parents ?? []).flatMap(ancestors)])]
    above.set(name, found)
    return found
  }
  const groups = new Map<HostName, Set<string>>([...tree.hosts.keys()].map((host) => [host, new Set(['all'])]))
  for (const group of tree.groups.values()) {
    for (const host of group.hosts) for (const name of ancestors(group.name)) groups.get(host)?.add(name)
  }
  return new Map([...groups].map(([host, names]) => [host, [...names]]))
}
