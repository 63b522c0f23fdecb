// The record: one line per thing decided or done, and why.
import type { HostName, SlotName } from './names.js'

/** What an event is about. A closed list; documented in docs/json.md. */
export type EventKind =
  | 'applied'
  | 'removed'
  | 'verdict'
  | 'decided'
  | 'done'
  | 'failed'
  | 'unplaced'
  | 'job-stopped'
  | 'job-started'
  | 'restart-asked'
  | 'restarted-by-systemd'
  | 'control-cut-off'
  | 'inventory'
  | 'cordon'
  | 'loop'
  | 'take-over'
  | 'armed'
  | 'disarmed'
  | 'survival'
  | 'health'
  | 'run'
  | 'reverted'
  | 'fence'
  | 'forgotten'
  | 'confirmed-lost'
  | 'cleaned'
  | 'move-asked'
  | 'notified'
  | 'store'
  | 'drill'
  | 'warning'

/** One recorded line. */
export interface Event {
  /** Rises by one within a store. */
  readonly id: number
  /** RFC 3339 UTC. */
  readonly time: string
  readonly kind: EventKind
  readonly host: HostName | null
  readonly slot: SlotName | null
  /** A `Reason`, a verdict, or a failure kind, where there is one. */
  readonly reason: string | null
  readonly text: string
  readonly term: number
  /** The tick that decided it, for `hc explain --tick`. Absent: none did, or what it was decided from is not kept. */
  readonly tick?: string
}

/** An event before it is recorded. */
export type NewEvent = Omit<Event, 'id' | 'term' | 'time'>

/** An event before it is recorded; what it is not about is null. */
export function told(
  kind: EventKind,
  text: string,
  about: Partial<Pick<NewEvent, 'host' | 'slot' | 'reason'>> = {},
): NewEvent {
  return { kind, host: null, slot: null, reason: null, text, ...about }
}
