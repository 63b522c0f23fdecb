// Laws of fences: the power of a host is cut only after it was silent for long enough, never while it answers, and one host per hold.
import type { HostName, Millis } from '../../src/model/names.js'
import type { Law } from './laws.js'
import { Reach, type ReachDoors } from './reach.js'
import { Sight } from './sight.js'

/** hc_lost_after of the simulated inventory, ms. */
const LOST_AFTER_MS: Millis = 3000
/** hc_hung_after of it, ms. */
const HUNG_AFTER_MS: Millis = 30_000
/** What answers until now may have been asked last so long ago, ms: the beat of a loop, and what one probe may take. */
const ASKED_MS: Millis = 2000
/** Who answers again is heard within so long, ms: a first contact may take 5 s, and TCP tries again later and later. */
const CONTACT_MS: Millis = 5500
/** A loop cuts the power of one host, and of the next after so long, ms (at least: the hold may be longer). */
const HOLD_MS: Millis = 30_000

/** The laws; asked by drivers before they do anything. */
export class FenceLaws implements Law {
  readonly #doors: ReachDoors
  readonly #control: string
  readonly #sight: Sight
  readonly #reach: Reach
  /** Since when it is in trouble without a break, ms. */
  readonly #silentSince = new Map<HostName, Millis>()
  readonly #actedAt = new WeakMap<object, Millis>()
  #found: string[] = []
  #underWay = 0
  /** How often a driver was called. */
  asked = 0

  constructor(doors: ReachDoors, control: string) {
    this.#doors = doors
    this.#control = control
    this.#sight = new Sight({ ...doors, member: control })
    this.#reach = new Reach(doors)
  }

  /** How many drivers have not ended yet. */
  get underWay(): number {
    return this.#underWay
  }

  /** A driver is told to cut the power of a host, by one process of hc; returns what tells that it has ended. */
  cuts(host: HostName, by: object): () => void {
    this.#underWay += 1
    this.#look(host, by)
    return () => {
      this.#underWay -= 1
    }
  }

  #look(host: HostName, by: object): void {
    const { now } = this.#doors.time
    this.asked += 1
    const before = this.#actedAt.get(by)
    this.#actedAt.set(by, now)
    if (before !== undefined && now - before < HOLD_MS)
      this.#found.push(`${host} is fenced ${Math.round(now - before)} ms after another fence of the same loop`)
    const silentMs = now - (this.#silentSince.get(host) ?? now)
    // It answers pings: then it has to have hung for long.
    const isPinged = this.#reach.wronglyLost(host, this.#control) !== null
    const needed = (isPinged ? HUNG_AFTER_MS : LOST_AFTER_MS) - ASKED_MS
    if (silentMs < needed)
      this.#found.push(
        `${host} is fenced, and was silent for ${Math.round(silentMs)} ms${isPinged ? ' (it answers pings)' : ''}`,
      )
  }

  afterStep(): readonly string[] {
    const { hosts, time } = this.#doors
    this.#sight.afterStep()
    this.#reach.look(this.#control)
    for (const name of hosts.keys()) {
      if (time.now - this.#sight.troubledAt(name) > CONTACT_MS) this.#silentSince.delete(name)
      else if (!this.#silentSince.has(name)) this.#silentSince.set(name, time.now)
    }
    return this.#found.splice(0)
  }
}
