// The records in etcd. A read costs one round trip while nobody has written; where etcd has no quorum, who does not act is
// shown what a member knows, or what this machine saw last.
import { createHash } from 'node:crypto'
import { messageOf, UserError } from '../../model/errors.js'
import type { Records } from '../../model/records.js'
import { formatRecords, parseRecords } from '../format.js'
import type { Keys } from './keys.js'
import { readLocal, writeLocal } from './local.js'
import { pack, prefixIn, unpack } from './values.js'
import { bytesOf, endOf, type Operation, put, removeRange } from './wire.js'

/** So many of one's own writes are told from those of others. */
const KEPT = 64
/** Longest wait of who only looks, ms. */
const LOOK_MS = 2500
const COPY = 'records-seen.json'

/** The records. */
export class EtcdRecords {
  readonly #keys: Keys
  readonly #folder: string
  readonly #fixed: string | null
  /** The last revisions that were written here. */
  readonly #own = new Set<string>()
  #writing: Promise<unknown> = Promise.resolve()
  #owner: string | null
  #known: { readonly revision: string; readonly records: Records | null } | null = null
  /** Why they could not be had from a quorum when they were read last; null: they were. */
  trouble: string | null = null

  constructor(keys: Keys, folder: string, owner: string | null) {
    this.#keys = keys
    this.#folder = folder
    this.#fixed = owner
    this.#owner = owner
  }

  /**
   * Owner of the terms: whichever machine acts, it is this etcd with this prefix, so that a copy of it elsewhere is another.
   * null: etcd was not asked yet.
   */
  get owner(): string | null {
    return this.#owner
  }

  /** A write may be heard of before etcd has answered it: it is waited for. */
  async isOwn(revision: string): Promise<boolean> {
    await this.#writing.catch(() => undefined)
    return this.#own.has(revision)
  }

  /** `strict`: only what a quorum says. Throws UserError. */
  async read(strict: boolean): Promise<Records | null> {
    try {
      const records = await this.#read({}, strict ? undefined : LOOK_MS)
      this.trouble = null
      return records
    } catch (error) {
      if (strict || !(error instanceof UserError)) throw error
      this.trouble = messageOf(error)
      return this.#fallBack(error)
    }
  }

  /** `must`: one transaction under the writer's locks; its revision. */
  async write(records: Records, must: (operations: readonly Operation[]) => Promise<string>): Promise<void> {
    const key = this.#keys.of('records')
    const { kv } = await this.#keys.read('records')
    const packed = pack(key, Buffer.from(formatRecords(records)))
    const old = kv ? prefixIn(key, bytesOf(kv.value)) : null
    for (const part of packed.parts) await must([part])
    const tidy = old !== null && old !== packed.prefix ? [removeRange(old, endOf(old))] : []
    const writing = must([put(key, packed.head), ...tidy]).then((written) => this.#remember(written))
    this.#writing = writing
    const revision = await writing
    this.#know(revision, records)
  }

  #remember(revision: string): string {
    this.#own.add(revision)
    const [oldest] = this.#own
    if (this.#own.size > KEPT && oldest !== undefined) this.#own.delete(oldest)
    return revision
  }

  async #read(options: Readonly<Record<string, unknown>>, totalMs?: number): Promise<Records | null> {
    for (let tries = 3; ; tries -= 1) {
      const { kv, clusterId, revision } = await this.#keys.read('records', { keys_only: true, ...options }, totalMs)
      const id = createHash('sha256').update(`${clusterId} ${this.#keys.prefix}`).digest('hex').slice(0, 10)
      this.#owner ??= `etcd-${id}`
      const version = kv?.mod_revision ?? '0'
      if (this.#known?.revision === version) return this.#known.records
      if (!kv) return this.#know('0', null)
      const whole = await this.#keys.read('records', { revision, ...options }, totalMs)
      const bytes = whole.kv && (await unpack(this.#keys.client, this.#keys.of('records'), whole.kv, revision))
      if (bytes) {
        const records = this.#know(version, parseRecords(bytes.toString('utf8'), this.#where()))
        await writeLocal(this.#folder, COPY, { owner: this.#owner, records })
        return records
      }
      if (tries <= 0) throw new UserError(`${this.#where()} is not whole`, { code: 'store', exitCode: 1 })
    }
  }

  /** What a single member knows may be old; what was seen here last may be older. For showing, never for acting. */
  async #fallBack(error: UserError): Promise<Records | null> {
    try {
      return await this.#read({ serializable: true }, LOOK_MS / 2)
    } catch {
      const copy = await readLocal<{ owner: string; records: Records }>(this.#folder, COPY)
      if (!this.#known && !copy) throw error
      this.#owner ??= copy?.owner ?? null
      return this.#known?.records ?? copy?.records ?? null
    }
  }

  #where(): string {
    return `the store in etcd (${this.#keys.of('records')})`
  }

  #know(revision: string, records: Records | null): Records | null {
    const owner = this.#fixed === null ? this.#owner : null
    const own = records && owner !== null ? { ...records, term: { ...records.term, owner } } : records
    this.#known = { revision, records: own }
    return own
  }
}
