// What `hc rebalance` shows and prints as JSON.
import type { PlannedHostView } from './detail-views.js'
import type { HostName, JobName, SlotName } from './names.js'
import type { ScorePart } from './plan.js'
import type { ApplyView } from './views.js'

/** One move that gains. */
export interface RebalanceMoveView {
  readonly slot: SlotName
  readonly job: JobName
  readonly from: HostName
  readonly to: HostName
  /** Points by which the placement as a whole is better, as things stand when its turn comes; a million is one point. */
  readonly gain: number
  /** The gain by the parts of the score: `fit` for both hosts with all that is there (planner/worth.ts); `stay` is left aside and 0. */
  readonly parts: Readonly<Record<ScorePart, number>>
  /** What speaks for it, with numbers. */
  readonly text: string
}

/** `hc rebalance`. */
export interface RebalanceView extends ApplyView {
  /** In the order in which they are made. */
  readonly moves: readonly RebalanceMoveView[]
  /** A move counts only when it gains more than this; a million is one point. */
  readonly minGain: number
  /** Further moves would gain, beyond as many as were asked for. */
  readonly more: boolean
  /** Slots that are left where they are, since the loss of some host would no longer be survived otherwise. */
  readonly kept: readonly SlotName[]
  readonly hosts: readonly PlannedHostView[]
}
