// What carrying out a plan goes by: everything was decided before.
import type { Contents, ExecuteInput } from '../cluster/execute.js'
import type { AppliedJob } from '../model/job.js'
import type { Action } from '../model/plan.js'
import type { Records } from '../model/records.js'
import { readContents } from './contents.js'
import type { Look } from './controller.js'
import type { World } from './world.js'

/** The steps of a plan with all that they need. */
export function executionOf(
  actions: readonly Action[],
  look: Look,
  records: Records,
  { store, sources }: Pick<World, 'store' | 'sources'>,
): ExecuteInput {
  return {
    actions,
    greet: look.decision.plan.greet,
    bootWaitMs: look.inventory.settings.bootWaitMs,
    hosts: new Map(
      look.input.hosts.flatMap(({ host, facts }) => {
        const at = look.observation.hosts.find((one) => one.host === host.name)?.lastContactAt
        return facts && at !== null && at !== undefined ? [[host.name, { host, facts, contactAt: at }] as const] : []
      }),
    ),
    jobs: new Map(Object.values(records.jobs).map((applied) => [applied.job.name, applied])),
    cluster: records.cluster,
    key: records.key,
    term: records.term,
    contents: (applied: AppliedJob): Promise<Contents> => readContents(applied, store, sources),
  }
}
