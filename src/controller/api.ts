// All that commands can do with a cluster: the outside of the program.
import type { EventOptions } from '../cluster/events.js'
import type { LogOptions } from '../cluster/logs.js'
import type { JobName, SlotName } from '../model/names.js'
import type {
  ApplyView,
  EndpointView,
  HostRunView,
  HostView,
  JobDetailView,
  JobView,
  LiveView,
  PlanView,
  Progress,
  StatusView,
  TickView,
  ValidateView,
} from '../model/views.js'

export type { EventOptions } from '../cluster/events.js'
export type { LogOptions } from '../cluster/logs.js'

/** Options of `apply`. */
export interface ApplyOptions {
  readonly prune: boolean
  readonly detach: boolean
  /** Shows the plan and says whether to go on. */
  confirm(plan: PlanView): Promise<boolean>
  onProgress(progress: Progress): void
}

/** Options of `reconcile --cron`. */
export interface LoopChoices {
  /** null: hc_reconcile. */
  readonly expression: string | null
  readonly takeOver: boolean
  onTick(tick: TickView): void
  onNote(text: string): void
}

/** Options of `host run`. */
export interface HostRunOptions {
  readonly parallel: number
  readonly timeoutMs: number | null
  onOutput(host: string, stream: 'stdout' | 'stderr', text: string): void
}

/** How a cluster is watched. */
export interface WatchOptions {
  /** ms between two looks of one's own, where no loop ticks. */
  readonly intervalMs: number
  readonly signal: AbortSignal
  onView(view: LiveView): void
  /** Why there was no view; null when there is one again. */
  onTrouble(text: string | null): void
}

/** All that commands can do. Close it when done. */
export interface Hc {
  /** Absolute path of the inventory. */
  readonly inventoryFile: string
  validate(paths: readonly string[]): Promise<ValidateView>
  plan(paths: readonly string[], options: { readonly prune: boolean }): Promise<PlanView>
  apply(paths: readonly string[], options: ApplyOptions): Promise<ApplyView>
  /** `filter`: a job's or a host's name. */
  status(filter: string | null): Promise<StatusView>
  /** Tells a snapshot about once per second until the signal is aborted; never rejects for what hosts do. */
  watch(options: WatchOptions): Promise<void>
  /** One tick, staying while a host is silent. */
  reconcileOnce(options: { readonly takeOver: boolean }): Promise<TickView>
  /** Ticks until the signal is aborted. */
  reconcileLoop(options: LoopChoices): Promise<void>
  /** Sets the loop up as a systemd unit of this machine; returns the sentences that say what was done. */
  installLoop(): Promise<readonly string[]>
  uninstallLoop(): Promise<readonly string[]>
  endpoints(job: JobName | null): Promise<readonly EndpointView[]>
  jobs(): Promise<readonly JobView[]>
  job(name: JobName): Promise<JobDetailView>
  stopJob(name: JobName, onProgress: (progress: Progress) => void): Promise<ApplyView>
  startJob(name: JobName, onProgress: (progress: Progress) => void): Promise<ApplyView>
  restartJob(name: JobName, onProgress: (progress: Progress) => void): Promise<ApplyView>
  removeJob(name: JobName, onProgress: (progress: Progress) => void): Promise<ApplyView>
  /** `targets`: jobs and slots; empty: all. */
  logs(targets: readonly (JobName | SlotName)[], options: LogOptions): Promise<void>
  events(options: EventOptions): Promise<void>
  hosts(): Promise<readonly HostView[]>
  /** `command` of one word is shell text, of several an argv that reaches the host as it is. */
  hostRun(pattern: string, command: readonly string[], options: HostRunOptions): Promise<readonly HostRunView[]>
  /** What `ansible-inventory --list` prints. */
  inventoryList(limit: string | null): Promise<unknown>
  /** What `ansible-inventory --graph` prints. */
  inventoryGraph(): Promise<string>
  close(): Promise<void>
}
