// Jobs: from their files to running, and what an operator says of one.
import { UserError } from '../../model/errors.js'
import type { ExplainView } from '../../model/explain-view.js'
import type { Inventory } from '../../model/host.js'
import type { JobMoveView } from '../../model/host-verbs.js'
import type { HostName, JobName, SlotName } from '../../model/names.js'
import type { KeptTicksView, ReplayView } from '../../model/replay-view.js'
import type { RunEndView } from '../../model/run.js'
import type {
  ApplyView,
  EndpointView,
  JobDetailView,
  JobHistoryView,
  JobView,
  PlanView,
  Progress,
  ValidateView,
} from '../../model/views.js'
import { applyJobs, FRESH_MS } from '../apply.js'
import { type WarningOptions, warnOnce } from '../apply-warnings.js'
import type { Controller, Look } from '../controller.js'
import { witnessOf } from '../doctor.js'
import { withEffort } from '../effort.js'
import { explainTarget } from '../explain.js'
import { inventoryWarnings } from '../inventories.js'
import { jobDetail } from '../job-detail.js'
import type { ReadJobFiles } from '../job-files.js'
import { jobsToUpdate } from '../job-update.js'
import { checkTarget, commandJob, type JobVerb, jobHistory } from '../jobs.js'
import { moveSlots } from '../move.js'
import { prepare, prunedJobs, viewOf } from '../prepare.js'
import { keptTicks, replayTick } from '../replay.js'
import { runJob } from '../run.js'
import { endpoints, jobs, SHOW_PATIENCE_MS } from '../status.js'
import { surviveWarnings } from '../survive.js'
import { controllerOf, readJobs, type Wiring } from './desk.js'

/** Options of `apply`. */
export interface ApplyOptions {
  readonly prune: boolean
  readonly detach: boolean
  /** How often the usual work of a search for places is put into it; absent: 1. */
  readonly effort?: number
  /** Applies also what hc_survive refuses. */
  readonly force?: boolean
  /** Shows the plan and says whether to go on. */
  confirm(plan: PlanView): Promise<boolean>
  onProgress(progress: Progress): void
}

/** Options of `job update`. */
export type UpdateOptions = Pick<ApplyOptions, 'confirm' | 'onProgress'>

/** Jobs. */
export interface JobsDesk {
  validate(paths: readonly string[]): Promise<ValidateView>
  plan(paths: readonly string[], options: { readonly prune: boolean; readonly effort?: number }): Promise<PlanView>
  apply(paths: readonly string[], options: ApplyOptions): Promise<ApplyView>
  /**
   * Looks up what the tags of these jobs' images stand for now, of all jobs where none is named, and makes a new version of each that has
   * changed. Throws UserError for jobs that are not applied, are stopped or have no tag.
   */
  updateJobs(names: readonly JobName[], options: UpdateOptions): Promise<ApplyView>
  endpoints(job: JobName | null): Promise<readonly EndpointView[]>
  jobs(): Promise<readonly JobView[]>
  job(name: JobName): Promise<JobDetailView>
  stopJob(name: JobName, onProgress: (progress: Progress) => void): Promise<ApplyView>
  startJob(name: JobName, onProgress: (progress: Progress) => void): Promise<ApplyView>
  /** Throws UserError for a job that is not applied, or slots that it has not. */
  checkTarget(name: JobName, slots: readonly SlotName[]): Promise<void>
  /** `slots`: only these; absent or empty: all. */
  restartJob(name: JobName, onProgress: (progress: Progress) => void, slots?: readonly SlotName[]): Promise<ApplyView>
  removeJob(name: JobName, onProgress: (progress: Progress) => void): Promise<ApplyView>
  /** `to`: a version that is kept; null: the one that was healthy last. */
  rollbackJob(name: JobName, onProgress: (progress: Progress) => void, to: number | null): Promise<ApplyView>
  jobHistory(name: JobName): Promise<JobHistoryView>
  /** Moves a slot, or all of a job, to that host. Throws UserError with the reasons where it can't take them. */
  moveJob(name: string, host: HostName, onProgress: (progress: Progress) => void): Promise<JobMoveView>
  /** Why a slot, or all of a job, is where it is; `host`: only that one is judged; null: all. Throws UserError for unknown names. */
  explain(target: string, host: HostName | null): Promise<ExplainView>
  /** The ticks that are kept. */
  keptTicks(): Promise<KeptTicksView>
  /** One of them, planned again. Throws UserError where it is not kept. */
  replayTick(id: string): Promise<ReplayView>
  /** A batch job again, or one more run of a cron job, to its end. Throws UserError where it can't be begun, or is lost. */
  runJob(name: JobName, onProgress: (progress: Progress) => void): Promise<RunEndView>
}

