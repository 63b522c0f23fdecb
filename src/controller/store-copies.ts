// Backups of the store, their return, and its move to another store. The loop ticks in none of them: what is copied holds still.
import { MovedError, UserError } from '../model/errors.js'
import { told } from '../model/event.js'
import type { Term } from '../model/host.js'
import type { Records, StoreContents } from '../model/records.js'
import type { BackupFacts, BackupView, RestoreView, StoreCounts } from '../model/store-copies.js'
import type { Store } from '../ports.js'
import { underLock } from './change.js'
import { inNewTerm, isSameOwner } from './term.js'
import { blobsOf } from './versions.js'
import type { World } from './world.js'

/** The files of backups, and other stores. */
export interface CopyDoors {
  /** Throws UserError, also where the file is something else than a backup. */
  write(file: string, contents: StoreContents, madeAt: string): Promise<BackupFacts>
  /** Reads and checks a backup. Throws UserError. */
  read(file: string): Promise<{ readonly contents: StoreContents } & BackupFacts>
  /** Saves what is about to be replaced, on this machine; the path. */
  keep(contents: StoreContents, madeAt: string): Promise<string>
  /** The store in use, as hc_store names it. */
  readonly here: string
  /** Opens another one. */
  open(name: string): Promise<{ readonly store: Store; readonly name: string }>
}

/** What a store holds, in numbers. */
export function countsOf({ records, events, blobs }: StoreContents): StoreCounts {
  const { cluster, term, jobs, hosts } = records
  const count = (of: object) => Object.keys(of).length
  return { cluster, term, jobs: count(jobs), hosts: count(hosts), events: events.length, files: count(blobs) }
}

/** Copies all that the store keeps into one file, as it stands at one moment; the loop may tick on. */
export async function backupStore(world: World, doors: CopyDoors, file: string): Promise<BackupView> {
  const contents = await underLock(world, () => world.store.dump())
  if (contents === null) throw noStore(doors.here)
  const facts = await doors.write(file, contents, world.clock.wall())
  const missing = [...new Set(blobsOf(contents.records))].filter((name) => contents.blobs[name] === undefined)
  return { file, ...facts, ...countsOf(contents), missing }
}

/** Puts a backup in the place of the store. Throws UserError where the store there is newer or another, unless it is forced. */
export async function restoreStore(
  world: World,
  doors: CopyDoors,
  file: string,
  options: { readonly force: boolean },
): Promise<RestoreView> {
  const { store } = world
  const { contents: backup, ...facts } = await doors.read(file)
  return alone(store, doors.here, () =>
    underLock(world, async () => {
      const at = world.clock.wall()
      const present = await presentOf(store, options.force)
      if (!options.force) refuseLoss(backup, present, doors.here)
      const replaced = present && (await doors.keep(present, at))
      const records = restored(backup.records, present?.records ?? null, store.draft().term, at)
      await store.load({ ...backup, records })
      const text = `restored from a backup of ${facts.madeAt}; nothing is done before hc reconcile --take-over`
      await store.appendEvents([told('store', text)], records.term.number)
      return { file, ...facts, ...countsOf({ ...backup, records }), replaced }
    }),
  )
}

/**
 * The records of a backup as they may be used: they wait for the operator's word. What was decided since the backup is not in
 * them, and who else acts now is not known here: a number that was given out since must not be given out again.
 */
export function restored(backup: Records, present: Records | null, own: Term, at: string): Records {
  const { moved: _, ...records } = backup
  const number = Math.max(backup.term.number, present?.term.number ?? 0)
  // A machine that was merely renamed keeps its old name, as in `claim`.
  const owner = isSameOwner(backup.term.owner, own.owner) ? backup.term.owner : own.owner
  const from = backup.restored?.from ?? backup.term
  return { ...inNewTerm(records, number), term: { number, owner }, restored: { from, at } }
}

/** Does the work while no loop ticks on the store. Throws UserError where one does. */
export async function alone<T>(store: Store, name: string, work: () => Promise<T>): Promise<T> {
  // Asking for the lock in vain would show this command among those that stand by.
  const held = (await store.loopHeld()) ? null : await store.lockLoop()
  if (held === null) {
    const { leader = null, standbys = [] } = (await store.control?.show()) ?? {}
    const where = leader ? `: on ${[leader, ...standbys].map(({ name: machine }) => machine).join(', ')}` : ''
    throw new UserError(`a loop ticks on the store in ${name}${where}; nothing was changed`, {
      code: 'locked',
      exitCode: 5,
      hint: 'end it first (systemctl stop hc-reconcile, or Ctrl-C where it runs), on every machine; what runs on the hosts runs on',
    })
  }
  try {
    return await work()
  } finally {
    await held.release()
  }
}

/** There is nothing to copy. */
export function noStore(name: string): UserError {
  return new UserError(`there is no store in ${name}`, {
    hint: 'hc apply jobs/ makes one; see hc_store in the inventory',
  })
}

async function presentOf(store: Store, force: boolean): Promise<StoreContents | null> {
  try {
    return await store.dump()
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof MovedError) throw error
    if (force) return null
    throw new UserError(`the store that would be replaced can't be read: ${error.message}`, {
      code: 'store',
      exitCode: 1,
      hint: '--force replaces it all the same',
    })
  }
}

function refuseLoss(backup: StoreContents, present: StoreContents | null, here: string): void {
  if (present === null) return
  const [theirs, ours] = [backup.records, present.records]
  const refuse = (text: string) => {
    const hint = '--force replaces it; what is there now is saved before'
    return new UserError(`${text}; nothing was changed`, { code: 'store', exitCode: 2, hint })
  }
  if (theirs.cluster !== ours.cluster)
    throw refuse(`the store in ${here} is of another cluster (${ours.cluster}) than the backup (${theirs.cluster})`)
  if (ours.moved) throw refuse(`the store in ${here} was moved to ${ours.moved.to} at ${ours.moved.at}`)
  const [older, newer] = [backup, present].map(({ events }) => events.at(-1))
  if (ours.term.number > theirs.term.number)
    throw refuse(
      `the store in ${here} is newer: its term is ${ours.term.number}, that of the backup ${theirs.term.number}`,
    )
  if ((newer?.id ?? 0) > (older?.id ?? 0)) {
    const last = older ? `the last in the backup is ${older.id} of ${older.time}` : 'the backup has none'
    throw refuse(`the store in ${here} is newer: its last event is ${newer?.id} of ${newer?.time}, ${last}`)
  }
}
