// `hc doctor`: what the loss of the control machine would stop, and whose loss nobody could take over, by who was seen to reach whom.
import type { FindingView } from '../model/doctor.js'
import { CONTROL } from '../model/lease.js'
import type { HostName } from '../model/names.js'
import type { Vantage } from '../model/observation.js'
import { finding } from './doctor.js'
import { controlVoter, isUnderRule } from './exclusive.js'
import { votersFor } from './exclusive-arming.js'
import type { HostState, PlanInput } from './input.js'

/** Host -> who was seen to reach it while it was ready. */
export type Reach = ReadonlyMap<HostName, readonly Vantage[]>

/** Findings of these hosts; none of a host that no loop has seen yet, and none where nothing is under lease. */
export function reachFindings(input: PlanInput, hosts: readonly HostName[], reach: Reach): readonly FindingView[] {
  if (!input.jobs.some(isUnderRule)) return []
  const control = controlVoter(input)
  return input.hosts
    .filter(({ host: { name, takesJobs } }) => takesJobs && name !== control && hosts.includes(name))
    .filter(({ host }) => (reach.get(host.name) ?? []).length > 0)
    .flatMap((state) => [...withoutControl(state, input, reach), ...whenLost(state, input, reach)])
}

/** Two voters are a finding of their own. */
function withoutControl(state: HostState, input: PlanInput, reach: Reach): readonly FindingView[] {
  const { name } = state.host
  const control = controlVoter(input)
  const voters = votersFor(state, input)
  const all = voters.length + 1
  const reached = voters.filter((voter) => voter.name !== control && reach.get(voter.name)?.includes(name)).length
  if (all <= 2 || 2 * (1 + reached) > all) return []
  const text = `the sudden loss of the control machine would stop exclusive jobs here: with itself it was seen to reach ${1 + reached} of ${all} voters, and needs more than half`
  return [
    finding('alone', name, { text, mend: 'let this host reach the others: packet filters, routers, its own network' }),
  ]
}

function whenLost({ host: { name, fence } }: HostState, input: PlanInput, reach: Reach): readonly FindingView[] {
  if (fence) return []
  const control = controlVoter(input)
  const names = new Set([...input.hosts.map(({ host }) => host.name), ...(control === CONTROL ? [CONTROL] : [])])
  const looking = (reach.get(name) ?? []).map((vantage) => (vantage === 'control' ? control : vantage))
  const side = new Set(looking.filter((voter) => voter !== name && names.has(voter))).size
  if (2 * side >= names.size) return []
  const text = `after its loss nobody could take its exclusive jobs over: ${side} of ${names.size} voters were seen to reach it, and half have to find it gone`
  return [
    finding('no-take-over', name, {
      text,
      mend: 'let the others reach this host; or hc_fence in the inventory, see docs/fencing.md',
    }),
  ]
}
