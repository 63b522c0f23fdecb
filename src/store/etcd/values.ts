// Values of any size under one key: etcd takes requests of 1.5 MiB, so that larger ones stand in parts beside the key. Parts are
// named by the content and written before the key names them: a reader finds the old value or the new one.
import { createHash } from 'node:crypto'
import type { EtcdClient } from './client.js'
import { bytesOf, encoded, type KeyValue, type Operation, put, type RangeAnswer } from './wire.js'

/** Bytes of one part: below the limit of a request with room for what else is in it. */
export const PART_BYTES = 1_000_000

const INLINE = '='
const PARTED = '+'

/** Where the parts of a key stand. */
function partsOf(key: string, sha256: string): string {
  return `${key}.parts/${sha256}/`
}

/** A value ready to be written. */
export interface Packed {
  /** To be written first, each in a transaction of its own; none where it is small. */
  readonly parts: readonly Operation[]
  /** What stands under the key itself. */
  readonly head: Uint8Array
  /** Prefix of the parts; null: there are none. */
  readonly prefix: string | null
}

/** Splits it where it is large. */
export function pack(key: string, bytes: Uint8Array): Packed {
  if (bytes.length <= PART_BYTES) {
    return { parts: [], head: Buffer.concat([Buffer.from(INLINE), bytes]), prefix: null }
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const prefix = partsOf(key, sha256)
  const count = Math.ceil(bytes.length / PART_BYTES)
  const parts = Array.from({ length: count }, (_, index) =>
    put(partName(prefix, index), bytes.subarray(index * PART_BYTES, (index + 1) * PART_BYTES)),
  )
  return { parts, head: Buffer.from(`${PARTED}${count} ${sha256}`), prefix }
}

/** The whole of a value that was read; null where its parts are not whole. `revision`: at which the key was read. */
export async function unpack(client: EtcdClient, key: string, kv: KeyValue, revision: string): Promise<Buffer | null> {
  const head = bytesOf(kv.value)
  const prefix = prefixIn(key, head)
  if (prefix === null) return head.subarray(1)
  const [count = 0, sha256] = head.subarray(1).toString().split(' ')
  const parts: Buffer[] = []
  for (let index = 0; index < Number(count); index += 1) {
    const { body } = await client.call<RangeAnswer>('/v3/kv/range', { key: encoded(partName(prefix, index)), revision })
    parts.push(bytesOf(body.kvs?.[0]?.value))
  }
  const bytes = Buffer.concat(parts)
  return createHash('sha256').update(bytes).digest('hex') === sha256 ? bytes : null
}

/** Prefix of the parts that a head names; null: it names none. */
export function prefixIn(key: string, head: Buffer): string | null {
  if (head.subarray(0, 1).toString() !== PARTED) return null
  return partsOf(key, head.subarray(1).toString().split(' ')[1] ?? '')
}

function partName(prefix: string, index: number): string {
  return `${prefix}${String(index).padStart(4, '0')}`
}
