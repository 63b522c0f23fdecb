// Parts of the store in memory.
import type { Millis } from '../../src/model/names.js'

/** Frozen all through, so that a reader that changes what it read is found. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) frozen(part)
  }
  return value
}

/** The real clock, for a store that no simulation drives. */
export function realSleep(ms: Millis, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
