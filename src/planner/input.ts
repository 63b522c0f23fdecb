// Everything that a plan is made from. Nothing else may influence it.
import type { SlotHealth } from '../model/health.js'
import type { Host, HostFacts, Settings, Term } from '../model/host.js'
import type { AppliedJob } from '../model/job.js'
import type { LeaseRecord, Silence } from '../model/lease-record.js'
import type { HostName, JobName, Millis, SlotName } from '../model/names.js'
import type { Belief } from '../model/observation.js'
import type { Placement } from '../model/plan.js'
import type { BackOff, Unwell } from '../model/records.js'
import type { Searched } from './searched.js'
import type { Vain } from './vain.js'

/**
 * `busy`: steps of an earlier plan are still being carried out there, and what it shows is half done; `foreign`: another
 * control machine writes there, and the host would refuse this one; or the records are an older copy.
 */
export interface Blocked {
  readonly kind: 'busy' | 'foreign'
  /** A sentence, with what to do. */
  readonly text: string
}

/** A host with all that is known of it in this tick. */
export interface HostState {
  readonly host: Host
  readonly belief: Belief
  readonly cordoned: boolean
  readonly draining: boolean
  /** See HostRecord. */
  readonly drainUntil?: string
  /** What it said in this tick; null: it did not answer. */
  readonly facts: HostFacts | null
  /** What it said last, in this process; null: nothing yet. */
  readonly lastFacts: HostFacts | null
  /** Set where nothing may be sent to it now, whatever it shows. */
  readonly blocked: Blocked | null
  /** Whatever hc wrote there was written by this control machine, under this store or one that was lost. */
  readonly ours: boolean
  /** The records know that it has answered under this store. */
  readonly everReached: boolean
  /** When it was heard last, RFC 3339 UTC; absent: not known. */
  readonly heardAt?: string
  /** Which lease rules it may hold. Absent or null: it was never armed under this store. */
  readonly lease?: LeaseRecord | null
  /** Who has looked for it in vain. Absent: only a loop keeps it. */
  readonly silence?: Silence
  /** A fence driver has confirmed that its power is off: the sentence that says so. Absent: not fenced. */
  readonly fenced?: string
  /** The operator has said that it runs nothing any more: the sentence that says so. Absent: not said. */
  readonly confirmedLost?: string
  /** For how long it has hung, ms: it answers pings and nothing else. Absent: it does not. */
  readonly hungMs?: Millis
  /** It takes no new work for a while since it was lost and came back too often: the sentence that says so. */
  readonly held?: string
  /** Ready, uncordoned and not held since then, RFC 3339 UTC; absent: it is not, or that is not known. */
  readonly openSince?: string
  /** When it became ready again after it was out of reach, RFC 3339 UTC; absent: it never was, or that is not known. */
  readonly backAt?: string
  /** It has answered in the present term. Absent: as `everReached`. */
  readonly seenInTerm?: boolean
  /** It has not taken up the term since the records may know less than it: made anew, or taken over with. Absent: no. */
  readonly unsure?: true
  /** Images it is known to lack and can't get: reference -> reason. */
  readonly lackingImages: Readonly<Record<string, string>>
}

/** The loop that makes the plan: only a loop arms hosts and takes over from them. */
export interface LoopState {
  /** When this process began, hc's monotonic clock: what was sent before it is not known, so nothing counts from before. */
  readonly since: Millis
  readonly term: Term
  /** Hardware addresses of the control machine, in lower case. Absent: not known. */
  readonly macs?: readonly string[]
  /**
   * It leads by election among several control machines. `from`: number of the first term from which on each leader had ended
   * before the next one began, and had written down all that it sent. `handedOn`: the one before gave the lead away, and leases
   * that it gave may hold yet. Absent: nobody else shares the store.
   */
  readonly elected?: { readonly from: number; readonly handedOn?: true }
}

/** The input of `plan()`. */
export interface PlanInput {
  readonly settings: Settings
  /** Cluster id of this store. */
  readonly cluster: string
  /** What is wanted: applied jobs, stopped ones included. */
  readonly jobs: readonly AppliedJob[]
  /** Jobs removed on purpose. */
  readonly removed: Readonly<Record<JobName, string>>
  readonly hosts: readonly HostState[]
  /** The host that hc itself runs on, where that is sure. Absent: none, or the one that is reached without a login. */
  readonly here?: HostName
  readonly placements: Readonly<Record<SlotName, Placement>>
  readonly backOffs: Readonly<Record<SlotName, BackOff>>
  /** What health checks say; absent: nobody asks. */
  readonly health?: Readonly<Record<SlotName, SlotHealth>>
  /** Slots that were restarted for want of health. */
  readonly unwell?: Readonly<Record<SlotName, Unwell>>
  /** hc's monotonic clock, ms: for `wakeAt`. */
  readonly now: Millis
  /** Set where a loop makes the plan: it arms hosts, and takes exclusive slots over by their leases. */
  readonly loop?: LoopState
  /** Highest number of lease rules that was given out. Absent: none. */
  readonly leaseRules?: number
  /** Steps that searching for a place may take; absent: the scheduler's own default. */
  readonly searchSteps?: number
  /** `survival`: where only new slots are placed, so that most losses of one host would be survived; absent: as ever. */
  readonly prefer?: 'survival'
  /** What was searched in vain the last time: on the same it is not searched at full length again. */
  readonly vain?: Vain | null
  /** Searches of the last decisions: the same is not searched again. */
  readonly searched?: readonly Searched[]
  /** Nothing that runs is touched for what a search has not come to its end with; see `Decision.open`. */
  readonly hasty?: boolean
  /** RFC 3339 UTC: stamped on what is decided, and compared with back-offs. */
  readonly wall: string
}

/** Names of the hosts that hold the state by name, for quick look-ups. */
export function hostsByName(input: PlanInput): ReadonlyMap<HostName, HostState> {
  return new Map(input.hosts.map((state) => [state.host.name, state]))
}
