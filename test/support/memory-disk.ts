// What a store in memory lies on: all that survives the death of a process.
import type { Event } from '../../src/model/event.js'
import type { MemoryStore } from './memory-store.js'

/** What changes a disk. */
export type DiskChange = 'records' | 'events' | 'blob' | 'prune' | 'loop'

/** A lock on a disk as it was then. */
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

/** `cp -a .hc`. */
export type DiskCopy = Pick<
  DiskContent,
  'records' | 'previous' | 'events' | 'blobs' | 'loop' | 'survival' | 'incidents'
>

/** What survives the death of a process; shared by all stores that are opened on it. */
export class MemoryDisk {
  content = new DiskContent()
  /** True: every change fails as on a full disk. */
  full = false
  /** Called before each change: a simulation kills a store here. */
  beforeChange: (change: DiskChange, by: MemoryStore) => void = () => undefined
  readonly watchers = new Set<{ readonly by: MemoryStore; readonly onChange: () => void }>()

  /** `rm -rf .hc`: locks that are held are worth nothing from now on. */
  lose(): void {
    this.content = new DiskContent()
    this.changed(null)
  }

  copy(): DiskCopy {
    const { records, previous, events, blobs, loop, survival, incidents } = this.content
    return { records, previous, events: [...events], blobs: new Map(blobs), loop, survival, incidents }
  }

  /** The copy in place of the folder: as where it was lost, but for what it holds. */
  putBack({ events, blobs, ...rest }: DiskCopy): void {
    this.lose()
    Object.assign(this.content, rest, { events: [...events], blobs: new Map(blobs) })
  }

  /** Tells all watchers but the writer's own. */
  changed(by: MemoryStore | null): void {
    for (const watcher of this.watchers) if (watcher.by !== by) queueMicrotask(watcher.onChange)
  }
}
