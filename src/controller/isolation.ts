// The control machine cut off: told once when it takes itself for that, and once when it no longer does.
import type { NewEvent } from '../model/event.js'
import type { Millis } from '../model/names.js'
import type { Observation } from '../model/observation.js'
import { isIsolated } from '../planner/verdicts.js'

/** Remembers between ticks whether it was told. */
export class Isolation {
  #told = false

  /**
   * The event where it has changed. Nothing is done from the first moment on; it is told when every host that was ever
   * reached has been silent for `lostAfterMs`: a loop that has just started has not heard from any of them either.
   */
  since(observation: Observation, lostAfterMs: Millis): readonly NewEvent[] {
    const cutOff = isIsolated(observation) && (this.#told || isSilent(observation, lostAfterMs))
    if (cutOff === this.#told) return []
    this.#told = cutOff
    const text = cutOff
      ? 'no host and no witness answers: this control machine takes itself for the one cut off and does nothing'
      : 'this control machine reaches its hosts again'
    return [{ kind: 'control-cut-off', host: null, slot: null, reason: null, text }]
  }
}

function isSilent({ at, hosts }: Observation, lostAfterMs: Millis): boolean {
  const known = hosts.filter(({ everReached, here }) => everReached && !here)
  return known.length > 0 && known.every(({ silentSince }) => silentSince !== null && at - silentSince >= lostAfterMs)
}
