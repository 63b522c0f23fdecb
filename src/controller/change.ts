// One change of the records: under the lock, from what is there, with the events that tell of it.
import type { NewEvent } from '../model/event.js'
import type { Records } from '../model/records.js'
import type { World } from './world.js'

/** What becomes of the records. */
export interface Change<T> {
  /** null: they stay as they are, and nothing is told. */
  readonly records: Records | null
  readonly events?: readonly NewEvent[]
  /** For whoever asked. */
  readonly value: T
}

/** Does the work while nobody else may change the records. Throws LockedError where another hc goes on. */
export async function underLock<T>(
  { store, lockTimeoutMs }: Pick<World, 'store' | 'lockTimeoutMs'>,
  work: () => Promise<T>,
): Promise<T> {
  const lock = await store.lock(lockTimeoutMs)
  try {
    return await work()
  } finally {
    await lock.release()
  }
}

/** Reads, changes, writes and tells. What `change` throws leaves everything as it was. */
export function changeRecords<T>(
  world: Pick<World, 'store' | 'lockTimeoutMs'>,
  change: (records: Records | null) => Change<T> | Promise<Change<T>>,
): Promise<T> {
  const { store } = world
  return underLock(world, async () => {
    const { records, events = [], value } = await change(await store.read())
    if (records === null) return value
    await store.write(records)
    if (events.length > 0) await store.appendEvents(events, records.term.number)
    return value
  })
}
