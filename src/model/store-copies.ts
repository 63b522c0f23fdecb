// Copies of a store: what is told of a backup, a restore and a move.
import type { Term } from './host.js'

/** A backup file. */
export interface BackupFacts {
  /** RFC 3339 UTC. */
  readonly madeAt: string
  /** Hex, over `content` as JSON without blanks. */
  readonly sha256: string
  /** Size of the file. */
  readonly bytes: number
}

/** What a store holds, in numbers. */
export interface StoreCounts {
  readonly cluster: string
  readonly term: Term
  readonly jobs: number
  readonly hosts: number
  readonly events: number
  /** Contents of jobs' files and of their versions. */
  readonly files: number
}

/** A backup that was made. */
export interface BackupView extends BackupFacts, StoreCounts {
  readonly file: string
  /** sha256 of contents that the records name, but that are lost. */
  readonly missing: readonly string[]
}

/** A backup that was restored. */
export interface RestoreView extends BackupFacts, StoreCounts {
  readonly file: string
  /** Where what was there before was saved; null: nothing was there. */
  readonly replaced: string | null
}

/** A store that was moved. */
export interface MigrateView extends StoreCounts {
  /** As hc_store names them. */
  readonly from: string
  readonly to: string
  /** The oldest events, which the other store has no room for; they stay in the old one. */
  readonly eventsLeft: number
  /** Hosts where the etcd that hc set up runs on, which nothing uses any more. */
  readonly unused: readonly string[]
}
