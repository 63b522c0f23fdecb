// What lies in the folder of a store in memory.
import type { Event } from '../../src/model/event.js'
import type { Records } from '../../src/model/records.js'
import { parseRecords } from '../../src/store/format.js'
import type { MemoryDisk, MemoryStore } from './memory-store.js'

/** A lock that is held: worth nothing once the folder is another. */
export interface Held {
  readonly disk: MemoryDisk
  readonly by: MemoryStore
  readonly content: DiskContent
}

/** All that `rm -rf .hc` takes. */
export class DiskContent {
  records: string | null = null
  /** state.json.prev: the records as they were before the last change. */
  previous: string | null = null
  events: Event[] = []
  blobs = new Map<string, Uint8Array>()
  loop: string | null = null
  survival = '[]'
  incidents = '[]'
  acting: Held | null = null
  ticking: Held | null = null
  waiters: (() => void)[] = []
}

/** Checked only where it is broken: the store on disk tells how it reads a whole one. */
export function parsed(text: string): Records {
  try {
    return JSON.parse(text) as Records
  } catch {
    return parseRecords(text, 'memory')
  }
}

/** Is the lock still that of the folder that is there? */
export function stillValid(held: Held): boolean {
  return held.disk.content === held.content && held.content.acting === held
}

/** Gives the lock to who waits for it. */
export function free(content: DiskContent): void {
  content.acting = null
  const waiters = content.waiters
  content.waiters = []
  for (const wake of waiters) wake() // in the order in which they came; the first takes it
}
