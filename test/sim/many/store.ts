// The Store port on the simulated etcd, as one process has it: every call takes a while and needs a quorum, locks hang on leases
// that the process renews, and it knows by its own clock for how long they surely hold.
import type { ControlView } from '../../../src/model/control.js'
import { UserError } from '../../../src/model/errors.js'
import type { Event, NewEvent } from '../../../src/model/event.js'
import type { KeptIncident } from '../../../src/model/incident.js'
import type { Millis } from '../../../src/model/names.js'
import type { LoopSnapshot, Records } from '../../../src/model/records.js'
import type { Clock, Lock, Store } from '../../../src/ports.js'
import { MemoryStore, type MemoryStoreOptions } from '../../support/memory-store.js'
import type { Random } from '../random.js'
import type { EtcdLease, SimEtcd } from './etcd.js'

/** As src/store/etcd/session.ts has them. */
const MARGIN_MS: Millis = 500
const RENEWALS = 7
const COMMAND_TTL_MS: Millis = 15_000

/** hc_takeover of the simulated cluster, ms. */
export const TAKEOVER_MS: Millis = 10_000

/** What a process has in hand for it. */
export interface ManyStoreDoors {
  readonly etcd: SimEtcd
  /** The machine that it runs on. */
  readonly machine: string
  readonly clock: Clock
  readonly random: Random
  isAlive(): boolean
  onEvents(events: readonly NewEvent[]): void
  onElected(election: number): void
}

/** One lease with its keep-alive. */
class SimSession {
  readonly lease: EtcdLease
  readonly #doors: ManyStoreDoors
  #until: Millis
  #ended = false

  constructor(doors: ManyStoreDoors, lease: EtcdLease, sentAt: Millis) {
    this.#doors = doors
    this.lease = lease
    this.#until = sentAt + lease.ttlMs - MARGIN_MS
    void this.#keep()
  }

  leftMs(): Millis {
    return this.#ended ? 0 : this.#until - this.#doors.clock.now()
  }

  close(): void {
    this.#ended = true
    const { etcd, machine } = this.#doors
    if (etcd.serves(machine)) etcd.end(this.lease)
  }

  async #keep(): Promise<void> {
    const { clock, etcd, machine, isAlive } = this.#doors
    while (!this.#ended && isAlive()) {
      await clock.sleep(this.lease.ttlMs / RENEWALS)
      if (this.#ended || this.leftMs() <= 0) break
      const sentAt = clock.now()
      await clock.sleep(3)
      if (!etcd.serves(machine)) continue
      if (!etcd.renew(this.lease)) break
      this.#until = Math.max(this.#until, sentAt + this.lease.ttlMs - MARGIN_MS)
    }
    this.#ended = true
  }
}

/** One process's view. */
export class ManyStore extends MemoryStore {
  readonly #doors: ManyStoreDoors
  readonly #name: string
  #session: SimSession | null = null
  #loopSession: SimSession | null = null
  #held: SimSession | null = null
  #loop: SimSession | null = null

  constructor(options: MemoryStoreOptions, doors: ManyStoreDoors) {
    super(doors.etcd.disk, options)
    this.#doors = doors
    this.#name = options.command
  }

  /** kill -9: what it holds in etcd holds until its lease is over. */
  override kill(): void {
    const { content } = this.#doors.etcd.disk
    const { acting, ticking } = content
    Object.assign(content, { acting: null, ticking: null })
    super.kill()
    Object.assign(content, { acting, ticking })
  }

