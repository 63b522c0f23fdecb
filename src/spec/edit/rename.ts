// Another name for a host or a group, everywhere it stands.
import { isMap, isScalar } from 'yaml'
import type { InventoryEdit } from '../../model/inventory-edit.js'
import { type Draft, type EntryNode, entryOf } from './draft.js'
import { changeKey, changeValue, quoteOf } from './entries.js'
import { checkGroupName } from './groups.js'
import { isolate } from './isolate.js'
import { Refusal } from './splice.js'
import { targetOf } from './variables.js'
import { typedText, writeKey } from './words.js'
import type { Work } from './work.js'

const GIVEN = ['all', 'ungrouped']
/** Most places that are named where the old name still stands. */
const SHOWN = 5

/** Renames. Throws Refusal. */
export function rename(work: Work, { from, to }: Extract<InventoryEdit, { kind: 'rename' }>): void {
  if (from === to) return
  const target = targetOf(work, from)
  const { tree } = work.data
  if (GIVEN.includes(from)) throw new Refusal(`the group ${from} keeps its name`)
  if (target.kind === 'range') throw new Refusal('a range has no name of its own', 'rename its hosts one by one')
  if (tree.hosts.has(to) || tree.groups.has(to))
    throw new Refusal(
      `the inventory has a ${tree.hosts.has(to) ? 'host' : 'group'} "${to}" already`,
      'choose another name',
    )
  if (/[[\]:]/.test(to)) throw new Refusal(`"${to}" is no single name`, 'use letters, digits, "-", "_" and "."')
  if (target.kind === 'group') checkGroupName(to)
  if (target.kind === 'host') renameHost(work, from, to)
  else renameGroup(work, from, to)
  renameInPatterns(work, from, to)
  renameFiles(work, target.kind === 'host' ? 'host_vars' : 'group_vars', from, to)
  tellMentions(work, from)
}

function renameHost(work: Work, from: string, to: string): void {
  isolate(work, [from])
  for (let round = work.spots.hosts.length; round >= 0; round -= 1) {
    const { draft, hosts } = work.spots
    const spot = hosts.find(({ names }) => names.length === 1 && names[0] === from)
    if (spot === undefined) return
    const name = to + spot.suffix
    work.take(spot.single ? changeName(draft, spot.entry, name) : changeKey(draft, spot.entry, name))
  }
}

function renameGroup(work: Work, from: string, to: string): void {
  for (let round = work.spots.groups.length; round >= 0; round -= 1) {
    const { draft, groups } = work.spots
    const spot = groups.find(({ name }) => name === from)
    if (spot === undefined) return
    work.take(spot.single ? changeName(draft, spot.entry, to) : changeKey(draft, spot.entry, to))
  }
}

/** The single name that a section holds. */
function changeName(draft: Draft, section: EntryNode, name: string): Draft {
  const [from = 0, to = 0] = section.value?.range ?? []
  const context = draft.json ? 'json' : section.map.flow === true ? 'flow' : 'block'
  return draft.with({ from, to, text: writeKey(name, context, quoteOf(section.value)) })
}

/** `all:!nuc3` with another name for nuc3: as a whole term, with what marks it and an index behind it. */
export function renameInPattern(pattern: string, from: string, to: string): string {
  const name = from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const term = new RegExp(`(^|[,:])(\\s*[!&]?)${name}(?=(?:\\[[^\\]]*\\])?\\s*(?:$|[,:]))`, 'g')
  return pattern.replace(term, (_, before: string, mark: string) => `${before}${mark}${to}`)
}

function renameInPatterns(work: Work, from: string, to: string): void {
  for (const path of ['', ...work.filesOf('group_vars', 'all')]) {
    const found = hostsPattern(work, path)
    const value = found?.entry.value ?? null
    if (found === null || !isScalar(value) || typeof value.value !== 'string') continue
    const pattern = renameInPattern(value.value, from, to)
    if (pattern === value.value) continue
    work.take(changeValue(found.draft, found.entry, typedText(pattern)), path)
    work.notes.push(`hc_hosts names ${to} now`)
  }
}

function hostsPattern(work: Work, path: string): { draft: Draft; entry: EntryNode } | null {
  if (path !== '') {
    const draft = work.beside(path)
    const entry = draft === null ? null : entryOf(draft, draft.top, 'hc_hosts')
    return draft === null || entry === null ? null : { draft, entry }
  }
  const { draft, groups } = work.spots
  const entries = groups
    .filter(({ name }) => name === 'all')
    .map(({ body }) => draft.resolve(entryOf(draft, body, 'vars')?.value ?? null))
    .map((vars) => entryOf(draft, isMap(vars) ? vars : null, 'hc_hosts'))
  const entry = entries.findLast((each) => each !== null) ?? null
  return entry === null ? null : { draft, entry }
}

function renameFiles(work: Work, folder: 'host_vars' | 'group_vars', from: string, to: string): void {
  const [clash] = work.filesOf(folder, to)
  const files = work.filesOf(folder, from)
  if (files.length === 0) {
    if (clash !== undefined) work.notes.push(`${clash} is there already: its variables are those of ${to} now`)
    return
  }
  if (clash !== undefined)
    throw new Refusal(`${clash} is there already`, `move it away, or choose another name than ${to}`)
  const [first = ''] = files
  const [, top = ''] = first.split('/')
  work.move(`${folder}/${top}`, `${folder}/${to}${top.slice(from.length)}`)
}

function tellMentions(work: Work, from: string): void {
  const name = from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const word = new RegExp(`(?<![A-Za-z0-9_.-])${name}(?![A-Za-z0-9_.-])`)
  const found = [...work.all].flatMap(([path, text]) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        word.test(line) ? [`${path === '' ? 'the inventory' : path}, line ${index + 1}`] : [],
      ),
  )
  const more = found.length > SHOWN ? `, and ${found.length - SHOWN} more` : ''
  if (found.length > 0) work.notes.push(`"${from}" still stands in ${found.slice(0, SHOWN).join('; ')}${more}`)
}
