// Composition root: reads files, makes the real doors, wires them. The only thing that commands/ call.
import type { Event } from './model/event.js'
import type { JobName, SlotName } from './model/names.js'
import type {
  ApplyView,
  EndpointView,
  HostRunView,
  HostView,
  JobDetailView,
  JobView,
  LogLine,
  PlanView,
  Progress,
  StatusView,
  TickView,
  ValidateView,
} from './model/views.js'

/** What every command can say. */
export interface HcOptions {
  /** -i/--inventory, else HC_INVENTORY, else inventory.yml here or above. */
  readonly inventory?: string | undefined
  /** ms to wait for another hc. */
  readonly lockTimeoutMs?: number | undefined
  /** Ends the work: Ctrl-C. */
  readonly signal?: AbortSignal | undefined
  /** Asks for the passphrase of a key; absent without a terminal. */
  readonly askPassphrase?: ((file: string) => Promise<string | null>) | undefined
  /** Diagnostics for HC_DEBUG. */
  readonly debug?: ((line: string) => void) | undefined
}

/** Options of `apply`. */
export interface ApplyOptions {
  readonly prune: boolean
  readonly detach: boolean
  /** Shows the plan and says whether to go on. */
  confirm(plan: PlanView): Promise<boolean>
  onProgress(progress: Progress): void
}

/** Options of `logs`. */
export interface LogOptions {
  readonly follow: boolean
  readonly lines: number | null
  /** As journalctl takes it (`-1h`, `2026-11-22 10:00`); null: no bound. */
  readonly since: string | null
  readonly grep: string | null
  onLine(line: LogLine): void
  onWarning(text: string): void
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
  /** One tick, staying while a host is silent. */
  reconcileOnce(options: { readonly takeOver: boolean }): Promise<TickView>
  /** Ticks until the signal is aborted. `expression` null: hc_reconcile. */
  reconcileLoop(options: {
    readonly expression: string | null
    readonly takeOver: boolean
    onTick(tick: TickView): void
    onNote(text: string): void
  }): Promise<void>
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
  events(options: { readonly limit: number; readonly follow: boolean; onEvent(event: Event): void }): Promise<void>
  hosts(): Promise<readonly HostView[]>
  hostRun(
    pattern: string,
    command: readonly string[],
    options: {
      readonly parallel: number
      readonly timeoutMs: number | null
      onOutput(host: string, stream: 'stdout' | 'stderr', text: string): void
    },
  ): Promise<readonly HostRunView[]>
  /** What `ansible-inventory --list` prints. */
  inventoryList(limit: string | null): Promise<unknown>
  /** What `ansible-inventory --graph` prints. */
  inventoryGraph(): Promise<string>
  close(): Promise<void>
}

/** Opens the inventory and the store; connects to nothing yet. Throws UserError when files are wrong. */
export async function openHc(_options: HcOptions): Promise<Hc> {
  throw new Error('bug: not wired yet')
}
