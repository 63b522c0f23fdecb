// "Nothing has changed", said by a simulated host as a real one says it: of the whole answer that it gave last.
import type { HostFacts } from '../../src/model/host.js'
import { probeAnswer, repeatedAnswer } from './scripts.js'

/** What one host has told last. */
export class Repeats {
  #told = ''
  #count = 0

  /** The answer to a probe, as text. `mayRepeat`: the same need not be told again. */
  answer(facts: HostFacts, mayRepeat: boolean): string {
    const { uptimeMs, monotonicMs, term, cluster, orders, lease, load, memoryAvailable, word, ...rest } = facts
    const { bootId } = rest
    const told = JSON.stringify({ ...rest, connection: null })
    if (mayRepeat && told === this.#told) {
      const passing = { bootId, uptimeMs, monotonicMs, term, cluster, load, memoryAvailable }
      const more = {
        ...(orders && { orders }),
        ...(lease !== undefined && { lease }),
        ...(word !== undefined && { word }),
      }
      return repeatedAnswer({ token: String(this.#count), facts: { ...passing, ...more } })
    }
    this.#told = told
    this.#count += 1
    return probeAnswer(facts, String(this.#count))
  }
}
