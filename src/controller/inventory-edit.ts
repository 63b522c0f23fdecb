// The inventory's files, edited: read to the last byte, changed as text, shown, and written only while they are the same.
import { type Fault, UserError } from '../model/errors.js'
import type { Inventory } from '../model/host.js'
import type {
  AcceptKey,
  EditChoices,
  EditReview,
  FileChangeView,
  InventoryEdit,
  InventoryEditView,
} from '../model/inventory-edit.js'
import type { HostName } from '../model/names.js'
import type { HostTrialView } from '../model/trial.js'
import { unifiedDiff } from '../spec/edit/diff.js'
import { type EditedInventory, type EditOutcome, editInventory } from '../spec/edit/edit.js'
import type { InventoryFiles } from '../spec/inventory.js'
import { inventoryFormat } from '../spec/inventory-format.js'
import { folderOf, resolvePath } from '../spec/paths.js'
import { isVariableFile, VARIABLE_FOLDERS } from '../spec/variables.js'
import { spreadNotes } from './control/ground.js'
import type { Wiring } from './desks/desk.js'
import { variableFolders } from './inventory.js'
import { placedOn, unlessPlaced, writeEdit } from './inventory-write.js'
import { findLeftovers, purgeHosts } from './purge.js'
import { tryHosts } from './trial.js'
import { inWordsOf } from './trial-words.js'

/** How deep variable folders are read. */
const DEPTH = 5

/** Edits the inventory. Throws UserError with every fault. */
export async function editFiles(wiring: Wiring, edit: InventoryEdit, choices: EditChoices): Promise<InventoryEditView> {
  const files = await readEditable(wiring)
  const outcome = editInventory(files, edit)
  if ('faults' in outcome) throw refusedEdit(outcome)
  const gone = leavingHosts(edit)
  const placed = await placedOn(wiring, gone)
  if (edit.kind === 'rename' && placed.length > 0) throw stillRuns(edit.from, placed)
  const view = viewOf(files.file, outcome)
  if (choices.dryRun) return { ...view, dryRun: true }
  if (!view.changed) return view
  const review = reviewOf(wiring, edit, outcome, { view, placed })
  if (!(await choices.review(review))) return { ...view, changed: false, declined: true }
  await unlessPlaced(wiring, { gone, seen: placed }, () => writeEdit(wiring.files, files.file, outcome))
  return { ...view, notes: [...view.notes, ...spreadNotes(wiring.copies.here)] }
}

function reviewOf(
  wiring: Wiring,
  edit: InventoryEdit,
  { inventory }: EditedInventory,
  shown: Pick<EditReview, 'view' | 'placed'>,
): EditReview {
  const gone = async () => {
    const names = edit.kind === 'remove' ? edit.hosts : []
    return (await wiring.reader.read()).inventory.hosts.filter(({ name }) => names.includes(name))
  }
  // After the edit was written they are not in the inventory any more.
  let hosts: ReturnType<typeof gone> | null = null
  const leaving = () => {
    hosts ??= gone()
    return hosts
  }
  return {
    ...shown,
    tryHosts: (accept) => tryNew(wiring, inventory, edit, accept),
    leftovers: async () => findLeftovers(wiring.world, await leaving()),
    purge: async (volumes) => purgeHosts(wiring.world, await leaving(), volumes),
  }
}

/** The inventory and its variable files as they are on disk. Throws UserError. */
export async function readEditable({ reader, world, files }: Wiring): Promise<InventoryFiles> {
  const { file } = reader
  const text = await files.read(file)
  if (inventoryFormat(file, text) === 'ini') {
    throw new UserError(`${file} is an INI inventory, which hc reads and does not edit`, {
      hint: 'edit it by hand, or turn it into YAML: ansible-inventory -i FILE --list --yaml --output inventory.yml',
    })
  }
  return { file, text, beside: await readBeside({ reader, world, files }, null), workingFolder: folderOf(file) }
}

/** The variable files beside an inventory by path relative to its folder; `own` stands for what is on disk. */
export async function readBeside(
  { reader, world, files }: Pick<Wiring, 'reader' | 'world' | 'files'>,
  own: { readonly file: string; readonly text: string } | null,
): Promise<Readonly<Record<string, string>>> {
  const folder = folderOf(reader.file)
  const beside: Record<string, string> = {}
  for (const name of VARIABLE_FOLDERS) {
    const paths = await world.sources.list(resolvePath(folder, name), DEPTH)
    const folders = await variableFolders(world.sources, resolvePath(folder, name), paths)
    for (const path of folders) beside[path.slice(folder.length + 1)] = ''
    for (const path of paths) {
      const relative = `${name}/${path}`
      const absolute = resolvePath(folder, relative)
      if (isVariableFile(relative)) beside[relative] = absolute === own?.file ? own.text : await files.read(absolute)
    }
  }
  return beside
}

function refusedEdit({ faults, of }: Extract<EditOutcome, { readonly faults: readonly Fault[] }>): UserError {
  const [first] = faults
  if (of === 'result') {
    const left = faults.length === 1 ? 'a fault' : `${faults.length} faults`
    return new UserError(`nothing was changed: with this edit the inventory would have ${left}`, { faults })
  }
  if (faults.length === 1 && first !== undefined) {
    return new UserError(first.message, first.at === null ? { hint: first.hint } : { faults })
  }
  return new UserError(`the inventory has ${faults.length} faults already`, {
    faults,
    hint: 'mend them first: hc inventory edit',
  })
}

/** Hosts that are not there by that name after the edit. */
function leavingHosts(edit: InventoryEdit): readonly HostName[] {
  return edit.kind === 'remove' ? edit.hosts : edit.kind === 'rename' ? [edit.from] : []
}

function stillRuns(host: HostName, placed: EditReview['placed']): UserError {
  const slots = placed.map(({ slot }) => slot).join(', ')
  return new UserError(`${slots} ${placed.length === 1 ? 'is' : 'are'} placed on ${host} by that name`, {
    host,
    hint: `under another name it would be a host that nothing runs on: hc host drain ${host} moves what runs; a stopped job keeps its place until hc job remove`,
  })
}

async function tryNew(
  wiring: Wiring,
  inventory: Inventory,
  edit: InventoryEdit,
  acceptKey: AcceptKey,
): Promise<readonly HostTrialView[]> {
  if (edit.kind !== 'add') return []
  const before = new Set((await wiring.reader.read()).inventory.hosts.map(({ name }) => name))
  const fresh = inventory.hosts.filter(({ name }) => !before.has(name))
  const peers = inventory.hosts.filter(({ name }) => before.has(name))
  const doors = wiring.openTrial()
  try {
    const options = { peers, signal: wiring.signal, ...(acceptKey && { acceptKey }) }
    return inWordsOf('add', await tryHosts(doors, fresh, options))
  } finally {
    await doors.close()
  }
}

function viewOf(file: string, { changes, moves, notes }: EditedInventory): InventoryEditView {
  const folder = folderOf(file)
  const absolute = (path: string) => (path === '' ? file : resolvePath(folder, path))
  const shown = changes.map(({ path, before, after }): FileChangeView => {
    return { file: absolute(path), diff: unifiedDiff(path === '' ? file : absolute(path), before, after) }
  })
  return {
    file,
    changed: changes.length > 0 || moves.length > 0,
    dryRun: false,
    declined: false,
    diff: shown.map(({ diff }) => diff).join(''),
    changes: shown,
    moved: moves.map(({ from, to }) => ({ from: absolute(from), to: absolute(to) })),
    notes,
  }
}
