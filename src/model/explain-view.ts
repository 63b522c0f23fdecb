// `hc explain`: why a slot is where it is, and why not elsewhere.
import type { Event } from './event.js'
import type { HostName, JobName, SlotName } from './names.js'
import type { ActionKind, Reason, Score } from './plan.js'
import type { AllocationState, BackOffView } from './views.js'

/** One slot and one host. */
export interface ExplainedHostView {
  readonly host: HostName
  /** It stands there, or is about to. */
  readonly here: boolean
  /** It fits there, all other slots being where they are. */
  readonly fits: boolean
  /** Every filter that refuses it, the decisive one first. */
  readonly refusals: readonly { readonly filter: string; readonly reason: string }[]
  /** Points by the rules of docs/placement.md; null: it does not fit. */
  readonly score: Score | null
  /** A sentence: why not, or what speaks for or against it beside where the slot stands. */
  readonly text: string
}

/** One slot. */
export interface ExplainedSlotView {
  readonly slot: SlotName
  readonly job: JobName
  /** Where it stands; null: nowhere. */
  readonly host: HostName | null
  readonly state: AllocationState
  /** RFC 3339 UTC; null: not known. */
  readonly since: string | null
  /** What is not as it should be; null: nothing. */
  readonly note: string | null
  /** Why there and not on the host that would do next best; null: it stands nowhere, or its host would not take it now. */
  readonly why: string | null
  /** What hc does with it next. */
  readonly actions: readonly {
    readonly kind: ActionKind
    readonly host: HostName
    readonly from: HostName | null
    readonly reason: Reason
    readonly text: string
  }[]
  /** What it waits for; null: nothing. */
  readonly waiting: string | null
  /** See Unplaced; both absent where it has a place. */
  readonly proof?: 'impossible' | 'budget'
  readonly remedy?: string
  readonly backOff: BackOffView | null
  /** All hosts of the inventory, or the one that was asked about, by name. */
  readonly hosts: readonly ExplainedHostView[]
  /** What happened to it last, oldest first. */
  readonly events: readonly Event[]
}

/** `hc explain --json`. */
export interface ExplainView {
  readonly slots: readonly ExplainedSlotView[]
}