/** The desk over the real doors. */
export function jobsDesk(wiring: Wiring): JobsDesk {
  const { world } = wiring
  const say =
    (verb: JobVerb) => (name: JobName, onProgress: (progress: Progress) => void, slots?: readonly SlotName[]) =>
      commandJob(world, controllerOf(wiring), {
        verb,
        name,
        slots: slots ?? [],
        patienceMs: SHOW_PATIENCE_MS,
        signal: wiring.signal,
        onProgress,
      })
  return {
    validate: (paths) => validate(wiring, paths),
    plan: (paths, options) => plan(wiring, paths, options),
    apply: (paths, options) => apply(wiring, paths, options),
    updateJobs: async (names, { confirm, onProgress }) =>
      applyJobs(world, controllerOf(wiring), {
        jobs: jobsToUpdate(await world.store.read(), names),
        pruneFolders: [],
        detach: false,
        fresh: true,
        patienceMs: SHOW_PATIENCE_MS,
        signal: wiring.signal,
        confirm: (shown) => confirm(shown),
        onProgress: (progress) => onProgress(progress),
      }),
    endpoints: (name) => endpoints(world, controllerOf(wiring), name),
    jobs: () => jobs(controllerOf(wiring)),
    job: (name) => jobDetail(world, controllerOf(wiring), name),
    checkTarget: (name, slots) =>
      checkTarget(world, controllerOf(wiring), { name, slots, patienceMs: SHOW_PATIENCE_MS }),
    stopJob: say('stop'),
    startJob: say('start'),
    restartJob: say('restart'),
    removeJob: say('remove'),
    rollbackJob: (name, onProgress, to) =>
      commandJob(world, controllerOf(wiring), {
        verb: 'rollback',
        name,
        to,
        patienceMs: SHOW_PATIENCE_MS,
        signal: wiring.signal,
        onProgress,
      }),
    jobHistory: (name) => jobHistory(world, name),
    moveJob: (name, host, onProgress) => {
      const { signal } = wiring
      return moveSlots(world, controllerOf(wiring), { name, host, patienceMs: SHOW_PATIENCE_MS, signal, onProgress })
    },
    keptTicks: () => keptTicks(world),
    replayTick: (id) => replayTick(world, id),
    explain: (target, host) => explainTarget(world, controllerOf(wiring), target, host),
    runJob: (name, onProgress) => {
      const { signal } = wiring
      return runJob(world, controllerOf(wiring), { name, patienceMs: SHOW_PATIENCE_MS, signal, onProgress })
    },
  }
}

async function validate(wiring: Wiring, paths: readonly string[]): Promise<ValidateView> {
  const { inventory, faults } = await tryInventory(wiring)
  // Of the store only names for hints are wanted: files can be checked by whoever may read them, in CI too.
  const records = wiring.world.store.read().catch(() => null)
  const read = await readJobs(wiring, paths, records).catch((error: unknown) => {
    if (!(error instanceof UserError) || error.faults.length === 0) throw error
    faults.push(...error.faults)
    return null
  })
  if (faults.length > 0 || !inventory || !read) {
    throw new UserError(faults.length === 1 ? 'there is a fault' : `there are ${faults.length} faults`, { faults })
  }
  return {
    files: [wiring.reader.file, ...read.files],
    jobs: read.jobs.map((each) => each.job.name),
    hosts: inventory.hosts.map(({ name }) => name),
    notes: [...inventory.notes, ...read.notes],
  }
}

