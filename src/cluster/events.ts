// The record of events, read and followed.
import type { Event } from '../model/event.js'
import type { Clock, Store } from '../ports.js'

/** How often a followed record is read where nothing announces a change, ms. */
const POLL_MS = 500
/** Most events of one reading while following. */
const BATCH = 1000

/** How the record is read. */
export interface EventOptions {
  /** The newest so many first. */
  readonly limit: number
  readonly follow: boolean
  /** Ends the following, beside Ctrl-C. */
  readonly signal?: AbortSignal
  onEvent(event: Event): void
}

/** Tells the newest events, oldest first, and with `follow` those that come, until the signal is aborted. */
export async function followEvents(
  store: Store,
  clock: Clock,
  options: EventOptions,
  signal: AbortSignal | null,
): Promise<void> {
  const first = await store.events({ limit: options.limit })
  for (const event of first) options.onEvent(event)
  // With nothing there yet, and after the store was lost, numbering begins anew.
  let last = first.at(-1)?.id ?? 0
  while (options.follow && !signal?.aborted) {
    await clock.sleep(POLL_MS, signal ?? undefined)
    const [newest] = await store.events({ limit: 1 })
    if (newest && newest.id < last) last = 0
    if (!newest || newest.id === last) continue
    const more = await store.events({ limit: BATCH, afterId: last })
    for (const event of more) options.onEvent(event)
    last = more.at(-1)?.id ?? last
  }
}
