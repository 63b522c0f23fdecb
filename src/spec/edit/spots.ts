// Where groups and hosts stand in the text of an inventory: each place of each, also those that aliases and merges repeat.
import { isMap, isScalar, type YAMLMap } from 'yaml'
import { expandRange, splitPort } from '../ranges.js'
import { type Draft, type EntryNode, entriesOf, isNothing, mergedInto } from './draft.js'

/** One place of a group. */
export interface GroupSpot {
  readonly name: string
  /** The key that names it; of a section that is a single name (`children: web`), that section. */
  readonly entry: EntryNode
  /** The group is the single name of the section `entry`. */
  readonly single: boolean
  readonly parent: string | null
  /** What it holds; null: nothing. */
  readonly body: YAMLMap | null
  /** Reached through an alias or `<<`: what is changed here changes elsewhere too. */
  readonly shared: boolean
}

/** One place of a host, or of a range of them. */
export interface HostSpot {
  readonly group: GroupSpot
  /** The key; of a section that is a single name (`hosts: nuc1`), that section. */
  readonly entry: EntryNode
  readonly single: boolean
  /** Without the port: `nuc[1:3]`. */
  readonly pattern: string
  /** `:2222`, or nothing. */
  readonly suffix: string
  readonly names: readonly string[]
  /** Its variables; null: none. */
  readonly vars: YAMLMap | null
  readonly shared: boolean
}

/** All places, in the order in which Ansible reads them. */
export interface Spots {
  readonly draft: Draft
  readonly groups: readonly GroupSpot[]
  readonly hosts: readonly HostSpot[]
}

const DEEPEST = 100

class Walk {
  readonly groups: GroupSpot[] = []
  readonly hosts: HostSpot[] = []
  private readonly open: YAMLMap[] = []

  constructor(private readonly draft: Draft) {}

  group(entry: EntryNode, parent: string | null, shared: boolean): void {
    const body = this.draft.resolve(entry.value)
    const map = isMap(body) ? body : null
    const aliased = shared || (map !== null && body !== entry.value)
    const spot = { name: entry.name, entry, single: false, parent, body: map, shared: aliased }
    this.groups.push({ ...spot, shared })
    if (map === null || this.open.includes(map) || this.open.length > DEEPEST) return
    this.open.push(map)
    for (const section of this.within(map, aliased)) {
      if (section.entry.name === 'hosts') this.section(section, (each) => this.host(spot, each))
      if (section.entry.name === 'children')
        this.section(section, (each) => {
          if (each.single) this.single(section.entry, entry.name, section.shared)
          else this.group(each.entry, entry.name, each.shared)
        })
    }
    this.open.pop()
  }

  private single(section: EntryNode, parent: string, shared: boolean): void {
    const name = isScalar(section.value) ? String(section.value.value) : ''
    this.groups.push({ name, entry: section, single: true, parent, body: null, shared })
  }

  private section(section: Found, each: (found: Found & { single: boolean }) => void): void {
    const { entry, shared } = section
    const value = this.draft.resolve(entry.value)
    if (isMap(value)) {
      for (const found of this.within(value, shared || value !== entry.value)) each({ ...found, single: false })
    } else if (isScalar(entry.value) && !isNothing(entry.value)) each({ entry, shared, single: true })
  }

  private host(group: GroupSpot, { entry, shared, single }: Found & { single: boolean }): void {
    const key = single && isScalar(entry.value) ? String(entry.value.value) : entry.name
    const { name: pattern } = splitPort(key)
    const expanded = expandRange(pattern)
    const value = single ? null : this.draft.resolve(entry.value)
    this.hosts.push({
      group,
      entry,
      single,
      pattern,
      suffix: key.slice(pattern.length),
      names: expanded.ok ? expanded.names : [],
      vars: isMap(value) ? value : null,
      shared,
    })
  }

  /** Own keys, then those that `<<` brings. */
  private within(map: YAMLMap, shared: boolean): readonly Found[] {
    const own = entriesOf(this.draft, map).map((entry) => ({ entry, shared }))
    const merged = mergedInto(this.draft, map).flatMap((each) =>
      entriesOf(this.draft, each).map((entry) => ({ entry, shared: true })),
    )
    return [...own, ...merged.filter(({ entry }) => !own.some((each) => each.entry.name === entry.name))]
  }
}

interface Found {
  readonly entry: EntryNode
  readonly shared: boolean
}

/** Finds every place. */
export function spotsOf(draft: Draft): Spots {
  const walk = new Walk(draft)
  if (draft.top !== null) for (const entry of entriesOf(draft, draft.top)) walk.group(entry, null, false)
  return { draft, groups: walk.groups, hosts: walk.hosts }
}
