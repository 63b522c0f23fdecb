// One job or host in full, and what was said of one: as commands show and print it.
import type { Event } from './event.js'
import type { DeviceAttributes } from './host.js'
import type { HostName, JobName, SlotName } from './names.js'
import type { Vantage, Verdict } from './observation.js'
import type { Plan, Unclaimed, Waiting } from './plan.js'
import type { Resources } from './resources.js'
import type { RunView } from './run.js'
import type { AllocationView, HostView, JobView, ResultView, UnplacedView } from './views.js'

/** A slot whose start failed, and when it is tried again. */
export interface BackOffView {
  readonly slot: SlotName
  readonly failures: number
  /** RFC 3339 UTC. */
  readonly until: string
  readonly failedOn: readonly HostName[]
  readonly error: string | null
}

/** `hc job show --json`. */
export interface JobDetailView {
  readonly job: JobView
  readonly hash: string
  readonly image: string | null
  readonly appliedAt: string
  readonly folder: string
  /** argv; null: the image's own, or a unit of the host. */
  readonly command: readonly string[] | null
  /** The unit of the host that it stands for; null: one of hc's own. */
  readonly unit: string | null
  /** What each slot reserves. */
  readonly resources: Resources
  /** As the operator wrote them. */
  readonly constraints: readonly string[]
  /** Where its slots may be, in sentences: volumes, spread, company, conflicts. */
  readonly placement: readonly string[]
  /** Of a cron job. */
  readonly schedule: string | null
  readonly restart: { readonly attempts: number; readonly windowMs: number; readonly delayMs: number }
  readonly allocations: readonly AllocationView[]
  readonly unplaced: readonly UnplacedView[]
  readonly waiting: readonly Waiting[]
  readonly backOffs: readonly BackOffView[]
  /** The last ones about its slots, oldest first. */
  readonly events: readonly Event[]
  /** Of a batch or cron job: its last runs on the hosts that answer, oldest first. Absent: none are known. */
  readonly runs?: readonly RunView[]
  /** What is to be done next, as commands; for people. */
  readonly hints: readonly string[]
}

/** What was said of a host: `hc host cordon`, `hc host uncordon`. */
export interface HostWordView {
  readonly host: HostName
  readonly cordoned: boolean
  readonly draining: boolean
  /** false: it was so already, and nothing was written. */
  readonly changed: boolean
  /** Slots that are placed there. */
  readonly slots: readonly SlotName[]
  /** A sentence. */
  readonly text: string
}

/** `hc host show --json`. */
export interface HostDetailView {
  readonly host: HostView
  /** RFC 3339 UTC: since when it has its verdict; null: not written down yet. */
  readonly since: string | null
  readonly connection: { readonly kind: 'ssh' | 'local'; readonly user: string | null; readonly port: number | null }
  readonly groups: readonly string[]
  readonly arch: string | null
  readonly kernel: string | null
  /** All that it has, hc_capacity and what the probe found; null: not known. */
  readonly total: Resources | null
  /** What its probe found, where hc_capacity declares something else; else null. Absent in views of an older hc. */
  readonly found?: Resources | null
  /** What of it may be promised to jobs; null: not known, or as much as there is. Absent in views of an older hc. */
  readonly promised?: Resources | null
  /** What is said of its devices: device -> attribute -> value. Absent in views of an older hc. */
  readonly deviceAttributes?: DeviceAttributes
  /** Kept free for the host itself: hc_reserve. */
  readonly reserve: Resources
  readonly allocations: readonly AllocationView[]
  readonly unclaimed: readonly Unclaimed[]
  /** What waits for it, and why. */
  readonly waiting: readonly Waiting[]
  /** What stays there although it is being drained, and why. */
  readonly staying: readonly Waiting[]
  /** Slots without a place, and why not here. */
  readonly refused: readonly { readonly slot: SlotName; readonly reason: string }[]
  /** Who was seen to reach it while it was ready, and so may tell that it is gone: `control` or a host. */
  readonly vantages: readonly Vantage[]
  /** The last ones that name it, oldest first. */
  readonly events: readonly Event[]
  /** What is to be done next, as commands; for people. */
  readonly hints: readonly string[]
}

/** How full a host is. */
export interface FillView {
  readonly slots: number
  readonly reserved: Resources
}

/** A host before and after a plan. */
export interface PlannedHostView {
  readonly host: HostName
  readonly verdict: Verdict
  /** What jobs may use in all; null: not known. */
  readonly capacity: Resources | null
  readonly before: FillView
  readonly after: FillView
  /** Slots that the plan does not touch. */
  readonly stay: number
}

/** One version of a job. */
export interface JobVersionView {
  readonly version: number
  /** It is in force. */
  readonly present: boolean
  readonly hash: string
  /** RFC 3339 UTC. */
  readonly appliedAt: string
  /** When all slots of it were healthy for the first time; null: never. */
  readonly healthyAt: string | null
  readonly image: string | null
  /** It has the content of that earlier version. */
  readonly revertOf: number | null
}

/** `hc job history`: newest first. */
export interface JobHistoryView {
  readonly job: JobName
  readonly versions: readonly JobVersionView[]
}

/** `hc host fence-test`. */
export interface FenceTestView {
  readonly host: HostName
  readonly driver: string
  /** What the driver says of it before anything is done. */
  readonly power: 'on' | 'off'
  /** How long the driver took to say so, ms. */
  readonly statusMs: number
  /** null: only asked. `offMs`: until the driver said that it is off; `silent`: then it answered pings no more. */
  readonly cycled: { readonly offMs: number; readonly silent: boolean } | null
}

/** What a tick did, for `hc reconcile`. */
export interface TickView {
  readonly plan: Plan
  readonly results: readonly ResultView[]
  readonly converged: boolean
  readonly hosts: readonly { readonly name: HostName; readonly verdict: Verdict; readonly reason: string }[]
  /** ms. */
  readonly tookMs: number
}

/** A tag that stands for another image than when its job was applied last. */
export interface NewImageView {
  readonly job: JobName
  /** As the job file names it. */
  readonly image: string
  /** By digest or id; null: no host had it. */
  readonly from: string | null
  readonly to: string | null
}
