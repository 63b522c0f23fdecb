// Waiting with a bound.
import type { Waiting } from './shell.js'

/** What became of a wait. */
export type Waited<T> = { readonly inTime: true; readonly value: T } | { readonly inTime: false }

/** Waits at most `ms` for a promise that goes on by itself afterwards; its rejection is passed on only in time. */
export async function within<T>(
  clock: Waiting,
  ms: number,
  promise: Promise<T>,
  signal?: AbortSignal,
): Promise<Waited<T>> {
  if (ms <= 0 || signal?.aborted) {
    promise.catch(() => {})
    return { inTime: false }
  }
  const done = new AbortController()
  const bound = signal === undefined ? done.signal : AbortSignal.any([done.signal, signal])
  const late = clock.sleep(ms, bound).then((): Waited<T> => ({ inTime: false }))
  try {
    return await Promise.race([promise.then((value): Waited<T> => ({ inTime: true, value })), late])
  } finally {
    done.abort()
  }
}
