// The same end as without faults: what the operator's words come to by themselves, compared with what truly runs.
import type { AppliedJob, Job } from '../../src/model/job.js'
import { type HostName, type JobName, jobOfSlot, type SlotName, slotName, slotOfUnit } from '../../src/model/names.js'
import type { MemoryDisk } from '../support/memory-store.js'
import type { SimHost } from './host.js'
import { type JobDials, jobOf } from './jobs.js'
import { readable } from './readable.js'

/** What is compared. */
export interface Said {
  /** By the operator: what was applied, and what of it was stopped since. */
  readonly operator: { readonly wanted: ReadonlyMap<JobName, JobDials>; readonly stopped: ReadonlySet<JobName> }
  readonly hosts: ReadonlyMap<HostName, SimHost>
  readonly disk: MemoryDisk
  /** What no host has room for. */
  readonly unplaced: ReadonlySet<SlotName>
}

/**
 * Sentences for what a run without faults would not have come to: other jobs, counts or contents, other slots that run. Which
 * host each is on may differ. It does not apply to versions that hc took back by itself (`update.auto_revert`: whether one was
 * healthy before depends on the faults), to slots without a place, nor to what a store that was lost had run: that is unclaimed
 * and goes on. Where older copies of a store are put back (modes `store` and `control`) it is not asked: they bring back what was removed
 * since, which no --prune knows of.
 */
export function unlikeSaid({ operator: { wanted, stopped }, hosts, disk, unplaced }: Said): readonly string[] {
  const records = readable(disk.content.records)
  if (!records) return ['nothing is left of what was said']
  const names = [...new Set([...wanted.keys(), ...Object.keys(records.jobs)])]
  const reverted = new Set(names.filter((name) => isReverted(records.versions?.[name] ?? [], records.jobs[name])))
  const jobs = names.filter((name) => !reverted.has(name))
  const faults = jobs.flatMap((name) => unlikeJob(name, wanted.get(name), records.jobs[name], stopped.has(name)))
  const runsForGood = (name: JobName) => {
    const dials = reverted.has(name) ? undefined : wanted.get(name)
    return dials !== undefined && readJob(name, dials).type !== 'cron'
  }
  const running = new Set([...hosts.values()].flatMap((host) => [...host.running().keys()].map(slotOfUnit)))
  const going = jobs.filter((name) => !stopped.has(name))
  const slots = going.flatMap((name) => slotsOf(name, wanted.get(name), [...hosts.keys()]))
  const blocked = new Set([...unplaced].map(jobOfSlot))
  const missing = slots.filter((slot) => !running.has(slot) && !blocked.has(jobOfSlot(slot)))
  const known = new Set(slots)
  const surplus = [...running].filter((slot) => slot !== null && !known.has(slot) && runsForGood(jobOfSlot(slot)))
  return [
    ...faults,
    ...missing.map((slot) => `${slot} does not run, without faults it would`),
    ...surplus.map((slot) => `${slot} runs, without faults it would not`),
  ]
}

function isReverted(
  kept: readonly { readonly version: number; readonly revertOf?: number }[],
  applied: AppliedJob | undefined,
): boolean {
  return kept.find(({ version }) => version === applied?.version)?.revertOf !== undefined
}

function unlikeJob(
  name: JobName,
  dials: JobDials | undefined,
  applied: AppliedJob | undefined,
  stopped: boolean,
): readonly string[] {
  if (!dials) return [`${name} is applied, and the operator does not want it`]
  if (!applied) return [`${name} is not applied, and the operator wants it`]
  if (applied.stopped !== stopped)
    return [`${name} is ${applied.stopped ? '' : 'not '}stopped, the operator said otherwise`]
  const same = JSON.stringify(applied.job) === JSON.stringify(readJob(name, dials))
  return same ? [] : [`${name} is not applied as the operator said last`]
}

/** Jobs that were read before: it is asked each tick. */
const READ = new Map<string, Job>()

function readJob(name: JobName, dials: JobDials): Job {
  const key = `${name} ${JSON.stringify(dials)}`
  const job = READ.get(key) ?? jobOf(name, dials)
  READ.set(key, job)
  return job
}

/** Those that run for good. */
function slotsOf(name: JobName, dials: JobDials | undefined, hosts: readonly HostName[]): readonly SlotName[] {
  if (!dials) return []
  const { type } = readJob(name, dials)
  if (type === 'batch' || type === 'cron') return []
  if (type === 'system') return hosts.filter((host) => host !== dials.notOn).map((host) => slotName(name, host))
  return Array.from({ length: dials.count }, (_, place) => slotName(name, place))
}
