// The versions of one store that a start or a stop may rest on, and whether each follows from the one before as jobs declare.
import type { Millis } from '../../src/model/names.js'
import type { Records } from '../../src/model/records.js'
import type { MemoryDisk } from '../support/memory-store.js'
import { readable } from './readable.js'
import { wrongWaits } from './starts.js'
import type { SimTime } from './time.js'

/** What is done may rest on records so much older than itself, ms: deadline of a write, a slow stop, time to decide. */
const RESTS_ON_MS = 30_000

/** Of one store. */
export class Versions {
  readonly #time: SimTime
  readonly #disk: MemoryDisk
  #history: { readonly until: Millis; readonly records: string | null }[] = []
  /** Records that were looked at; undefined: what follows is not compared with any. */
  #known: string | null | undefined
  #losses = 0
  #found: string[] = []

  constructor(time: SimTime, disk: MemoryDisk) {
    this.#time = time
    this.#disk = disk
  }

  /** The records are about to change. */
  change(): void {
    // Several writes may come about in one step.
    this.#found.push(...this.#compared())
    const { now } = this.#time
    this.#history.push({ until: now, records: this.#disk.content.records })
    this.#history = this.#history.filter(({ until }) => now - until <= RESTS_ON_MS)
  }

  /** The store has lost its records, or has been given others: what they hold was not written by hc. */
  gone(): void {
    this.change()
    this.#known = undefined
    this.#losses += 1
  }

  /** Another where records were lost or given: the cluster's id alone is found again on hosts, and what was done before is not. */
  get store(): string {
    return `${this.newest()?.cluster} ${this.#losses}`
  }

  /** Those of the last 30 s, the newest last. */
  all(): readonly (Records | null)[] {
    return [...this.#history.map(({ records }) => records), this.#disk.content.records].map(readable)
  }

  newest(): Records | null {
    return readable(this.#disk.content.records)
  }

  /** Sentences for what has changed otherwise than the jobs declare. */
  wrong(): readonly string[] {
    return [...this.#found.splice(0), ...this.#compared()]
  }

  #compared(): readonly string[] {
    const { records } = this.#disk.content
    if (records === this.#known) return []
    const before = this.#known
    this.#known = records
    return before === undefined ? [] : wrongWaits(readable(before), readable(records), this.#time.wall())
  }
}
