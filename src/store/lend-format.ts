// What both ends of the lending agree on.
import type { Host } from '../model/host.js'
import type { HostName, Millis } from '../model/names.js'
import type { Failure } from '../model/observation.js'
import type { RemoteResult } from '../ports.js'

/** Rises when a line changes so that the other end would misread it, and when what a host is described by does. */
export const LEND_FORMAT = 1
/** The socket, in the store's folder. */
export const LEND_SOCKET = 'connections.sock'

/** A line of the borrower. */
export interface LendAsk {
  readonly format: number
  /** Names the answer. */
  readonly id: number
  readonly host: HostName
  /** See `Lender.stampOf`. */
  readonly stamp: string
  readonly script: string
  readonly timeoutMs: Millis
}

/** A line of the loop. `lent` null: it has no such connection open. */
export interface LendAnswer {
  readonly id: number
  readonly lent: Lent | null
}

/** What became of a script. */
export type Lent =
  | { readonly ok: true; readonly exitCode: number; readonly output: string }
  | { readonly ok: false; readonly failure: Failure }

/** Who has connections open that others may use. */
export interface Lender {
  /** How this process would go straight to the host, so that only the same way is lent. */
  stampOf(host: Host): string
  /** Runs a script by the open connection, in a shell of its own; null: there is none, or it goes another way. Never rejects. */
  lend(host: HostName, stamp: string, script: string, timeoutMs: Millis): Promise<RemoteResult | null>
  /** Ends the shells that were lent, where nothing runs in them. */
  release(): void
}
