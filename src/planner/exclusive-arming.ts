// Which hosts are to hold which lease rules, and for which slots: worked out anew in each tick of the loop, from the present.
import { CONTROL, LEASE_SCRIPT_VERSION, type LeaseRules, type Voter } from '../model/lease.js'
import { type Arming, type HeldRules, LEASE_DEFAULTS } from '../model/lease-record.js'
import { byName, type SlotName } from '../model/names.js'
import type { Action, Placement } from '../model/plan.js'
import { formatMillis } from '../model/resources.js'
import { canonicalJson, sha256 } from '../spec/hash.js'
import { controlVoter, underRuleOn } from './exclusive.js'
import type { HostState, PlanInput } from './input.js'

/** From one look of a host without a lease to the next, ms. */
const LOOK_EVERY_MS = 2000
/** Bound of one such look, ms: four pings, each a fifth of a second after the other; the first answer ends it. */
const LOOK_MS = 800
/** A host that looks at its lease no more is armed anew every so often, ms: in the ticks of so long. */
const AGAIN_EVERY_MS = 30_000
const AGAIN_FOR_MS = 2000
/** Arms in a row that it does not acknowledge, after which a person has to look. */
const MOST_HELD = 20
/** TEST-NET-1 (RFC 5737): the address of a voter whose address nobody can use; it counts, and never answers. */
export const NOWHERE = '192.0.2.1'

/** Steps that arm and disarm, sorted by host; none without a loop. */
export function armings(actions: readonly Action[], input: PlanInput): readonly Arming[] {
  if (!input.loop) return []
  const placements = after(actions, input)
  let id = input.leaseRules ?? 0
  return [...input.hosts]
    .sort((a, b) => byName(a.host.name, b.host.name))
    .flatMap((state) => {
      const arming = armingOf(state, placements, input, id + 1)
      if (arming?.arm) id += 1
      return arming ? [arming] : []
    })
}

/** The records as the plan leaves them. */
function after(actions: readonly Action[], { placements }: PlanInput): readonly Placement[] {
  const all = new Map(Object.entries(placements))
  for (const { slot, placement } of actions) if (placement) all.set(slot, placement)
  return [...all.values()]
}

function armingOf(state: HostState, placements: readonly Placement[], input: PlanInput, id: number): Arming | null {
  const shown = state.facts?.lease
  if (!state.facts || state.blocked || shown === undefined) return null
  const host = state.host.name
  const slots = slotsUnderRule(state, placements, input)
  if (slots.length === 0) {
    return shown === null ? null : { host, arm: null, text: 'nothing that could be taken over is here any more' }
  }
  const rules = rulesFor(state, input)
  const digest = digestOf(rules)
  const known = state.lease?.held.find((held) => held.id === state.lease?.acknowledged)
  const holds = known && shown !== null && shown.rules === known.id
  const same = holds && !differs(known, { rules, digest, slots: slots.map(({ slot }) => slot) }, input)
  const isArmed = same && slots.every(({ slot }) => shown.armed.some((armed) => armed.slot === slot))
  if (isArmed && !isDueAgain(state)) return null
  const names = slots.map(({ slot }) => slot).join(', ')
  const text = `armed for ${names}: lease ${formatMillis(rules.leaseMs)}, ${rules.voters.length + 1} voters`
  const led = input.loop?.elected && { led: input.loop.term.number }
  const silent = input.hosts.filter(({ belief }) => belief.verdict === 'lost').map((other) => other.host.name)
  return { host, arm: { rules: { ...rules, id }, slots, digest, ...led, ...(silent.length > 0 && { silent }) }, text }
}

/** An arm sees to it that a look is made. Where none is made any more, it is tried twice a minute, and not for ever. */
function isDueAgain({ facts, lease }: HostState): boolean {
  if (!lease?.unwatched || !facts?.lease || lease.held.length > MOST_HELD) return false
  return (facts.uptimeMs - (facts.lease.looked ?? 0)) % AGAIN_EVERY_MS < AGAIN_FOR_MS
}

