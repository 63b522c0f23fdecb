// How full the hosts are before and after a rebalance.
import type { Occupant } from '../model/plan.js'
import { NO_RESOURCES, plus } from '../model/resources.js'
import type { PlannedHostView } from '../model/views.js'
import type { Classified } from './classify.js'
import { candidatesOf } from './demands.js'
import type { PlanInput } from './input.js'
import type { Rebalance } from './rebalance.js'

/** All hosts, by name. */
export function rebalancedHosts(
  { before, after }: Pick<Rebalance, 'before' | 'after'>,
  classified: readonly Classified[],
  input: PlanInput,
): readonly PlannedHostView[] {
  const known = new Set(
    input.hosts.flatMap(({ host, facts, lastFacts }) => (facts || lastFacts || host.capacity ? [host.name] : [])),
  )
  return candidatesOf(classified, input).map(({ name, verdict, capacity }) => {
    const [then, now] = [on(before, name), on(after, name)]
    const stay = then.filter(({ slot }) => now.some((each) => each.slot === slot)).length
    return {
      host: name,
      verdict,
      capacity: known.has(name) ? capacity : null,
      before: fill(then),
      after: fill(now),
      stay,
    }
  })
}

function on(places: readonly Occupant[], name: string): readonly Occupant[] {
  return places.filter(({ host }) => host === name)
}

function fill(places: readonly Occupant[]): PlannedHostView['before'] {
  const reserved = places.reduce((sum, { applied }) => plus(sum, applied.job.resources), NO_RESOURCES)
  return { slots: places.length, reserved }
}
