// Who reaches whom, one way at a time, how long it takes and how much is lost.
import type { Millis } from '../../src/model/names.js'
import type { Random } from './random.js'

/** A member of the network: `control`, `gateway` or a host. */
export type Member = string

/** At which address hosts see a control machine. */
export function controlAddress(member: Member): string {
  if (member === 'control') return '10.0.9.9'
  if (member === 'control-b') return '10.0.9.10'
  // Of several on one etcd: a host, or a machine of its own.
  return `${member.startsWith('c') ? '10.0.9.10' : '10.0.0.'}${member.slice(1)}`
}

/** Which control machine has an address, where it is no host. */
export function controlAt(address: string): Member {
  const own = ['control', 'control-b'].find((member) => controlAddress(member) === address)
  return own ?? `c${address.slice('10.0.9.10'.length)}`
}

/** Waits between tries of TCP to get a segment through, ms: doubling up to ten seconds. */
const RETRY_FIRST_MS = 200
const RETRY_LONGEST_MS = 10_000

/** The network. */
export class SimNetwork {
  readonly #random: Random
  readonly #cut = new Set<string>()
  readonly #latency = new Map<Member, Millis>()
  readonly #frozen = new Set<Member>()
  readonly #swapped = new Map<Member, Member>()
  /** Probability that a packet is lost, everywhere. */
  loss = 0

  constructor(random: Random) {
    this.#random = random
  }

  cut(from: Member, to: Member): void {
    this.#cut.add(`${from}>${to}`)
  }

  heal(from: Member, to: Member): void {
    this.#cut.delete(`${from}>${to}`)
  }

  /** Everything reaches everything, fast. */
  healAll(): void {
    this.#cut.clear()
    this.#latency.clear()
    this.loss = 0
  }

  /** Sets the extra time to and from a member, ms. */
  delay(member: Member, ms: Millis): void {
    this.#latency.set(member, ms)
  }

  /** Extra time to and from a member, ms. */
  extra(member: Member): Millis {
    return this.#latency.get(member) ?? 0
  }

  /** A frozen member hears and says nothing, whatever is healed meanwhile. */
  freeze(member: Member, frozen: boolean): void {
    if (frozen) this.#frozen.add(member)
    else this.#frozen.delete(member)
  }

  /** Two hosts take each other's address; once more, and each has its own again. */
  swap(a: Member, b: Member): void {
    const [atA, atB] = [this.at(a), this.at(b)]
    this.#swapped.set(a, atB)
    this.#swapped.set(b, atA)
  }

  /** Each has its own address. */
  unswap(): void {
    this.#swapped.clear()
  }

  /** Who truly has the address that belongs to a member. */
  at(member: Member): Member {
    return this.#swapped.get(member) ?? member
  }

  /** Whose address a member has. */
  addressOf(member: Member): Member {
    for (const [address, holder] of this.#swapped) if (holder === member) return address
    return member
  }

  isOpen(from: Member, to: Member): boolean {
    if (this.#frozen.has(from) || this.#frozen.has(to)) return false
    return !this.#cut.has(`${from}>${to}`)
  }

  /** One way, ms. */
  latency(from: Member, to: Member): Millis {
    const base = 0.3 + this.#random.next() * 0.7
    return base + (this.#latency.get(from) ?? 0) + (this.#latency.get(to) ?? 0)
  }

  /** Does one packet get through? */
  passes(from: Member, to: Member): boolean {
    return this.isOpen(from, to) && !(this.loss > 0 && this.#random.chance(this.loss))
  }

  /** When TCP tries again after `tries` tries in vain, ms. */
  retryAfter(tries: number): Millis {
    return Math.min(RETRY_LONGEST_MS, RETRY_FIRST_MS * 2 ** tries) * (0.9 + 0.2 * this.#random.next())
  }
}
