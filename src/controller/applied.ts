// What an apply writes into the store.
import { type NewEvent, told } from '../model/event.js'
import type { AppliedJob } from '../model/job.js'
import { type JobName, jobOfSlot } from '../model/names.js'
import type { Records } from '../model/records.js'
import { underLock } from './change.js'
import { type Prepared, removedAfter, tryAgain } from './prepare.js'
import { isOutdated } from './recover.js'
import { claim } from './term.js'
import { blobsOf, keepVersions } from './versions.js'
import type { World } from './world.js'

/** Writes what is wanted from now on. `othersWrote`: another hc has, since the hosts were looked at. */
export async function recordApplied(
  world: World,
  prepared: Prepared,
): Promise<{ readonly records: Records; readonly othersWrote: boolean }> {
  const { store } = world
  const same = await recordedAlready(world, prepared)
  if (same) return { records: same, othersWrote: isOutdated(prepared.look, claim(same, world.owner)) }
  return underLock(world, async () => {
    const read = await store.read()
    const records = read ?? prepared.records
    // Of first records nothing is there to be read before they are written here.
    const othersWrote = (read !== null || !prepared.isFirst) && isOutdated(prepared.look, claim(read, world.owner))
    await store.putBlobs([...prepared.files.values()])
    const applied = appliedTo(records, prepared, world.clock.wall())
    const next = await keepVersions(store, records, applied, prepared.changed)
    if (JSON.stringify(next) !== JSON.stringify(read)) await store.write(next)
    await store.appendEvents(appliedEvents(prepared, next), next.term.number)
    await store.pruneBlobs(blobsOf(next))
    return { records: next, othersWrote }
  })
}

/** The records, where there is nothing to be written to them: then the lock is not needed. */
async function recordedAlready({ store, clock }: World, prepared: Prepared): Promise<Records | null> {
  if (prepared.changed.length + prepared.removed.length + prepared.files.size > 0) return null
  const read = await store.read()
  return read && JSON.stringify(appliedTo(read, prepared, clock.wall())) === JSON.stringify(read) ? read : null
}

/**
 * Pure: the records with what is wanted from now on. They may be newer than those that it was worked out from, for a person
 * may have thought about the plan: what was said of other jobs since, and restarts that were asked for, hold.
 */
export function appliedTo(
  records: Records,
  { wanted, changed, applied: named, removed }: Pick<Prepared, 'wanted' | 'changed' | 'applied' | 'removed'>,
  wall: string,
): Records {
  const jobs: Record<JobName, AppliedJob> = { ...records.jobs }
  for (const applied of wanted.jobs) {
    const { name } = applied.job
    const now = jobs[name]
    if (changed.includes(name)) jobs[name] = now ? after(now, applied) : applied
    else if (!now && named.includes(name)) jobs[name] = applied
  }
  const again = tryAgain(records, [...named, ...removed])
  const placements = { ...again.placements }
  for (const name of removed) {
    delete jobs[name]
    // Exclusive work may still run on a host out of reach: applied again, it has to wait for that host.
    if (records.jobs[name]?.job.exclusive) continue
    for (const slot of Object.keys(placements)) if (jobOfSlot(slot) === name) delete placements[slot]
  }
  return { ...again, jobs, placements, removed: removedAfter(records, named, removed, wall) }
}

/** Versions only rise, also where two applies cross; restarts asked for since are not forgotten. */
function after({ version, hash, generation, slotGenerations }: AppliedJob, applied: AppliedJob): AppliedJob {
  const crossed = applied.version <= version && applied.hash !== hash
  const higher = {
    ...applied,
    version: crossed ? version + 1 : Math.max(applied.version, version),
    generation: Math.max(applied.generation, generation),
  }
  return slotGenerations ? { ...higher, slotGenerations } : higher
}

function appliedEvents({ changed, removed }: Prepared, { jobs }: Records): readonly NewEvent[] {
  return [
    ...changed.map((name) => told('applied', `${name} version ${jobs[name]?.version} applied`)),
    ...removed.map((name) => told('removed', `${name} removed: its file is gone (--prune)`)),
  ]
}
