// Bytes by their sha256 in etcd, with room for large ones.
import { createHash } from 'node:crypto'
import { eachWithin } from '../../remote/limit.js'
import type { Keys } from './keys.js'
import { pack, unpack } from './values.js'
import { type Compare, endOf, put, remove, removeRange, textOf } from './wire.js'

const SHA256 = /^[0-9a-f]{64}$/
/** Operations of one transaction: etcd takes 128. */
const BATCH = 60
/** Blobs that are written at once: each waits for the disks of a majority. */
const AT_ONCE = 8

/** Contents of jobs' files. */
export class EtcdBlobs {
  readonly #keys: Keys

  constructor(keys: Keys) {
    this.#keys = keys
  }

  /** Keeps each; their sha256, hex. `refuse` says why where the conditions do not hold. */
  put(
    all: readonly Uint8Array[],
    conditions: readonly Compare[],
    refuse: () => Promise<Error>,
  ): Promise<readonly string[]> {
    return eachWithin(all, AT_ONCE, async (bytes) => {
      const name = createHash('sha256').update(bytes).digest('hex')
      const key = this.#keys.of(`blobs/${name}`)
      const packed = pack(key, bytes)
      for (const operation of [...packed.parts, put(key, packed.head)]) {
        if (!(await this.#keys.transact(conditions, [operation])).ok) throw await refuse()
      }
      return name
    })
  }

  /** The bytes; null where there are none, or they no longer are what they were. */
  async get(name: string): Promise<Uint8Array | null> {
    if (!SHA256.test(name)) return null
    const { kv, revision } = await this.#keys.read(`blobs/${name}`)
    if (!kv) return null
    const bytes = await unpack(this.#keys.client, this.#keys.of(`blobs/${name}`), kv, revision)
    return bytes && createHash('sha256').update(bytes).digest('hex') === name ? bytes : null
  }

  async #names(): Promise<readonly string[]> {
    const folder = this.#keys.of('blobs/')
    const found = await this.#keys.list('blobs/', { keys_only: true })
    return found.map(({ key }) => textOf(key).slice(folder.length)).filter((name) => SHA256.test(name))
  }

  /** All of them, by name. */
  async all(): Promise<Readonly<Record<string, Uint8Array>>> {
    const found: Record<string, Uint8Array> = {}
    for (const name of await this.#names()) {
      const bytes = await this.get(name)
      if (bytes !== null) found[name] = bytes
    }
    return found
  }

  /** Drops all others. */
  async prune(keep: readonly string[], conditions: readonly Compare[]): Promise<void> {
    const kept = new Set(keep)
    const folder = this.#keys.of('blobs/')
    const gone = (await this.#names()).filter((name) => !kept.has(name))
    const operations = gone.flatMap((name) => {
      const parts = `${folder}${name}.parts/`
      return [remove(`${folder}${name}`), removeRange(parts, endOf(parts))]
    })
    for (let from = 0; from < operations.length; from += BATCH) {
      await this.#keys.transact(conditions, operations.slice(from, from + BATCH))
    }
  }
}
