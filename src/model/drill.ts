// A rehearsal of the loss of a host: what would be done, and what came of it.
import type { HostName, Millis, SlotName } from './names.js'

/** What `hc drill lose` would do. */
export interface DrillPlan {
  readonly host: HostName
  /** Slots of the host that are to answer elsewhere. */
  readonly moves: readonly SlotName[]
  /** Of those, exclusive ones: they are started only once the host's own copy is sure to have ended. */
  readonly exclusive: readonly SlotName[]
  /** Slots that stop and wait until the host is back: pinned, of system jobs, `on_host_loss: wait`, batch. */
  readonly waits: readonly SlotName[]
  /** The host is silent for so long at the longest: by a timer of its own, whatever becomes of hc, ms. */
  readonly boundMs: Millis
  /** What spoke against it, and was put aside with --force. */
  readonly despite: readonly string[]
}

/** When a slot answered elsewhere. */
export interface DrillSlot {
  readonly slot: SlotName
  /** Where; null: nowhere while the host was silent. */
  readonly host: HostName | null
  /** Since the host fell silent, ms; to a tick of the loop exactly. */
  readonly afterMs: Millis | null
}

/** `hc drill lose --json`. */
export interface DrillView extends DrillPlan {
  /** By slot; empty where the question was answered with no. */
  readonly slots: readonly DrillSlot[]
  /** When it was lost, ms since it fell silent; null: it was not while it was silent. */
  readonly lostMs: Millis | null
  /** How long it was silent, ms. */
  readonly silentMs: Millis
  /** From its return until all was as it was applied, ms; null: not within the time that is waited for it. */
  readonly convergedMs: Millis | null
  readonly interrupted: boolean
  readonly declined?: true
}