function digestOf(rules: Omit<LeaseRules, 'id'>): string {
  const said = { ...rules, script: LEASE_SCRIPT_VERSION }
  return sha256(new TextEncoder().encode(canonicalJson(JSON.parse(JSON.stringify(said)))))
}

/** Other voters or times, or other slots, count at once; what is only said of the voters, once all of them have spoken. */
function differs(
  known: HeldRules,
  wanted: { readonly rules: Omit<LeaseRules, 'id'>; readonly digest: string; readonly slots: readonly SlotName[] },
  input: PlanInput,
): boolean {
  const { hosts, loop } = input
  const voters = wanted.rules.voters.map(({ name }) => name)
  const { leaseMs, lookEveryMs, lookMs, stopBoundMs, selfFence } = wanted.rules
  const sameTimes =
    known.leaseMs === leaseMs &&
    known.lookEveryMs === lookEveryMs &&
    known.lookMs === lookMs &&
    known.stopBoundMs === stopBoundMs &&
    known.selfFence === selfFence
  const sameSlots = known.slots.map(({ slot }) => slot).join(' ') === wanted.slots.join(' ')
  // Another leader has another voice, unless it is that of a host.
  const hasVoice = controlVoter(input) !== CONTROL ? known.led !== undefined : known.led === loop?.term.number
  if (loop?.elected && !hasVoice) return true
  if (!sameTimes || !sameSlots || [...known.voters].sort(byName).join(' ') !== voters.join(' ')) return true
  return known.digest !== wanted.digest && hosts.every(({ facts, lastFacts }) => facts ?? lastFacts)
}

/** What would be taken over from it: nothing where no other host takes jobs, nor from the host of the only control machine. */
function slotsUnderRule({ host }: HostState, placements: readonly Placement[], input: PlanInput) {
  const { hosts, jobs, loop } = input
  if (!loop?.elected && host.name === controlVoter(input)) return []
  if (!hosts.some((other) => other.host.name !== host.name && other.host.takesJobs)) return []
  return underRuleOn(host.name, placements, jobs).map(({ slot, number }) => ({ slot, placement: number }))
}

function rulesFor(state: HostState, input: PlanInput): Omit<LeaseRules, 'id'> {
  const { leaseMs, stopBoundMs, selfFence } = input.settings.lease ?? LEASE_DEFAULTS
  return {
    voters: votersFor(state, input),
    leaseMs,
    lookEveryMs: LOOK_EVERY_MS,
    lookMs: LOOK_MS,
    stopBoundMs,
    selfFence,
  }
}

/** All voters but the host itself, by name. */
export function votersFor(state: HostState, input: PlanInput): readonly Voter[] {
  const { hosts, jobs, loop } = input
  const seen = (of: HostState) => of.facts ?? of.lastFacts
  const peer = seen(state)?.connection?.peer ?? null
  const own = seen(state)?.connection?.own ?? state.host.connection.address
  const control = controlVoter(input)
  const voters = hosts
    .filter((other) => other !== state)
    .map((other): Voter => {
      const { name, connection } = other.host
      const isControl = name === control
      const address = isControl ? peer : (seen(other)?.connection?.own ?? connection.address)
      const { macs = [], hostKeys = [] } = seen(other) ?? {}
      return { name, address: address ?? NOWHERE, port: isControl ? 22 : (connection.port ?? 22), macs, hostKeys }
    })
  const all: readonly Voter[] =
    control === CONTROL
      ? [...voters, { name: CONTROL, address: peer ?? NOWHERE, port: null, macs: loop?.macs ?? [], hostKeys: [] }]
      : voters
  const moving = new Set(jobs.flatMap(({ job }) => (job.address === null ? [] : [job.address.replace(/\/.*$/, '')])))
  const times = (address: string) => all.filter((voter) => voter.address === address).length
  return [...all]
    .sort((a, b) => byName(a.name, b.name))
    .map((voter) => {
      const { address } = voter
      const usable = !isLoopback(address) && address !== own && !moving.has(address) && times(address) === 1
      return usable ? voter : { ...voter, address: NOWHERE }
    })
}

function isLoopback(address: string): boolean {
  return /^(127\.|::1$|localhost$|0\.0\.0\.0$)/.test(address)
}
