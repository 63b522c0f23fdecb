// From job files to running jobs: look, prepare, show, record, carry out.
import { type ImageHost, resolveImages } from '../cluster/images.js'
import type { NewEvent } from '../model/event.js'
import type { AppliedJob, Job } from '../model/job.js'
import { byName, type HostName, type JobName, type Millis, placeOfSlot } from '../model/names.js'
import type { Records } from '../model/records.js'
import type { ApplyView, PlanView, Progress, ResultView } from '../model/views.js'
import { allocationViews, isConverged, planView } from '../planner/view.js'
import { keyedHash, sha256, specHash } from '../spec/hash.js'
import { readSecret } from './contents.js'
import type { Controller, Look, Wanted } from './controller.js'
import { type Driven, drive } from './drive.js'
import { firstRecords } from './recover.js'
import type { World } from './world.js'

/** A job file that was read. */
export interface JobToApply {
  readonly job: Job
  /** Folder that it is applied from, absolute. */
  readonly folder: string
}

/** What is to be applied. */
export interface ApplyRequest {
  readonly jobs: readonly JobToApply[]
  /** Jobs last applied from these folders and no longer there are removed. */
  readonly pruneFolders: readonly string[]
  readonly detach: boolean
  readonly patienceMs: Millis
  readonly signal: AbortSignal | null
  confirm(plan: PlanView): Promise<boolean>
  onProgress(progress: Progress): void
}

/** All that is known before anything is recorded. */
export interface Prepared {
  readonly look: Look
  /** What it starts from: the store's, or first ones that are not written yet. */
  readonly records: Records
  readonly wanted: Wanted
  /** Names that are new or changed. */
  readonly changed: readonly JobName[]
  readonly removed: readonly JobName[]
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly images: PlanView['images']
  readonly warnings: readonly string[]
}

/** Looks at the hosts and works out what applying would do. With `pull`, images are brought where they may be needed. */
export async function prepare(
  world: World,
  controller: Controller,
  request: Pick<ApplyRequest, 'jobs' | 'pruneFolders' | 'patienceMs' | 'onProgress'>,
  pull: boolean,
  base: Records | null = null,
): Promise<Prepared> {
  const first = await controller.look(request.patienceMs)
  const records = first.records ?? base ?? (await firstRecords(world, first))
  const before = records.jobs
  const files = new Map<string, Uint8Array>()
  const resolved = await resolveImages(
    { jobs: request.jobs.map(({ job }) => job), before, hosts: imageHosts(first), pull },
    { transport: world.transport, onProgress: request.onProgress },
  )
  const jobs: Record<JobName, AppliedJob> = { ...before }
  const changed: JobName[] = []
  for (const { job, folder } of request.jobs) {
    const image = resolved.byJob.get(job.name)
    const hashes = await hashSources(world, job, records.key, files)
    const imageRef = image?.ref ?? null
    const hash = specHash({ job, imageRef, fileHashes: hashes.fileHashes, secretHashes: hashes.secretHashes })
    const old = before[job.name]
    const next: AppliedJob = {
      job,
      version: old?.version ?? 1,
      hash,
      imageRef,
      lackingOn: image?.lackingOn ?? {},
      fileHashes: hashes.mounted,
      appliedAt: old?.appliedAt ?? world.clock.wall(),
      folder,
      // Applying a stopped job says that it shall run.
      stopped: false,
      generation: old?.generation ?? 0,
    }
    if (old && isSame(old, next)) continue
    changed.push(job.name)
    jobs[job.name] = { ...next, version: nextVersion(job.name, old, first), appliedAt: world.clock.wall() }
  }
  const pruned = prunedJobs(before, request)
  for (const name of pruned) delete jobs[name]
  const removed = removedAfter(
    records,
    request.jobs.map(({ job }) => job.name),
    pruned,
    world.clock.wall(),
  )
  const wanted: Wanted = { jobs: Object.values(jobs).sort((a, b) => byName(a.job.name, b.job.name)), removed }
  return {
    look: controller.reconsider(first, records, wanted),
    records,
    wanted,
    changed,
    removed: pruned,
    files,
    images: resolved.images,
    warnings: resolved.warnings,
  }
}

