// Leases in the records: what is sent is written down before, what a host shows is what it acknowledged.
import type { LeaseGuard } from '../cluster/renewals.js'
import type { HostFacts, Settings, Term } from '../model/host.js'
import { type Arming, type HeldRules, LEASE_DEFAULTS, type LeaseRecord } from '../model/lease-record.js'
import { byName, type HostName, type Millis } from '../model/names.js'
import type { HostRecord, Records } from '../model/records.js'
import { stopMs } from '../planner/exclusive.js'
import type { LeaseStep } from '../remote/write-request.js'

const NONE: LeaseRecord = { term: null, held: [], acknowledged: null }

/** The records with what is about to be sent: from now on a host may hold these rules too. */
export function recordArmings(records: Records, armings: readonly Arming[]): Records {
  const hosts: Record<HostName, HostRecord> = { ...records.hosts }
  let highest = records.leaseRules ?? 0
  for (const { host, arm } of armings) {
    const record = hosts[host]
    if (!record) continue
    if (!arm) {
      const lease = disarming(record.lease, highest)
      if (lease) hosts[host] = { ...record, lease }
      continue
    }
    const { rules, slots, digest, led } = arm
    highest = Math.max(highest, rules.id)
    const { id, leaseMs, lookEveryMs, lookMs, stopBoundMs, selfFence } = rules
    const voters = rules.voters.map(({ name }) => name).sort(byName)
    const times = { leaseMs, lookEveryMs, lookMs, stopBoundMs, selfFence }
    const held: HeldRules = { id, ...times, voters, digest, slots, ...(led !== undefined && { led }) }
    const before = record.lease ?? NONE
    hosts[host] = { ...record, lease: { ...before, held: [...before.held, held] } }
  }
  if (armings.length === 0) return records
  return { ...records, hosts, ...(armings.some(({ arm }) => arm) && { leaseRules: highest }) }
}

/** The record of a host that is about to be told to disarm: it may obey, and not be heard any more. `highest`: number of the last rules. */
function disarming(lease: LeaseRecord | undefined, highest: number): LeaseRecord | undefined {
  return lease && { ...lease, term: null, acknowledged: null, disarming: highest }
}

/** The record, marked where the host's last answer, which no tick may have taken in, showed that it looks at its lease no more. */
export function watched(lease: LeaseRecord | undefined, last: HostFacts | null): LeaseRecord | undefined {
  if (!lease || lease.unwatched || !last) return lease
  const shown = lease.held.find(({ id }) => id === last.lease?.rules)
  return shown && isIdle(last, shown) ? { ...lease, unwatched: true } : lease
}

/** Did its last look at the lease lie back for longer than the reckoning bears? */
function isIdle({ lease, uptimeMs }: HostFacts, rules: HeldRules): boolean {
  return lease?.looked !== undefined && uptimeMs - (lease.looked ?? 0) > stopMs(rules)
}

/**
 * The record of a host's leases after what it has shown. Rules with a higher number than it shows may be on their way
 * still; those with a lower one are gone. The same where nothing is new. `first`: see `heirOf` in term.ts; absent: the term's own.
 */
export function acknowledge(
  before: LeaseRecord | undefined,
  facts: HostFacts,
  term: Term,
  first = term.number,
): LeaseRecord | undefined {
  const { lease } = facts
  if (lease === undefined || !before) return before
  const shows = facts.term
  const obeys = shows?.owner === term.owner && shows.number <= term.number && shows.number >= first
  const shown = before.held.find(({ id, slots }) => {
    return (
      id === lease?.rules &&
      id > (before.disarming ?? 0) &&
      slots.every(({ slot }) => lease.armed.some((armed) => armed.slot === slot))
    )
  })
  // What was sent, never shown, and is on its way still may be held for a few seconds more: a host that the records call
  // unarmed is never taken over from.
  const newest = Math.max(shown?.id ?? 0, before.acknowledged ?? 0, before.disarming ?? 0)
  const left = (lease?.until ?? 0) - facts.uptimeMs
  // The same rules with hc_away in place of hc_lease hold for as long as that lease does.
  const keeps = (held: HeldRules) => held === shown || (held.id === shown?.id && left > shown.leaseMs)
  const after: LeaseRecord =
    shown && obeys
      ? {
          term: facts.term,
          held: [...before.held.filter(keeps), ...before.held.filter(({ id }) => id > shown.id)],
          acknowledged: shown.id,
          ...(isIdle(facts, shown) && { unwatched: true }),
        }
      : {
          term: null,
          held: lease ? before.held : before.held.filter(({ id }) => id > newest),
          acknowledged: null,
          ...(lease && before.disarming !== undefined && { disarming: before.disarming }),
        }
  return JSON.stringify(after) === JSON.stringify(before) ? before : after
}

/** Under which term, and on which hosts, probes renew leases; null: on none. */
export function renewals(
  records: Records | null,
  settings: Settings,
  strangers: ReadonlySet<HostName> = new Set(),
  leftMs?: () => Millis,
): LeaseGuard | null {
  if (!records || records.restored || records.older) return null
  const { term, cluster } = records
  const armed = Object.entries(records.hosts).filter(([, { lease }]) => lease && lease.held.length > 0)
  const { leaseMs } = settings.lease ?? LEASE_DEFAULTS
  const hosts = new Set(armed.map(([name]) => name).filter((name) => !strangers.has(name)))
  return { term, cluster, leaseMs, hosts, ...(leftMs && { leftMs }) }
}

/** What each host is told, in the words of a write. */
export function leaseSteps(armings: readonly Arming[]): ReadonlyMap<HostName, LeaseStep> {
  return new Map(
    armings.map(({ host, arm }): readonly [HostName, LeaseStep] => {
      if (!arm) return [host, { disarm: true }]
      const { rules, slots, silent } = arm
      return [host, { arm: { rules, slots, ...(silent && { silent }) } }]
    }),
  )
}
