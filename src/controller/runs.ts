// The last runs of a batch or cron job: what hosts have written down, and what goes on.
import { newestRuns, readRuns } from '../cluster/runs.js'
import { type JobName, jobOfSlot } from '../model/names.js'
import type { RunView } from '../model/run.js'
import { presentRuns } from '../planner/runs.js'
import type { Look } from './controller.js'
import type { World } from './world.js'

/** Oldest first, at most the last twenty of each slot. */
export async function jobRuns(
  { transport }: Pick<World, 'transport'>,
  look: Look,
  name: JobName,
): Promise<readonly RunView[]> {
  const hosts = look.input.hosts.filter(({ facts }) => facts !== null).map(({ host }) => host)
  const present = look.decision.classified
    .filter(({ subject }) => jobOfSlot(subject.slot) === name)
    .flatMap((item) => presentRuns(item, look.input.wall))
  return newestRuns([...(await readRuns(transport, hosts, name)), ...present])
}
