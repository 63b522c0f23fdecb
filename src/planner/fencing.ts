// Whose power is cut: a lost host that holds what may not run twice, or one that hangs for long; and never without half of
// the voters, so that a cut network does not switch off what is well.
import { byName, type HostName } from '../model/names.js'
import type { Observation } from '../model/observation.js'
import { formatMillis } from '../model/resources.js'
import { underRuleOn } from './exclusive.js'
import { hangsFor } from './hung.js'
import type { PlanInput } from './input.js'

/** A host to be fenced, and why. */
export interface Fencing {
  readonly host: HostName
  readonly why: string
}

/** The first host that is to be fenced now; null: none. `control`: the control machine's own host, where it is one. */
export function toFence(input: PlanInput, observation: Observation, control: HostName | null): Fencing | null {
  const ready = input.hosts.filter(({ belief }) => belief.verdict === 'ready').length
  const voters = input.hosts.length + (control === null ? 1 : 0)
  const side = ready + (control === null ? 1 : 0)
  if (2 * side < voters) return null
  const votes = `${side} of ${voters} voters agree`
  const seen = new Map(observation.hosts.map((host) => [host.host, host]))
  for (const state of [...input.hosts].sort((a, b) => byName(a.host.name, b.host.name))) {
    const { name, fence } = state.host
    if (!fence || name === control || state.fenced !== undefined || state.facts) continue
    const slots = underRuleOn(name, Object.values(input.placements), input.jobs).map(({ slot }) => slot)
    if (state.belief.verdict === 'lost' && slots.length > 0) {
      return { host: name, why: `${name} is lost and may still run ${slots.join(', ')}; ${votes}` }
    }
    const hung = hangsFor(state.belief, seen.get(name), observation.at)
    if (hung !== null && hung >= (input.settings.hungAfterMs ?? Number.POSITIVE_INFINITY))
      return { host: name, why: `${name} has hung for ${formatMillis(hung)}; ${votes}` }
  }
  return null
}
