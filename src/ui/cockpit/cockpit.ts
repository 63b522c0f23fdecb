// What the cockpit needs of a cluster: a part of what all commands call.

import type { Event } from '../../model/event.js'
import type { ExplainView } from '../../model/explain-view.js'
import type { HostName, JobName, SlotName } from '../../model/names.js'
import type {
  ApplyView,
  HostDetailView,
  HostWordView,
  JobDetailView,
  LiveView,
  LogLine,
  PlanView,
  Progress,
} from '../../model/views.js'

/** Takes progress as it is told. */
export type OnProgress = (progress: Progress) => void

/** A cluster that can be watched and steered. All may reject; nothing is expected to be quick. */
export interface Cockpit {
  watch(options: {
    readonly signal: AbortSignal
    onView(view: LiveView): void
    onTrouble(text: string | null): void
  }): Promise<void>
  events(options: {
    readonly limit: number
    readonly follow: boolean
    readonly signal?: AbortSignal
    onEvent(event: Event): void
  }): Promise<void>
  logs(
    targets: readonly (JobName | SlotName)[],
    options: {
      readonly follow: boolean
      readonly lines: number | null
      readonly since: string | null
      readonly grep: string | null
      readonly signal?: AbortSignal
      onLine(line: LogLine): void
      onWarning(text: string): void
    },
  ): Promise<void>
  plan(paths: readonly string[], options: { readonly prune: boolean }): Promise<PlanView>
  job(name: JobName): Promise<JobDetailView>
  host(name: HostName): Promise<HostDetailView>
  explain(target: JobName | SlotName, host: HostName | null): Promise<ExplainView>
  stopJob(name: JobName, onProgress: OnProgress): Promise<ApplyView>
  startJob(name: JobName, onProgress: OnProgress): Promise<ApplyView>
  /** `slots`: only these; else all of the job. */
  restartJob(name: JobName, onProgress: OnProgress, slots?: readonly SlotName[]): Promise<ApplyView>
  cordonHost(name: HostName): Promise<HostWordView>
  uncordonHost(name: HostName): Promise<HostWordView>
  drainHost(name: HostName, onProgress: OnProgress): Promise<ApplyView>
}
