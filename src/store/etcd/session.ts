// A lease of etcd with its keep-alive: what is locked under it is this process's until `leftMs` says otherwise. That is told
// by the machine's own clock alone, so that a process that was stopped and goes on knows it before it does anything.
import { readFileSync } from 'node:fs'
import { messageOf } from '../../model/errors.js'
import type { Millis } from '../../model/names.js'
import type { EtcdClient } from './client.js'

/** The lease counts as over so long before etcd may end it, ms. */
const MARGIN_MS: Millis = 500
/** Renewals in the life of a lease. */
const RENEWALS = 7

/** Monotonic, ms; counts on while the machine sleeps, as performance.now() does not. */
export function bootMs(): Millis {
  try {
    return Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000
  } catch {
    return performance.now()
  }
}

/** A lease that is kept alive until it is closed or lost. */
export class Session {
  readonly id: string
  readonly #client: EtcdClient
  readonly #ttlMs: Millis
  readonly #debug: (line: string) => void
  #until: Millis
  #timer: NodeJS.Timeout | null = null
  #ended = false

  private constructor(client: EtcdClient, id: string, ttlMs: Millis, until: Millis, debug: (line: string) => void) {
    this.#client = client
    this.id = id
    this.#ttlMs = ttlMs
    this.#until = until
    this.#debug = debug
    this.#renewLater()
  }

  /** Takes a lease. Throws UserError. */
  static async open(client: EtcdClient, ttlMs: Millis, debug: (line: string) => void): Promise<Session> {
    const sentAt = bootMs()
    const { body } = await client.call<{ ID: string; TTL: string }>('/v3/lease/grant', {
      TTL: String(Math.ceil(ttlMs / 1000)),
    })
    const given = Number(body.TTL) * 1000
    return new Session(client, body.ID, given, sentAt + given - MARGIN_MS, debug)
  }

  /** How long it surely holds, ms; 0 or less: it may be over. */
  leftMs(): Millis {
    return this.#ended ? 0 : this.#until - bootMs()
  }

  /** Gives the lease back, and with it what hangs on it. Never rejects. */
  async close(): Promise<void> {
    if (this.#ended && this.#timer === null) return
    this.#stop()
    await this.#client.call('/v3/lease/revoke', { ID: this.id }, MARGIN_MS * 2).catch(() => undefined)
  }

  #stop(): void {
    this.#ended = true
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #renewLater(): void {
    this.#timer = setTimeout(() => void this.#renew(), this.#ttlMs / RENEWALS)
    this.#timer.unref()
  }

  async #renew(): Promise<void> {
    const sentAt = bootMs()
    if (this.leftMs() <= 0) return this.#stop()
    try {
      type Kept = { result?: { TTL?: string } }
      const body = await this.#client.callAny<Kept>('/v3/lease/keepalive', { ID: this.id }, 1000)
      const ttl = Number(body.result?.TTL ?? 0) * 1000
      if (this.#ended) return
      if (ttl <= 0) return this.#stop()
      this.#until = Math.max(this.#until, sentAt + ttl - MARGIN_MS)
    } catch (error) {
      this.#debug(`etcd: the lease was not renewed: ${messageOf(error)}`)
    }
    if (!this.#ended) this.#renewLater()
  }
}
