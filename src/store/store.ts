// The Store on disk: a folder (.hc/ beside the inventory) that only one hc changes at a time.
//   state.json, state.json.prev   the records, and as they were before the last change
//   events.jsonl, events.1.jsonl  the record of events, the older half
//   blobs/SHA256                  contents of jobs' files
//   loop.json                     what the loop saw last
//   ticks/ID.json.gz              what each of the last ticks that acted was decided from
//   survival.json                 which losses of one host would be survived
//   incidents.json                what is wrong, and was told of
//   lock, loop.lock               who acts; whose loop ticks
import { join } from 'node:path'
import { assert, LockedError, UserError } from '../model/errors.js'
import type { Event, NewEvent } from '../model/event.js'
import type { KeptIncident } from '../model/incident.js'
import type { Millis } from '../model/names.js'
import type { KeptSurvival, LoopSnapshot, Records, StoreContents } from '../model/records.js'
import { Turns } from '../model/turns.js'
import type { Lock, Store } from '../ports.js'
import { Blobs } from './blobs.js'
import { dumpOf, loadInto } from './contents.js'
import { storeError } from './errors.js'
import { EventLog, MAX_EVENT_FILE } from './event-log.js'
import { readIfThere, removeStaleTemps, replaceFile } from './files.js'
import { describeHolder, type FileLock, isLocked, type LockOptions, takeLock } from './lock.js'
import { inForce } from './moved.js'
import { newRecords } from './new-records.js'
import { RecordsFile } from './records-file.js'
import { watchFile } from './watch.js'

/** What a store on disk is opened with. */
export interface StoreOptions {
  /** The wall clock: RFC 3339 UTC. */
  readonly wall: () => string
  /** Who this control machine is: the owner of the first term. */
  readonly owner: string
  /** What acts, for whoever waits for the lock: `hc apply`. */
  readonly command: string
  /** The flock program; by default the one on PATH. */
  readonly flock?: string
  /** Bytes after which the record of events starts a new file. */
  readonly maxEventFile?: number
}

/** Files that are written without the lock. */
const UNLOCKED: ReadonlySet<string> = new Set(['loop.json', 'survival.json', 'incidents.json'])
/** How long a single record waits for the lock where its caller does not hold it. */
const BRIEF_WAIT_MS: Millis = 10_000
/** loopHeld() of another process holds the loop's lock for a moment; that is no loop. */
const LOOP_WAIT_MS: Millis = 250

/** Opens the store in `folder`. Touches nothing yet: the first lock makes the folder. */
export function openStore(folder: string, options: StoreOptions): Store {
  return new DiskStore(folder, options)
}

class DiskStore implements Store {
  readonly #folder: string
  readonly #options: StoreOptions
  readonly #locking: LockOptions
  readonly #records: RecordsFile
  readonly #events: EventLog
  readonly #blobs: Blobs
  #held: FileLock | null = null
  #tidied = false
  readonly #changes = new Turns()

  constructor(folder: string, options: StoreOptions) {
    this.#folder = folder
    this.#options = options
    this.#locking = { wall: options.wall, command: options.command, program: options.flock ?? 'flock' }
    this.#records = new RecordsFile(join(folder, 'state.json'))
    this.#events = new EventLog(folder, options.maxEventFile ?? MAX_EVENT_FILE)
    this.#blobs = new Blobs(join(folder, 'blobs'))
  }

