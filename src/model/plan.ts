// The decision of one tick: immutable, complete, with a named cause for each step. Execution makes no choices.
import type { DeviceAttributes } from './host.js'
import type { AppliedJob, DriverName } from './job.js'
import type { Arming } from './lease-record.js'
import type { HostName, JobName, Millis, SlotName } from './names.js'
import type { Verdict } from './observation.js'
import type { Resources } from './resources.js'

/** A slot placed on a host, as the store remembers it. */
export interface Placement {
  readonly slot: SlotName
  readonly host: HostName
  /** Rises with each new allocation of the slot; of two copies the higher (term, number) stays. */
  readonly number: number
  /** Version and hash of the job that the allocation was last started with. */
  readonly version: number
  readonly hash: string
  /** `generationOf` its slot when it was last started. */
  readonly generation: number
  /** Host ports of the allocation: name -> port, `auto` resolved. */
  readonly ports: Readonly<Record<string, number>>
  /** RFC 3339 UTC: when this allocation was decided. */
  readonly since: string
  /**
   * Where the slot belongs: the host of its first placement, or where an operator put it; it is kept when the slot is placed
   * elsewhere. Absent: `host`, as in records of a program without it.
   */
  readonly home?: HostName
  /** Began because this host was lost, and has not been seen to be well yet: should the host be back first, its copy stays. */
  readonly instead?: HostName
  /** Begun beside the copy on this host (`update.order: start-first`), which runs on until this one is seen to be well. */
  readonly beside?: HostName
  /** The host on which an operator wants it (hc job move); gone once it is placed anew. */
  readonly wish?: HostName
  /** Set when a batch allocation has ended well: it is done and never started again. */
  readonly completed: boolean
  /** Its tries have all failed and nothing of it runs: how the last one did. It is not started again, wherever its host is. */
  readonly failed?: string
  /** Of a batch job that must not be run again (`rerun: false`): the kernel's boot id in which it was seen to run. */
  readonly ranIn?: string
  /** Of a cron job that was moved off a lost host: when that one was heard last, RFC 3339 UTC. */
  readonly awaySince?: string
  /** Of a cron job: it was moved during a run, which is to be made again (`rerun: true`). */
  readonly lostRun?: true
  /** It was stopped for a slot of higher priority and wants another place: the sentence that was said of it. */
  readonly outranked?: string
}

/** The host where a slot belongs by its record. */
export function homeOf({ host, home }: Placement): HostName {
  return home ?? host
}

/** Why an action is taken. A closed list; documented in docs/json.md. */
export type Reason =
  | 'new-job'
  | 'count-raised'
  | 'count-lowered'
  | 'job-removed'
  | 'job-stopped'
  | 'job-started'
  | 'spec-changed'
  | 'restart-asked'
  | 'exited'
  | 'failed'
  | 'failing'
  | 'unhealthy'
  | 'missing'
  | 'host-lost'
  | 'host-hung'
  | 'host-returned'
  | 'host-draining'
  | 'host-unfit'
  | 'replaced-elsewhere'
  | 'duplicate'
  | 'container-without-unit'
  | 'already-running'
  | 'made-room'
  | 'outranked'
  | 'run-missed'
  | 'run-lost'
  | 'run-asked'
  | 'went-home'
  | 'move-asked'
  | 'cleaned'

/** All reasons with what each means: the source of the documentation and of the sentences in plans and events. */
export const REASONS: Readonly<Record<Reason, string>> = {
  'new-job': 'the job is new',
  'count-raised': 'the count was raised',
  'count-lowered': 'the count was lowered',
  'job-removed': 'the job was removed',
  'job-stopped': 'the job was stopped by hc job stop',
  'job-started': 'the job was started by hc job start',
  'spec-changed': 'the job has changed',
  'restart-asked': 'hc job restart asked for it',
  exited: 'the process had ended',
  failed: 'it failed and systemd gave it up',
  failing: 'it failed too often on its host',
  unhealthy: 'its health check fails',
  missing: 'its unit is not on its host',
  'host-lost': 'its host is lost',
  'host-hung': 'its host hangs, and its health check fails',
  'host-returned': 'its host is back',
  'host-draining': 'its host is being drained',
  'host-unfit': 'its host no longer fits the job',
  'replaced-elsewhere': 'the slot was started elsewhere meanwhile',
  duplicate: 'another copy of the slot with a higher term or number stays',
  'container-without-unit': 'the container has lost its unit',
  'already-running': 'it runs already',
  'made-room': 'it makes room for another slot',
  outranked: 'a slot of higher priority takes its place',
  'run-missed': 'a run was missed while its host was away',
  'run-lost': 'a run was lost with its host',
  'run-asked': 'hc job run asked for it',
  'went-home': 'it goes back to the host where it belongs',
  'move-asked': 'hc job move or hc rebalance asked for it',
  cleaned: 'hc host clean takes it away',
}

