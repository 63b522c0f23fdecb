// No exclusive slot is started elsewhere while its host may still run it: the rule of exclusive.ts once more, told from the
// silent host's side. It asks whom that host could still have reached, and when it would have stopped at the latest.
import { CONTROL } from '../model/lease.js'
import { type HeldRules, ROW_GAP_MS } from '../model/lease-record.js'
import type { Millis } from '../model/names.js'
import type { Action, Plan } from '../model/plan.js'
import type { Classified } from './classify.js'
import { MARGIN_MS } from './exclusive.js'
import { type HostState, hostsByName, type PlanInput } from './input.js'
import { isActive } from './phase.js'

const ADDS_A_COPY: ReadonlySet<Action['kind']> = new Set(['start', 'move'])

/** Sentences for each exclusive slot that would be started while another host may run it. */
export function exclusiveFaults(
  { actions }: Plan,
  classified: readonly Classified[],
  input: PlanInput,
): readonly string[] {
  const hosts = hostsByName(input)
  const exclusive = new Set(input.jobs.filter(({ job }) => job.exclusive).map(({ job }) => job.name))
  const unsure = input.hosts
    .filter((state) => state.unsure && state.fenced === undefined && state.confirmedLost === undefined)
    .map(({ host }) => host.name)
  return actions.flatMap(({ kind, slot, host, job }) => {
    if (!ADDS_A_COPY.has(kind) || !exclusive.has(job)) return []
    const runs = classified.some(({ subject }) => subject.slot === slot && subject.unit && isActive(subject.unit))
    if (!runs && unsure.length > 0)
      return [`exclusive ${slot} would start on ${host}, and ${unsure.join(', ')} not seen`]
    const holder = input.placements[slot]?.host
    const seen = classified.some(({ subject }) => subject.slot === slot && subject.unit && subject.host === holder)
    const state = holder === undefined || holder === host || seen ? undefined : hosts.get(holder)
    if (!state || state.facts) return []
    const why = mayStillRun(state, slot, input)
    return why === null ? [] : [`exclusive ${slot} would start on ${host} while ${holder} is out of sight: ${why}`]
  })
}

/** Why the host may still run it; null: it can't. */
function mayStillRun(state: HostState, slot: string, input: PlanInput): string | null {
  if (state.fenced !== undefined || state.confirmedLost !== undefined) return null
  const { lease, silence } = state
  if (!input.loop || !lease || !silence) return 'nobody has reckoned with its lease'
  if (state.belief.verdict !== 'lost') return `it is ${state.belief.verdict}`
  const { term: own, elected } = input.loop
  const { number = -1, owner = null } = lease.term ?? {}
  if (owner !== own.owner || number > own.number || number < (elected ? elected.from : own.number))
    return 'it holds rules of another term'
  const isArmed = lease.held.every(({ slots }) => slots.some((armed) => armed.slot === slot))
  if (lease.held.filter(({ id }) => id === lease.acknowledged).length !== 1 || !isArmed) return 'it is not armed for it'
  if (lease.unwatched) return 'it does not look at its lease'
  if (lease.held.some(({ selfFence }) => !selfFence)) return 'nothing ends what it fails to stop'
  for (const rules of lease.held) {
    const reach = couldReach(state, rules, input)
    const all = rules.voters.length + 1
    if (2 * (reach + 1) > all) return `it could still reach ${reach + 1} of ${all} voters`
  }
  return null
}

/**
 * How many voters the host could have reached at its last look before it had to be stopped by now: all but those that have
 * found it silent from long enough before.
 */
function couldReach({ silence, lease }: HostState, { voters, led: by }: HeldRules, input: PlanInput): number {
  const longest = (of: (rules: HeldRules) => Millis) => Math.max(0, ...(lease?.held ?? []).map(of))
  const stopTakes =
    longest(({ lookEveryMs }) => lookEveryMs) +
    longest(({ lookMs }) => lookMs) +
    longest(({ stopBoundMs }) => stopBoundMs) +
    MARGIN_MS
  const lastLook = input.now - stopTakes
  // Leases that those before this leader gave had ended with their lead.
  const { elected, term, since } = input.loop ?? { elected: undefined, term: { number: 0 }, since: 0 }
  const mayHold = ({ led = term.number, leaseMs }: HeldRules) =>
    elected && !elected.handedOn && led >= elected.from && led !== term.number ? 0 : leaseMs
  const leaseEnds = Math.max(
    (silence?.sentAt ?? Number.NEGATIVE_INFINITY) + longest(({ leaseMs }) => leaseMs),
    silence?.leaseUntil ?? Number.NEGATIVE_INFINITY,
    since + longest(mayHold),
  )
  if (leaseEnds > lastLook || (silence?.reachedAt ?? Number.NEGATIVE_INFINITY) > lastLook) return voters.length
  const local = input.hosts.find(({ host }) => host.connection.kind === 'local')?.host.name ?? input.here
  const apart = elected && by !== term.number ? 'another leader' : CONTROL
  const silent = new Set<string>()
  for (const { vantage, first, last } of silence?.rows ?? []) {
    const alive =
      vantage === 'control' ||
      input.hosts.some(({ host, facts, belief }) => {
        return host.name === vantage && (facts !== null || belief.verdict === 'ready')
      })
    if (alive && first <= lastLook && last >= input.now - ROW_GAP_MS) {
      silent.add(vantage === 'control' ? (local ?? apart) : vantage)
    }
  }
  return voters.filter((voter) => !silent.has(voter)).length
}
