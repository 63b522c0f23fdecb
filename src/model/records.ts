// What the store keeps: what cannot be observed.
import type { Event } from './event.js'
import type { FencedRecord } from './fence.js'
import type { SlotHealth } from './health.js'
import type { Term } from './host.js'
import type { KeptIncident } from './incident.js'
import type { AppliedJob } from './job.js'
import type { LeaseRecord } from './lease-record.js'
import type { HostName, JobName, Millis, SlotName } from './names.js'
import type { Vantage, Verdict } from './observation.js'
import type { Placement, Survival } from './plan.js'

/** What is remembered of a host. */
export interface HostRecord {
  readonly cordoned: boolean
  readonly draining: boolean
  /** RFC 3339 UTC: from then on nothing waits for its turn to leave it. Absent: no such time. */
  readonly drainUntil?: string
  /** RFC 3339 UTC, renewed every ten minutes only: a write per tick would wear out SD cards. */
  readonly lastContact: string | null
  readonly bootId: string | null
  readonly machineId: string | null
  /** Verdict at the last change, and since when. */
  readonly verdict: Verdict
  readonly verdictSince: string
  /** RFC 3339 UTC: when it became ready again after another verdict. Absent: it never did. */
  readonly backAt?: string
  /** Its power was cut, and it has not answered since. Absent: no. */
  readonly fenced?: FencedRecord
  /** An operator has said that it is off, and it has not answered since. Absent: no. */
  readonly confirmedLost?: FencedRecord
  /** How often it was lost and came back of late. Absent: it was not lost. */
  readonly returns?: Returns
  /** RFC 3339 UTC: when hc host uncordon was said last. Absent: never. */
  readonly uncordonedAt?: string
  /** Who was seen to reach it while it was ready. */
  readonly provenVantages: readonly Vantage[]
  /** Number of the term in which it answered last. Absent in records of a program that did not keep it: that of the records. */
  readonly seenInTerm?: number
  /** Absent: it was never armed. */
  readonly lease?: LeaseRecord
  /** Slots that it showed as armed when it answered last, sorted. Absent: none. */
  readonly armed?: readonly SlotName[]
}

/** Losses and returns of a host; see controller/returns.ts. */
export interface Returns {
  /** Returns in a row, each within a day of the one before. */
  readonly times: number
  /** RFC 3339 UTC: when it came back last; null: it has not yet. */
  readonly at: string | null
  /** It was lost and has not answered since, although it has another verdict by now. */
  readonly away?: true
}

/** Restarts of a slot for want of health, in a row on one host. */
export interface Unwell {
  readonly host: HostName
  readonly times: number
}

/** When a failing slot may be tried again. */
export interface BackOff {
  readonly slot: SlotName
  readonly failures: number
  /** RFC 3339 UTC. */
  readonly until: string
  /** Hosts where it failed lately, for a penalty. */
  readonly failedOn: readonly HostName[]
  /** Why the last start failed, one line. Absent in records of a program that did not keep it. */
  readonly error?: string
  /** Which run was given up on its host, see planner/failing.ts; absent: a start failed. */
  readonly gaveUp?: string
}

/** One version of a job that was applied. */
export interface JobVersion {
  readonly version: number
  readonly hash: string
  /** RFC 3339 UTC. */
  readonly appliedAt: string
  /** When all its slots were healthy for the first time; null: never. */
  readonly healthyAt: string | null
  readonly image: string | null
  /** sha256 of the AppliedJob as JSON, in the store's blobs: the same for versions of the same content. */
  readonly blob: string
  /** sha256 of its files. */
  readonly files: readonly string[]
  /** It has the content of that earlier version: hc or an operator went back. */
  readonly revertOf?: number
}

