// Puts together what a plan is made from: records, inventory, observation.

import type { Acquaintance } from '../cluster/observe.js'
import type { Host, HostFacts, Inventory, Term } from '../model/host.js'
import type { AppliedJob } from '../model/job.js'
import { byName, type HostName, type Millis, someOf } from '../model/names.js'
import type { Belief, HostObservation, Observation } from '../model/observation.js'
import type { LoopSnapshot, Records, Restored } from '../model/records.js'
import { type Cause, withMend } from '../model/words.js'
import { hangsFor } from '../planner/hung.js'
import type { Blocked, HostState, LoopState, PlanInput } from '../planner/input.js'
import { acknowledge, watched } from './lease.js'
import { isFresh } from './opinion.js'
import { openness, returnedAt } from './returns.js'
import { withoutSecondNames } from './second-names.js'
import { heirOf, holds, isSameOwner, olderCause, olderText, outranks } from './term.js'

/** What is in hand besides the records. */
export interface Seen {
  readonly inventory: Inventory
  readonly observation: Observation
  readonly beliefs: readonly Belief[]
  /** Hosts where steps are still being carried out. */
  readonly busy: ReadonlySet<HostName>
  /** Host -> image reference -> why it can't be had there. */
  readonly lackingImages: ReadonlyMap<HostName, Readonly<Record<string, string>>>
  readonly wall: string
  /** The loop that looks; absent: a command. `shared`: it leads by election. */
  readonly loop?: Omit<LoopState, 'term' | 'elected'> & { readonly shared?: true }
  /** See `ownHost`. */
  readonly here?: HostName | null
}

/** With the host, if any, that shows that another control machine has taken over. */
type SeenByAll = Seen & { readonly outranking: HostObservation | undefined }

/** The input of a plan. `jobs` replaces the applied ones, for a plan of what would be applied. */
export function assemble(
  records: Records | null,
  seen: Seen,
  wanted: { readonly jobs: readonly AppliedJob[]; readonly removed: Readonly<Record<string, string>> } | null = null,
): PlanInput {
  const beliefs = new Map(seen.beliefs.map((belief) => [belief.host, belief]))
  const observed = new Map(seen.observation.hosts.map((host) => [host.host, host]))
  const outranking = outrankingHost(records, seen)
  return {
    settings: seen.inventory.settings,
    cluster: records?.cluster ?? '',
    jobs: wanted?.jobs ?? Object.values(records?.jobs ?? {}).sort((a, b) => byName(a.job.name, b.job.name)),
    removed: wanted?.removed ?? records?.removed ?? {},
    hosts: withoutSecondNames(
      [...seen.inventory.hosts]
        .sort((a, b) => byName(a.name, b.name))
        .map((host) =>
          hostState(host, beliefs.get(host.name), observed.get(host.name), records, { ...seen, outranking }),
        ),
    ),
    placements: records?.placements ?? {},
    backOffs: records?.backOffs ?? {},
    ...(records?.unwell && { unwell: records.unwell }),
    now: seen.observation.at,
    ...(records?.leaseRules !== undefined && { leaseRules: records.leaseRules }),
    ...(seen.here && { here: seen.here }),
    ...(seen.loop && records && { loop: loopState(seen.loop, records) }),
    prefer: 'survival',
    wall: seen.wall,
  }
}

function loopState({ shared, ...loop }: NonNullable<Seen['loop']>, records: Records): LoopState {
  const { term, handedOn = term.number } = records
  const elected = { from: heirOf(records), ...(handedOn !== term.number && { handedOn: true as const }) }
  return { ...loop, term, ...(shared && { elected }) }
}

function hostState(
  host: Host,
  belief: Belief | undefined,
  observed: HostObservation | undefined,
  records: Records | null,
  seen: SeenByAll,
): HostState {
  const record = records?.hosts[host.name]
  const facts = observed?.facts ?? null
  // What it shows counts already, whether or not it is written down.
  const lease =
    facts && records
      ? acknowledge(record?.lease, facts, records.term, heirOf(records))
      : watched(record?.lease, observed?.lastFacts ?? null)
  return {
    host,
    belief: belief ?? { host: host.name, verdict: 'unknown', reason: 'not asked yet' },
    cordoned: record?.cordoned ?? false,
    draining: record?.draining ?? false,
    ...(record?.drainUntil !== undefined && { drainUntil: record.drainUntil }),
    facts: observed?.facts ?? null,
    lastFacts: observed?.lastFacts ?? null,
    blocked: blockedBy(host.name, observed, records, seen),
    ours: records !== null && !!observed?.facts?.term && isSameOwner(observed.facts.term.owner, records.term.owner),
    ...(lease && { lease }),
    ...(observed?.silence && { silence: observed.silence }),
    ...(record?.seenInTerm !== undefined && { seenInTerm: isSeen(record.seenInTerm, records) }),
    ...(isUnsure(record, records, facts) && { unsure: true }),
    everReached: record?.lastContact !== null && record?.lastContact !== undefined,
    ...heard(observed, record, seen),
    ...hung(belief, observed, seen.observation.at),
    // Whoever still hears it knows better than the driver.
    ...(record?.fenced &&
      !observed?.facts &&
      belief?.verdict === 'lost' && { fenced: `${host.name} is lost, and its power is off since ${record.fenced.at}` }),
    // The operator's word holds for as long as nobody hears it.
    ...(record?.confirmedLost &&
      !observed?.facts &&
      (belief?.verdict === 'lost' || belief?.verdict === 'unknown') && {
        confirmedLost: `${host.name} is lost, and an operator has said that it is off (${record.confirmedLost.at})`,
      }),
    ...(record && openness(host.name, record, belief?.verdict ?? 'unknown', seen.wall)),
    ...(record && returnedAt(record, belief?.verdict ?? 'unknown', seen.wall)),
    ...(observed?.through !== undefined && {
      held: `${host.name} is cut off and managed through ${observed.through}: nothing new is placed there until it answers straight`,
    }),
    lackingImages: seen.lackingImages.get(host.name) ?? {},
  }
}

