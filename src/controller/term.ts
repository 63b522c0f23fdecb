// The term: who may write. A number that only rises, with its owner.
import { type NewEvent, told } from '../model/event.js'
import type { HostFacts, Term } from '../model/host.js'
import { byName, type HostName } from '../model/names.js'
import type { Observation } from '../model/observation.js'
import type { OlderBy, Records } from '../model/records.js'

/** `desk-3fa2b1c0`: a name for people, and what tells this machine and store from any other. */
export function ownerName(hostname: string, fingerprint: string): string {
  const name = hostname
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return `${name.slice(0, 40) || 'control'}-${fingerprint}`
}

function fingerprintOf(owner: string): string {
  return owner.slice(owner.lastIndexOf('-') + 1)
}

/** Is it the same control machine, by whatever host name? */
export function isSameOwner(a: string, b: string): boolean {
  return fingerprintOf(a) === fingerprintOf(b)
}

/**
 * The records as this control machine may use them. A store that was copied to another machine carries the same term
 * number, but not the same owner: hosts tell the two apart. A machine that was merely renamed keeps its old name.
 */
export function claim(records: Records | null, owner: string | null): Records | null {
  if (!records || owner === null || isSameOwner(records.term.owner, owner)) return records
  return { ...records, term: { ...records.term, owner } }
}

/** Terms that hosts showed in this observation. */
function seenTerms(observation: Observation): readonly Term[] {
  return observation.hosts.flatMap(({ facts }) => (facts?.term ? [facts.term] : []))
}

type Own = { readonly host: HostName; readonly facts: HostFacts; readonly term: Term }

/** Hosts to which this control machine wrote last, under this store or one that was lost. */
function ownIn({ hosts }: Observation, { term }: Pick<Records, 'term'>): readonly Own[] {
  return hosts.flatMap(({ host, facts }) =>
    facts?.term && isSameOwner(facts.term.owner, term.owner) ? [{ host, facts, term: facts.term }] : [],
  )
}

/**
 * The records as they may be used after what hosts show. Of a store that was lost and made anew (another cluster id): above
 * the term that hosts remember of the very same owner, so that what was sent before the loss is refused. Of an older copy that
 * was put back (the same cluster id): marked, see `Records.older`. A term of another owner is not taken up: taking over from it
 * is the operator's word.
 */
export function adoptTerm(records: Records, observation: Observation): Records {
  if (records.older) return records
  const own = ownIn(observation, records)
  // A host that has not taken up the term of records that were made anew was told by those before them.
  const { doubt, hosts } = records
  const isBefore = ({ host }: Own) => doubt !== undefined && (hosts[host]?.seenInTerm ?? 0) < doubt
  const older = olderBy(
    records,
    own.filter((one) => !isBefore(one)),
  )
  if (older) return { ...records, older }
  const { number, owner } = records.term
  const isAhead = ({ facts: { cluster }, term }: Own) =>
    term.number > number ||
    (term.number === number && (term.owner !== owner || (cluster !== null && cluster !== records.cluster)))
  if (own.some(isAhead) || olderBy(records, own.filter(isBefore)) !== null) return raised(records, observation)
  const { leaseRules } = rulesAbove(records, {
    ...observation,
    hosts: observation.hosts.filter(({ host }) => own.some((one) => one.host === host)),
  })
  return leaseRules === records.leaseRules ? records : { ...records, ...(leaseRules && { leaseRules }) }
}

/** Above all that hosts show of this owner: for records that were made anew. */
export function raised(records: Records, observation: Observation): Records {
  const own = ownIn(observation, records)
  if (own.length === 0) return records
  const number = Math.max(records.term.number, ...own.map(({ term }) => term.number)) + 1
  return { ...inNewTerm(records, number), doubt: number, ...rulesAbove(records, observation) }
}

/** Lease rules are numbered on above all that any host shows. */
function rulesAbove({ leaseRules = 0 }: Records, { hosts }: Observation): Pick<Records, 'leaseRules'> {
  const highest = Math.max(leaseRules, ...hosts.map(({ facts }) => facts?.lease?.rules ?? 0))
  return highest > 0 ? { leaseRules: highest } : {}
}

