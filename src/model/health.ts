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
  /** The last answer was not what its check asks for. Absent: it was, or nobody has had an answer yet. */
  readonly failing?: true
  /** Its host hangs: what the control machine gets by asking it directly. Absent: it is not asked so. */
  readonly outside?: Outside
}

/** What the control machine gets by asking an allocation at its host's address. */
export interface Outside {
  /** It answered so while all was well, and fails now, as often in a row as its check says. */
  readonly failing: boolean
  /** One line. */
  readonly text: string
}

/** A question to an allocation, on its host's own loopback; `outside`: at the host's address, from the control machine. */
export type HealthAsk =
  | { readonly kind: 'tcp'; readonly port: number; readonly timeoutMs: Millis; readonly outside?: true }
  | {
      readonly kind: 'http'
      readonly port: number
      readonly path: string
      readonly timeoutMs: Millis
      readonly outside?: true
    }

/**
 * What came back. `answered`: a connection, or an answer with its status and the beginning of its body; `silent`: asked in
 * vain; `unasked`: nothing could be asked, which says nothing of the allocation.
 */
export type HealthAnswer =
  | { readonly kind: 'answered'; readonly status: number | null; readonly body: string }
  | { readonly kind: 'silent'; readonly text: string }
  | { readonly kind: 'unasked'; readonly text: string }
