// Whether an allocation does what it is there for, as far as its health check tells.
import type { HostName, Millis, SlotName } from './names.js'

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

/** A question to an allocation, on its host's own loopback. */
export type HealthAsk =
  | { readonly kind: 'tcp'; readonly port: number; readonly timeoutMs: Millis }
  | { readonly kind: 'http'; readonly port: number; readonly path: string; readonly timeoutMs: Millis }

/**
 * What came back. `answered`: a connection, or an answer with its status and the beginning of its body; `silent`: asked in
 * vain; `unasked`: nothing could be asked, which says nothing of the allocation.
 */
export type HealthAnswer =
  | { readonly kind: 'answered'; readonly status: number | null; readonly body: string }
  | { readonly kind: 'silent'; readonly text: string }
  | { readonly kind: 'unasked'; readonly text: string }