/** The host that shows most of what the records of its own cluster do not know; null: there is none. */
function olderBy(records: Records, own: readonly Own[]): OlderBy | null {
  const { order = 0, leaseRules = 0, term: mine } = records
  const known = own
    .filter(({ facts }) => facts.cluster === records.cluster)
    .map(({ host, facts, term }): OlderBy => {
      const { orders, lease } = facts
      const last = orders && orders.term >= term.number ? orders : { term: term.number, order: 0 }
      // What an earlier hc left there keeps no order; with one, rules may be of a store that was lost.
      const rules = !orders && term.number === mine.number ? (lease?.rules ?? 0) : 0
      return { host, term: last.term, order: last.order, rules }
    })
    .filter(({ term, order: last, rules }) => {
      return term > mine.number || (term === mine.number && last > order) || rules > leaseRules
    })
  const [first] = known.sort((a, b) => b.term - a.term || b.order - a.order || byName(a.host, b.host))
  return first ?? null
}

/** What is to be said of an older copy, with the mend. */
export function olderText(records: Records): string {
  if (!records.older) return ''
  return `${olderCause(records)}; put the newer one back, or let this one act as it is: hc reconcile --take-over`
}

/** The same without the mend. */
export function olderCause({ term, order = 0, older }: Records): string {
  const shown = older ? `: ${older.host} was told order ${older.order} of term ${older.term}` : ''
  return `the store here is an older copy${shown}, it knows of order ${order} of term ${term.number}`
}

/** Told once, when it is written down that the records are an older copy. */
export function olderEvents(before: Records, after: Records): readonly NewEvent[] {
  return after.older && !before.older ? [told('warning', olderText(after), { host: after.older.host })] : []
}

/** What was seen in an earlier term was not seen in this one: see `HostRecord.seenInTerm`. Whoever acted before may act still. */
export function inNewTerm({ heirOf: _, handedOn: __, ...records }: Records, number: number): Records {
  const hosts = Object.entries(records.hosts).map(([name, host]) => {
    return [name, { ...host, seenInTerm: host.seenInTerm ?? records.term.number }] as const
  })
  return { ...records, hosts: Object.fromEntries(hosts), term: { ...records.term, number } }
}

/** The records in the term of an elected leader, who goes on with all that those before it wrote down: they act no more. */
export function elected(records: Records, number: number): Records {
  const { handedOn, term } = records
  const early = handedOn === term.number ? { handedOn } : {}
  return { ...inNewTerm(records, number), heirOf: heirOf(records), ...early }
}

/** The first term of which all that was sent is in these records, and nothing comes after that; see `Records.heirOf`. */
export function heirOf({ heirOf: first, term }: Pick<Records, 'heirOf' | 'term'>): number {
  return first ?? term.number
}

/**
 * The records after a take-over. What hosts hold by them may be of anybody: they are armed anew before anything is taken over
 * from them by their leases.
 */
export function takenOver(records: Records, observation: Observation): Records {
  const term = takeOverTerm(records, observation)
  const { older: _older, restored: _restored, ...rest } = inNewTerm(records, term.number)
  const hosts = Object.entries(rest.hosts).map(([name, { lease, ...host }]) => {
    return [name, lease ? { ...host, lease: { term: null, held: [], acknowledged: null } } : host] as const
  })
  return { ...rest, term, doubt: term.number, hosts: Object.fromEntries(hosts), ...rulesAbove(records, observation) }
}

/** The term of a take-over: above all that were seen. */
export function takeOverTerm(records: Records, observation: Observation): Term {
  const highest = Math.max(records.term.number, ...seenTerms(observation).map(({ number }) => number))
  return { number: highest + 1, owner: records.term.owner }
}

/** Does a host that shows `theirs` refuse all that is sent under an earlier term than `ours`? */
export function holds(theirs: Term | null, ours: Term): boolean {
  return theirs !== null && theirs.number === ours.number && isSameOwner(theirs.owner, ours.owner)
}

/** Would a host that holds `theirs` refuse a write under `ours`? The rule that hosts go by. */
export function outranks(theirs: Term, ours: Term): boolean {
  return theirs.number > ours.number || (theirs.number === ours.number && theirs.owner !== ours.owner)
}
