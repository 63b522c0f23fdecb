// When the operator said something of each job and host: what is done soon after may rest on it.
import type { Millis } from '../../src/model/names.js'
import type { SimTime } from './time.js'

/** What was said, by name of job or host. */
export class Words {
  readonly #time: SimTime
  readonly #open = new Map<string, number>()
  readonly #endedAt = new Map<string, Millis>()

  constructor(time: SimTime) {
    this.#time = time
  }

  /** A command about these begins; returns what ends it. It may be recorded at any moment meanwhile. */
  begin(names: readonly string[]): () => void {
    for (const name of names) this.#open.set(name, (this.#open.get(name) ?? 0) + 1)
    return () => {
      for (const name of names) {
        this.#open.set(name, (this.#open.get(name) ?? 1) - 1)
        this.#endedAt.set(name, this.#time.now)
      }
    }
  }

  /** Was anything said of it at that time or later, or is it being said now? */
  since(name: string, at: Millis): boolean {
    return (this.#open.get(name) ?? 0) > 0 || (this.#endedAt.get(name) ?? Number.NEGATIVE_INFINITY) >= at
  }

  /** The same of anything at all. */
  anySince(at: Millis): boolean {
    return [...this.#open.keys()].some((name) => this.since(name, at))
  }
}
