// A simulated etcd of three members: what it keeps is one MemoryDisk; locks end with the leases of who holds them, and nothing
// answers without a quorum. As with etcd itself leases run on anew after a quorum is back.
import type { Millis } from '../../../src/model/names.js'
import type { MemoryDisk, MemoryStore } from '../../support/memory-store.js'
import type { SimNetwork } from '../network.js'
import type { SimTime } from '../time.js'

/** How often etcd looks for leases that are over, ms. */
const EXPIRY_MS: Millis = 100

/** A lease, as etcd knows it. */
export interface EtcdLease {
  readonly by: MemoryStore
  readonly ttlMs: Millis
  until: Millis
  over: boolean
}

/** The members, and what they hold together. */
export class SimEtcd {
  readonly disk: MemoryDisk
  readonly members: readonly string[]
  readonly #time: SimTime
  readonly #network: SimNetwork
  readonly #isUp: (machine: string) => boolean
  readonly #leases = new Set<EtcdLease>()
  readonly standbys = new Map<MemoryStore, { readonly lease: EtcdLease; readonly name: string }>()
  /** Who leads; it may be over already. */
  leader: { readonly lease: EtcdLease; readonly name: string } | null = null
  revision = 100
  /** Members whose process does not run; their machines do. */
  readonly down = new Set<string>()
  #hadQuorum = true

  constructor(
    disk: MemoryDisk,
    members: readonly string[],
    doors: { readonly time: SimTime; readonly network: SimNetwork; readonly isUp: (machine: string) => boolean },
  ) {
    this.disk = disk
    this.members = members
    this.#time = doors.time
    this.#network = doors.network
    this.#isUp = doors.isUp
    this.#look()
  }

  /** Does a machine have an answer of a quorum? */
  serves(machine: string): boolean {
    return this.members.some((member) => this.#connected(machine, member) && this.#hasQuorum(member))
  }

  grant(by: MemoryStore, ttlMs: Millis): EtcdLease {
    const lease = { by, ttlMs, until: this.#time.now + ttlMs, over: false }
    this.#leases.add(lease)
    return lease
  }

  /** False: it is over. */
  renew(lease: EtcdLease): boolean {
    if (!lease.over) lease.until = this.#time.now + lease.ttlMs
    return !lease.over
  }

  /** All that hangs on a lease is gone. */
  end(lease: EtcdLease): void {
    lease.over = true
    this.#leases.delete(lease)
    const { content } = this.disk
    if (this.leader?.lease === lease) {
      this.leader = null
      content.ticking = null
    }
    if (this.standbys.get(lease.by)?.lease === lease) this.standbys.delete(lease.by)
    if (content.acting?.by !== lease.by || this.#hasOther(lease)) return
    content.acting = null
    const { waiters } = content
    content.waiters = []
    for (const wake of waiters) wake()
  }

  /** A process may hold one for its loop and one for a command. */
  #hasOther({ by }: EtcdLease): boolean {
    return [...this.#leases].some((other) => other.by === by)
  }

  #connected(a: string, b: string): boolean {
    return this.#isUp(a) && this.#isUp(b) && this.#network.isOpen(a, b) && this.#network.isOpen(b, a)
  }

  #hasQuorum(member: string): boolean {
    if (this.down.has(member)) return false
    const others = this.members.filter((other) => !this.down.has(other) && this.#connected(member, other))
    return 2 * others.length > this.members.length
  }

  #look(): void {
    this.#time.after(EXPIRY_MS, () => {
      const has = this.members.some((member) => this.#hasQuorum(member))
      const { now } = this.#time
      for (const lease of [...this.#leases]) {
        if (has && !this.#hadQuorum) lease.until = Math.max(lease.until, now + lease.ttlMs)
        if (has && lease.until < now) this.end(lease)
      }
      this.#hadQuorum = has
      this.#look()
    })
  }
}
