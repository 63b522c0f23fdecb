// The versions of each job that were applied, for going back: what they were stands in blobs, the records name them.
import { UserError } from '../model/errors.js'
import type { NewEvent } from '../model/event.js'
import type { AppliedJob } from '../model/job.js'
import type { JobName } from '../model/names.js'
import type { JobVersion, Records } from '../model/records.js'
import type { Classified } from '../planner/classify.js'
import type { PlanInput } from '../planner/input.js'
import { healthyJobs, lastHealthy, type Revert } from '../planner/revert.js'
import type { Store } from '../ports.js'
import { tryAgain } from './prepare.js'

/** Versions of a job that are kept. */
export const KEPT_VERSIONS = 10

/** Writes down what is applied now of these jobs, and what was before where nobody has written that down. Needs the lock. */
export async function keepVersions(
  store: Store,
  before: Records,
  records: Records,
  names: readonly JobName[],
): Promise<Records> {
  const versions = { ...records.versions }
  const missing = names.flatMap((name) => missingOf(versions[name] ?? [], before.jobs[name], records.jobs[name]))
  const blobs = await store.putBlobs(missing.map(({ applied }) => contentOf(applied)))
  for (const [at, { applied, healthyAt }] of missing.entries()) {
    const { name } = applied.job
    const kept = [...(versions[name] ?? []), versionOf(applied, healthyAt, blobs[at] ?? '')]
    versions[name] = kept.sort((a, b) => a.version - b.version).slice(-KEPT_VERSIONS)
  }
  return { ...records, versions }
}

interface Missing {
  readonly applied: AppliedJob
  readonly healthyAt: string | null
}

/** What nobody has written down yet of a job, as it was and as it is now. */
function missingOf(
  kept: readonly JobVersion[],
  old: AppliedJob | undefined,
  now: AppliedJob | undefined,
): readonly Missing[] {
  if (!now) return []
  const lacks = (applied: AppliedJob) => !kept.some(({ version }) => version === applied.version)
  // What an hc that kept no versions has applied counts as healthy: it has run since.
  const before = old && lacks(old) ? [{ applied: old, healthyAt: old.appliedAt }] : []
  const isNew = lacks(now) && old?.version !== now.version
  return isNew ? [...before, { applied: now, healthyAt: null }] : before
}

/** Without what is not its content: two versions of the same content have the same blob. */
function contentOf({ slotGenerations: _own, ...rest }: AppliedJob): Uint8Array {
  const content: AppliedJob = { ...rest, version: 0, appliedAt: '', generation: 0, stopped: false }
  return new TextEncoder().encode(JSON.stringify(content))
}

function versionOf(applied: AppliedJob, healthyAt: string | null, blob: string): JobVersion {
  const { version, hash, appliedAt, fileHashes, imageRef } = applied
  return { version, hash, appliedAt, healthyAt, image: imageRef, blob, files: Object.values(fileHashes) }
}

/** All blobs that the records need. */
export function blobsOf({ jobs, versions = {} }: Records): readonly string[] {
  const present = Object.values(jobs).flatMap(({ fileHashes }) => Object.values(fileHashes))
  const kept = Object.values(versions).flatMap((each) => each.flatMap(({ blob, files }) => [blob, ...files]))
  return [...present, ...kept]
}

/** The records with the versions that have become healthy; the same where none has. */
export function noteHealthy(
  records: Records,
  classified: readonly Classified[],
  input: PlanInput,
  wall: string,
): Records {
  const { versions } = records
  const open = Object.values(versions ?? {}).some((each) => each.at(-1)?.healthyAt === null)
  if (!versions || !open) return records
  const fresh = healthyJobs(classified, input).filter(({ job, version }) =>
    versions[job.name]?.some((each) => each.version === version && each.healthyAt === null),
  )
  if (fresh.length === 0) return records
  const noted = fresh.map(({ job, version }) => {
    const all = versions[job.name] ?? []
    return [job.name, all.map((each) => (each.version === version ? { ...each, healthyAt: wall } : each))] as const
  })
  return { ...records, versions: { ...versions, ...Object.fromEntries(noted) } }
}

/** The records with a job as it was in an earlier version, as a new one. Needs the lock. Throws UserError. */
export async function goneBack(
  store: Store,
  records: Records,
  name: JobName,
  to: JobVersion,
  wall: string,
): Promise<Records> {
  const now = records.jobs[name]
  const bytes = await store.getBlob(to.blob)
  if (!now || bytes === null) {
    throw new UserError(`version ${to.version} of ${name} is not kept any more`, { hint: `hc job history ${name}` })
  }
  const old = JSON.parse(new TextDecoder().decode(bytes)) as AppliedJob
  const version = now.version + 1
  const applied: AppliedJob = {
    ...old,
    version,
    generation: now.generation,
    ...(now.slotGenerations && { slotGenerations: now.slotGenerations }),
    stopped: now.stopped,
    appliedAt: wall,
  }
  const entry: JobVersion = { ...to, version, appliedAt: wall, healthyAt: null, revertOf: to.version }
  const kept = [...(records.versions?.[name] ?? []), entry].slice(-KEPT_VERSIONS)
  return {
    ...records,
    jobs: { ...records.jobs, [name]: applied },
    versions: { ...records.versions, [name]: kept },
  }
}

/** The version that `hc job rollback` goes to. Throws UserError where there is none. */
export function rollbackTarget(records: Records, applied: AppliedJob, wanted: number | null): JobVersion {
  const { name } = applied.job
  const kept = records.versions?.[name] ?? []
  const present = kept.find(({ version }) => version === applied.version)
  const numbers = kept.filter(({ blob }) => blob !== present?.blob).map(({ version }) => version)
  const hint = numbers.length === 0 ? 'hc keeps versions from the next apply on' : `kept are: ${numbers.join(', ')}`
  if (wanted === null) {
    const found = lastHealthy(kept, applied.version)
    if (found) return found
    throw new UserError(`there is no earlier version of ${name} that was healthy`, {
      code: 'not-found',
      hint: numbers.length === 0 ? hint : `name one: --to VERSION (${hint})`,
    })
  }
  const found = kept.find(({ version }) => version === wanted)
  if (!found) throw new UserError(`version ${wanted} of ${name} is not kept`, { code: 'not-found', hint })
  if (found.blob === present?.blob) {
    throw new UserError(`version ${wanted} of ${name} is what is applied now`, { code: 'usage', hint })
  }
  return found
}

/** Goes back with each of these jobs. */
export async function revertAll(
  store: Store,
  records: Records,
  reverts: readonly Revert[],
  wall: string,
): Promise<{ readonly records: Records; readonly events: readonly NewEvent[] }> {
  let after = records
  const events: NewEvent[] = []
  for (const { job, to, why } of reverts) {
    const bad = after.jobs[job]?.version
    after = await goneBack(store, after, job, to, wall)
    const text = `${job} version ${bad} is taken back: ${why}; version ${to.version} is in force again, as ${after.jobs[job]?.version}`
    events.push({ kind: 'reverted', host: null, slot: null, reason: null, text })
  }
  const jobs = reverts.map(({ job }) => job)
  return { records: jobs.length === 0 ? after : tryAgain(after, jobs), events }
}
