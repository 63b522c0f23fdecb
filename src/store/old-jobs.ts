// Applied jobs as an older program wrote them, in today's form. Done at each reading and not by a migration: an older
// program may write its form into records of today's format again.
import type { RawRecords } from './format.js'

function isObject(value: unknown): value is RawRecords {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `spread` was the name of the label alone. */
function ofToday(job: RawRecords): RawRecords {
  return typeof job.spread === 'string' ? { ...job, spread: { label: job.spread, targets: null } } : job
}

/** The field `jobs` of records with every job in today's form. */
export function jobsOfToday(jobs: unknown): unknown {
  if (!isObject(jobs)) return jobs
  return Object.fromEntries(
    Object.entries(jobs).map(([name, applied]) =>
      isObject(applied) && isObject(applied.job) ? [name, { ...applied, job: ofToday(applied.job) }] : [name, applied],
    ),
  )
}
