// Groups and hosts of an inventory, as Ansible builds them from its YAML format.
import type { HostName } from '../model/names.js'
import { SLOT_SUFFIX } from '../model/names.js'
import { didYouMean } from './nearest.js'
import { expandRange, splitPort } from './ranges.js'
import { formatPlace, type Place, type Report } from './source.js'
import { describe, type Entry, isNull, type Value } from './value.js'

/** Variables by name, as they stand in the files. */
export type Variables = ReadonlyMap<string, Entry>

/** A group. Names of children and hosts are in the order of the file. */
export interface Group {
  readonly name: string
  readonly children: readonly string[]
  readonly parents: readonly string[]
  /** Direct members only. */
  readonly hosts: readonly HostName[]
  /** Of the inventory file itself. */
  readonly vars: Variables
  /** ansible_group_priority: among groups of one depth the higher wins. */
  readonly priority: number
  /** Longest way down from `all`. */
  readonly depth: number
}

/** A host with its own variables of the inventory file. */
export interface TreeHost {
  readonly name: HostName
  readonly place: Place
  readonly vars: Variables
}

/** All groups and hosts. `all` and `ungrouped` are always there. */
export interface InventoryTree {
  readonly groups: ReadonlyMap<string, Group>
  /** In the order of the file. */
  readonly hosts: ReadonlyMap<HostName, TreeHost>
}

interface Growing {
  readonly name: string
  readonly children: string[]
  readonly parents: string[]
  readonly hosts: HostName[]
  readonly vars: Map<string, Entry>
  readonly place: Place
  priority: number
}

const SECTIONS = ['hosts', 'children', 'vars']
// What the pattern language gives a meaning to.
const UNFIT_GROUP = /[:,&!*?[\]~\s]/

/** Builds the tree; in use only while one file is read. */
class Builder {
  readonly groups = new Map<string, Growing>()
  readonly hosts = new Map<HostName, { name: HostName; place: Place; vars: Map<string, Entry> }>()
  readonly warnings: string[] = []
  private readonly open: string[] = []

  constructor(
    private readonly report: Report,
    private readonly top: Place,
  ) {
    this.adopt(this.group('all', top), this.group('ungrouped', top))
  }

  group(name: string, place: Place): Growing {
    const known = this.groups.get(name)
    if (known !== undefined) return known
    const made: Growing = { name, children: [], parents: [], hosts: [], vars: new Map(), place, priority: 1 }
    this.groups.set(name, made)
    return made
  }

  adopt(parent: Growing, child: Growing): void {
    if (!parent.children.includes(child.name)) parent.children.push(child.name)
    if (!child.parents.includes(parent.name)) child.parents.push(parent.name)
  }

  readGroup(name: string, place: Place, value: Value): void {
    const group = this.group(name, place)
    if (UNFIT_GROUP.test(name)) {
      this.report.add(place, `"${name}" is no group name`, 'use letters, digits, "_", "-" and "."')
      return
    }
    // A group that stands inside of itself: findCycle says so.
    if (this.open.includes(name)) return
    if (isNull(value)) return
    if (value.kind !== 'map') {
      this.report.add(
        value.place,
        `the group ${name} must be a mapping of hosts, children and vars, not ${describe(value)}`,
      )
      return
    }
    this.open.push(name)
    for (const entry of value.entries) {
      if (entry.key === 'hosts') this.readHosts(group, entry.value)
      else if (entry.key === 'children') this.readChildren(group, entry.value)
      else if (entry.key === 'vars') this.readVars(group, entry.value)
      else this.unknownSection(name, entry.key, entry.place)
    }
    this.open.pop()
  }

  private unknownSection(group: string, key: string, place: Place): void {
    if (group === 'all' && key === 'plugin') {
      this.report.add(place, 'hc does not run inventory plugins', 'write the hosts into the file')
      return
    }
    const hint = didYouMean(key, SECTIONS) ?? `put "${key}" under hosts, children or vars of ${group}`
    this.report.add(place, `a group holds hosts, children and vars, and no "${key}"`, hint)
  }

  private section(group: string, section: string, value: Value): readonly Entry[] {
    if (isNull(value)) return []
    if (value.kind === 'map') return value.entries
    // Ansible takes a single name for a mapping of it.
    if (value.kind === 'scalar' && typeof value.value === 'string' && section !== 'vars') {
      return [
        { key: value.text, place: value.place, value: { kind: 'scalar', value: null, text: '', place: value.place } },
      ]
    }
    const hint = value.kind === 'list' ? `write each name with a colon: "${section}: {NAME: }"` : null
    this.report.add(value.place, `${section} of ${group} must be a mapping, not ${describe(value)}`, hint)
    return []
  }

  private readChildren(group: Growing, value: Value): void {
    for (const entry of this.section(group.name, 'children', value)) {
      if (entry.key === 'all') {
        this.report.add(entry.place, 'the group all is no child of another')
        continue
      }
      this.adopt(group, this.group(entry.key, entry.place))
      this.readGroup(entry.key, entry.place, entry.value)
    }
  }