  async read(): Promise<Records | null> {
    return inForce(await this.#records.read(), this.#folder)
  }

  async write(records: Records): Promise<void> {
    assert(this.#held !== null, 'records are written without the lock')
    await this.#change(this.#held, () => this.#records.write(records))
  }

  draft(): Records {
    return newRecords(this.#options.owner)
  }

  async create(): Promise<Records> {
    assert(this.#held !== null, 'records are made without the lock')
    return this.#change(this.#held, async () => {
      assert((await this.#records.read()) === null, 'records are made where there are some')
      const records = newRecords(this.#options.owner)
      await this.#records.write(records)
      return records
    })
  }

  async lock(timeoutMs: Millis): Promise<Lock> {
    const held = await this.#takeLock(timeoutMs)
    this.#held = held
    return {
      release: async () => {
        await this.#changes.ended()
        if (this.#held === held) this.#held = null
        held.release()
      },
      stillValid: () => held.stillValid(),
    }
  }

  async lockLoop(): Promise<Lock | null> {
    const result = await takeLock(this.#loopLock(), this.#locking, LOOP_WAIT_MS)
    if (!result.ok) return null
    const { lock } = result
    return { release: async () => lock.release(), stillValid: () => lock.stillValid() }
  }

  async loopHeld(): Promise<boolean> {
    return isLocked(this.#loopLock(), this.#locking.program)
  }

  async appendEvents(events: readonly NewEvent[], term: number): Promise<readonly Event[]> {
    if (events.length === 0) return []
    return this.#underLock(() => this.#events.append(events, term, this.#options.wall()))
  }

  async events(options: { readonly limit: number; readonly afterId?: number }): Promise<readonly Event[]> {
    return this.#events.newest(options.limit, options.afterId ?? 0)
  }

  async putBlobs(all: readonly Uint8Array[]): Promise<readonly string[]> {
    return all.length === 0 ? [] : this.#underLock(() => this.#blobs.put(all))
  }

  async getBlob(sha256: string): Promise<Uint8Array | null> {
    return this.#blobs.get(sha256)
  }

  async pruneBlobs(keep: readonly string[]): Promise<void> {
    await this.#underLock(() => this.#blobs.prune(keep))
  }

  async dump(): Promise<StoreContents | null> {
    assert(this.#held !== null, 'a store is copied without the lock')
    return dumpOf(this, { records: () => this.#records.read(), blobs: () => this.#blobs.all() })
  }

  load(contents: StoreContents): Promise<void> {
    return loadInto(this, contents, (events) => this.#underLock(() => this.#events.replace(events)))
  }

  async readLoop(): Promise<LoopSnapshot | null> {
    try {
      const bytes = await readIfThere(this.#loopFile())
      return bytes === null ? null : (JSON.parse(bytes.toString('utf8')) as LoopSnapshot)
    } catch {
      return null // a snapshot is lost without harm: the next tick writes another
    }
  }

  async writeLoop(snapshot: LoopSnapshot): Promise<void> {
    try {
      // Written by every tick: a sync per second would wear out an SD card for a file that a power cut may well take.
      await replaceFile(this.#loopFile(), JSON.stringify(snapshot), { durable: false })
    } catch (error) {
      throw storeError(error, 'Writing', this.#loopFile(), 'only what the loop saw last is not shown')
    }
  }

  readSurvival(): Promise<readonly KeptSurvival[]> {
    return this.#readBeside('survival.json')
  }

  writeSurvival(kept: readonly KeptSurvival[]): Promise<void> {
    return this.#writeBeside('survival.json', kept)
  }

  readIncidents(): Promise<readonly KeptIncident[]> {
    return this.#readBeside('incidents.json')
  }

  writeIncidents(kept: readonly KeptIncident[]): Promise<void> {
    return this.#writeBeside('incidents.json', kept)
  }

  watch(onChange: () => void): { stop(): void } {
    return watchFile(this.#records, onChange)
  }

  #loopFile(): string {
    return join(this.#folder, 'loop.json')
  }

  async #readBeside<T>(name: string): Promise<readonly T[]> {
    try {
      const bytes = await readIfThere(join(this.#folder, name))
      return bytes === null ? [] : (JSON.parse(bytes.toString('utf8')) as readonly T[])
    } catch {
      return []
    }
  }

  /** A store that is not there yet, or that this login may not write to, is no fault of a command that only shows. */
  async #writeBeside(name: string, kept: unknown): Promise<void> {
    await replaceFile(join(this.#folder, name), JSON.stringify(kept), { durable: false }).catch(() => undefined)
  }

  #loopLock(): string {
    return join(this.#folder, 'loop.lock')
  }

  async #takeLock(timeoutMs: Millis): Promise<FileLock> {
    const result = await takeLock(join(this.#folder, 'lock'), this.#locking, timeoutMs)
    if (!result.ok) {
      const who = describeHolder(result.holder, this.#options.wall())
      throw new LockedError(
        `${who}, and only one hc acts at a time.`,
        'Try again when it has ended; --lock-timeout waits longer.',
      )
    }
    if (!this.#tidied) await this.#tidy(result.lock)
    return result.lock
  }

  /** Temporary files of state.json are made under the lock only: whoever holds it knows that all others are dead. */
  async #tidy(lock: FileLock): Promise<void> {
    try {
      await removeStaleTemps(this.#folder, (file, pid) => UNLOCKED.has(file) && isAlive(pid))
      this.#tidied = true
    } catch (error) {
      lock.release()
      throw storeError(error, 'Tidying', this.#folder, 'nothing was changed')
    }
  }

  async #underLock<T>(work: () => Promise<T>): Promise<T> {
    if (this.#held !== null) return this.#change(this.#held, work)
    const brief = await this.#takeLock(BRIEF_WAIT_MS)
    try {
      return await this.#change(brief, work)
    } finally {
      brief.release()
    }
  }

  /** One change after the other, each only while the lock is worth something. */
  #change<T>(lock: FileLock, work: () => Promise<T>): Promise<T> {
    return this.#changes.take(async () => {
      if (await lock.stillValid()) return work()
      throw new UserError(`${this.#folder} was removed or replaced while this hc worked; nothing was recorded.`, {
        code: 'store',
        exitCode: 1,
        hint: 'Services run on. Run the command again; `hc apply` takes over what runs without a restart.',
      })
    })
  }
}

/** Only a guess (process ids are per namespace), so only for files whose loss does no harm. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
