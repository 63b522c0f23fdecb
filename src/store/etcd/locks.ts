// Locks in etcd: a key under a lease, whose creation revision is the proof of holding it.
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { Millis } from '../../model/names.js'
import type { Keys } from './keys.js'
import { bootMs, type Session } from './session.js'
import { type Compare, madeAt, put, remove, textOf } from './wire.js'

/** Who holds a lock. */
export interface EtcdHolder {
  readonly id: string
  readonly machine: string
  readonly pid: number
  readonly command: string
  /** RFC 3339 UTC. */
  readonly since: string
}

/** Between two tries to have a lock, ms. */
const AGAIN_MS: Millis = 60

/** From one try to give a lock back to the next, ms. */
const REMOVE_EVERY_MS: Millis = 500

/** A held lock. */
export class EtcdLock {
  readonly name: string
  /** Revision at which its key was made: rises from holder to holder. */
  readonly revision: string
  readonly #keys: Keys
  readonly #session: Session
  #released = false

  constructor(keys: Keys, name: string, revision: string, session: Session) {
    this.#keys = keys
    this.name = name
    this.revision = revision
    this.#session = session
  }

  /** What every write under it is conditional on. */
  get condition(): Compare {
    return madeAt(this.#keys.of(this.name), this.revision)
  }

  /** How long it surely is held, ms, by the own clock. */
  leftMs(): Millis {
    return this.#released ? 0 : this.#session.leftMs()
  }

  /** Asks etcd too, where the own clock does not rule it out. */
  async stillValid(): Promise<boolean> {
    if (this.leftMs() <= 0) return false
    const { kv } = await this.#keys.read(this.name, { keys_only: true })
    return kv?.create_revision === this.revision && this.leftMs() > 0
  }

  /**
   * Gives it back; a lease that is over has done so already. Where etcd does not answer, that goes on behind: the session of a
   * loop lives on, and its key with it.
   */
  async release(): Promise<void> {
    if (this.#released) return
    this.#released = true
    if (!(await this.#remove())) void this.#removeLater()
  }

  #remove(): Promise<boolean> {
    return this.#keys.transact([this.condition], [remove(this.#keys.of(this.name))]).then(
      () => true,
      () => false,
    )
  }

  async #removeLater(): Promise<void> {
    do await pause(REMOVE_EVERY_MS, undefined, { ref: false })
    while (this.#session.leftMs() > 0 && !(await this.#remove()))
  }
}

/** Who holds it now; null: nobody. */
export async function holderOf(keys: Keys, name: string): Promise<EtcdHolder | null> {
  const { kv } = await keys.read(name)
  if (!kv) return null
  try {
    return JSON.parse(textOf(kv.value)) as EtcdHolder
  } catch {
    return { id: '', machine: '?', pid: 0, command: 'another hc', since: '' }
  }
}

/** Who this process is. */
export function selfHolder(command: string, since: string): EtcdHolder {
  return { id: randomUUID(), machine: hostname(), pid: process.pid, command, since }
}

/** One try; null: another one has it. */
export async function tryLock(
  keys: Keys,
  name: string,
  session: Session,
  holder: EtcdHolder,
): Promise<EtcdLock | null> {
  const key = keys.of(name)
  // A transaction that fails is written to every disk too; a question is not.
  if ((await keys.read(name, { keys_only: true })).kv) return null
  const done = await keys.transact([madeAt(key, '0')], [put(key, JSON.stringify(holder), session.id)])
  if (!done.ok && !done.repeated) return null
  if (done.ok && !done.repeated) return new EtcdLock(keys, name, done.revision, session)
  const { kv } = await keys.read(name)
  const ours = kv?.create_revision && (JSON.parse(textOf(kv.value)) as EtcdHolder).id === holder.id
  return ours ? new EtcdLock(keys, name, kv.create_revision ?? '', session) : null
}

/** Tries until it is had or the time is over. */
export async function waitLock(
  keys: Keys,
  name: string,
  session: Session,
  holder: EtcdHolder,
  timeoutMs: Millis,
): Promise<EtcdLock | null> {
  const end = bootMs() + timeoutMs
  for (;;) {
    const lock = await tryLock(keys, name, session, holder)
    if (lock !== null || bootMs() >= end) return lock
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
  }
}
