// Hosts come and go.
import { isMap, isScalar } from 'yaml'
import type { InventoryEdit } from '../../model/inventory-edit.js'
import type { HostName } from '../../model/names.js'
import { didYouMean } from '../nearest.js'
import { expandRange } from '../ranges.js'
import { type Draft, type EntryNode, entryOf, isNothing } from './draft.js'
import {
  dropValue,
  likesFlow,
  type NewEntry,
  type NewValue,
  putIntoMap,
  putUnder,
  renderBlock,
  takeOut,
  unfoldName,
} from './entries.js'
import { isolate } from './isolate.js'
import { putLines, Refusal } from './splice.js'
import type { GroupSpot, Spots } from './spots.js'
import { readTyped, splitAssignment } from './words.js'
import type { Work } from './work.js'

/** Adds hosts to groups; without a group they stand under `all`. Throws Refusal. */
export function addHosts(work: Work, edit: Extract<InventoryEdit, { kind: 'add' }>): void {
  const seen = new Set<HostName>()
  for (const name of edit.names) checkNew(work, name, seen)
  for (const group of edit.groups) work.needGroup(group)
  const vars = edit.assignments.map(splitAssignment).map(({ key, text }): NewEntry => {
    return { name: key, value: { typed: readTyped(key, text) } }
  })
  const home = homeOf(work.spots, edit.groups)
  const others = edit.groups.filter((group) => group !== home)
  for (const name of edit.names) {
    joinGroup(work, home, name, vars)
    for (const group of others) joinGroup(work, group, name, [])
  }
}

function checkNew(work: Work, pattern: string, seen: Set<HostName>): void {
  const expanded = expandRange(pattern)
  if (!expanded.ok) throw new Refusal(expanded.message)
  for (const name of expanded.names) {
    if (work.data.tree.hosts.has(name))
      throw new Refusal(`the inventory has a host "${name}" already`, `hc inventory set ${name} key=value changes it`)
    if (seen.has(name)) throw new Refusal(`"${name}" is named twice`, 'name each new host once')
    seen.add(name)
    if (work.data.tree.groups.has(name)) throw new Refusal(`"${name}" is the name of a group`, 'choose another name')
  }
}

/** The group whose entry of a new host holds its variables. */
function homeOf(spots: Spots, groups: readonly string[]): string {
  const hostsIn = (name: string) => spots.hosts.filter(({ group }) => group.name === name)
  const gathers = hostsIn('all').some(({ vars }) => (vars?.items.length ?? 0) > 0)
  const [first] = groups
  if (first !== undefined) return gathers ? 'all' : first
  return hostsIn('all').length === 0 && hostsIn('ungrouped').length > 0 ? 'ungrouped' : 'all'
}

/** Of the places of a group, the one to add to: one with this section, else one that holds something, else the first. */
export function bestSpot(draft: Draft, spots: readonly GroupSpot[], section: string): GroupSpot | null {
  const usable = spots.filter(({ shared }) => !shared)
  const holds = (spot: GroupSpot) => entryOf(draft, spot.body, section) !== null
  const full = (spot: GroupSpot) => {
    const value = entryOf(draft, spot.body, section)?.value
    return value !== undefined && value !== null && holds(spot)
  }
  return (
    usable.find(full) ?? usable.find(holds) ?? usable.find(({ body }) => body !== null) ?? usable[0] ?? spots[0] ?? null
  )
}

/** Puts an entry into a section of a group; a group without a place gets one at the end of the file. */
export function putIntoSection(work: Work, group: string, section: string, entry: NewEntry): void {
  const { draft, groups } = work.spots
  const spot = bestSpot(
    draft,
    groups.filter(({ name }) => name === group),
    section,
  )
  if (spot === null) {
    work.take(putAtTop(draft, { name: group, value: { entries: [{ name: section, value: { entries: [entry] } }] } }))
    return
  }
  if (spot.single) {
    work.take(unfoldName(draft, spot.entry))
    putIntoSection(work, group, section, entry)
    return
  }
  if (spot.shared)
    throw new Refusal(
      `the group "${group}" stands in what an anchor shares`,
      'edit it by hand: hc inventory edit',
      spot.entry.at,
    )
  const held = entryOf(draft, spot.body, section)
  if (held === null) work.take(putUnder(draft, spot.entry, { name: section, value: { entries: [entry] } }))
  else if (isName(held)) {
    work.take(unfoldName(draft, held))
    putIntoSection(work, group, section, entry)
  } else work.take(putUnder(draft, held, entry))
}

/** `hosts: nuc1` */
function isName({ name, value }: EntryNode): boolean {
  return name !== 'vars' && isScalar(value) && !isNothing(value)
}

/** Puts an entry at the end of the top mapping. */
export function putAtTop(draft: Draft, entry: NewEntry): Draft {
  if (draft.top !== null) return putIntoMap(draft, draft.top, entry)
  return draft.with(putLines(draft.text, draft.text.length, renderBlock(entry, 0, draft.step)))
}

function joinGroup(work: Work, group: string, name: string, vars: readonly NewEntry[]): void {
  const { draft, groups } = work.spots
  const spot = bestSpot(
    draft,
    groups.filter((each) => each.name === group),
    'hosts',
  )
  const value: NewValue = vars.length === 0 ? null : { entries: vars, flow: prefersFlow(draft, spot) }
  putIntoSection(work, group, 'hosts', { name, value })
}

function prefersFlow(draft: Draft, spot: GroupSpot | null): boolean {
  const section = draft.resolve(entryOf(draft, spot?.body ?? null, 'hosts')?.value ?? null)
  return isMap(section) && likesFlow(draft, section)
}

/** Takes hosts out of all groups. Throws Refusal. */
export function removeHosts(work: Work, hosts: readonly HostName[]): void {
  work.needHosts(hosts)
  isolate(work, hosts)
  takeOutWhere(work, (name) => hosts.includes(name))
  for (const host of hosts) {
    const files = work.filesOf('host_vars', host)
    if (files.length > 0)
      work.notes.push(`${files.join(', ')} stays, and names no host now: remove it where it is not wanted any more`)
  }
}

/** Takes out the entries of hosts, in one group or in all. Ranges are isolated before. */
export function takeOutWhere(work: Work, wanted: (name: string) => boolean, group: string | null = null): void {
  for (let round = work.spots.hosts.length; round >= 0; round -= 1) {
    const { draft, hosts } = work.spots
    const spot = hosts.find(
      (each) => each.names.length === 1 && wanted(each.names[0] ?? '') && (group === null || each.group.name === group),
    )
    if (spot === undefined) return
    work.take(spot.single ? dropValue(draft, spot.entry) : takeOut(draft, spot.entry))
  }
}

/** Throws a Refusal for a name that neither a host nor a group has, with the nearest that is. */
export function noSuchName(work: Work, name: string): Refusal {
  const known = [...work.data.tree.hosts.keys(), ...work.data.tree.groups.keys()]
  const hint = didYouMean(name, known) ?? 'hc inventory graph shows the hosts and groups'
  return new Refusal(`the inventory has no host and no group "${name}"`, hint)
}
