// What applying would do: sources are read, images and hashes worked out, nothing is recorded.
import { type ImageHost, resolveImages } from '../cluster/images.js'
import type { AppliedJob, Job } from '../model/job.js'
import { byName, type JobName, jobOfSlot, type SlotName } from '../model/names.js'
import type { Records } from '../model/records.js'
import type { NewImageView, PlanView } from '../model/views.js'
import { prospect } from '../planner/prospect.js'
import { planView } from '../planner/view.js'
import { keyedHash, sha256, specHash } from '../spec/hash.js'
import { refuseSharedAddress } from '../spec/moving-address.js'
import type { ApplyRequest } from './apply.js'
import { readSecret } from './contents.js'
import type { Controller, Look, Wanted } from './controller.js'
import { firstRecords } from './recover.js'
import type { Survives } from './survival.js'
import type { World } from './world.js'

/** All that is known before anything is recorded. */
export interface Prepared {
  readonly look: Look
  /** What it starts from: the store's, or first ones that are not written yet. */
  readonly records: Records
  /** They are such first ones. */
  readonly isFirst: boolean
  readonly wanted: Wanted
  /** All names of the files that are applied, changed or not. */
  readonly applied: readonly JobName[]
  /** Names that are new or changed. */
  readonly changed: readonly JobName[]
  readonly removed: readonly JobName[]
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly images: PlanView['images']
  readonly warnings: readonly string[]
  /** Once the plan has been carried out. */
  readonly survives: Survives
}

/** Looks at the hosts and works out what applying would do. With `pull`, images are brought where they may be needed. */
export async function prepare(
  world: World,
  controller: Controller,
  request: Pick<ApplyRequest, 'jobs' | 'pruneFolders' | 'patienceMs' | 'onProgress' | 'fresh' | 'begun'>,
  pull: boolean,
  base: Records | null = null,
): Promise<Prepared> {
  const applied = request.jobs.map(({ job }) => job.name)
  const first = await (base === null && request.begun ? request.begun : controller.look(request.patienceMs))
  const records = tryAgain(first.records ?? base ?? (await firstRecords(world, first)), applied)
  const before = records.jobs
  const files = new Map<string, Uint8Array>()
  const resolved = await resolveImages(
    { jobs: request.jobs.map(({ job }) => job), before, hosts: imageHosts(first), pull, fresh: request.fresh ?? false },
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
      ...(old?.slotGenerations && { slotGenerations: old.slotGenerations }),
    }
    if (old && isSame(old, next)) continue
    changed.push(job.name)
    // Which hosts lack the image is recorded, but it is no other version of the job.
    const sameJob = old !== undefined && isSame(old, { ...next, lackingOn: old.lackingOn })
    const version = sameJob ? old.version : nextVersion(job.name, old, first)
    jobs[job.name] = { ...next, version, appliedAt: sameJob ? old.appliedAt : world.clock.wall() }
  }
  const pruned = prunedJobs(before, request)
  for (const name of pruned) delete jobs[name]
  const removed = removedAfter(records, applied, pruned, world.clock.wall())
  const wanted = wantedOf(jobs, removed)
  const look = controller.reconsider(first, records, wanted)
  return {
    look,
    survives: await controller.survivals.after(look, controller.searchSteps),
    records,
    isFirst: first.records === null,
    wanted,
    applied,
    changed,
    removed: pruned,
    files,
    images: resolved.images,
    warnings: resolved.warnings,
  }
}

/** Throws UserError where two of the jobs would move with one address. */
function wantedOf(jobs: Records['jobs'], removed: Wanted['removed']): Wanted {
  const sorted = Object.values(jobs).sort((a, b) => byName(a.job.name, b.job.name))
  refuseSharedAddress(sorted.map(({ job }) => job))
  return { jobs: sorted, removed }
}

/** Applying is the operator's word: what failed is tried at once, not after its back-off; but a batch job has had its run. */
export function tryAgain(records: Records, jobs: readonly JobName[]): Records {
  const others = <T>(all: Readonly<Record<SlotName, T>>) =>
    Object.fromEntries(Object.entries(all).filter(([slot]) => !jobs.includes(jobOfSlot(slot))))
  const placements = Object.entries(records.placements).map(([slot, placement]) => {
    const { failed, ...rest } = placement
    const name = jobOfSlot(slot)
    const over = failed !== undefined && jobs.includes(name) && records.jobs[name]?.job.type !== 'batch'
    return [slot, over ? rest : placement] as const
  })
  return {
    ...records,
    placements: Object.fromEntries(placements),
    backOffs: others(records.backOffs),
    ...(records.unwell && { unwell: others(records.unwell) }),
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
    (facts?.units ?? []).filter(({ slot }) => jobOfSlot(slot) === name).map(({ version }) => version ?? 0),
  )
  return Math.max(1, ...seen)
}

/** Jobs that were applied last from one of the folders and are no longer in it, by name. */
export function prunedJobs(
  before: Records['jobs'],
  { jobs, pruneFolders }: Pick<ApplyRequest, 'jobs' | 'pruneFolders'>,
): readonly JobName[] {
  const kept = new Set(jobs.map(({ job }) => job.name))
  return Object.values(before)
    .filter(({ job, folder }) => pruneFolders.includes(folder) && !kept.has(job.name))
    .map(({ job }) => job.name)
    .sort(byName)
}

/** Tombstones: the pruned ones are added, those applied again are taken away. */
export function removedAfter(
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
  const { look, survives, records, images, warnings } = prepared
  const { decision, input } = look
  const newImages = newImagesOf(prepared)
  return {
    ...planView({ ...decision.plan, survives }, images, warnings, prospect(decision, input, records.jobs)),
    ...(newImages.length > 0 && { newImages }),
  }
}

/** Tags that stand for something else than when their job was applied last. */
function newImagesOf({ changed, records, wanted }: Prepared): readonly NewImageView[] {
  return wanted.jobs.flatMap(({ job, imageRef }) => {
    const old = records.jobs[job.name]
    if (!changed.includes(job.name) || !old || old.job.image !== job.image || job.image === null) return []
    return old.imageRef === imageRef ? [] : [{ job: job.name, image: job.image, from: old.imageRef, to: imageRef }]
  })
}
