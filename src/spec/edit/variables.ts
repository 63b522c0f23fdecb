// Variables of hosts and groups: changed where they stand, else put into the inventory.
import { isAlias, isMap } from 'yaml'
import { didYouMean } from '../nearest.js'
import { resolvePlain } from '../scalars.js'
import { Report } from '../source.js'
import { toJson } from '../value.js'
import { readYaml } from '../yaml.js'
import { type Draft, type EntryNode, entriesOf, entryOf, mergedInto } from './draft.js'
import {
  changeValue,
  flowMap,
  likesFlow,
  type NewEntry,
  putIntoMap,
  putOverAlias,
  putUnder,
  takeOut,
  unfoldName,
} from './entries.js'
import { noSuchName, putIntoSection } from './hosts.js'
import { Refusal } from './splice.js'
import type { HostSpot } from './spots.js'
import { checkedName, readTyped, splitAssignment, type Typed } from './words.js'
import type { Work } from './work.js'

/** What variables are set on. */
export type Target =
  | { readonly kind: 'host'; readonly name: string }
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'range'; readonly name: string }

/** Finds out what a name means; a name of both means the group, as in patterns. Throws Refusal. */
export function targetOf(work: Work, name: string): Target {
  const { tree } = work.data
  if (tree.groups.has(name)) return { kind: 'group', name }
  if (tree.hosts.has(name)) return { kind: 'host', name }
  if (work.spots.hosts.some((spot) => spot.names.length > 1 && spot.pattern === name)) return { kind: 'range', name }
  throw noSuchName(work, name)
}

/** Sets variables. Throws Refusal. */
export function setVariables(work: Work, name: string, assignments: readonly string[]): void {
  const target = targetOf(work, name)
  for (const word of assignments) {
    const { key, text } = splitAssignment(word)
    const typed = readTyped(key, text)
    tellReading(work, key, text, typed)
    if (!setBeside(work, target, key, typed)) setInInventory(work, target, key, typed)
  }
}

// What YAML 1.1 makes of words and figures surprises often enough to be said.
function tellReading(work: Work, key: string, text: string, { source, json }: Typed): void {
  if (source === null || typeof json === 'object') return
  const plain = resolvePlain(source, 'yaml-1.1') === json
  const odd = typeof json === 'boolean' ? !/^(?:true|false)$/.test(source) : String(json) !== source
  if (plain && odd) work.notes.push(`${key}=${text} is read as ${json}; for the text write ${key}='"${text}"'`)
}

/** The file beside the inventory that holds the variable now, or null. */
function besideWith(work: Work, target: Target, key: string): { path: string; draft: Draft; entry: EntryNode } | null {
  if (target.kind === 'range') return null
  const folder = target.kind === 'host' ? 'host_vars' : 'group_vars'
  for (const path of work.filesOf(folder, target.name)) {
    const draft = work.beside(path)
    const entry = draft === null ? null : entryOf(draft, draft.top, key)
    if (draft !== null && entry !== null) return { path, draft, entry }
  }
  return null
}

function setBeside(work: Work, target: Target, key: string, typed: Typed): boolean {
  const found = besideWith(work, target, key)
  if (found === null) return false
  work.take(changed(found.draft, found.entry, typed), found.path)
  return true
}

/** Leaves a value alone that is the same already. */
function changed(draft: Draft, entry: EntryNode, typed: Typed): Draft {
  const map = draft.text.slice(entry.at, entry.end)
  const read = readYaml('', `${map}\n`, { dialect: 'yaml-1.1', duplicates: 'last' }, new Report())
  const [only] = read?.value.kind === 'map' ? read.value.entries : []
  const same = only !== undefined && JSON.stringify(toJson(only.value)) === JSON.stringify(typed.json)
  return same && !map.includes('.nan') ? draft : changeValue(draft, entry, typed)
}

function setInInventory(work: Work, target: Target, key: string, typed: Typed): void {
  if (target.kind === 'group') setOnGroup(work, target.name, key, typed)
  else setOnHost(work, target, key, typed)
}