/** The whole durable state, one JSON document. */
export interface Records {
  /** Readable by this program when `major` is its own; one minor back is brought up to date. */
  readonly format: { readonly major: number; readonly minor: number }
  /** Random, made with the store, in every unit that hc writes. */
  readonly cluster: string
  /** Key of the hash of secrets, hex; never printed. */
  readonly key: string
  readonly term: Term
  readonly jobs: Readonly<Record<JobName, AppliedJob>>
  /** Jobs removed on purpose, so that a unit of theirs that comes back is known for stale: name -> when. */
  readonly removed: Readonly<Record<JobName, string>>
  readonly placements: Readonly<Record<SlotName, Placement>>
  readonly hosts: Readonly<Record<HostName, HostRecord>>
  readonly backOffs: Readonly<Record<SlotName, BackOff>>
  /** Of each job the last versions, oldest first. Absent: none were kept yet. */
  readonly versions?: Readonly<Record<JobName, readonly JobVersion[]>>
  /** Absent: none. */
  readonly unwell?: Readonly<Record<SlotName, Unwell>>
  /** The last inventory without faults: text by absolute path (inventory.yml and the variable files beside it). */
  readonly inventory: Readonly<Record<string, string>> | null
  /** Highest number of lease rules that was ever given out. Absent: none was. */
  readonly leaseRules?: number
  /** Absent: they were not moved to another store. */
  readonly moved?: Moved
  /** Absent: nobody has to say first that this store shall act. */
  readonly restored?: Restored
  /** Number of the last order: steps or leases that were about to be sent. Each write carries it, and hosts keep it. Absent: 0. */
  readonly order?: number
  /** A host was told more than these records know: they are an older copy, and act no more until a take-over. Absent: no. */
  readonly older?: OlderBy
  /** Since the term of that number the records may know less than hosts that have not taken it up. Absent: they do not. */
  readonly doubt?: number
  /** Warnings about the cluster that an apply has told, and that still hold; see planner/doctor-once.ts. Absent: none. */
  readonly told?: readonly string[]
  /**
   * Of a store that several control machines share: from the term of that number on, each leader was elected after the one
   * before had surely ended, and has written here all that it was about to send. Absent: nobody was elected yet.
   */
  readonly heirOf?: number
  /** Number of the term whose leader gave its lead away before the leases that it had given were over. Absent: none did. */
  readonly handedOn?: number
}

/** These records live elsewhere: nobody goes on with them here. */
export interface Moved {
  /** The other store, as hc_store names it. `unfinished`: the one that they were being moved from. */
  readonly to: string
  /** RFC 3339 UTC. */
  readonly at: string
  /** They are a copy that was not finished: the other store is the one in force. */
  readonly unfinished?: true
}

/** Restored from a backup: nothing is written to any host before `hc reconcile --take-over`. */
export interface Restored {
  /** The term of the backup. */
  readonly from: Term
  /** RFC 3339 UTC. */
  readonly at: string
}

/** What a host shows that the records do not know of. */
export interface OlderBy {
  readonly host: HostName
  /** Its term and order, and the lease rules that it holds. */
  readonly term: number
  readonly order: number
  readonly rules: number
}

/** All that a store keeps for longer than a tick. */
export interface StoreContents {
  readonly records: Records
  /** Oldest first, with their numbers. */
  readonly events: readonly Event[]
  /** Contents of jobs' files by their sha256, hex. */
  readonly blobs: Readonly<Record<string, Uint8Array>>
  readonly incidents: readonly KeptIncident[]
  readonly survival: readonly KeptSurvival[]
}

/** What the loss of each host would mean, and what that was worked out from; kept apart from the records, lost without harm. */
export interface KeptSurvival {
  /** sha256, hex, of all that it rests on. */
  readonly key: string
  /** The budget of the search, in steps; what is known within a small one holds for a larger too. */
  readonly steps: number
  readonly survives: Readonly<Record<HostName, Survival>>
}

/** Seen by the loop in its last tick; kept apart from the records, lost without harm. */
export interface LoopSnapshot {
  readonly pid: number
  /** RFC 3339 UTC. */
  readonly startedAt: string
  readonly lastTick: string
  /** ms of the last tick. */
  readonly lastTickMs: number
  readonly hosts: Readonly<
    Record<
      HostName,
      {
        readonly verdict: Verdict
        readonly reason: string
        readonly lastContact: string | null
        /** The host through which it is managed; absent: straight, or not at all. */
        readonly through?: HostName
        /** For how long it has hung, ms, see planner/hung.ts. Absent: it does not. */
        readonly hungMs?: Millis
        /** See Belief. */
        readonly stranger?: string
      }
    >
  >
  /** What health checks said; absent: there are none. */
  readonly health?: Readonly<Record<SlotName, SlotHealth>>
}
