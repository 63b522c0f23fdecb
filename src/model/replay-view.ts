// `hc explain --tick`: what a tick saw and decided, and whether planning it again gives the same.
import type { Event } from './event.js'
import type { HostName, SlotName } from './names.js'
import type { Verdict } from './observation.js'
import type { Plan, Waiting } from './plan.js'
import type { ActionView, UnplacedView } from './views.js'

/** One tick that is kept. */
export interface KeptTickView {
  readonly id: string
  /** RFC 3339 UTC. */
  readonly time: string
  /** Bytes on the disk. */
  readonly bytes: number
  /** What was decided, from the record of events; empty: nothing that has a slot, or its events are kept no more. */
  readonly decided: readonly { readonly slot: SlotName | null; readonly host: HostName | null; readonly text: string }[]
}

/** `hc explain --tick --json`. */
export interface KeptTicksView {
  /** Oldest first. */
  readonly ticks: readonly KeptTickView[]
}

/** A host as the tick saw it. */
export interface ReplayHostView {
  readonly name: HostName
  readonly verdict: Verdict
  readonly reason: string
  readonly cordoned: boolean
  /** Why nothing could be sent to it; null: it could. */
  readonly blocked: string | null
  /** Units of hc that it showed; null: it did not answer. */
  readonly units: readonly { readonly slot: SlotName; readonly active: string; readonly sub: string }[] | null
}

/** `hc explain --tick ID --json`. */
export interface ReplayView {
  readonly id: string
  /** RFC 3339 UTC. */
  readonly time: string
  /** Planned again, the same plan came out, byte for byte. */
  readonly same: boolean
  /** Where the plans differ first; null: nowhere. */
  readonly differsAt: string | null
  readonly hosts: readonly ReplayHostView[]
  /** As they were decided then. */
  readonly actions: readonly ActionView[]
  readonly unplaced: readonly UnplacedView[]
  readonly waiting: readonly Waiting[]
  /** Hosts that were told something besides: a word after a boot, a lease. */
  readonly told: readonly HostName[]
  /** What is decided now from the same input; null: the same. */
  readonly now: Plan | null
  /** What became of it: events that name the tick, oldest first. */
  readonly events: readonly Event[]
  /** All that was kept: what the tick was decided from, and the plan. */
  readonly record: unknown
}