/** What is done to a slot. */
export type ActionKind = 'start' | 'stop' | 'restart' | 'move' | 'adopt' | 'forget' | 'run'

/**
 * One step. `start` writes and starts; `restart` stops, writes and starts on the same host; `move` stops at `from` and
 * starts at `host`; `adopt` takes a unit that already runs into the store; `forget` drops the record of an allocation
 * on a lost host (it is stopped at first contact), sending nothing; `run` begins a run of a cron job that is there.
 */
export interface Action {
  readonly kind: ActionKind
  readonly slot: SlotName
  readonly job: JobName
  /** Where it happens: the new host of a move. */
  readonly host: HostName
  /** The old host of a move or of a replacement after a loss; else null. */
  readonly from: HostName | null
  readonly reason: Reason
  /** A sentence with numbers. */
  readonly text: string
  /** Steps of one wave run at the same time; a wave starts when the one before has ended. A `move` stops in its wave and starts in the next. */
  readonly wave: number
  /** The allocation that will be there afterwards; null for stop and forget. */
  readonly placement: Placement | null
  /** Slots that make room for it on `host`: only once they are seen to be stopped it is begun, its own stop included. */
  readonly needs?: readonly SlotName[]
  /** Why this host: of what was placed anew. */
  readonly score?: Score
}

/** Why a host can't take a slot: one decisive reason, with numbers. */
export interface Rejection {
  readonly host: HostName
  /** `needs 512 MiB memory, 300 MiB free`. */
  readonly reason: string
}

/** A slot that wants a place and has none. */
export interface Unplaced {
  readonly slot: SlotName
  readonly job: JobName
  readonly reasons: readonly Rejection[]
  /** `impossible`: proved that it can't be placed with all the others; `budget`: the search ended before it knew; absent: not told. */
  readonly proof?: 'impossible' | 'budget'
  /** The smallest change that would make it fit, as a sentence: `it would fit on nuc2 with 212 MiB more memory`. */
  readonly remedy?: string
}

/**
 * The parts of a score, see scheduler/score.ts for their weights: `fit` by hc_strategy; `apart` from slots of the same
 * job; `stay` where it runs or ran; `home` where a job with failback: home belongs; `affinity` and `spread`, its wishes.
 */
export type ScorePart = 'fit' | 'apart' | 'stay' | 'home' | 'affinity' | 'spread'

/** Why this host and not another that fits as well: points, higher is better, weights included. */
export interface Score {
  readonly total: number
  readonly parts: Readonly<Record<ScorePart, number>>
}

/** A slot for which the only safe act is none, and what it waits for. */
export interface Waiting {
  readonly slot: SlotName
  readonly host: HostName | null
  /** `its data is on nuc2, which is lost: it waits for that host`. */
  readonly reason: string
}

/** A unit of hc on a host that this store knows nothing of. */
export interface Unclaimed {
  readonly slot: SlotName
  readonly host: HostName
}

