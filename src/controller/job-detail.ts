// One job with everything that is known of it, for `hc job show`.
import { matchesEvent } from '../cluster/events.js'
import { hasRuns } from '../drivers/runs.js'
import { UserError } from '../model/errors.js'
import type { Job, Spread } from '../model/job.js'
import { byName, type JobName, jobOfSlot } from '../model/names.js'
import type { Records } from '../model/records.js'
import type { BackOffView, JobDetailView } from '../model/views.js'
import { hintsFor } from '../planner/hints.js'
import type { Controller } from './controller.js'
import { findJob } from './jobs.js'
import { jobRuns } from './runs.js'
import { filtered, SHOW_PATIENCE_MS, snapshot } from './status.js'
import type { World } from './world.js'

/** So many of the newest events are looked through, and so many that are about the job are shown. */
export const SEARCHED = 2000
const SHOWN = 8

/** The whole of one job. Throws UserError for one that is not applied. */
export async function jobDetail(world: World, controller: Controller, name: JobName): Promise<JobDetailView> {
  const applied = findJob(await world.store.read(), name)
  const look = await controller.look(SHOW_PATIENCE_MS)
  const whole = await snapshot(world, look)
  const view = whole.jobs.find((one) => one.name === name)
  if (!view) throw new UserError(`${name} was removed meanwhile`, { code: 'not-found' })
  const own = filtered(whole, name)
  const awaited = whole.hosts.filter((host) => own.waiting.some((each) => each.host === host.name))
  const { job } = applied
  const runs = hasRuns(job) ? await jobRuns(world, look, name) : []
  const { attempts, windowMs, delayMs } = job.restart
  return {
    job: view,
    hash: applied.hash,
    image: applied.imageRef,
    appliedAt: applied.appliedAt,
    folder: applied.folder,
    command: job.command,
    unit: job.unit,
    resources: job.resources,
    constraints: job.constraints.map(({ text }) => text),
    placement: placementOf(job),
    schedule: job.schedule,
    restart: { attempts, windowMs, delayMs },
    allocations: own.allocations,
    unplaced: own.unplaced,
    waiting: own.waiting,
    backOffs: backOffsOf(look.records, name),
    events: (await world.store.events({ limit: SEARCHED }))
      .filter((event) => matchesEvent(event, { job: name }))
      .slice(-SHOWN),
    ...(runs.length > 0 && { runs }),
    // Who reads this has said hc job show already.
    hints: hintsFor({ ...own, hosts: awaited }, look.seen.wall).filter(
      (hint) => !hint.startsWith(`hc job show ${name} `),
    ),
  }
}

/** `spread over hosts`, `spread over label zone (a 2, b 1)`. */
function spreadText({ label, targets }: Spread): string {
  const parts = Object.entries(targets ?? {}).map(([value, weight]) => `${value} ${weight}`)
  return `spread over ${label === 'host' ? 'hosts' : `label ${label}`}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}`
}

/** Rules of where its slots may be, besides constraints. */
function placementOf(job: Job): readonly string[] {
  const pinning = job.volumes.filter(({ shared }) => !shared).map(({ source }) => source)
  const rules: readonly (string | null)[] = [
    pinning.length > 0 ? `stays on its first host: volume ${pinning.join(', ')}` : null,
    job.exclusive ? 'exclusive: never twice' : null,
    job.spread === null ? null : spreadText(job.spread),
    job.maxPerHost === null ? null : `at most ${job.maxPerHost} per host`,
    job.distinct === null ? null : `each on another ${job.distinct}`,
    job.conflictGroup === null ? null : `no two of conflict group ${job.conflictGroup} on one host`,
    job.conflicts.length > 0 ? `not beside ${job.conflicts.join(', ')}` : null,
    job.with.length > 0 ? `only beside ${job.with.join(', ')}` : null,
    job.affinity.length > 0 ? `rather where ${job.affinity.map(({ constraint }) => constraint.text).join(', ')}` : null,
    job.onHostLoss === 'wait' ? 'waits for a lost host' : null,
  ]
  return rules.filter((rule) => rule !== null)
}

/** Which slots of a job failed to start, or were given up, and when they are tried again; by slot. */
export function backOffsOf(records: Records | null, name: JobName): readonly BackOffView[] {
  return Object.values(records?.backOffs ?? {})
    .filter(({ slot }) => jobOfSlot(slot) === name)
    .sort((a, b) => byName(a.slot, b.slot))
    .map(({ slot, failures, until, failedOn, error }) => ({ slot, failures, until, failedOn, error: error ?? null }))
}
