// Exclusive work never runs twice: may a slot be started elsewhere while its host is out of sight? Pure arithmetic on what
// was sent to that host, and on who has looked for it in vain since. Every sentence of the rule has its case in the tests.

import type { Term } from '../model/host.js'
import { type AppliedJob, canBeTakenOver } from '../model/job.js'
import { CONTROL } from '../model/lease.js'
import { type HeldRules, type LeaseRecord, type LookRow, ROW_GAP_MS, type Silence } from '../model/lease-record.js'
import { byName, type HostName, jobOfSlot, type Millis, type SlotName } from '../model/names.js'
import type { Placement } from '../model/plan.js'
import { formatMillis } from '../model/resources.js'
import type { HostState, LoopState, PlanInput } from './input.js'

/** What a host may be late with besides the bounds in its rules, ms: its timer, its clock, a busy kernel. */
export const MARGIN_MS = 1000

/** Whether a host's exclusive slots may be started elsewhere, in a sentence with numbers. */
export interface TakeOver {
  readonly allowed: boolean
  readonly text: string
  /** hc's monotonic clock when time alone may change the answer; null: it does not. */
  readonly at: Millis | null
}

/** Only slots that could be taken over by themselves are under lease. */
export function isUnderRule({ job, stopped }: AppliedJob): boolean {
  return !stopped && canBeTakenOver(job)
}

/** Placements on a host that are under the rule, by slot; work that has ended is not. */
export function underRuleOn(
  host: HostName,
  placements: readonly Placement[],
  jobs: readonly AppliedJob[],
): readonly Placement[] {
  const under = new Set(jobs.filter(isUnderRule).map(({ job }) => job.name))
  return placements
    .filter((placement) => placement.host === host && !placement.completed && under.has(jobOfSlot(placement.slot)))
    .sort((a, b) => byName(a.slot, b.slot))
}

/** The control machine as a voter: the host that it is, else a voter of its own. */
export function controlVoter({ hosts, here }: ControlSeen): string {
  return hosts.find(({ host }) => host.connection.kind === 'local')?.host.name ?? here ?? CONTROL
}

interface ControlSeen {
  readonly hosts: readonly Pick<HostState, 'host'>[]
  readonly here?: HostName
}

/** Voters of these rules, the host itself included. */
export function votersOf({ voters }: Pick<HeldRules, 'voters'>): number {
  return voters.length + 1
}

/** How long a silent host may go on under these rules, ms, counted from the last renewal that was sent. */
export function waitMs(rules: Pick<HeldRules, 'leaseMs' | 'lookEveryMs' | 'lookMs' | 'stopBoundMs'>): Millis {
  return rules.leaseMs + stopMs(rules)
}

/** The same from the end of its lease on: also the longest time between two looks that the reckoning bears. */
export function stopMs({
  lookEveryMs,
  lookMs,
  stopBoundMs,
}: Pick<HeldRules, 'lookEveryMs' | 'lookMs' | 'stopBoundMs'>): Millis {
  return lookEveryMs + lookMs + stopBoundMs + MARGIN_MS
}

/** Is the host known to obey rules of this loop's line: its own, or of a leader that it was elected after? */
function isOfLine(term: Term | null, { term: own, elected }: LoopState): boolean {
  if (term === null || term.owner !== own.owner || term.number > own.number) return false
  return term.number >= (elected?.from ?? own.number)
}

/** May `slot` be started elsewhere, while `state`, which holds it by the record, is out of sight? */
export function mayTakeOver(state: HostState, slot: SlotName, input: PlanInput): TakeOver {
  const name = state.host.name
  const proof = state.fenced ?? state.confirmedLost ?? null
  if (proof !== null) return { allowed: true, text: proof, at: null }
  // Its own answers may be drowned by that one's.
  const { stranger } = state.belief
  if (stranger !== undefined) {
    const untold = `another machine (${stranger}) answers at its address, so nobody can tell that it is silent itself`
    return never(
      `${name} is lost, but its copy may still run there: ${untold}; if it is off, hc host confirm-lost ${name} says so`,
    )
  }
  if (!input.loop) {
    const twice = `its copy may still run there, and exclusive work never runs twice`
    const then = 'a loop that ticks starts it elsewhere once its lease has run out there'
    return never(`${name} is ${state.belief.verdict}, but ${twice}: ${then}, else it waits until ${name} is back`)
  }
  const why = hindrance(state, slot, input.loop)
  if (why !== null) return never(`${why}: it waits until ${name} is back`)
  const { lease, silence, loop } = { lease: state.lease, silence: state.silence, loop: input.loop }
  if (!lease || !silence || !loop) return never(`nothing is known of ${name}'s lease: it waits until ${name} is back`)
  return reckon(name, lease, silence, { input, loop })
}

/** Why the rule can't be applied at all, whatever time passes; null: it can. */
function hindrance(state: HostState, slot: SlotName, loop: LoopState): string | null {
  const { lease, silence } = state
  const name = state.host.name
  const twice = 'its copy may still run there, and exclusive work never runs twice'
  if (state.belief.verdict !== 'lost') return `${name} is ${state.belief.verdict}: ${state.belief.reason}`
  if (!lease || !silence || lease.held.length === 0 || lease.acknowledged === null) {
    return `${name} is lost, but ${twice}: it held no lease that would make it stop`
  }
  if (!isOfLine(lease.term, loop)) {
    return `${name} is lost, but ${twice}: it has not answered since this control machine took over`
  }
  const acknowledged = lease.held.find(({ id }) => id === lease.acknowledged)
  if (!acknowledged?.slots.some((armed) => armed.slot === slot)) {
    return `${name} is lost, but ${twice}: it had not yet said that it stops ${slot} by itself`
  }
  if (!lease.held.every(({ slots }) => slots.some((armed) => armed.slot === slot))) {
    return `${name} is lost, but ${twice}: it may have been told meanwhile to stop ${slot} by itself no more`
  }
  if (lease.unwatched) {
    return `${name} is lost, but ${twice}: when it was seen last, it had long not looked at its lease, so it may not stop ${slot} by itself`
  }
  if (lease.held.some(({ voters }) => voters.length === 0)) {
    return `${name} is lost, but ${twice}: it knows of no other voter, and so goes on alone`
  }
  if (lease.held.some(({ selfFence }) => !selfFence)) {
    return `${name} is lost, but ${twice}: where a stop fails it does not start itself anew (hc_self_fence: false), so only a fence or hc host confirm-lost ends the wait`
  }
  return null
}