async function tryInventory({
  reader,
}: Wiring): Promise<{ inventory: Inventory | null; faults: UserError['faults'][number][] }> {
  try {
    return { inventory: (await reader.read()).inventory, faults: [] }
  } catch (error) {
    if (!(error instanceof UserError) || error.faults.length === 0) throw error
    return { inventory: null, faults: [...error.faults] }
  }
}

async function plan(
  wiring: Wiring,
  paths: readonly string[],
  { prune, effort = 1 }: { readonly prune: boolean; readonly effort?: number },
): Promise<PlanView> {
  const controller = withEffort(controllerOf(wiring), effort)
  const { read, begun } = await readAndLook(wiring, controller, paths)
  const request = {
    jobs: read.jobs,
    begun,
    pruneFolders: prune ? read.folders : [],
    patienceMs: SHOW_PATIENCE_MS,
    onProgress: () => {},
  }
  const prepared = await prepare(wiring.world, controller, request, false)
  const view = viewOf(prepared)
  const forgotten = prune ? [] : await withoutFile(wiring, read)
  const { survives, look } = prepared
  const refused = surviveWarnings({ settings: look.inventory.settings, survives }, false)
  return {
    ...view,
    warnings: [...view.warnings, ...refused, ...read.notes, ...forgotten, ...(await inventoryWarnings(wiring.world))],
  }
}

async function apply(wiring: Wiring, paths: readonly string[], options: ApplyOptions): Promise<ApplyView> {
  const controller = withEffort(controllerOf(wiring), options.effort ?? 1)
  const { read, begun } = await readAndLook(wiring, controller, paths)
  const forgotten = options.prune ? [] : await withoutFile(wiring, read)
  const others = await inventoryWarnings(wiring.world)
  for (const text of [...read.notes, ...forgotten, ...others]) options.onProgress({ kind: 'warning', text })
  const last: { look: Look | null; witness: WarningOptions['witness'] } = { look: null, witness: null }
  const view = await applyJobs(wiring.world, controller, {
    jobs: read.jobs,
    begun,
    onBegin: (look) => {
      last.witness = witnessOf(wiring.world, look)
      last.witness.catch(() => {})
    },
    onEnd: (look) => {
      last.look = look
    },
    pruneFolders: options.prune ? read.folders : [],
    detach: options.detach,
    force: options.force ?? false,
    patienceMs: SHOW_PATIENCE_MS,
    signal: wiring.signal,
    confirm: (shown) => options.confirm(shown),
    onProgress: (progress) => options.onProgress(progress),
  })
  if (view.declined) return view
  const onProgress = (progress: Progress) => options.onProgress(progress)
  const { look: seen, witness } = last
  const warned = await warnOnce(wiring.world, controller, { seen, witness, patienceMs: SHOW_PATIENCE_MS, onProgress })
  return warned.length === 0 ? view : { ...view, warnings: [...view.warnings, ...warned] }
}

/**
 * The job files, while the hosts are asked already. A fault in a file is told before anything that a host may want to have
 * answered. Throws UserError for the files; what `begun` rejects with is for whoever awaits it.
 */
async function readAndLook(
  wiring: Wiring,
  controller: Controller,
  paths: readonly string[],
): Promise<{ readonly read: ReadJobFiles; readonly begun: Promise<Look> }> {
  const reading = readJobs(wiring, paths)
  wiring.world.holdQuestions?.(reading)
  const startedAt = wiring.world.clock.now()
  const begun = controller.look(SHOW_PATIENCE_MS)
  begun.catch(() => {})
  const read = await reading
  const isOld = wiring.world.clock.now() - startedAt > FRESH_MS
  return { read, begun: isOld ? controller.look(SHOW_PATIENCE_MS) : begun }
}

/** Jobs go on when their file is gone: that is said, since it is easily forgotten. */
async function withoutFile({ world }: Wiring, { jobs, folders }: ReadJobFiles): Promise<readonly string[]> {
  const before = (await world.store.read())?.jobs ?? {}
  return prunedJobs(before, { jobs, pruneFolders: folders }).map(
    (name) => `${name} is applied, but its file is gone from ${before[name]?.folder}: --prune removes such jobs`,
  )
}
