// Whether an allocation does what it is there for, as far as its health check tells.
import type { HostName, SlotName } from './names.js'

/** What is known of one allocation that has a health check. */
export interface SlotHealth {
  readonly slot: SlotName
  readonly host: HostName
  /** Which start of it was asked, see planner/health.ts: what was known of an earlier one says nothing. */
  readonly run: string
  /** null: not known yet. */
  readonly healthy: boolean | null
  /** What the last answer was, one line: `http 503`. */
  readonly text: string
}
