// Groups and hosts of an inventory, put together as Ansible's InventoryData does, whatever the format of the file.
import type { HostName } from '../model/names.js'
import { SLOT_SUFFIX } from '../model/names.js'
import { expandRange, splitPort } from './ranges.js'
import { formatPlace, type Place, type Report } from './source.js'
import type { Entry, Value } from './value.js'

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

/** A group while the file is read. */
export interface Growing {
  readonly name: string
  readonly children: string[]
  readonly parents: string[]
  readonly hosts: HostName[]
  readonly vars: Map<string, Entry>
  readonly place: Place
  priority: number
}

// What the pattern language gives a meaning to.
const UNFIT_GROUP = /[:,&!*?[\]~\s]/
/** The variable of a group that is kept as its priority. */
export const PRIORITY = 'ansible_group_priority'

/** Builds the tree; in use only while one file is read. */
export class TreeBuilder {
  readonly groups = new Map<string, Growing>()
  readonly hosts = new Map<HostName, { name: HostName; place: Place; vars: Map<string, Entry> }>()
  /** Sentences with place. */
  readonly warnings: string[] = []

  /** `report`: what Ansible can't read either; `refusals`: what only hc can't use, or takes for a slip. */
  constructor(
    readonly report: Report,
    readonly refusals: Report,
    private readonly top: Place,
  ) {
    this.adopt(this.group('all', top), this.group('ungrouped', top))
  }

  /** The group of that name, made where there is none yet. */
  group(name: string, place: Place): Growing {
    const known = this.groups.get(name)
    if (known !== undefined) return known
    if (UNFIT_GROUP.test(name) || name === '') {
      this.refusals.add(place, `"${name}" is no group name`, 'use letters, digits, "_", "-" and "."')
    }
    const made: Growing = { name, children: [], parents: [], hosts: [], vars: new Map(), place, priority: 1 }
    this.groups.set(name, made)
    return made
  }

  adopt(parent: Growing, child: Growing): void {
    if (!parent.children.includes(child.name)) parent.children.push(child.name)
    if (!child.parents.includes(parent.name)) child.parents.push(parent.name)
  }

  /** A child as the file writes it: not every group can be one. */
  addChild(parent: Growing, child: Growing, place: Place): void {
    if (child.name === 'all') this.report.add(place, 'the group all is no child of another')
    else if (child.name === 'ungrouped' && parent.name !== 'all') {
      this.report.add(place, 'the group ungrouped is no child of another: it holds the hosts that no other group has')
    } else this.adopt(parent, child)
  }

  /** Sets a variable of a group. */
  setGroupVariable(group: Growing, entry: Entry): void {
    if (entry.key !== PRIORITY) {
      group.vars.set(entry.key, entry)
      return
    }
    const written = entry.value.kind === 'scalar' ? entry.value.value : null
    const priority = typeof written === 'string' && written.trim() !== '' ? Number(written) : written
    if (typeof priority === 'number' && Number.isInteger(priority)) group.priority = priority
    else this.report.add(entry.value.place, `${PRIORITY} must be a whole number`)
  }

  /** Adds all hosts that an entry names: a name, with ranges, with a port. */
  addHosts(group: Growing, pattern: string, place: Place, vars: Variables): void {
    const { name, port } = splitPort(pattern)
    const expanded = expandRange(name)
    if (!expanded.ok) (expanded.empty ? this.refusals : this.report).add(place, expanded.message)
    else for (const each of expanded.names) this.addHost(group, each, port, place, vars)
  }

  private addHost(group: Growing, name: string, port: number | null, place: Place, vars: Variables): void {
    if (!SLOT_SUFFIX.test(name)) {
      const hint = 'give the host a name of letters, digits, "-", "." and "_", and put its address into ansible_host'
      this.refusals.add(place, `"${name}" is no host name that hc can use`, hint)
    }
    if (name === 'all' || name === 'ungrouped') {
      this.report.add(place, `"${name}" is a group of every inventory`, 'give the host another name')
      return
    }
    const known = this.hosts.get(name)
    const host = known ?? { name, place, vars: new Map<string, Entry>() }
    // As in Ansible, the port counts only where the host is named first.
    if (known === undefined && port !== null && port > 0) host.vars.set('ansible_port', portEntry(port, place))
    this.hosts.set(name, host)
    if (!group.hosts.includes(name)) group.hosts.push(name)
    // Ansible looks among the groups first for whose variable it is.
    const namesake = this.groups.get(name)
    for (const entry of vars.values()) {
      if (namesake === undefined) host.vars.set(entry.key, entry)
      else this.setGroupVariable(namesake, entry)
    }
  }

  /** As Ansible's reconcile_inventory: what has no parent is under all, who has no group is ungrouped. Null: a circle. */
  finish(): InventoryTree | null {
    const all = this.group('all', this.top)
    const ungrouped = this.group('ungrouped', this.top)
    for (const group of this.groups.values()) {
      if (group.name !== 'all' && group.parents.length === 0) this.adopt(all, group)
    }
    this.settleUngrouped(ungrouped)
    const cycle = this.findCycle()
    if (cycle !== null) {
      const place = this.group(cycle[0] ?? '', this.top).place
      this.report.add(place, `the group ${cycle[0]} is a child of itself`, cycle.join(' > '))
      return null
    }
    const depths = this.depths()
    const groups = [...this.groups.values()].map((group): [string, Group] => [
      group.name,
      { ...group, depth: depths.get(group.name) ?? 0 },
    ])
    return { groups: new Map(groups), hosts: this.hosts }
  }

  private settleUngrouped(ungrouped: Growing): void {
    const others = [...this.groups.values()].filter(({ name }) => name !== 'all' && name !== 'ungrouped')
    const grouped = new Set(others.flatMap((group) => group.hosts))
    const stay = ungrouped.hosts.filter((name) => !grouped.has(name))
    ungrouped.hosts.splice(0, ungrouped.hosts.length, ...stay)
    for (const host of this.hosts.values()) {
      const namesake = this.groups.get(host.name)
      if (namesake !== undefined) this.warnOfNamesake(host.name, host.place)
      if (grouped.has(host.name) || ungrouped.hosts.includes(host.name)) continue
      if (namesake === undefined) ungrouped.hosts.push(host.name)
      else this.adopt(ungrouped, namesake)
    }
  }

  private warnOfNamesake(name: HostName, place: Place): void {
    this.warnings.push(
      `${formatPlace(place)}: "${name}" is a host and a group, which Ansible mixes up: give one of them another name`,
    )
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

function portEntry(port: number, place: Place): Entry {
  const value: Value = { kind: 'scalar', value: port, text: String(port), place }
  return { key: 'ansible_port', place, value }
}
