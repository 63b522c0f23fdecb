// `hc job update`: which applied jobs have an image whose tag may stand for another one by now.
import { UserError } from '../model/errors.js'
import type { AppliedJob } from '../model/job.js'
import { byName, type JobName } from '../model/names.js'
import type { Records } from '../model/records.js'
import type { JobToApply } from './apply.js'
import { findJob } from './jobs.js'

/**
 * The jobs as they were applied; all that can be updated where none is named. Throws UserError for a name that is not applied, is stopped,
 * or has no tag.
 */
export function jobsToUpdate(records: Records | null, names: readonly JobName[]): readonly JobToApply[] {
  for (const name of names) {
    const why = whyNot(findJob(records, name))
    if (why === null) continue
    throw new UserError(`${name} ${why}`, { code: 'usage', hint: 'hc job list -o wide shows the images' })
  }
  const wanted = names.length > 0 ? new Set(names) : null
  return Object.values(records?.jobs ?? {})
    .filter((applied) => (wanted === null ? whyNot(applied) === null : wanted.has(applied.job.name)))
    .sort((a, b) => byName(a.job.name, b.job.name))
    .map(({ job, folder }) => ({ job, folder }))
}

function whyNot({ job, stopped }: AppliedJob): string | null {
  if (job.image === null) return 'has no image'
  if (job.image.includes('@')) return `names its image by digest (${job.image}): that is always the same one`
  return stopped ? `is stopped: hc job start ${job.name} starts it` : null
}