function setOnGroup(work: Work, name: string, key: string, typed: Typed): void {
  const { draft, groups } = work.spots
  const sections = groups
    .filter((spot) => spot.name === name)
    .flatMap((spot) => entryOf(draft, spot.body, 'vars') ?? [])
  const holder = sections.findLast(({ value }) => isMap(value) && entryOf(draft, value, key) !== null)
  const shared = sections.findLast(({ value }) => isAlias(value))?.value
  const entry = isMap(holder?.value) ? entryOf(draft, holder.value, key) : null
  if (entry !== null) work.take(changed(draft, entry, typed))
  else if (isAlias(shared)) work.take(putOverAlias(draft, shared, { name: key, value: { typed } }))
  else putIntoSection(work, name, 'vars', { name: key, value: { typed } })
}

function spotsOfTarget(work: Work, target: Target): { draft: Draft; spots: readonly HostSpot[] } {
  const { draft, hosts } = work.spots
  const meant = (spot: HostSpot) =>
    target.kind === 'range'
      ? spot.names.length > 1 && spot.pattern === target.name
      : spot.names.length === 1 && spot.names[0] === target.name
  return { draft, spots: hosts.filter(meant) }
}

/** `hosts: nuc1` becomes a mapping where it is the place to write to. */
function unfold(work: Work, names: (spot: HostSpot) => boolean): void {
  for (let round = work.spots.hosts.length; round > 0; round -= 1) {
    const { draft, hosts } = work.spots
    const spot = hosts.find((each) => each.single && names(each))
    if (spot === undefined) return
    work.take(unfoldName(draft, spot.entry))
  }
}

function setOnHost(work: Work, target: Target, key: string, typed: Typed): void {
  const value: NewEntry = { name: key, value: { typed } }
  const { draft, spots } = spotsOfTarget(work, target)
  const own = spots.flatMap((spot) => {
    const entry = entryOf(draft, spot.vars, key)
    return entry === null || spot.entry.value === null || isAlias(spot.entry.value) ? [] : [entry]
  })
  const last = own.at(-1)
  if (last !== undefined) work.take(changed(draft, last, typed))
  else if (spots.length === 0) setInRange(work, target.name, value)
  else {
    const spot = spots.findLast(({ vars }) => (vars?.items.length ?? 0) > 0) ?? spots.find(({ single }) => !single)
    if (spot === undefined) unfold(work, ({ names }) => names[0] === target.name)
    work.take(addToHost(work, target, value))
  }
}

function addToHost(work: Work, target: Target, value: NewEntry): Draft {
  const { draft, spots } = spotsOfTarget(work, target)
  const spot = spots.findLast(({ vars }) => (vars?.items.length ?? 0) > 0) ?? spots.find(({ single }) => !single)
  if (spot === undefined) throw noSuchName(work, target.name)
  const held = spot.entry.value
  if (isAlias(held)) return putOverAlias(draft, held, value)
  if (isMap(held)) return putIntoMap(draft, held, value)
  return likesFlow(draft, spot.entry.map) ? putFlow(draft, spot.entry, value) : putUnder(draft, spot.entry, value)
}

function putFlow(draft: Draft, owner: EntryNode, entry: NewEntry): Draft {
  const [from = 0, to = 0] = owner.value?.range ?? []
  const put = flowMap([entry], draft.json ? 'json' : 'flow')
  if (to > from) return draft.with({ from, to, text: put })
  return owner.map.flow === true
    ? putUnder(draft, owner, entry)
    : draft.with({ from: owner.end, to: owner.end, text: ` ${put}` })
}

/** One host of a range gets an entry of its own behind the range, which adds to what the range says. */
function setInRange(work: Work, name: string, value: NewEntry): void {
  unfold(work, ({ names }) => names.includes(name))
  const { draft, hosts } = work.spots
  const range = hosts.findLast((spot) => spot.names.includes(name))
  if (range === undefined) throw noSuchName(work, name)
  const flow = likesFlow(draft, range.entry.map)
  work.take(putIntoMap(draft, range.entry.map, { name, value: { entries: [value], flow } }))
}

/** Takes variables away where they stand. Throws Refusal. */
export function unsetVariables(work: Work, name: string, keys: readonly string[]): void {
  const target = targetOf(work, name)
  for (const key of new Set(keys)) {
    checkedName(key)
    let found = 0
    for (let beside = besideWith(work, target, key); beside !== null; beside = besideWith(work, target, key)) {
      work.take(takeOut(beside.draft, beside.entry), beside.path)
      found += 1
    }
    found += unsetInInventory(work, target, key)
    if (found === 0) throw notSet(work, target, key)
  }
}

