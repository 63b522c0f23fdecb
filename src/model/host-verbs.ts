// What hc host forget, confirm-lost and clean, and hc job move print.
import type { HostName, SlotName } from './names.js'
import type { ApplyView, ResultView } from './views.js'

/** One host of `hc host forget`, or of `hc host confirm-lost`. */
export interface HostVerbView {
  readonly host: HostName
  /** false: there was nothing to write down. */
  readonly changed: boolean
  /** Slots that the records placed there, of `confirm-lost` those that may be started elsewhere now. */
  readonly slots: readonly SlotName[]
  /** A sentence. */
  readonly text: string
}

/** A unit of hc that this store knows nothing of. */
export interface StrayUnitView {
  readonly slot: SlotName
  /** Cluster id that it bears; null: none. */
  readonly cluster: string | null
  /** ActiveState and SubState of systemd: `active (running)`. */
  readonly state: string
}

/** `hc host clean`. */
export interface HostCleanView {
  readonly host: HostName
  readonly units: readonly StrayUnitView[]
  readonly results: readonly ResultView[]
}

/** `hc job move`. */
export interface JobMoveView extends ApplyView {
  /** Slots that are there already: only their home was recorded. */
  readonly there: readonly SlotName[]
}
