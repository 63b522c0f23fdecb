// Containers that bear hc's label but have lost their unit: nothing restarts, limits or stops them any more.
import { byName, jobOfSlot } from '../model/names.js'
import type { Action } from '../model/plan.js'
import type { PlanInput } from './input.js'

/**
 * Steps that remove such containers, where the store knows whose they are: this cluster's, of a job that is applied or was
 * removed. `taken` names slots (`web.0 nuc1`) that another step of the plan sees to: a start removes the container itself.
 */
export function strayContainers(input: PlanInput, taken: ReadonlySet<string>): readonly Action[] {
  const known = new Set([...input.jobs.map(({ job }) => job.name), ...Object.keys(input.removed)])
  return input.hosts
    .filter(({ facts, blocked }) => facts !== null && blocked === null)
    .flatMap(({ host, facts }) => {
      const units = new Set(facts?.units.map(({ slot }) => slot))
      return (facts?.containers ?? [])
        .filter(({ slot, cluster }) => cluster === input.cluster && !units.has(slot) && known.has(jobOfSlot(slot)))
        .filter(({ slot }) => !taken.has(`${slot} ${host.name}`))
        .map(
          ({ slot, driver, state }): Action => ({
            kind: 'stop',
            slot,
            job: jobOfSlot(slot),
            host: host.name,
            from: null,
            reason: 'container-without-unit',
            text: `its ${driver} container is ${state}, its unit is gone`,
            wave: 0,
            placement: null,
          }),
        )
    })
    .sort((a, b) => byName(a.slot, b.slot) || byName(a.host, b.host))
}