/**
 * Has it not taken up the term since the records were made anew, or taken over with? Until then it obeys whoever acted before.
 * See `Records.doubt`.
 */
function isUnsure(
  record: Records['hosts'][HostName] | undefined,
  records: Records | null,
  facts: HostFacts | null,
): boolean {
  if (records?.doubt === undefined) return false
  if (facts) return !holds(facts.term, records.term)
  return !record || record.lastContact === null || (record.seenInTerm ?? records.term.number) < records.doubt
}

/** Those whom this leader was elected after have written down all that they saw and sent. */
function isSeen(inTerm: number, records: Records | null): boolean {
  return records !== null && inTerm <= records.term.number && inTerm >= heirOf(records)
}

function hung(
  belief: Belief | undefined,
  observed: HostObservation | undefined,
  at: Millis,
): Pick<HostState, 'hungMs'> {
  const hungMs = hangsFor(belief, observed, at) ?? belief?.hungMs
  return hungMs === undefined ? {} : { hungMs }
}

/** By its last answer to this process, else by the records. */
function heard(
  observed: HostObservation | undefined,
  record: Records['hosts'][HostName] | undefined,
  { observation, wall }: Seen,
): Pick<HostState, 'heardAt'> {
  const at = observed?.lastContactAt ?? null
  if (at !== null) return { heardAt: new Date(Date.parse(wall) - (observation.at - at)).toISOString() }
  return record?.lastContact ? { heardAt: record.lastContact } : {}
}

function blockedBy(
  name: HostName,
  observed: HostObservation | undefined,
  records: Records | null,
  seen: SeenByAll,
): Blocked | null {
  if (seen.busy.has(name)) return { kind: 'busy', text: `${name} is busy with earlier steps` }
  if (observed?.answering && !observed.facts) return { kind: 'busy', text: `${name} has only just been acted on` }
  if (!records) return null
  if (records.restored) return { kind: 'foreign', text: withMend(restoredText(records.restored)) }
  if (records.older) return { kind: 'foreign', text: olderText(records) }
  const own = observed?.facts?.term
  if (own && outranks(own, records.term)) return { kind: 'foreign', text: withMend(foreignText(own, 'here')) }
  const other = seen.outranking
  return other?.facts?.term
    ? { kind: 'foreign', text: withMend(foreignText(other.facts.term, `on ${other.host}`)) }
    : null
}

/** Why the machine that goes by these records writes to no host, or not to all; null: it does. */
export function deposedText(records: Records | null, observation: Observation): string | null {
  if (!records) return null
  const none = 'this machine writes to no host'
  if (records.restored) return `${restoredText(records.restored).text}: ${none}`
  if (records.older) return `${olderCause(records)}: ${none}`
  const whole = outrankingHost(records, { observation })
  const some = observation.hosts.filter(({ facts }) => facts?.term && outranks(facts.term, records.term))
  const term = (whole ?? some[0])?.facts?.term
  if (!term) return null
  const acts = foreignText(term, `on ${someOf(some.map(({ host }) => host).sort(byName))}`).text
  return `${acts}: ${whole ? none : 'this machine does not write there'}`
}

/** A host that nobody has written to yet would obey anyone: who was deposed on one host of the cluster acts on none. */
function outrankingHost(
  records: Records | null,
  { observation }: Pick<Seen, 'observation'>,
): HostObservation | undefined {
  if (!records) return undefined
  return observation.hosts.find(
    ({ facts }) => facts?.term && facts.cluster === records.cluster && outranks(facts.term, records.term),
  )
}

function restoredText({ from, at }: Restored): Cause {
  const text = `this store was restored at ${at} from a backup (${from.owner}, term ${from.number})`
  return { text, mend: 'hc reconcile --take-over makes it act' }
}

function foreignText({ owner, number }: Term, where: string): Cause {
  const text = `another control machine (${owner}, term ${number}) acts ${where}`
  return { text, mend: 'hc reconcile --take-over makes this one act instead' }
}

/** What the records say of each host before it is asked, and by which way the loop that ticks reaches it. */
export function acquaintances(
  records: Records | null,
  loop: LoopSnapshot | null = null,
  wall = '',
): ReadonlyMap<HostName, Acquaintance> {
  const hosts = loop && isFresh(loop, wall) ? loop.hosts : {}

  return new Map(
    Object.entries(records?.hosts ?? {}).map(([name, record]) => [
      name,
      {
        everReached: record.lastContact !== null,
        provenVantages: record.provenVantages,
        ...(hosts[name]?.through !== undefined && { through: hosts[name].through }),
      },
    ]),
  )
}

/** Images that hosts could not get when a job was applied: reference -> reason, by host. */
export function lackingByHost(jobs: readonly AppliedJob[]): Seen['lackingImages'] {
  const byHost = new Map<HostName, Record<string, string>>()
  for (const { job, imageRef, lackingOn } of jobs) {
    const image = imageRef ?? job.image
    if (image === null) continue
    for (const [host, why] of Object.entries(lackingOn)) byHost.set(host, { ...byHost.get(host), [image]: why })
  }
  return byHost
}
