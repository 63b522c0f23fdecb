// One edit of an inventory: texts in, texts out. The edited files are read again as every inventory is; what would not be
// one, or would mean more than what was asked for, is refused with its place, and nothing is changed.
import type { Fault } from '../../model/errors.js'
import type { Inventory, Json } from '../../model/host.js'
import type { InventoryEdit } from '../../model/inventory-edit.js'
import { type InventoryFiles, parseInventory, type ReadInventory } from '../inventory.js'
import { folderOf, resolvePath } from '../paths.js'
import { faultAt, Source } from '../source.js'
import { addGroup, removeGroup } from './groups.js'
import { addHosts, removeHosts } from './hosts.js'
import { rename } from './rename.js'
import { Refusal } from './splice.js'
import { setVariables, unsetVariables } from './variables.js'
import { strayEffect } from './verify.js'
import { readTyped, splitAssignment } from './words.js'
import { type Move, Work } from './work.js'

/** A text that is another one now. */
export interface TextChange {
  /** Relative to the inventory's folder; '' is the inventory itself. */
  readonly path: string
  readonly before: string
  readonly after: string
}

/** What an edit makes of the files. */
export interface EditedInventory {
  readonly changes: readonly TextChange[]
  /** Variable files and folders to be renamed, with their texts as they were. */
  readonly moves: readonly Move[]
  /** What to know, as sentences. */
  readonly notes: readonly string[]
  /** As it will be read. */
  readonly inventory: Inventory
}

/** What became of an edit. */
export type EditOutcome =
  | EditedInventory
  /** `of`: what the places are in: the files as they are, or as the edit would leave them. */
  | { readonly faults: readonly Fault[]; readonly of: 'files' | 'result' }

type Good = Extract<ReadInventory, { readonly inventory: Inventory }>

/** Does one edit. Never throws for what the operator wrote. */
export function editInventory(files: InventoryFiles, edit: InventoryEdit): EditOutcome {
  const before = parseInventory(files)
  if ('faults' in before) return { ...before, of: 'files' }
  const work = new Work(files.text, files.beside ?? {}, before.data)
  try {
    perform(work, edit)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { faults: [faultOf(files, work, error)], of: 'files' }
  }
  const beside = Object.fromEntries([...work.all].filter(([path]) => path !== ''))
  const after = parseInventory({ ...files, text: work.text(''), beside })
  if ('faults' in after) return { ...after, of: 'result' }
  const stray = strayEffect(before.data, after.data, edit)
  if (stray !== null) {
    const hint = 'this part of the file is better edited by hand: hc inventory edit'
    return { faults: [{ message: `nothing was changed: ${stray}`, at: null, lineText: null, hint }], of: 'files' }
  }
  const notes = [
    ...work.notes,
    ...overridden(edit, after),
    ...jobTakers(edit, before, after),
    ...byItsName(edit, after),
    ...newNotes(before, after),
  ]
  return { changes: changesOf(files, work), moves: work.moves, notes: [...new Set(notes)], inventory: after.inventory }
}

function perform(work: Work, edit: InventoryEdit): void {
  switch (edit.kind) {
    case 'add':
      addHosts(work, edit)
      return
    case 'remove':
      removeHosts(work, edit.hosts)
      return
    case 'set':
      setVariables(work, edit.target, edit.assignments)
      return
    case 'unset':
      unsetVariables(work, edit.target, edit.keys)
      return
    case 'rename':
      rename(work, edit)
      return
    case 'group-add':
      addGroup(work, edit)
      return
    case 'group-remove':
      removeGroup(work, edit)
      return
  }
}

function faultOf(files: InventoryFiles, work: Work, refusal: Refusal): Fault {
  if (refusal.offset === null) return { message: refusal.message, at: null, lineText: null, hint: refusal.hint }
  const file = work.at === '' ? files.file : resolvePath(folderOf(files.file), work.at)
  return faultAt(
    { source: new Source(file, work.text(work.at)), offset: refusal.offset },
    refusal.message,
    refusal.hint,
  )
}

function changesOf(files: InventoryFiles, work: Work): readonly TextChange[] {
  const moved = (path: string) => {
    const move = work.moves.find(({ to }) => path === to || path.startsWith(`${to}/`))
    return move === undefined ? path : move.from + path.slice(move.to.length)
  }
  return [...work.all].flatMap(([path, after]) => {
    const before = path === '' ? files.text : (files.beside?.[moved(path)] ?? '')
    return before === after ? [] : [{ path: moved(path), before, after }]
  })
}

/** Members of a group, or the host, for whom another place says something else. */
function overridden(edit: InventoryEdit, after: Good): readonly string[] {
  if (edit.kind !== 'set') return []
  const { tree, hostVars } = after.data
  if (!tree.groups.has(edit.target)) return []
  const members = edit.target === 'all' ? [...tree.hosts.keys()] : membersOf(after, edit.target)
  return edit.assignments.flatMap((word) => {
    const { key, text } = splitAssignment(word)
    const wanted: Json = readTyped(key, text).json
    const other = members.filter((host) => JSON.stringify(hostVars.get(host)?.[key]) !== JSON.stringify(wanted))
    if (other.length === 0) return []
    return [`${key} is something else for ${other.join(', ')}: what is nearer to the host wins`]
  })
}

function membersOf({ inventory }: Good, group: string): readonly string[] {
  return inventory.hosts.filter(({ groups }) => groups.includes(group)).map(({ name }) => name)
}

/** Hosts that take jobs now and did not, or did and do not: patterns with indexes and wildcards shift. */
function jobTakers(edit: InventoryEdit, before: Good, after: Good): readonly string[] {
  const named = (name: string) => (edit.kind === 'rename' && name === edit.from ? edit.to : name)
  const takers = ({ inventory }: Good) => inventory.hosts.filter((host) => host.takesJobs).map(({ name }) => name)
  const [old, now] = [takers(before).map(named), takers(after)]
  const there = (name: string) => after.data.tree.hosts.has(name)
  const was = (name: string) => before.inventory.hosts.some((host) => named(host.name) === name)
  const lost = old.filter((name) => there(name) && !now.includes(name))
  const gained = now.filter((name) => was(name) && !old.includes(name))
  return [
    ...(lost.length > 0 ? [`${lost.join(', ')} will take no more jobs: hc_hosts means other hosts now`] : []),
    ...(gained.length > 0 ? [`${gained.join(', ')} will take jobs now: hc_hosts means other hosts now`] : []),
  ]
}

// Places shift with the lines; only sentences that are new are told.
function newNotes(before: Good, after: Good): readonly string[] {
  const plain = (note: string) => note.replace(/\d+:\d+/g, '')
  const old = new Set(before.inventory.notes.map(plain))
  return after.inventory.notes.filter((note) => !old.has(plain(note)))
}

/** A host without ansible_host is reached by its name, which is another one now. */
function byItsName(edit: InventoryEdit, { inventory }: Good): readonly string[] {
  if (edit.kind !== 'rename' || edit.from === edit.to) return []
  const host = inventory.hosts.find(({ name }) => name === edit.to)
  if (host === undefined || host.connection.kind !== 'ssh' || host.connection.address !== edit.to) return []
  return [
    `${edit.to} is reached by its new name now; for the old one: hc inventory set ${edit.to} ansible_host=${edit.from}`,
  ]
}
