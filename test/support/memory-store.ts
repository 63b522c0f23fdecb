// A Store in memory that passes the conformance suite: for simulations, with faults on demand.
import { createHash } from 'node:crypto'
import { assert, LockedError, UserError } from '../../src/model/errors.js'
import type { Event, NewEvent } from '../../src/model/event.js'
import type { KeptIncident } from '../../src/model/incident.js'
import type { Millis } from '../../src/model/names.js'
import type { KeptSurvival, LoopSnapshot, Records, StoreContents } from '../../src/model/records.js'
import type { Clock, Lock, Store } from '../../src/ports.js'
import { dumpOf, loadInto } from '../../src/store/contents.js'
import { inForce } from '../../src/store/moved.js'
import { newRecords } from '../../src/store/new-records.js'
import { DiskContent, free, type Held, parsed, stillValid } from './memory-disk.js'
import { frozen, realSleep } from './memory-parts.js'

/** What changes a disk. */
export type DiskChange = 'records' | 'events' | 'blob' | 'prune' | 'loop'

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

/** What a store in memory is opened with. */
export interface MemoryStoreOptions {
  readonly wall: () => string
  readonly owner: string
  readonly command: string
  /** Bounds the wait for the lock: the simulation's clock, by default the real one. */
  readonly sleep?: Clock['sleep']
}

/** What a killed store answers. */
export class Killed extends Error {
  constructor() {
    super('this hc was killed')
    this.name = 'Killed'
  }
}

/** One process's view of a MemoryDisk. */
export class MemoryStore implements Store {
  readonly #disk: MemoryDisk
  readonly #options: MemoryStoreOptions
  #held: Held | null = null
  #dead = false

  constructor(disk: MemoryDisk, options: MemoryStoreOptions) {
    this.#disk = disk
    this.#options = options
  }

