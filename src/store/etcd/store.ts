// The Store in etcd, shared by several control machines. Below the prefix:
//   records             the records, as in state.json; large ones in records.parts/
//   lock, loop          who acts, whose loop ticks; standby/, inventory/: who stands by, and what each goes by: under leases
//   events/ID           the record of events; events-last: its last number
//   blobs/SHA256        contents of jobs' files
//   snapshot            what the loop saw last, at most every few seconds
//   incidents           what is wrong, and was told of
// Every write is a transaction that fails where its writer does not hold the lock any more.
import { assert, LockedError, UserError } from '../../model/errors.js'
import type { Event, NewEvent } from '../../model/event.js'
import type { KeptIncident } from '../../model/incident.js'
import type { Millis } from '../../model/names.js'
import type { KeptSurvival, LoopSnapshot, Records, StoreContents } from '../../model/records.js'
import { Turns } from '../../model/turns.js'
import type { Lock, Store } from '../../ports.js'
import { dumpOf, loadInto } from '../contents.js'
import { describeHolder } from '../lock.js'
import { inForce } from '../moved.js'
import { newRecords } from '../new-records.js'
import { EtcdBlobs } from './blobs.js'
import { type ClientOptions, EtcdClient } from './client.js'
import { sharedControl } from './control.js'
import { appendEvents, newestEvents, replaceEvents } from './events.js'
import { Keys } from './keys.js'
import { readLocal, writeLocal } from './local.js'
import { type EtcdLock, holderOf, selfHolder, tryLock, waitLock } from './locks.js'
import { EtcdRecords } from './records.js'
import { Session } from './session.js'
import { watchKey } from './watch.js'
import { type Compare, type Operation, put, remove, textOf } from './wire.js'

/** What a store in etcd is opened with. */
export interface EtcdStoreOptions extends ClientOptions {
  readonly prefix: string
  /** The folder on this machine for what stays here. */
  readonly folder: string
  readonly wall: () => string
  readonly command: string
  /** hc_takeover. */
  readonly takeoverMs: Millis
  /** Who makes records, for tests; else it is the store itself, whichever machine acts. */
  readonly owner?: string
}

/** A command may work for so long without a pause (a search) before its lock is another's, ms. */
const COMMAND_TTL_MS: Millis = 15_000
const BRIEF_WAIT_MS: Millis = 10_000
/** The snapshot is shared so often, ms, unless a verdict has changed: each write wears three disks. */
const SHARE_EVERY_MS: Millis = 5000

/** Opens it; connects to nothing yet. */
export function openEtcdStore(options: EtcdStoreOptions): Store {
  return new EtcdStore(options)
}

class EtcdStore implements Store {
  readonly #options: EtcdStoreOptions
  readonly #keys: Keys
  readonly #blobs: EtcdBlobs
  readonly #records: EtcdRecords
  #held: EtcdLock | null = null
  /** This process's loop; kept when it is lost, so that nothing goes on under it. */
  #loop: EtcdLock | null = null
  #session: Session | null = null
  #loopSession: Session | null = null
  /** The key that shows this process among those that stand by; null: there is none. */
  #standby: string | null = null
  readonly #changes = new Turns()
  #shared: { readonly at: number; readonly verdicts: string } | null = null

  constructor(options: EtcdStoreOptions) {
    this.#options = options
    this.#keys = new Keys(new EtcdClient(options), options.prefix)
    this.#blobs = new EtcdBlobs(this.#keys)
    this.#records = new EtcdRecords(this.#keys, options.folder, options.owner ?? null)
  }

  async read(): Promise<Records | null> {
    const records = await this.#records.read(this.#held !== null || this.#loop !== null)
    return inForce(records, `etcd (${this.#options.prefix})`)
  }

  async write(records: Records): Promise<void> {
    assert(this.#held !== null, 'records are written without the lock')
    await this.#change(() => this.#write(records))
  }

  draft(): Records {
    const { owner } = this.#records
    assert(owner !== null, 'a store in etcd makes records before it was asked')
    return newRecords(owner)
  }

  async create(): Promise<Records> {
    assert(this.#held !== null, 'records are made without the lock')
    return this.#change(async () => {
      assert((await this.read()) === null, 'records are made where there are some')
      const records = this.draft()
      await this.#write(records)
      return records
    })
  }