function imageHosts({ input }: Look): readonly ImageHost[] {
  return input.hosts.flatMap(({ host, facts }) => (facts && host.takesJobs ? [{ host, facts }] : []))
}

function isSame(a: AppliedJob, b: AppliedJob): boolean {
  const plain = ({ appliedAt: _at, version: _version, ...rest }: AppliedJob) => JSON.stringify(rest)
  return plain(a) === plain(b)
}

/** One more than the last; where the store is new, at least what runs on the hosts, so that versions only rise. */
function nextVersion(name: JobName, old: AppliedJob | undefined, { observation }: Look): number {
  if (old) return old.version + 1
  const seen = observation.hosts.flatMap(({ facts }) =>
    (facts?.units ?? []).filter(({ slot }) => slot.startsWith(`${name}.`)).map(({ version }) => version ?? 0),
  )
  return Math.max(1, ...seen)
}

function prunedJobs(before: Records['jobs'], { jobs, pruneFolders }: Pick<ApplyRequest, 'jobs' | 'pruneFolders'>) {
  const kept = new Set(jobs.map(({ job }) => job.name))
  return Object.values(before)
    .filter(({ job, folder }) => pruneFolders.includes(folder) && !kept.has(job.name))
    .map(({ job }) => job.name)
    .sort(byName)
}

/** Tombstones: the pruned ones are added, those applied again are taken away. */
function removedAfter(
  records: Records,
  applied: readonly JobName[],
  pruned: readonly JobName[],
  wall: string,
): Readonly<Record<JobName, string>> {
  const removed = { ...records.removed }
  for (const name of applied) delete removed[name]
  for (const name of pruned) removed[name] = wall
  return removed
}

async function hashSources(world: World, job: Job, key: string, files: Map<string, Uint8Array>) {
  const mounted: Record<string, string> = {}
  for (const { source } of job.files) {
    const bytes = files.get(source) ?? (await world.sources.readFile(source))
    files.set(source, bytes)
    mounted[source] = sha256(bytes)
  }
  // Env files carry passwords as often as not: their hash is keyed too, and their bytes are not kept.
  const fileHashes: Record<string, string> = { ...mounted }
  for (const path of job.envFiles) fileHashes[path] = keyedHash(key, await world.sources.readFile(path))
  const secretHashes: Record<string, string> = {}
  for (const [name, source] of Object.entries(job.secrets)) {
    secretHashes[name] = keyedHash(key, await readSecret(name, source, world.sources))
  }
  return { mounted, fileHashes, secretHashes }
}

/** The plan of what is prepared, for people and JSON. */
export function viewOf(prepared: Prepared): PlanView {
  return planView(prepared.look.decision.plan, prepared.images, prepared.warnings)
}

/** Applies. Nothing is recorded or sent before `confirm` has said yes. */
export async function applyJobs(world: World, controller: Controller, request: ApplyRequest): Promise<ApplyView> {
  request.onProgress({ kind: 'phase', text: 'looking at the hosts' })
  const shown = await prepare(world, controller, request, false)
  const plan = viewOf(shown)
  if (!(await request.confirm(plan))) return declined(plan)
  const needsImages = shown.images.length > 0
  const prepared = needsImages ? await prepare(world, controller, request, true, shown.records) : shown
  const records = await recordApplied(world, prepared)
  const names = new Set([...request.jobs.map(({ job }) => job.name), ...prepared.removed])
  const finalPlan = viewOf(prepared)
  if (request.detach) return { ...finalPlan, results: [], converged: false, outOfReach: [], declined: false }
  const follow = await world.store.loopHeld()
  const driven = await drive(world, controller, {
    jobs: names,
    // Images take their time: what was seen before they were fetched is old.
    from: needsImages ? null : controller.reconsider(prepared.look, records, null),
    follow,
    patienceMs: request.patienceMs,
    signal: request.signal,
    onProgress: request.onProgress,
  })
  return { ...applyView(finalPlan, driven, names), loopTicking: follow }
}

function declined(plan: PlanView): ApplyView {
  return { ...plan, results: [], converged: false, outOfReach: [], declined: true }
}

