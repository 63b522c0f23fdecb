// What commands show and print as JSON (`apiVersion: hc/v1`). Stable: fields are added, never renamed or removed.

import type { ControlView } from './control.js'
import type { NewImageView, PlannedHostView } from './detail-views.js'
import type { DriverName, JobType } from './job.js'
import type { HostName, JobName, SlotName } from './names.js'
import type { FailureKind, Verdict } from './observation.js'
import type { ActionKind, Reason, Rejection, Score, Survival, Unclaimed, Waiting } from './plan.js'
import type { Resources } from './resources.js'

export type {
  BackOffView,
  FenceTestView,
  FillView,
  HostDetailView,
  HostWordView,
  JobDetailView,
  JobHistoryView,
  JobVersionView,
  NewImageView,
  PlannedHostView,
  TickView,
} from './detail-views.js'

/** One host in `hc status` and `hc host list`. */
export interface HostView {
  readonly name: HostName
  readonly address: string
  readonly verdict: Verdict
  /** Why this verdict, and what mends it; null when ready. */
  readonly reason: string | null
  readonly cordoned: boolean
  readonly draining: boolean
  /** RFC 3339 UTC: the time of its drain, from which on nothing waits for its turn; absent or null: none. */
  readonly drainUntil?: string | null
  /** It takes no new allocations for a while since it was lost too often: a sentence. Absent or null: no. */
  readonly held?: string | null
  readonly takesJobs: boolean
  /** RFC 3339 UTC; null: never. */
  readonly lastContact: string | null
  readonly bootId: string | null
  /** RFC 3339 UTC: when it was started last, by its own account; null: not known. */
  readonly bootedAt: string | null
  /** What jobs may use in all; null: not known. */
  readonly capacity: Resources | null
  readonly reserved: Resources
  /** Really used; cpu between the last two looks, after one look the load average, in millicores; null: not seen now. */
  readonly used: Resources | null
  /** Bytes that others than hc use, rounded up, as they are taken off what jobs may have; null: not known. */
  readonly others?: { readonly memory: number; readonly disk: number } | null
  readonly os: string | null
  readonly drivers: Readonly<Partial<Record<DriverName, string>>>
  readonly labels: Readonly<Record<string, string>>
  /** What new slots may still have there: capacity less reserved, nothing below zero; null: not known, or it is not ready. */
  readonly free?: Resources | null
  /** Allocations that are there or were when it was last seen. */
  readonly holds?: number
  /** Those of them that are still to leave it, since it is being drained. */
  readonly leaving?: number
  /** The largest slot that it would still take; null: not known, or it takes no new slots now. */
  readonly largest?: Resources | null
}

/** State of an allocation. A closed list. */
export type AllocationState =
  | 'pending'
  | 'starting'
  | 'running'
  | 'stopping'
  | 'failed'
  | 'complete'
  | 'scheduled' // a cron job whose timer waits
  | 'stopped' // by hc job stop
  | 'unknown' // its host does not answer

/** Where a port answers. */
export interface PortView {
  readonly address: string
  readonly port: number
}

/** One allocation. */
export interface AllocationView {
  readonly slot: SlotName
  readonly job: JobName
  /** null while it has no place. */
  readonly host: HostName | null
  readonly state: AllocationState
  /** null: no health check, or not known. */
  readonly healthy: boolean | null
  /** Restarts by systemd since it was started here. */
  readonly restarts: number
  /** RFC 3339 UTC: in this state since. */
  readonly since: string | null
  readonly version: number
  readonly ports: Readonly<Record<string, PortView>>
  /** Bytes, the file cache that it holds included; null: not accounted. */
  readonly memory: number | null
  /** Millicores between the last two looks; null: not accounted, or looked at only once. */
  readonly cpu: number | null
  /** The unit that really runs where the job names one (`nginx.service`); null: hc-SLOT.service. */
  readonly unit?: string | null
  /** A sentence where something is not as it should be: why it failed, what it waits for. */
  readonly note: string | null
  /** It runs something else than what was applied last, and waits for its turn or its next try. Absent: no. */
  readonly outdated?: true
}

/** One job. */
export interface JobView {
  readonly name: JobName
  readonly type: JobType
  readonly driver: DriverName
  readonly version: number
  readonly wanted: number
  readonly running: number
  readonly healthy: number
  readonly stopped: boolean
  /** As its file names it; null: it has none. */
  readonly image?: string | null
  /** What each slot reserves. */
  readonly resources?: Resources
  /** RFC 3339 UTC: when it was last changed. */
  readonly appliedAt?: string
}

/** A slot without a place. */
export interface UnplacedView {
  readonly slot: SlotName
  readonly reasons: readonly Rejection[]
  /** See Unplaced. */
  readonly proof?: 'impossible' | 'budget'
  /** The smallest change that would make it fit, as a sentence. */
  readonly remedy?: string
}

