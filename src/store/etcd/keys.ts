// Reading and writing keys of etcd under a prefix, each write on the condition that the writer still holds its locks.
import type { EtcdClient } from './client.js'
import {
  type Compare,
  encoded,
  endOf,
  type KeyValue,
  type Operation,
  type RangeAnswer,
  type TxnAnswer,
} from './wire.js'

/** A key as it was read: with the revision at which that was, and the cluster that said so. */
export interface Read {
  readonly kv: KeyValue | null
  readonly revision: string
  readonly clusterId: string
}

/** What became of a transaction. `repeated`: an earlier try of it may have been carried out. */
export interface Done {
  readonly ok: boolean
  readonly repeated: boolean
  readonly revision: string
}

/** Keys below one prefix. */
export class Keys {
  readonly client: EtcdClient
  readonly prefix: string

  constructor(client: EtcdClient, prefix: string) {
    this.client = client
    this.prefix = prefix
  }

  /** The full name of a key. */
  of(name: string): string {
    return `${this.prefix}${name}`
  }

  /** Reads one key. `options`: of etcd's range. */
  async read(name: string, options: Readonly<Record<string, unknown>> = {}, totalMs?: number): Promise<Read> {
    const alone = options.serializable === true
    const range = { key: encoded(this.of(name)), ...options }
    const { body } = await this.client.call<RangeAnswer>('/v3/kv/range', range, totalMs, alone)
    const { cluster_id: clusterId = '', revision = '0' } = body.header ?? {}
    return { kv: body.kvs?.[0] ?? null, revision, clusterId }
  }

  /** Keys that begin with `name`, by name. */
  async list(name: string, options: Readonly<Record<string, unknown>> = {}): Promise<readonly KeyValue[]> {
    const key = this.of(name)
    const { body } = await this.client.call<RangeAnswer>('/v3/kv/range', {
      key: encoded(key),
      range_end: endOf(key),
      ...options,
    })
    return body.kvs ?? []
  }

  /** Keys from one name up to, but without, another. */
  async between(from: string, to: string): Promise<readonly KeyValue[]> {
    const range = { key: encoded(this.of(from)), range_end: encoded(this.of(to)) }
    return (await this.client.call<RangeAnswer>('/v3/kv/range', range)).body.kvs ?? []
  }

  /** Does all of it if all conditions hold, else nothing. */
  async transact(compare: readonly Compare[], success: readonly Operation[]): Promise<Done> {
    const { body, repeated } = await this.client.call<TxnAnswer>('/v3/kv/txn', { compare, success })
    return { ok: body.succeeded === true, repeated, revision: body.header?.revision ?? '0' }
  }
}