  private readVars(group: Growing, value: Value): void {
    for (const entry of this.section(group.name, 'vars', value)) {
      if (entry.key !== 'ansible_group_priority') {
        group.vars.set(entry.key, entry)
        continue
      }
      const priority = entry.value.kind === 'scalar' ? Number(entry.value.text) : Number.NaN
      if (Number.isInteger(priority)) group.priority = priority
      else this.report.add(entry.value.place, 'ansible_group_priority must be a whole number')
    }
  }

  private readHosts(group: Growing, value: Value): void {
    for (const entry of this.section(group.name, 'hosts', value)) {
      const { name: pattern, port } = splitPort(entry.key)
      const expanded = expandRange(pattern)
      if (!expanded.ok) {
        this.report.add(entry.place, expanded.message)
        continue
      }
      const vars = new Map<string, Entry>()
      if (port !== null) {
        const value: Value = { kind: 'scalar', value: port, text: String(port), place: entry.place }
        vars.set('ansible_port', { key: 'ansible_port', place: entry.place, value })
      }
      if (!isNull(entry.value) && entry.value.kind !== 'map') {
        this.report.add(
          entry.value.place,
          `the variables of ${entry.key} must be a mapping, not ${describe(entry.value)}`,
        )
      } else for (const each of this.section(entry.key, 'vars', entry.value)) vars.set(each.key, each)
      for (const name of expanded.names) this.addHost(group, name, entry.place, vars)
    }
  }

  private addHost(group: Growing, name: string, place: Place, vars: Variables): void {
    if (!SLOT_SUFFIX.test(name)) {
      const hint = 'give the host a name of letters, digits, "-", "." and "_", and put its address into ansible_host'
      this.report.add(place, `"${name}" is no host name that hc can use`, hint)
      return
    }
    const host = this.hosts.get(name) ?? { name, place, vars: new Map<string, Entry>() }
    for (const [key, value] of vars) host.vars.set(key, value)
    this.hosts.set(name, host)
    if (!group.hosts.includes(name)) group.hosts.push(name)
  }

  // As Ansible's reconcile_inventory: what has no parent is under all, who has no group is ungrouped.
  finish(): InventoryTree | null {
    const cycle = this.findCycle()
    if (cycle !== null) {
      this.report.add(
        this.group(cycle[0] ?? '', this.top).place,
        `the group ${cycle[0]} is a child of itself`,
        cycle.join(' > '),
      )
      return null
    }
    const all = this.group('all', this.top)
    for (const group of this.groups.values()) {
      if (group.name !== 'all' && group.parents.length === 0) this.adopt(all, group)
    }
    const grouped = new Set(
      [...this.groups.values()]
        .filter((each) => each.name !== 'all' && each.name !== 'ungrouped')
        .flatMap((each) => each.hosts),
    )
    const ungrouped = this.groups.get('ungrouped')
    if (ungrouped !== undefined) {
      const stay = [...ungrouped.hosts, ...all.hosts].filter(
        (name, index, names) => !grouped.has(name) && names.indexOf(name) === index,
      )
      ungrouped.hosts.splice(0, ungrouped.hosts.length, ...stay)
    }
    for (const host of this.hosts.values()) {
      const group = this.groups.get(host.name)
      if (group !== undefined)
        this.warnings.push(
          `${formatPlace(host.place)}: "${host.name}" is a host and a group: a pattern of that name means the group`,
        )
    }
    const depths = this.depths()
    const groups = [...this.groups.values()].map((group): [string, Group] => [
      group.name,
      { ...group, depth: depths.get(group.name) ?? 0 },
    ])
    return { groups: new Map(groups), hosts: this.hosts }
  }

  /** The way from a group back to itself, or null. */
  private findCycle(): readonly string[] | null {
    const done = new Set<string>()
    const walk = (name: string, way: readonly string[]): readonly string[] | null => {
      if (way.includes(name)) return [...way.slice(way.indexOf(name)), name]
      if (done.has(name)) return null
      for (const child of this.groups.get(name)?.children ?? []) {
        const found = walk(child, [...way, name])
        if (found !== null) return found
      }
      done.add(name)
      return null
    }
    for (const name of this.groups.keys()) {
      const found = walk(name, [])
      if (found !== null) return found
    }
    return null
  }

  // Longest way from the top; there are no cycles any more.
  private depths(): Map<string, number> {
    const depths = new Map<string, number>()
    const visit = (name: string, depth: number): void => {
      if ((depths.get(name) ?? -1) >= depth) return
      depths.set(name, depth)
      for (const child of this.groups.get(name)?.children ?? []) visit(child, depth + 1)
    }
    visit('all', 0)
    return depths
  }
}

/** Reads the top mapping of an inventory; no tree where its groups go round in a circle. `warnings` are sentences with place. */
export function buildTree(
  top: Value,
  report: Report,
): { readonly tree: InventoryTree | null; readonly warnings: readonly string[] } {
  const builder = new Builder(report, top.place)
  if (top.kind === 'map') for (const entry of top.entries) builder.readGroup(entry.key, entry.place, entry.value)
  else if (!isNull(top))
    report.add(top.place, `an inventory is a mapping of groups, not ${describe(top)}`, 'begin with "all:"')
  return { tree: builder.finish(), warnings: builder.warnings }
}