/** Would every slot of `on_host_loss: move` be placed again if this host were lost? See scheduler/survival.ts for the rules. */
export interface Survival {
  /** null: not known (the search was not made, or ended at its budget). */
  readonly ok: boolean | null
  /** Slots of the whole cluster that would then have no place, and have one now; where `ok` is null, those for which none was found. */
  readonly unplaced: readonly SlotName[]
  /**
   * What would wait for the host's return: pinned slots and those of `on_host_loss: wait` (`ok` does not count them),
   * exclusive ones (a place for them counts, but hc does not replace them by itself); of the control machine's own host
   * all that runs there (`ok` is false where any of it may move, for nobody would place it). Absent: none.
   */
  readonly waiting?: readonly SlotName[]
  /** Of those in `unplaced`: they run on other hosts, and would give way to slots of higher priority. Absent: none. */
  readonly stopped?: readonly SlotName[]
  /** Of those in `unplaced`: the smallest change that would make it fit, as a sentence, where one is known. */
  readonly remedies?: Readonly<Record<SlotName, string>>
  /** Of one in `unplaced`, where no remedy is told: which host comes nearest, and why it refuses. */
  readonly reasons?: Readonly<Record<SlotName, string>>
  /** No host could be managed, so that nothing is known (`ok` is null). Absent: some could. */
  readonly blind?: true
  /** It is the control machine's own host: with it, hc itself is lost. Absent: no. */
  readonly control?: true
}

/** The whole decision. */
export interface Plan {
  /** In execution order. */
  readonly actions: readonly Action[]
  readonly unplaced: readonly Unplaced[]
  readonly waiting: readonly Waiting[]
  readonly unclaimed: readonly Unclaimed[]
  /** Hosts that were started anew and wait for the first word: they get it once what must not run there is stopped. */
  readonly greet: readonly HostName[]
  /** Hosts that are armed or disarmed, by a loop only. Absent: none. */
  readonly arms?: readonly Arming[]
  /** By host that takes jobs. Empty where it was not computed (a tick of the loop). */
  readonly survives: Readonly<Record<HostName, Survival>>
  /** When time alone may change the answer, hc's monotonic clock in ms; null: never. */
  readonly wakeAt: Millis | null
}

/** What a slot asks of a host; all that scheduling needs to know. */
export interface Demand {
  readonly slot: SlotName
  readonly applied: AppliedJob
  /** Only this host will do (pinned, system job); null: any. */
  readonly only: HostName | null
  /** It has its place on `only` already: a cordon does not end that. */
  readonly keeps?: boolean
  /** Where it runs or last ran: preferred when all else is equal. */
  readonly previous: HostName | null
  /** Where it belongs, of a job with `failback: home`: preferred to where it is. Absent or null: nowhere. */
  readonly home?: HostName | null
  /** Host ports that it had there: an auto port gets the same number again where it is free. */
  readonly previousPorts?: Readonly<Record<string, number>>
}

/** A host as the scheduler sees it. */
export interface Candidate {
  readonly name: HostName
  readonly verdict: Verdict
  /** Why it is not ready, in a sentence that says what mends it. */
  readonly verdictReason?: string
  readonly cordoned: boolean
  /** Cordoned since it is being drained. */
  readonly draining?: boolean
  /** Cordoned for a while since it was lost too often: the sentence that says so. */
  readonly held?: string
  readonly takesJobs: boolean
  /** What jobs may use in all: capacity less reserve and less what others use, see scheduler/capacity.ts. */
  readonly capacity: Resources
  /** Why there is less of something than the host has, for sentences: `others than hc use 2.1 GiB of 4 GiB`. */
  readonly capacityNotes?: { readonly memory?: string; readonly disk?: string }
  readonly deviceAttributes?: DeviceAttributes
  readonly labels: Readonly<Record<string, string>>
  readonly os: string | null
  readonly osVersion: string | null
  readonly arch: string | null
  readonly kernel: string | null
  /** Driver -> version; null: not known (never seen), then drivers are not a hindrance to planning. */
  readonly drivers: Readonly<Partial<Record<DriverName, string>>> | null
  /** TCP and UDP ports that something not of hc listens on. */
  readonly foreignPorts: readonly number[]
  /** Image references (AppliedJob.imageRef) that it is known to lack and cannot pull; with the reason. */
  readonly lackingImages: Readonly<Record<string, string>>
  /** `address:` of jobs in none of whose subnets it has an interface; with the subnets that it has. Absent: none. */
  readonly lackingSubnets?: Readonly<Record<string, string>>
}

/** An allocation that holds its place while others are placed round it, unless it may be moved. */
export interface Occupant {
  readonly slot: SlotName
  readonly host: HostName
  readonly applied: AppliedJob
  readonly ports: Readonly<Record<string, number>>
  /** May be moved to another host to make room, and stopped for a slot of strictly higher priority; absent: it stays. */
  readonly movable?: boolean
}
