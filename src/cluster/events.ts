// The record of events, read and followed.
import type { Event, EventKind } from '../model/event.js'
import { type HostName, type JobName, jobOfSlot, type SlotName } from '../model/names.js'
import type { Clock, Store } from '../ports.js'

/** How often a followed record is read where nothing announces a change, ms. */
const POLL_MS = 500
/** Most events of one reading while following. */
const BATCH = 1000

/** Which events are wanted; each part narrows it. */
export interface EventFilter {
  /** A job or one slot of it. */
  readonly job?: JobName | SlotName | undefined
  readonly host?: HostName | undefined
  readonly kinds?: readonly EventKind[] | undefined
  /** RFC 3339: not before. */
  readonly since?: string | undefined
}

/** How the record is read. */
export interface EventOptions {
  /** The newest so many first. */
  readonly limit: number
  readonly follow: boolean
  /** Only what matches. */
  readonly filter?: EventFilter
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
  const { limit, filter } = options
  const first = await store.events({ limit: filter ? Number.MAX_SAFE_INTEGER : limit })
  const wanted = first.filter((event) => matchesEvent(event, filter))
  for (const event of limit === 0 ? [] : wanted.slice(-limit)) options.onEvent(event)
  // With nothing there yet, and after the store was lost, numbering begins anew.
  let last = first.at(-1)?.id ?? (await store.events({ limit: 1 })).at(-1)?.id ?? 0
  while (options.follow && !signal?.aborted) {
    await clock.sleep(POLL_MS, signal ?? undefined)
    const [newest] = await store.events({ limit: 1 })
    if (newest && newest.id < last) last = 0
    if (!newest || newest.id === last) continue
    const more = await store.events({ limit: BATCH, afterId: last })
    for (const event of more) if (matchesEvent(event, filter)) options.onEvent(event)
    last = more.at(-1)?.id ?? last
  }
}

/** Is it one of those that are wanted? What is said of a whole job begins with its name, and is about no host. */
export function matchesEvent(event: Event, filter: EventFilter | undefined): boolean {
  const { job, host, kinds, since } = filter ?? {}
  if (kinds !== undefined && kinds.length > 0 && !kinds.includes(event.kind)) return false
  if (host !== undefined && event.host !== host) return false
  if (since !== undefined && Date.parse(event.time) < Date.parse(since)) return false
  if (job === undefined) return true
  if (event.slot !== null) return event.slot === job || jobOfSlot(event.slot) === job
  return event.host === null && event.text.startsWith(`${job} `)
}