/** `hc status --json`. */
export interface StatusView {
  readonly converged: boolean
  readonly loop: { readonly ticking: boolean; readonly lastTick: string | null }
  readonly hosts: readonly HostView[]
  readonly jobs: readonly JobView[]
  readonly allocations: readonly AllocationView[]
  readonly unplaced: readonly UnplacedView[]
  /** See PlanView. */
  readonly remedy?: string | null
  readonly waiting: readonly Waiting[]
  readonly unclaimed: readonly Unclaimed[]
  /** Allocations that stay on hosts that are being drained, and why. */
  readonly staying?: readonly Waiting[]
  /** By host: would what may move be placed again if it were lost? Absent or empty: not worked out yet. */
  readonly survives?: Readonly<Record<HostName, Survival>>
  /** What is wrong with the inventory as it is now, while its last good version is in force; absent or null: nothing. */
  readonly inventoryFault?: string | null
  /** Of a store that several control machines share. Absent: it is this machine's alone. */
  readonly control?: ControlView
  /** What is to be done next, as commands; for people. */
  readonly hints: readonly string[]
}

/** One snapshot of a cluster that is watched: the loop's where one ticks, else of a look of one's own. */
export interface LiveView extends StatusView {
  /** RFC 3339 UTC: when it was seen. */
  readonly seenAt: string
  readonly source: 'loop' | 'own'
}

/** One action in `hc plan --json`. */
export interface ActionView {
  readonly kind: ActionKind
  readonly slot: SlotName
  readonly host: HostName
  readonly from: HostName | null
  readonly reason: Reason
  readonly text: string
  /** Why this host, all other slots being where they are in the end: of what is started or moved. */
  readonly score?: Score
  /** The host that would do next best; null: no other would take it. */
  readonly next?: { readonly host: HostName; readonly score: Score } | null
  /** What speaks for its host beside the next best, in words. */
  readonly why?: string
}

/** `hc plan --json`. */
export interface PlanView {
  readonly changes: boolean
  readonly actions: readonly ActionView[]
  readonly unplaced: readonly UnplacedView[]
  readonly waiting: readonly Waiting[]
  readonly unclaimed: readonly Unclaimed[]
  /** Of `host drain`: what stays on the hosts that are drained, and why. */
  readonly staying?: readonly Waiting[]
  readonly survives: Readonly<Record<HostName, Survival>>
  /** Images that some host lacks: pulled before anything is stopped. */
  readonly images: readonly { readonly image: string; readonly host: HostName; readonly state: string }[]
  readonly newImages?: readonly NewImageView[]
  readonly warnings: readonly string[]
  /** All hosts, by name. */
  readonly hosts?: readonly PlannedHostView[]
  /** What would make all slots fit that have no place, as a sentence; absent or null: not known, or not of several. */
  readonly remedy?: string | null
}

/** One result of `hc apply`. */
export interface ResultView {
  readonly slot: SlotName
  readonly host: HostName
  readonly ok: boolean
  readonly error: string | null
}

/** `hc apply --json`. */
export interface ApplyView extends PlanView {
  readonly results: readonly ResultView[]
  /** Everything wanted runs and its ports listen. */
  readonly converged: boolean
  /** Hosts out of reach left something undone. */
  readonly outOfReach: readonly HostName[]
  readonly declined: boolean
  /** Does a loop tick on this store? Absent: not known. */
  readonly loopTicking?: boolean
}

/** Progress of an apply, told as it happens. */
export type Progress =
  | { readonly kind: 'phase'; readonly text: string }
  | {
      readonly kind: 'slot'
      readonly slot: SlotName
      readonly host: HostName | null
      readonly state: 'waiting' | 'acting' | 'starting' | 'done' | 'failed'
      readonly text: string
      /** ms since the apply began. */
      readonly atMs: number
    }
  | { readonly kind: 'warning'; readonly text: string }

/** `hc validate --json`. */
export interface ValidateView {
  readonly files: readonly string[]
  readonly jobs: readonly JobName[]
  readonly hosts: readonly HostName[]
  /** Fields without effect yet, and other remarks. */
  readonly notes: readonly string[]
}

/** `hc inventory check --json`. */
export interface InventoryCheckView {
  /** What was read: the inventory and the variable files beside it. */
  readonly files: readonly string[]
  readonly hosts: readonly HostName[]
  /** Without `all` and `ungrouped`. */
  readonly groups: readonly string[]
  readonly notes: readonly string[]
}

/** One line of `hc endpoints`. */
export interface EndpointView {
  readonly slot: SlotName
  readonly job: JobName
  readonly host: HostName
  readonly name: string
  readonly address: string
  readonly port: number
  readonly state: AllocationState
}

/** One host's answer to `hc host run`. */
export interface HostRunView {
  readonly host: HostName
  /** The command's own; null when it could not be run. */
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  /** There was more than was kept. */
  readonly truncated?: boolean
  readonly error: string | null
  readonly failure: FailureKind | null
}

/** How `hc exec` ended. */
export interface ExecView {
  readonly slot: SlotName
  readonly host: HostName
  /** The command's own. */
  readonly exitCode: number
}

/** One line of a journal. */
export interface LogLine {
  readonly slot: SlotName
  readonly host: HostName
  /** RFC 3339 UTC. */
  readonly time: string
  readonly text: string
}