  /** kill -9: its locks are free at once, and nothing that its code still does has any effect. */
  kill(): void {
    this.#dead = true
    const { content } = this.#disk
    if (content.ticking?.by === this) content.ticking = null
    if (content.acting?.by === this) free(content)
    for (const watcher of this.#disk.watchers) if (watcher.by === this) this.#disk.watchers.delete(watcher)
  }

  async read(): Promise<Records | null> {
    return inForce(this.#read(), 'memory')
  }

  #read(): Records | null {
    this.#alive()
    const { records } = this.#disk.content
    return records === null ? null : frozen(parsed(records))
  }

  async write(records: Records): Promise<void> {
    assert(this.#held !== null, 'records are written without the lock')
    this.#change('records', this.#held)
    this.#disk.content.previous = this.#disk.content.records
    this.#disk.content.records = JSON.stringify(records)
    this.#disk.changed(this)
  }

  draft(): Records {
    return newRecords(this.#options.owner)
  }

  async create(): Promise<Records> {
    assert(this.#held !== null, 'records are made without the lock')
    assert((await this.read()) === null, 'records are made where there are some')
    const records = newRecords(this.#options.owner)
    await this.write(records)
    return records
  }

  async lock(timeoutMs: Millis): Promise<Lock> {
    const held = await this.#acquire(timeoutMs)
    this.#held = held
    return {
      release: async () => {
        if (this.#held === held) this.#held = null
        if (held.content.acting === held) free(held.content)
      },
      stillValid: async () => stillValid(held),
    }
  }

  async lockLoop(): Promise<Lock | null> {
    this.#alive()
    const { content } = this.#disk
    if (content.ticking !== null) return null
    const held: Held = { disk: this.#disk, by: this, content }
    content.ticking = held
    return {
      release: async () => {
        if (content.ticking === held) content.ticking = null
      },
      stillValid: async () => this.#disk.content === content && content.ticking === held,
    }
  }

  async loopHeld(): Promise<boolean> {
    this.#alive()
    return this.#disk.content.ticking !== null
  }

  async appendEvents(events: readonly NewEvent[], term: number): Promise<readonly Event[]> {
    if (events.length === 0) return []
    return this.#underLock((held) => {
      this.#change('events', held)
      const last = held.content.events.at(-1)?.id ?? 0
      const time = this.#options.wall()
      const recorded = events.map((event, index): Event => frozen({ id: last + 1 + index, time, ...event, term }))
      held.content.events.push(...recorded)
      return recorded
    })
  }

  async events(options: { readonly limit: number; readonly afterId?: number }): Promise<readonly Event[]> {
    this.#alive()
    const after = this.#disk.content.events.filter((event) => event.id > (options.afterId ?? 0))
    return options.limit <= 0 ? [] : after.slice(-options.limit)
  }

  async putBlobs(all: readonly Uint8Array[]): Promise<readonly string[]> {
    const names: string[] = []
    // It may be killed between any two.
    for (const bytes of all) {
      await this.#underLock((held) => {
        this.#change('blob', held)
        const name = createHash('sha256').update(bytes).digest('hex')
        held.content.blobs.set(name, Uint8Array.from(bytes))
        names.push(name)
      })
    }
    return names
  }

  async getBlob(sha256: string): Promise<Uint8Array | null> {
    this.#alive()
    return this.#disk.content.blobs.get(sha256) ?? null
  }

  async pruneBlobs(keep: readonly string[]): Promise<void> {
    await this.#underLock((held) => {
      this.#change('prune', held)
      for (const name of [...held.content.blobs.keys()]) if (!keep.includes(name)) held.content.blobs.delete(name)
    })
  }

  async dump(): Promise<StoreContents | null> {
    assert(this.#held !== null, 'a store is copied without the lock')
    const blobs = async () => Object.fromEntries(this.#disk.content.blobs)
    return dumpOf(this, { records: async () => this.#read(), blobs })
  }

  load(contents: StoreContents): Promise<void> {
    return loadInto(this, contents, async (events) => {
      this.#disk.content.events = events.map(frozen)
    })
  }

  async readLoop(): Promise<LoopSnapshot | null> {
    this.#alive()
    const { loop } = this.#disk.content
    return loop === null ? null : (JSON.parse(loop) as LoopSnapshot)
  }

  async writeLoop(snapshot: LoopSnapshot): Promise<void> {
    this.#change('loop', null)
    this.#disk.content.loop = JSON.stringify(snapshot)
  }

  async readSurvival(): Promise<readonly KeptSurvival[]> {
    this.#alive()
    return JSON.parse(this.#disk.content.survival) as readonly KeptSurvival[]
  }

  async readIncidents(): Promise<readonly KeptIncident[]> {
    return JSON.parse(this.#disk.content.incidents) as readonly KeptIncident[]
  }

  async writeIncidents(kept: readonly KeptIncident[]): Promise<void> {
    if (!this.#disk.full) this.#disk.content.incidents = JSON.stringify(kept)
  }

  async writeSurvival(kept: readonly KeptSurvival[]): Promise<void> {
    this.#alive()
    if (!this.#disk.full) this.#disk.content.survival = JSON.stringify(kept)
  }

  watch(onChange: () => void): { stop(): void } {
    const watcher = { by: this, onChange }
    this.#disk.watchers.add(watcher)
    return { stop: () => this.#disk.watchers.delete(watcher) }
  }

  async #acquire(timeoutMs: Millis): Promise<Held> {
    const ended = new AbortController()
    const timeout = (this.#options.sleep ?? realSleep)(timeoutMs, ended.signal).then(() => 'timeout' as const)
    try {
      for (let late = timeoutMs <= 0; ; ) {
        this.#alive()
        const { content } = this.#disk
        if (content.acting === null) {
          content.acting = { disk: this.#disk, by: this, content }
          return content.acting
        }
        if (late) {
          const { command } = content.acting.by.#options
          throw new LockedError(`${command} is acting, and only one hc acts at a time.`)
        }
        const freed = new Promise<'freed'>((resolve) => content.waiters.push(() => resolve('freed')))
        late = (await Promise.race([freed, timeout])) === 'timeout'
      }
    } finally {
      ended.abort()
    }
  }

  async #underLock<T>(work: (held: Held) => T): Promise<T> {
    this.#alive()
    if (this.#held !== null) return work(this.#held)
    const held = await this.#acquire(10_000)
    try {
      return work(held)
    } finally {
      if (held.content.acting === held) free(held.content)
    }
  }

  #alive(): void {
    if (this.#dead) throw new Killed()
  }

  #change(change: DiskChange, held: Held | null): void {
    this.#alive()
    this.#disk.beforeChange(change, this)
    this.#alive()
    const options = { code: 'store', exitCode: 1 } as const
    if (held !== null && !stillValid(held)) throw new UserError('The store was removed; nothing was recorded.', options)
    if (this.#disk.full) throw new UserError('Writing the store failed: the disk is full.', options)
  }
}
