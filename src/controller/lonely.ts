// A leader that reaches no host is of no use: where others stand by, it lets one of them try.
import type { Millis } from '../model/names.js'
import type { Observation } from '../model/observation.js'
import type { World } from './world.js'

/** So long it reaches no host before it gives the lead away, ms: longer than a switch takes to start anew. */
const LONELY_MS: Millis = 10_000
/** Those who stand by have the lead within that, ms. */
const HANDOVER_MS: Millis = 3000
/** Between two questions whether anybody leads, ms. */
const ASK_MS: Millis = 1000
/** How long it keeps back then while another one leads, ms; doubled each time, up to the longest. */
const FIRST_MS: Millis = 30_000
const LONGEST_MS: Millis = 480_000

/** What one machine knows of its own use as a leader, from turn to turn. */
export class Lonely {
  readonly #world: Pick<World, 'clock' | 'store'>
  #since: Millis | null = null
  #pauseMs: Millis = FIRST_MS

  constructor(world: Pick<World, 'clock' | 'store'>) {
    this.#world = world
  }

  /** A turn begins. */
  begin(): void {
    this.#since = null
  }

  /** Shall it give the lead away after this tick? Only what other hosts say counts: its own answers always. */
  async isOver({ hosts }: Pick<Observation, 'hosts'>): Promise<boolean> {
    const { clock, store } = this.#world
    const others = hosts.filter(({ here, everReached }) => !here && everReached)
    if (others.length === 0 || others.some(({ answering }) => answering)) {
      this.#since = null
      this.#pauseMs = FIRST_MS
      return false
    }
    this.#since ??= clock.now()
    if (clock.now() - this.#since < LONELY_MS) return false
    return ((await store.control?.show())?.standbys.length ?? 0) > 0
  }

  /** After it gave the lead away: others are let try for a while, unless nobody leads. */
  async keepBack(signal: AbortSignal): Promise<void> {
    const { clock, store } = this.#world
    const until = clock.now() + this.#pauseMs
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_MS)
    await clock.sleep(HANDOVER_MS, signal)
    while (clock.now() < until && !signal.aborted) {
      const shown = await store.control?.show()
      if (shown?.trouble === null && shown.leader === null) return
      await clock.sleep(ASK_MS, signal)
    }
  }
}
