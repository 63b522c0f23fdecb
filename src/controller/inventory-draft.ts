// A file of the inventory in the operator's editor: a copy is edited, and checked before it is taken.
import { UserError } from '../model/errors.js'
import type { DraftLook, OpenFile } from '../model/inventory-edit.js'
import type { HostName } from '../model/names.js'
import { unifiedDiff } from '../spec/edit/diff.js'
import { parseInventory, type ReadInventory } from '../spec/inventory.js'
import { folderOf, resolvePath } from '../spec/paths.js'
import { isVariableFile } from '../spec/variables.js'
import type { Wiring } from './desks/desk.js'
import { readBeside } from './inventory-edit.js'
import { placedOn, unlessPlaced } from './inventory-write.js'

/** Opens the inventory, or a variable file beside it. Throws UserError. */
export async function openFile(wiring: Wiring, name: string | null): Promise<OpenFile> {
  const { files, reader, workingFolder } = wiring
  const folder = folderOf(reader.file)
  const file = name === null ? reader.file : resolvePath(workingFolder, name)
  const relative = file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file
  if (file !== reader.file && !isVariableFile(relative)) {
    throw new UserError(`${file} is no file of this inventory`, {
      code: 'usage',
      hint: `it is ${reader.file}, with group_vars/ and host_vars/ beside it`,
    })
  }
  const before = await files.read(file)
  const draft = await files.draft(file, before)
  const drop = () => files.remove(folderOf(draft))
  return {
    file,
    draft,
    drop,
    look: async () => {
      const text = await readDraft(files, draft)
      const nothing = file === reader.file && isEmpty(text)
      const checked = nothing ? NOTHING_LEFT : await check(wiring, file, { before, text })
      return { text, changed: text !== before, diff: unifiedDiff(file, before, text), ...checked }
    },
    take: async ({ text, gone, placed }) => {
      await unlessPlaced(wiring, { gone, seen: placed }, () => files.replace(file, before, text))
      await drop()
    },
  }
}

/** An editor that took its file away, or never wrote it, has no version to take. */
async function readDraft(files: Wiring['files'], draft: string): Promise<string> {
  try {
    return await files.read(draft)
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'not-found') throw error
    await files.remove(folderOf(draft))
    throw new UserError('the editor left no file behind, and nothing was written', {
      hint: 'name another one: EDITOR=nano hc inventory edit',
    })
  }
}

const isEmpty = (text: string) => text.split('\n').every((line) => /^\s*(?:#|$)/.test(line))

// Ansible takes an empty file for no inventory, and an editor on a full disk leaves one.
const NOTHING_LEFT = {
  faults: [{ message: 'nothing is left of the inventory', at: null, lineText: null, hint: 'begin with "all:"' }],
  notes: [],
  emptied: true,
  gone: [],
  placed: [],
}

/** The inventory as it would be with another text of one of its files. */
async function check(
  wiring: Wiring,
  file: string,
  { before, text }: { readonly before: string; readonly text: string },
): Promise<Omit<DraftLook, 'text' | 'changed' | 'diff'>> {
  const read = await readWith(wiring, file, text)
  if ('faults' in read) return { faults: read.faults, notes: [], emptied: false, gone: [], placed: [] }
  const { hosts, notes } = read.inventory
  const there = new Set(hosts.map(({ name }) => name))
  const gone = (await hostsBefore(wiring, await readWith(wiring, file, before))).filter((name) => !there.has(name))
  const emptied = hosts.length === 0 && gone.length > 0
  return { faults: [], notes, emptied, gone, placed: await placedOn(wiring, gone) }
}

async function readWith(wiring: Wiring, file: string, text: string): Promise<ReadInventory> {
  const { files, reader } = wiring
  const beside = await readBeside(wiring, { file, text })
  const own = file === reader.file ? text : await files.read(reader.file)
  return parseInventory({ file: reader.file, text: own, beside, workingFolder: folderOf(reader.file) })
}

/** Where the file was no inventory before, those that the records know. */
async function hostsBefore({ world }: Wiring, read: ReadInventory): Promise<readonly HostName[]> {
  if ('inventory' in read) return read.inventory.hosts.map(({ name }) => name)
  if (read.data !== null) return [...read.data.tree.hosts.keys()]
  const placements = Object.values((await world.store.read())?.placements ?? {})
  return [...new Set(placements.map(({ host }) => host))]
}
