// An edit of the inventory reaches the disk: all of it or nothing, and not over what was placed meanwhile.
import { messageOf, UserError } from '../model/errors.js'
import type { EditReview } from '../model/inventory-edit.js'
import { byName, type HostName, jobOfSlot, type SlotName } from '../model/names.js'
import type { Records } from '../model/records.js'
import type { TextFiles } from '../ports.js'
import type { EditedInventory } from '../spec/edit/edit.js'
import { folderOf, resolvePath } from '../spec/paths.js'
import type { Wiring } from './desks/desk.js'

type Placed = EditReview['placed']

/** Allocations that the records place on the hosts. */
export async function placedOn({ world }: Pick<Wiring, 'world'>, hosts: readonly HostName[]): Promise<Placed> {
  const records = hosts.length === 0 ? null : await world.store.read()
  return Object.entries(records?.placements ?? {})
    .filter(([, { host }]) => hosts.includes(host))
    .map(([slot, { host }]) => ({ slot, host, ...keptWhy(slot, records) }))
    .sort((a, b) => byName(a.slot, b.slot))
}

function keptWhy(slot: SlotName, records: Records | null): Pick<Placed[number], 'kept'> {
  const applied = records?.jobs[jobOfSlot(slot)]
  if (applied === undefined) return { kept: 'removed' }
  if (applied.stopped) return { kept: 'stopped' }
  return applied.job.type === 'system' ? { kept: 'system' } : {}
}

/**
 * Writes while nothing can be placed. Throws UserError, and writes nothing, where more is placed by now on the hosts that
 * go than was seen when the person decided.
 */
export async function unlessPlaced(
  { world }: Pick<Wiring, 'world'>,
  { gone, seen }: { readonly gone: readonly HostName[]; readonly seen: Placed },
  write: () => Promise<void>,
): Promise<void> {
  if (gone.length === 0) return write()
  const lock = await world.store.lock(world.lockTimeoutMs)
  try {
    const now = await placedOn({ world }, gone)
    const fresh = now.find(({ slot, host }) => !seen.some((each) => each.slot === slot && each.host === host))
    if (fresh !== undefined) {
      throw new UserError(`${fresh.slot} was placed on ${fresh.host} meanwhile: nothing was written`, {
        host: fresh.host,
        hint: `hc host drain ${fresh.host} moves what runs and lets nothing new there; then say it again`,
      })
    }
    await write()
  } finally {
    await lock.release()
  }
}

/** New names come before the texts that use them, old names go after: whoever reads meanwhile misses no variable. */
export async function writeEdit(
  files: TextFiles,
  file: string,
  { changes, moves }: Pick<EditedInventory, 'changes' | 'moves'>,
): Promise<void> {
  const folder = folderOf(file)
  const copied: string[] = []
  const replaced: Replaced[] = []
  try {
    for (const { from, to } of moves) {
      const path = resolvePath(folder, to)
      await files.copy(resolvePath(folder, from), path)
      copied.push(path)
    }
    for (const { path: relative, before, after } of changes) {
      const path = relative === '' ? file : resolvePath(folder, relative)
      await files.replace(path, before, after)
      replaced.push({ path, before, after })
    }
  } catch (error) {
    const stuck = await putBack(files, replaced)
    if (stuck.length > 0) throw halfWritten(error, stuck)
    for (const path of copied) await files.remove(path)
    throw error
  }
  for (const { from } of moves) await files.remove(resolvePath(folder, from))
}

interface Replaced {
  readonly path: string
  readonly before: string
  readonly after: string
}

/** Files that could not be put back. */
async function putBack(files: TextFiles, replaced: readonly Replaced[]): Promise<readonly string[]> {
  const stuck: string[] = []
  for (const { path, before, after } of [...replaced].reverse()) {
    await files.replace(path, after, before).catch(() => stuck.push(path))
  }
  return stuck
}

function halfWritten(error: unknown, stuck: readonly string[]): UserError {
  const why = messageOf(error)
  return new UserError(`${why}; ${stuck.join(', ')} could not be put back and holds the edit`, {
    hint: 'mend it by hand: hc inventory edit, then hc inventory check',
  })
}
