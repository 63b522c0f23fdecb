// Names of jobs and slots as commands take them: found, or told with the nearest right one.
import { UserError } from '../model/errors.js'
import type { Host } from '../model/host.js'
import type { AppliedJob } from '../model/job.js'
import {
  byName,
  type HostName,
  type JobName,
  jobOfSlot,
  quoted,
  type SlotName,
  slotName,
  someOf,
} from '../model/names.js'
import type { Records } from '../model/records.js'
import { didYouMean } from '../spec/nearest.js'

/** What names stand for. */
export interface Targets {
  /** Named as a whole: also slots that they get later. */
  readonly jobs: readonly JobName[]
  readonly slots: readonly SlotName[]
}

/** Is the slot one of these? */
export function isTargeted({ jobs, slots }: Targets, slot: SlotName): boolean {
  return slots.includes(slot) || jobs.includes(jobOfSlot(slot))
}

/** Finds jobs and slots. Throws UserError (not-found) for the first name that is neither; `hosts` are known for hints. */
export function findTargets(
  records: Records | null,
  names: readonly string[],
  hosts: readonly Pick<Host, 'name'>[] = [],
): Targets {
  const targets = { jobs: [] as JobName[], slots: [] as SlotName[] }
  for (const name of names) {
    const applied = records?.jobs[jobOfSlot(name)]
    if (!records || !applied) {
      throw hosts.some((host) => host.name === name) ? hostInstead(name) : unknownJob(records, name)
    }
    if (!name.includes('.')) targets.jobs.push(name)
    else if (slotsOf(records, applied).includes(name)) targets.slots.push(name)
    else throw unknownSlot(slotsOf(records, applied), name)
  }
  return targets
}

/** The slots of a job: those that it wants (of a system job not known), and those that are placed. */
export function slotsOf(records: Records, { job }: AppliedJob): readonly SlotName[] {
  const placed = Object.keys(records.placements).filter((slot) => jobOfSlot(slot) === job.name)
  const count = job.type === 'system' ? 0 : job.type === 'cron' ? 1 : job.count
  const wanted = Array.from({ length: count }, (_, place) => slotName(job.name, place))
  return [...new Set([...wanted, ...placed])].sort(byName)
}

function hostInstead(name: HostName): UserError {
  return new UserError(`${name} is a host, neither a job nor a slot`, {
    code: 'not-found',
    hint: `hc host show ${name} tells what is there`,
  })
}

function unknownJob(records: Records | null, name: string): UserError {
  const jobs = Object.keys(records?.jobs ?? {}).sort(byName)
  const near = didYouMean(jobOfSlot(name), jobs)
  const known = jobs.length === 0 ? 'hc apply jobs/ applies the first ones' : `applied are: ${someOf(jobs)}`
  return new UserError(`no job ${quoted(jobOfSlot(name))} is applied`, {
    code: 'not-found',
    hint: near === null ? known : `${near} ${known}`,
  })
}

function unknownSlot(slots: readonly SlotName[], name: SlotName): UserError {
  const job = jobOfSlot(name)
  const near = didYouMean(name, slots)
  const known = slots.length === 0 ? `${job} has no slots now` : `its slots are: ${someOf(slots)}`
  return new UserError(`${job} has no slot ${name}`, {
    code: 'not-found',
    hint: near === null || slots.length < 10 ? known : `${near} ${known}`,
  })
}