  async lock(timeoutMs: Millis): Promise<Lock> {
    const held = await this.#take(timeoutMs)
    this.#held = held
    return {
      release: async () => {
        await this.#changes.ended()
        if (this.#held === held) this.#held = null
        await held.release()
      },
      stillValid: () => held.stillValid(),
    }
  }

  async lockLoop(): Promise<Lock | null> {
    const holder = selfHolder(this.#options.command, this.#options.wall())
    if (this.#loopSession === null || this.#loopSession.leftMs() <= 0) {
      await this.#loopSession?.close()
      this.#loopSession = await this.#lease(this.#options.takeoverMs / 2)
      this.#standby = null
    }
    const session = this.#loopSession
    const lock = await tryLock(this.#keys, 'loop', session, holder)
    if (lock === null) {
      // Shown for as long as this process lives.
      if (this.#standby === null) {
        this.#standby = `standby/${holder.id}`
        await this.#keys.transact([], [put(this.#keys.of(this.#standby), JSON.stringify(holder), session.id)])
      }
      return null
    }
    this.#loop = lock
    if (this.#standby !== null) await this.#keys.transact([], [remove(this.#keys.of(this.#standby))])
    this.#standby = null
    const release = async () => {
      await lock.release()
      // Steps that are under way hold the lock on: the next leader begins when they have ended, or the lease has.
      if (this.#held === null) await session.close()
      if (this.#loop === lock) this.#loop = null
    }
    return { release, stillValid: () => lock.stillValid(), election: Number(lock.revision) }
  }

  async loopHeld(): Promise<boolean> {
    return (await this.#keys.read('loop', { keys_only: true })).kv !== null
  }

  /** Least time that what this process holds surely holds still, ms. */
  leftMs(): Millis {
    const held = [this.#held, this.#loop].flatMap((lock) => (lock ? [lock.leftMs()] : []))
    return Math.min(Number.POSITIVE_INFINITY, ...held)
  }

  readonly control = sharedControl(() => [this.#keys, this.#records.trouble, this.#loopSession])

  async appendEvents(events: readonly NewEvent[], term: number): Promise<readonly Event[]> {
    if (events.length === 0) return []
    const { wall } = this.#options
    return this.#underLock((conditions) =>
      appendEvents(this.#keys, events, { term, time: wall(), conditions, refuse: () => this.#deposed() }),
    )
  }

  async events(options: { readonly limit: number; readonly afterId?: number }): Promise<readonly Event[]> {
    return newestEvents(this.#keys, options.limit, options.afterId ?? 0)
  }

  async putBlobs(all: readonly Uint8Array[]): Promise<readonly string[]> {
    if (all.length === 0) return []
    return this.#underLock((conditions) => this.#blobs.put(all, conditions, () => this.#deposed()))
  }

  getBlob(sha256: string): Promise<Uint8Array | null> {
    return this.#blobs.get(sha256)
  }

  async pruneBlobs(keep: readonly string[]): Promise<void> {
    await this.#underLock((conditions) => this.#blobs.prune(keep, conditions))
  }

  async dump(): Promise<StoreContents | null> {
    assert(this.#held !== null, 'a store is copied without the lock')
    return dumpOf(this, { records: () => this.#records.read(true), blobs: () => this.#blobs.all() })
  }

  load(contents: StoreContents): Promise<void> {
    return loadInto(this, contents, (events) =>
      this.#underLock((conditions) => replaceEvents(this.#keys, events, conditions, () => this.#deposed())),
    )
  }

  async readLoop(): Promise<LoopSnapshot | null> {
    const own = await readLocal<LoopSnapshot>(this.#options.folder, 'loop.json')
    const read = await this.#keys.read('snapshot').catch(() => null)
    const shared = read?.kv ? (JSON.parse(textOf(read.kv.value)) as LoopSnapshot) : null
    if (!own || !shared) return own ?? shared
    return own.lastTick > shared.lastTick ? own : shared
  }

  async writeLoop(snapshot: LoopSnapshot): Promise<void> {
    await writeLocal(this.#options.folder, 'loop.json', snapshot)
    const verdicts = JSON.stringify(Object.values(snapshot.hosts).map(({ verdict }) => verdict))
    const now = performance.now()
    if (this.#shared && this.#shared.verdicts === verdicts && now - this.#shared.at < SHARE_EVERY_MS) return
    this.#shared = { at: now, verdicts }
    await this.#keys.transact(this.#loop ? [this.#loop.condition] : [], [
      put(this.#keys.of('snapshot'), JSON.stringify(snapshot)),
    ])
  }

  async readSurvival(): Promise<readonly KeptSurvival[]> {
    return (await readLocal<readonly KeptSurvival[]>(this.#options.folder, 'survival.json')) ?? []
  }

  writeSurvival(kept: readonly KeptSurvival[]): Promise<void> {
    return writeLocal(this.#options.folder, 'survival.json', kept)
  }

  async readIncidents(): Promise<readonly KeptIncident[]> {
    const { kv } = await this.#keys.read('incidents')
    return kv ? (JSON.parse(textOf(kv.value)) as readonly KeptIncident[]) : []
  }

  async writeIncidents(kept: readonly KeptIncident[]): Promise<void> {
    const conditions = this.#loop ? [this.#loop.condition] : []
    await this.#keys
      .transact(conditions, [put(this.#keys.of('incidents'), JSON.stringify(kept))])
      .catch(() => undefined)
  }

  watch(onChange: () => void): { stop(): void } {
    return watchKey(this.#keys, 'records', (revision) => this.#records.isOwn(revision), onChange)
  }

  #write(records: Records): Promise<void> {
    return this.#records.write(records, (operations) => this.#must(operations))
  }

  /** One transaction under the locks; its revision. */
  async #must(operations: readonly Operation[]): Promise<string> {
    const done = await this.#keys.transact(this.#conditions(this.#held), operations)
    if (!done.ok) throw await this.#deposed()
    return done.revision
  }

  #conditions(held: EtcdLock | null): readonly Compare[] {
    return [held, this.#loop].flatMap((lock) => (lock ? [lock.condition] : []))
  }

  async #lease(ttlMs: Millis): Promise<Session> {
    return Session.open(this.#keys.client, Math.max(2000, ttlMs), this.#options.debug)
  }

  async #take(timeoutMs: Millis): Promise<EtcdLock> {
    if (this.#loop && this.#loop.leftMs() <= 0) throw await this.#deposed()
    const { wall, command } = this.#options
    if (!this.#loop && (this.#session === null || this.#session.leftMs() <= 0)) {
      this.#session = await this.#lease(COMMAND_TTL_MS)
    }
    const session = this.#loop ? this.#loopSession : this.#session
    assert(session !== null, 'no lease for the lock')
    const lock = await waitLock(this.#keys, 'lock', session, selfHolder(command, wall()), timeoutMs)
    if (lock) return lock
    const holder = await holderOf(this.#keys, 'lock')
    const who = describeHolder(holder, wall()) + (holder ? ` on ${holder.machine}` : '')
    throw new LockedError(
      `${who}, and only one hc acts at a time.`,
      'Try again when it has ended; --lock-timeout waits longer.',
    )
  }

  async #underLock<T>(work: (conditions: readonly Compare[]) => Promise<T>): Promise<T> {
    const held = this.#held
    if (held !== null) return this.#change(() => work(this.#conditions(held)))
    const brief = await this.#take(BRIEF_WAIT_MS)
    try {
      return await work(this.#conditions(brief))
    } finally {
      await brief.release()
    }
  }

  #change<T>(work: () => Promise<T>): Promise<T> {
    const held = this.#held
    return this.#changes.take(async () => {
      if (held && held.leftMs() <= 0) throw await this.#deposed()
      return work()
    })
  }

  async #deposed(): Promise<UserError> {
    return new UserError('The lock of the store was lost while this hc worked; nothing more was recorded.', {
      code: 'store',
      exitCode: 1,
      hint: 'Another hc may act by now (this one was stopped, or did not reach etcd in time). Look with hc status, and run the command again.',
    })
  }
}
