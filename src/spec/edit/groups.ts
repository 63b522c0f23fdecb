// Groups come and go, and hosts join and leave them.
import { isMap } from 'yaml'
import type { InventoryEdit } from '../../model/inventory-edit.js'
import { type Draft, entriesOf, entryOf } from './draft.js'
import { dropValue, putIntoMap, putUnder, takeOut } from './entries.js'
import { putAtTop, putIntoSection, takeOutWhere } from './hosts.js'
import { isolate } from './isolate.js'
import { Refusal } from './splice.js'
import type { HostSpot } from './spots.js'
import type { Work } from './work.js'

const GIVEN = ['all', 'ungrouped']

/** Makes a group, or adds hosts to one that is there. Throws Refusal. */
export function addGroup(work: Work, edit: Extract<InventoryEdit, { kind: 'group-add' }>): void {
  const { name, parent, hosts } = edit
  work.needHosts(hosts)
  if (parent !== null) work.needGroup(parent)
  if (work.data.tree.hosts.has(name)) throw new Refusal(`"${name}" is the name of a host`, 'choose another name')
  const there = work.data.tree.groups.get(name)
  if (there === undefined) {
    checkGroupName(name)
    makeGroup(work, name, parent)
  } else if (parent !== null && !there.parents.includes(parent))
    putIntoSection(work, parent, 'children', { name, value: null })
  for (const host of hosts) {
    const member = work.spots.hosts.some(({ group, names }) => group.name === name && names.includes(host))
    if (!member) putIntoSection(work, name, 'hosts', { name: host, value: null })
  }
}

/** A name that a new group may have: a file of group_vars/ is called so, and patterns name it. Throws Refusal. */
export function checkGroupName(name: string): void {
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(name)) return
  throw new Refusal(
    `"${name}" is no name for a group`,
    'use letters, digits, "_", "-" and "."; a letter or digit first',
  )
}

// Where the other groups are: below all, else beside all at the top.
function makeGroup(work: Work, name: string, parent: string | null): void {
  const { draft, groups } = work.spots
  const below = groups.some(({ parent: above }) => above === 'all')
  const atTop = groups.some(({ name: each, parent: above }) => above === null && each !== 'all')
  if (parent !== null || below || !atTop) putIntoSection(work, parent ?? 'all', 'children', { name, value: null })
  else work.take(putAtTop(draft, { name, value: null }))
}

/** Takes hosts out of a group, or a group out of the inventory. Throws Refusal. */
export function removeGroup(work: Work, edit: Extract<InventoryEdit, { kind: 'group-remove' }>): void {
  const { name, hosts } = edit
  work.needGroup(name)
  if (hosts.length > 0) leaveGroup(work, name, hosts)
  else removeWhole(work, name)
}

function removeWhole(work: Work, name: string): void {
  if (GIVEN.includes(name)) throw new Refusal(`the group ${name} is always there`, 'name hosts to take them out of it')
  const inside = insideOf(work, name)
  const lost = [...new Set(inside.flatMap(({ names }) => names))].filter((host) => !standsOutside(work, host, inside))
  if (lost.length > 0) {
    const first = `hc inventory group add all ${lost.join(' ')}`
    throw new Refusal(
      `${lost.join(', ')} would leave the inventory with the group ${name}`,
      `to keep them: ${first}; to lose them: hc inventory remove ${lost.join(' ')}`,
    )
  }
  const held = inside.find(({ group, names, vars }) => {
    return (names.length > 1 || group.name !== name) && (vars?.items.length ?? 0) > 0
  })
  if (held !== undefined) throw heldBy(held.group.name, held.pattern, held)
  const direct = [...new Set(inside.filter(({ group }) => group.name === name).flatMap(({ names }) => names))]
  for (const host of direct) keepVariables(work, name, host)
  for (let round = work.spots.groups.length; round >= 0; round -= 1) {
    const { draft, groups } = work.spots
    const spot = groups.find((each) => each.name === name)
    if (spot === undefined) break
    work.take(spot.single ? dropValue(draft, spot.entry) : takeOut(draft, spot.entry))
  }
  const files = work.filesOf('group_vars', name)
  if (files.length > 0) work.notes.push(`${files.join(', ')} stays, and names no group now`)
}