  leftMs(): Millis {
    const held = [this.#held, this.#loop].flatMap((session) => (session ? [session.leftMs()] : []))
    return Math.min(Number.POSITIVE_INFINITY, ...held)
  }

  readonly control: NonNullable<Store['control']> = {
    show: async (): Promise<ControlView> => {
      const { etcd } = this.#doors
      const machine = (name: string) => ({ name, pid: 0, since: '' })
      try {
        return await this.#call(async () => ({
          leader: etcd.leader && machine(etcd.leader.name),
          standbys: [...etcd.standbys.values()].map(({ name }) => machine(name)),
          trouble: null,
        }))
      } catch (error) {
        return { leader: null, standbys: [], trouble: String(error) }
      }
    },
  }

  override read(): Promise<Records | null> {
    return this.#call(() => super.read())
  }

  override write(records: Records): Promise<void> {
    return this.#change(() => super.write(records))
  }

  override create(): Promise<Records> {
    return this.#change(() => super.create())
  }

  override async lock(timeoutMs: Millis): Promise<Lock> {
    if (this.#loop && this.#loop.leftMs() <= 0) throw deposed()
    const session = this.#loop ? this.#loopSession : await this.#ownSession()
    await this.#put(async () => undefined)
    const lock = await super.lock(timeoutMs)
    if (!session || session.lease.over) {
      await lock.release()
      throw deposed()
    }
    this.#held = session
    return {
      ...lock,
      release: async () => {
        if (this.#held === session) this.#held = null
        const free = async () => (await this.#call(() => lock.release()).catch(() => false)) !== false
        // Without a quorum it is held until there is one again, or the lease is over.
        const freeLater = async () => {
          do await this.#doors.clock.sleep(500)
          while (!session.lease.over && !(await free()))
        }
        if (!(await free())) void freeLater()
      },
    }
  }

  override async lockLoop(): Promise<Lock | null> {
    const { etcd, clock } = this.#doors
    if (this.#loopSession === null || this.#loopSession.leftMs() <= 0) {
      this.#loopSession?.close()
      this.#loopSession = await this.#open(TAKEOVER_MS / 2)
    }
    const session = this.#loopSession
    const lock = await this.#put(async () => {
      const own = session.lease.over ? null : await super.lockLoop()
      if (own) etcd.leader = { lease: session.lease, name: this.#name }
      if (own) etcd.standbys.delete(this)
      else if (!session.lease.over) etcd.standbys.set(this, { lease: session.lease, name: this.#name })
      return own
    })
    if (lock === null) return null
    this.#loop = session
    etcd.revision += 1
    const election = etcd.revision
    this.#doors.onElected(election)
    return {
      election,
      release: async () => {
        await this.#call(async () => {
          if (etcd.leader?.lease === session.lease) etcd.leader = null
          await lock.release()
        }).catch(() => undefined)
        if (this.#held === null) session.close()
        if (this.#loop === session) this.#loop = null
      },
      stillValid: () =>
        session.leftMs() <= 0
          ? Promise.resolve(false)
          : this.#call(async () => etcd.leader?.lease === session.lease && session.leftMs() > 0 && clock !== null),
    }
  }

  override loopHeld(): Promise<boolean> {
    return this.#call(() => super.loopHeld())
  }

  override async appendEvents(events: readonly NewEvent[], term: number): Promise<readonly Event[]> {
    if (events.length === 0) return []
    const recorded = await this.#brief(() => super.appendEvents(events, term))
    this.#doors.onEvents(events)
    return recorded
  }

  override events(options: { readonly limit: number; readonly afterId?: number }): Promise<readonly Event[]> {
    return this.#call(() => super.events(options))
  }

  override async putBlobs(all: readonly Uint8Array[]): Promise<readonly string[]> {
    const names: string[] = []
    for (const bytes of all) names.push(...(await this.#brief(() => super.putBlobs([bytes]))))
    return names
  }

  override getBlob(sha256: string): Promise<Uint8Array | null> {
    return this.#call(() => super.getBlob(sha256))
  }

  override pruneBlobs(keep: readonly string[]): Promise<void> {
    return this.#brief(() => super.pruneBlobs(keep))
  }

  override readLoop(): Promise<LoopSnapshot | null> {
    return super.readLoop()
  }

  override async writeLoop(snapshot: LoopSnapshot): Promise<void> {
    await this.#call(async () => (this.#loop === null || this.#leads() ? super.writeLoop(snapshot) : undefined))
  }

  override readIncidents(): Promise<readonly KeptIncident[]> {
    return this.#call(() => super.readIncidents())
  }

  override async writeIncidents(kept: readonly KeptIncident[]): Promise<void> {
    const write = async () => (this.#loop === null || this.#leads() ? super.writeIncidents(kept) : undefined)
    await this.#call(write).catch(() => undefined)
  }

  #leads(): boolean {
    return this.#loop !== null && this.#doors.etcd.leader?.lease === this.#loop.lease
  }

  async #open(ttlMs: Millis): Promise<SimSession> {
    const sentAt = this.#doors.clock.now()
    return this.#put(async () => new SimSession(this.#doors, this.#doors.etcd.grant(this, ttlMs), sentAt))
  }

  async #ownSession(): Promise<SimSession> {
    if (this.#session === null || this.#session.leftMs() <= 0) this.#session = await this.#open(COMMAND_TTL_MS)
    return this.#session
  }

  /** Under the lock that is held, or one of its own. */
  async #brief<T>(work: () => Promise<T>): Promise<T> {
    if (this.#held !== null) return this.#change(work)
    const lock = await this.lock(10_000)
    try {
      return await this.#change(work)
    } finally {
      await lock.release()
    }
  }

  /** A transaction that holds only while the writer's locks do. */
  async #change<T>(work: () => Promise<T>): Promise<T> {
    const held = this.#held
    if (held && held.leftMs() <= 0) throw deposed()
    return this.#call(async () => {
      const isHeld = this.#doors.etcd.disk.content.acting?.by === this && held !== null && !held.lease.over
      if (!isHeld || (this.#loop !== null && !this.#leads())) throw deposed()
      return work()
    })
  }

  /** A key or a lease is put: there is no room for it where etcd is full. */
  #put<T>(work: () => Promise<T>): Promise<T> {
    return this.#call(async () => {
      if (this.#doors.etcd.disk.full) throw new UserError('etcd is full', { code: 'store', exitCode: 1 })
      return work()
    })
  }

  async #call<T>(work: () => Promise<T>): Promise<T> {
    const { etcd, machine, clock, random } = this.#doors
    await clock.sleep(random.between(1, 8))
    if (!etcd.serves(machine)) {
      await clock.sleep(random.between(200, 6000))
      throw new UserError('etcd has no quorum', { code: 'store', exitCode: 1 })
    }
    const result = await work()
    await clock.sleep(random.between(1, 4))
    return result
  }
}

function deposed(): UserError {
  return new UserError('The lock of the store was lost while this hc worked; nothing more was recorded.', {
    code: 'store',
    exitCode: 1,
  })
}