/** What `apply` and the job commands report in the end. */
export function applyView(plan: PlanView, driven: Driven, jobs: ReadonlySet<JobName>): ApplyView {
  const { look, slots } = driven
  const failedSteps = new Map(driven.results.filter(({ ok }) => !ok).map((result) => [result.slot, result]))
  const touched = new Set(plan.actions.map(({ slot }) => slot))
  const results: ResultView[] = slots
    .filter(({ slot, state }) => touched.has(slot) || state === 'failed')
    .map(({ slot, host, state, text }) => {
      const ok = state === 'done'
      const error = failedSteps.get(slot)?.error ?? null
      return { slot, host: host ?? '', ok, error: ok ? null : (error ?? (text || state)) }
    })
  const stops: ResultView[] = driven.results.filter(({ slot }) => !slots.some((other) => other.slot === slot))
  const allocations = allocationViews(look.decision.classified, look.decision.plan, look.input)
  const scoped = allocations.filter(({ job }) => jobs.has(job))
  return {
    ...plan,
    unplaced: look.decision.plan.unplaced
      .filter(({ job }) => jobs.has(job))
      .map(({ slot, reasons }) => ({ slot, reasons })),
    waiting: look.decision.plan.waiting,
    unclaimed: look.decision.plan.unclaimed,
    results: [...results, ...stops],
    converged: slots.every(({ state }) => state === 'done') && isConverged(scoped, look.decision.plan, look.input),
    outOfReach: outOfReachFor(driven, jobs),
    declined: false,
  }
}

/** Hosts out of reach matter only where they leave something of these jobs undone. */
function outOfReachFor({ slots, outOfReach, look }: Driven, jobs: ReadonlySet<JobName>): readonly HostName[] {
  const undone = new Set(slots.filter(({ state }) => state === 'away').map(({ host }) => host))
  const system = look.input.jobs.some(({ job }) => jobs.has(job.name) && job.type === 'system')
  return outOfReach.filter((host) => undone.has(host) || system || slots.some(({ slot }) => placeOfSlot(slot) === host))
}

/** Writes what is wanted from now on. */
async function recordApplied(world: World, prepared: Prepared): Promise<Records> {
  const { store } = world
  const lock = await store.lock(world.lockTimeoutMs)
  try {
    const records = (await store.read()) ?? prepared.records
    for (const bytes of prepared.files.values()) await store.putBlob(bytes)
    const jobs: Record<JobName, AppliedJob> = { ...records.jobs }
    for (const applied of prepared.wanted.jobs) {
      if (prepared.changed.includes(applied.job.name) || !jobs[applied.job.name]) jobs[applied.job.name] = applied
    }
    const placements = { ...records.placements }
    const backOffs = { ...records.backOffs }
    for (const name of prepared.removed) {
      delete jobs[name]
      for (const slot of Object.keys(placements)) if (slot.startsWith(`${name}.`)) delete placements[slot]
    }
    for (const slot of Object.keys(backOffs)) {
      if (prepared.changed.some((name) => slot.startsWith(`${name}.`))) delete backOffs[slot]
    }
    const next: Records = { ...records, jobs, placements, backOffs, removed: prepared.wanted.removed }
    if (JSON.stringify(next) !== JSON.stringify(await store.read())) await store.write(next)
    await store.appendEvents(appliedEvents(prepared), next.term.number)
    const kept = Object.values(jobs).flatMap(({ fileHashes }) => Object.values(fileHashes))
    await store.pruneBlobs(kept)
    return next
  } finally {
    await lock.release()
  }
}

function appliedEvents({ changed, removed, wanted }: Prepared): readonly NewEvent[] {
  const version = new Map(wanted.jobs.map((applied) => [applied.job.name, applied.version]))
  return [
    ...changed.map((name): NewEvent => {
      return {
        kind: 'applied',
        host: null,
        slot: null,
        reason: null,
        text: `${name} version ${version.get(name)} applied`,
      }
    }),
    ...removed.map((name): NewEvent => {
      return {
        kind: 'removed',
        host: null,
        slot: null,
        reason: null,
        text: `${name} removed: its file is gone (--prune)`,
      }
    }),
  ]
}