/** Hosts whose places stand inside of the places of a group. */
function insideOf(work: Work, name: string): readonly HostSpot[] {
  const { groups, hosts } = work.spots
  const ranges = groups.filter((each) => each.name === name && !each.single).map(({ entry }) => entry)
  return hosts.filter(
    ({ entry, group }) => group.name === name || ranges.some(({ at, end }) => entry.at >= at && entry.at < end),
  )
}

function standsOutside(work: Work, host: string, inside: readonly HostSpot[]): boolean {
  const places = inside.map(({ entry }) => entry.at)
  return work.spots.hosts.some(({ names, entry }) => names.includes(host) && !places.includes(entry.at))
}

function leaveGroup(work: Work, name: string, hosts: readonly string[]): void {
  work.needHosts(hosts)
  for (const host of hosts) {
    const { hosts: spots } = work.spots
    const here = spots.filter(({ group, names }) => group.name === name && names.includes(host))
    if (here.length === 0)
      throw new Refusal(`${host} is no direct member of ${name}`, 'hc inventory graph shows who is')
    if (!standsOutside(work, host, here))
      throw new Refusal(
        `${host} is in no other group than ${name}: without it, it would leave the inventory`,
        `${name === 'all' ? '' : `to keep it: hc inventory group add all ${host}; `}to lose it: hc inventory remove ${host}`,
      )
  }
  isolate(work, hosts, name)
  for (const host of hosts) keepVariables(work, name, host)
  takeOutWhere(work, (each) => hosts.includes(each), name)
}

function heldBy(group: string, hosts: string, spot: HostSpot): Refusal {
  const hint = 'move them to its entry of another group first: hc inventory edit'
  return new Refusal(`variables of ${hosts} stand in its entry of ${group}`, hint, spot.entry.at)
}

/** Variables that stand in a host's entry of this group move to its entry of another. */
function keepVariables(work: Work, group: string, host: string): void {
  for (;;) {
    const { draft, hosts } = work.spots
    const own = hosts.filter(({ names }) => names.length === 1 && names[0] === host)
    const from = own.find((spot) => spot.group.name === group && (spot.vars?.items.length ?? 0) > 0)
    if (from === undefined || from.vars === null) return
    const to = own.find((spot) => spot.group.name !== group && !spot.shared && !spot.single)
    const [moved] = entriesOf(draft, from.vars)
    const source = moved === undefined ? null : inlineSource(draft, moved.at, moved.end)
    if (to === undefined || moved === undefined || source === null || entryOf(draft, to.vars, moved.name) !== null) {
      throw heldBy(group, host, from)
    }
    const entry = { name: moved.name, value: { typed: { source, json: null } } }
    const held = to.entry.value
    const grown = isMap(held) ? putIntoMap(draft, held, entry) : putUnder(draft, to.entry, entry)
    work.take(grown)
    takeMoved(work, group, host, moved.name)
  }
}

function takeMoved(work: Work, group: string, host: string, key: string): void {
  const { draft, hosts } = work.spots
  const spot = hosts.find((each) => each.group.name === group && each.names.length === 1 && each.names[0] === host)
  const entry = entryOf(draft, spot?.vars ?? null, key)
  if (entry !== null) work.take(takeOut(draft, entry))
}

/** A value that stands on the line of its key, as it is written. */
function inlineSource(draft: Draft, at: number, end: number): string | null {
  const text = draft.text.slice(at, end)
  const source = /^[A-Za-z_][A-Za-z0-9_]*[ \t]*:[ \t]+(\S.*)$/.exec(text)?.[1]
  return source === undefined || /^[&|>]/.test(source) || draft.hasAnchors(at, end) ? null : source
}
