// Words of etcd's JSON gateway (grpc-gateway at /v3): keys and values in base64, 64-bit numbers as text, zeros left out.
// etcd's API reference, "rpc.proto" and "kv.proto".

/** A key with its value. */
export interface KeyValue {
  readonly key: string
  readonly value?: string
  /** Revision of the store at which the key was made, and changed last. */
  readonly create_revision?: string
  readonly mod_revision?: string
  readonly lease?: string
}

/** In every answer. */
export interface Header {
  readonly cluster_id?: string
  readonly revision?: string
}

/** Answer to a range. */
export interface RangeAnswer {
  readonly header?: Header
  readonly kvs?: readonly KeyValue[]
}

/** Answer to a transaction. */
export interface TxnAnswer {
  readonly header?: Header
  readonly succeeded?: boolean
  readonly responses?: readonly { readonly response_range?: RangeAnswer }[]
}

/** A condition, and one step of a transaction, in etcd's words. */
export type Compare = Readonly<Record<string, string>>
/** One step of a transaction. */
export type Operation = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** Text or bytes in base64. */
export function encoded(value: string | Uint8Array): string {
  return Buffer.from(value as string).toString('base64')
}

/** The bytes of a value; none for a missing one. */
export function bytesOf(value: string | undefined): Buffer {
  return Buffer.from(value ?? '', 'base64')
}

/** The text of a value. */
export function textOf(value: string | undefined): string {
  return bytesOf(value).toString('utf8')
}

/** First key after all that begin with `prefix`. */
export function endOf(prefix: string): string {
  const bytes = Buffer.from(prefix)
  const last = bytes.length - 1
  bytes.writeUInt8(bytes.readUInt8(last) + 1, last)
  return encoded(bytes)
}

/** The key was made at that revision; '0': there is none. */
export function madeAt(key: string, revision: string): Compare {
  return { key: encoded(key), target: 'CREATE', result: 'EQUAL', create_revision: revision }
}

/** The key was changed last at that revision; '0': there is none. */
export function changedAt(key: string, revision: string): Compare {
  return { key: encoded(key), target: 'MOD', result: 'EQUAL', mod_revision: revision }
}

/** Writes a key. `lease`: it goes with that lease. */
export function put(key: string, value: string | Uint8Array, lease?: string): Operation {
  return { request_put: { key: encoded(key), value: encoded(value), ...(lease && { lease }) } }
}

/** Takes a key away. */
export function remove(key: string): Operation {
  return { request_delete_range: { key: encoded(key) } }
}

/** Takes away all keys from `from` up to, but without, `end` (in base64: see `endOf`). */
export function removeRange(from: string, end: string): Operation {
  return { request_delete_range: { key: encoded(from), range_end: end } }
}

/** Reads a key within a transaction. */
export function get(key: string): Operation {
  return { request_range: { key: encoded(key) } }
}
