// Which hosts a job is meant for, whatever their state and whatever runs there.
import type { AppliedJob } from '../model/job.js'
import type { Candidate } from '../model/plan.js'
import { unmet } from './constraints.js'

/**
 * True where a system job wants a slot: the host takes jobs and meets every constraint. A driver that it lacks is not
 * asked about here: the slot is wanted, and comes back unplaced with that reason.
 */
export function meetsConstraints(applied: AppliedJob, candidate: Candidate): boolean {
  return candidate.takesJobs && applied.job.constraints.every((constraint) => unmet(candidate, constraint) === null)
}