interface Reckoning {
  readonly input: PlanInput
  readonly loop: LoopState
}

function reckon(name: HostName, lease: LeaseRecord, silence: Silence, { input, loop }: Reckoning): TakeOver {
  const { now } = input
  const { since } = loop
  const longest = longestTimes(lease.held)
  const counted = usable(silence.rows, input)
  const heir = silence.sentAt === null && silence.reachedAt === null && silence.leaseUntil === null
  // Of a host that was never heard here, only what those before have given it counts: no lease of theirs outlasts their lead.
  const leaseMs = heir ? inheritedMs(lease.held, loop) : longest.leaseMs
  const wait = waitMs({ ...longest, leaseMs })
  let start = Math.max(
    since,
    silence.sentAt ?? since,
    silence.reachedAt ?? since,
    (silence.leaseUntil ?? since + leaseMs) - leaseMs,
  )
  for (const rules of lease.held) {
    const side = sideIn(rules, counted, input)
    const needed = Math.ceil(votersOf(rules) / 2)
    const last = side[needed - 1]
    const agree = `${side.length} of ${votersOf(rules)} voters agree`
    if (last === undefined) {
      return never(
        `exclusive: ${name} may still run it: ${agree} that it is gone, ${needed} have to: it waits for them, or until ${name} is back`,
      )
    }
    // Who has joined late had perhaps reached the host until then: the whole wait begins anew there.
    start = Math.max(start, last.first - Math.min(ROW_GAP_MS, leaseMs))
  }
  const votes = tally(lease.held, counted, input)
  const due = start + wait
  if (now >= due) return { allowed: true, text: `${name} is lost and has stopped it by its lease: ${votes}`, at: null }
  return {
    allowed: false,
    text: `exclusive: ${name} may still run it: ${votes}; ${formatMillis(1000 * Math.ceil((due - now) / 1000))} left of ${formatMillis(wait)}`,
    at: due,
  }
}

function never(text: string): TakeOver {
  return { allowed: false, text, at: null }
}

/** The longest of each time that the host may go by. */
function longestTimes(held: readonly HeldRules[]): Parameters<typeof waitMs>[0] {
  const most = (of: (rules: HeldRules) => Millis) => Math.max(...held.map(of))
  return {
    leaseMs: most(({ leaseMs }) => leaseMs),
    lookEveryMs: most(({ lookEveryMs }) => lookEveryMs),
    lookMs: most(({ lookMs }) => lookMs),
    stopBoundMs: most(({ stopBoundMs }) => stopBoundMs),
  }
}

/** How long a lease that was given before this loop led may hold after it began to, ms: not at all, but by who gave the lead away. */
function inheritedMs(held: readonly HeldRules[], loop: LoopState): Millis {
  return Math.max(0, ...held.map(({ led, leaseMs }) => (isEarlier(led, loop) ? 0 : leaseMs)))
}

function isEarlier(led: number | undefined, { term, elected }: LoopState): boolean {
  return elected !== undefined && !elected.handedOn && led !== undefined && led >= elected.from && led < term.number
}

/** Rows that reach to this moment, of vantages that answer. */
function usable(rows: readonly LookRow[], { now, hosts }: PlanInput): readonly LookRow[] {
  const answering = new Set(hosts.filter(({ belief }) => belief.verdict === 'ready').map(({ host }) => host.name))
  return rows.filter(
    ({ vantage, last }) => now - last <= ROW_GAP_MS && (vantage === 'control' || answering.has(vantage)),
  )
}

/** Voters of these rules on the control machine's side, the longest row first; a machine counts once. */
function sideIn({ voters, led }: HeldRules, rows: readonly LookRow[], input: PlanInput): readonly LookRow[] {
  const voter = controlVoter(input)
  // The voice of a control machine that is no host is that of the one that led when the rules were sent.
  const { loop } = input
  const control = voter === CONTROL && loop?.elected && led !== loop.term.number ? null : voter
  const byVoter = new Map<string, LookRow>()
  // Without its own row the control machine does not know that it is on the other side of the cut.
  for (const row of rows) {
    const voter = row.vantage === 'control' ? control : row.vantage
    const other = voter === null ? undefined : byVoter.get(voter)
    if (voter !== null && voters.includes(voter) && (!other || row.first > other.first)) byVoter.set(voter, row)
  }
  return [...byVoter.values()].sort((a, b) => a.first - b.first || byName(a.vantage, b.vantage))
}

/** Under the rules where the side is weakest. */
function tally(held: readonly HeldRules[], rows: readonly LookRow[], input: PlanInput): string {
  const [weakest] = held
    .map((rules) => ({ side: sideIn(rules, rows, input).length, all: votersOf(rules) }))
    .sort((a, b) => a.side * b.all - b.side * a.all || a.all - b.all)
  return `${weakest?.side ?? 0} of ${weakest?.all ?? 0} voters agree`
}
