// After a boot, units of hc wait for its first word to their host, so long as they say (hc_boot_wait): what was replaced meanwhile
// is stopped before it begins.
import type { Millis } from '../../src/model/names.js'
import type { SimTime } from './time.js'

/** One round of waiting, ms. */
const ROUND_MS: Millis = 200

/** How often what starts looks for the word, by its unit's text; 0: it does not wait. */
export function roundsOf(text: string): number {
  return Number(/hc-boot-wait"? \S+ "?(\d+)/.exec(text)?.[1] ?? '0')
}

/** Of one host, over all of its boots. */
export class BootWait {
  readonly #time: SimTime
  readonly #isFrozen: () => boolean
  /** Was it given since the boot? */
  word = false

  constructor(time: SimTime, isFrozen: () => boolean) {
    this.#time = time
    this.#isFrozen = isFrozen
  }

  /** Does what is begun by that text have to wait? */
  holds(text: string): boolean {
    return !this.word && roundsOf(text) > 0
  }

  /** Waits as long as that text says, then `begin`; nothing once `isAlive` says so. A host that is frozen does not look. */
  until(text: string, begin: () => void, isAlive: () => boolean): void {
    const wait = (rounds: number): void => {
      if (rounds <= 0) this.word = true
      if (this.word) begin()
      else this.#time.after(ROUND_MS, () => wait(this.#isFrozen() ? rounds : rounds - 1), isAlive)
    }
    wait(roundsOf(text))
  }
}
