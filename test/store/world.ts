// What the suite for stores works on.
import type { NewEvent } from '../../src/model/event.js'
import type { Store } from '../../src/ports.js'

/** One cluster's storage, empty at first. */
export interface StoreWorld {
  /** One more process that works on it; its wall clock says `WALL`. */
  open(owner: string, command: string): Store
  /** All is lost at once, as by `rm -rf .hc`. */
  lose(): Promise<void>
  end(): Promise<void>
}

/** What the wall clock of every store says. */
export const WALL = '2026-03-01T12:03:04.000Z'

/** An event that tells itself from others by its text. */
export function newEvent(text: string): NewEvent {
  return { kind: 'warning', host: 'nuc1', slot: null, reason: null, text }
}

/** Runs `work` under the lock of `store`. */
export async function underLock<T>(store: Store, work: () => Promise<T>): Promise<T> {
  const lock = await store.lock(20_000)
  try {
    return await work()
  } finally {
    await lock.release()
  }
}

/** Reads, adds one to a counter that is kept as a term, writes. */
export async function increment(store: Store): Promise<void> {
  await underLock(store, async () => {
    const records = (await store.read()) ?? (await store.create())
    await store.write({ ...records, term: { ...records.term, number: records.term.number + 1 } })
  })
}

/** A world with two processes on it. */
export type Parts = () => { readonly world: StoreWorld; readonly one: Store; readonly other: Store }
