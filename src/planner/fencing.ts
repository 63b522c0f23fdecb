// Whose power is cut: a lost host that holds what may not run twice, or one that hangs for long; and never without half of
// the voters, so that a cut network does not switch off what is well.
import { byName, type HostName } from '../model/names.js'
import type { HostObservation, Observation } from '../model/observation.js'
import { formatMillis } from '../model/resources.js'
import { underRuleOn } from './exclusive.js'
import type { HostState, PlanInput } from './input.js'

/** A host to be fenced, and why. */
export interface Fencing {
  readonly host: HostName
  readonly why: string
}

/** What a host that hangs says to a probe: nothing, though its kernel lives. */
const HANGS: ReadonlySet<string> = new Set(['timeout', 'unreachable', 'reply-lost'])

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
    const hung = hangsFor(state, seen.get(name), observation.at, input)
    if (hung !== null) return { host: name, why: `${name} has hung for ${formatMillis(hung)}; ${votes}` }
  }
  return null
}

/** For how long it has hung, ms: it answers pings of the control machine and of another host, and nothing else; null: it does not. */
function hangsFor(
  { belief }: HostState,
  seen: HostObservation | undefined,
  at: number,
  { settings }: PlanInput,
): number | null {
  if (belief.verdict !== 'unmanageable' || !seen?.failure || !HANGS.has(seen.failure.kind)) return null
  if (seen.silentSince === null || at - seen.silentSince < (settings.hungAfterMs ?? Number.POSITIVE_INFINITY))
    return null
  const latest = new Map(seen.looks.map((look) => [look.vantage, look.reached]))
  const others = [...latest].filter(([vantage, reached]) => vantage !== 'control' && reached)
  return latest.get('control') === true && others.length > 0 ? at - seen.silentSince : null
}