function unsetInInventory(work: Work, target: Target, key: string): number {
  for (let taken = 0; ; taken += 1) {
    const { draft, entry } = holderOf(work, target, key)
    if (entry === null) return taken
    work.take(takeOut(draft, entry))
  }
}

function holderOf(work: Work, target: Target, key: string): { draft: Draft; entry: EntryNode | null } {
  if (target.kind !== 'group') {
    const { draft, spots } = spotsOfTarget(work, target)
    const own = spots.find(({ entry, vars }) => isMap(entry.value) && entryOf(draft, vars, key) !== null)
    return { draft, entry: entryOf(draft, own?.vars ?? null, key) }
  }
  const { draft, groups } = work.spots
  for (const spot of groups.filter((each) => each.name === target.name)) {
    const section = entryOf(draft, spot.body, 'vars')
    const entry = section !== null && isMap(section.value) ? entryOf(draft, section.value, key) : null
    if (entry !== null) return { draft, entry }
  }
  return { draft, entry: null }
}

/** Why there is nothing to take away: the variable comes from elsewhere, or from nowhere. */
function notSet(work: Work, target: Target, key: string): Refusal {
  const { draft, hosts, groups } = work.spots
  const lineOf = (offset: number) => draft.text.slice(0, offset).split('\n').length
  if (target.kind === 'host') {
    const spots = hosts.filter((spot) => spot.names.includes(target.name))
    const range = spots.find((spot) => spot.names.length > 1 && entryOf(draft, spot.vars, key) !== null)
    if (range !== undefined) {
      const hint = `for all of them: hc inventory unset '${range.pattern}' ${key}; for ${target.name} alone set another value`
      return new Refusal(`${key} stands in the range ${range.pattern}, for all of its hosts`, hint, range.entry.at)
    }
    const merged = spots.find(
      ({ entry, vars }) =>
        vars !== null &&
        (isAlias(entry.value) ||
          mergedInto(draft, vars).some((each) => entriesOf(draft, each).some(({ name }) => name === key))),
    )
    if (merged !== undefined && key in (work.data.hostVars.get(target.name) ?? {})) {
      const hint = `set another value for ${target.name} alone, or edit what is shared: hc inventory edit`
      return new Refusal(`${target.name} has ${key} from what an anchor shares`, hint, merged.entry.at)
    }
    const group = groups.find((spot) => work.members(spot.name).includes(target.name) && hasVar(draft, spot.body, key))
    if (group !== undefined) {
      const hint = `for the whole group: hc inventory unset ${group.name} ${key}`
      return new Refusal(
        `${target.name} has ${key} from the group ${group.name}, in line ${lineOf(group.entry.at)}`,
        hint,
      )
    }
  }
  const own = ownKeys(work, target)
  if (own.includes(key)) {
    const hint = 'set another value, or edit what is shared: hc inventory edit'
    return new Refusal(`${target.name} has ${key} from what an anchor shares`, hint)
  }
  const near = didYouMean(key, own)
  const hint = near ?? 'hc inventory list --json shows what it has'
  return new Refusal(`${target.name} has no variable ${key} of its own`, hint)
}

/** The variables that stand in the inventory for a host or group, and beside it. */
function ownKeys(work: Work, target: Target): readonly string[] {
  const { tree, hostVars } = work.data
  if (target.kind === 'host') return Object.keys(hostVars.get(target.name) ?? {})
  const files = target.kind === 'group' ? work.filesOf('group_vars', target.name) : []
  const beside = files.flatMap((path) => {
    const draft = work.beside(path)
    return draft?.top ? entriesOf(draft, draft.top).map(({ name }) => name) : []
  })
  return [...(tree.groups.get(target.name)?.vars.keys() ?? []), ...beside]
}

function hasVar(draft: Draft, body: HostSpot['vars'], key: string): boolean {
  const map = draft.resolve(entryOf(draft, body, 'vars')?.value ?? null)
  return isMap(map) && entryOf(draft, map, key) !== null
}
