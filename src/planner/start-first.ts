// `update.order: start-first`: the new copy of a slot is begun on another host, and the old one stops once it is well.
import { type AppliedJob, isPinned } from '../model/job.js'
import type { HostName } from '../model/names.js'
import type { Placement } from '../model/plan.js'
import type { Classified } from './rules.js'
import type { Subject } from './subjects.js'

/** May two copies of a slot of this job run for a while? */
export function mayOverlap({ job }: AppliedJob): boolean {
  return job.update.order === 'start-first' && job.type === 'service' && !job.exclusive && !isPinned(job)
}

/** A slot that runs by an older version, and whose next copy is to be begun beside it: on another host, where one has room. */
export function startsFirst({ subject, bucket, reason }: Pick<Classified, 'subject' | 'bucket' | 'reason'>): boolean {
  const { applied, unit, placement, host } = subject
  if (bucket !== 'restart' || reason !== 'spec-changed' || !applied || !unit || !mayOverlap(applied)) return false
  // While an earlier copy still runs beside this one, a third is not begun: this one is changed where it is.
  return unit.active === 'active' && placement !== null && placement.host === host && placement.beside === undefined
}

/** Is this the old copy, which runs on until the new one is well? */
export function isOldCopy({ applied, placement, host }: Pick<Subject, 'applied' | 'placement' | 'host'>): boolean {
  return applied !== null && placement?.beside !== undefined && placement.beside === host && mayOverlap(applied)
}

/** What the record of the next place says of the copy that runs on elsewhere meanwhile. */
export function besideOf(
  item: Pick<Classified, 'subject' | 'bucket' | 'reason'>,
  next: HostName,
): Pick<Placement, 'beside'> {
  const { placement, host } = item.subject
  const old = placement?.beside ?? (startsFirst(item) ? host : null)
  return old !== null && old !== next ? { beside: old } : {}
}
