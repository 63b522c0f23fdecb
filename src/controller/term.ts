// The term: who may write. A number that only rises, with its owner.
import type { Term } from '../model/host.js'
import type { Observation } from '../model/observation.js'
import type { Records } from '../model/records.js'

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

/**
 * A store that was lost and made anew, or restored from a copy, is behind the term that hosts remember of the very same
 * owner: it goes on above that, so that what was sent before the loss is refused. A term of another owner is not taken up:
 * taking over from it is the operator's word.
 */
export function adoptTerm(records: Records, observation: Observation): Records {
  const own = seenTerms(observation).filter(({ owner }) => isSameOwner(owner, records.term.owner))
  const highest = Math.max(0, ...own.map(({ number }) => number))
  const older = Math.max(0, ...rulesShown(observation, records)) > (records.leaseRules ?? 0)
  if (!older && (highest < records.term.number || (highest === records.term.number && own.every(isOf(records)))))
    return records
  const leaseRules = Math.max(records.leaseRules ?? 0, ...rulesShown(observation, records))
  const number = Math.max(highest, records.term.number) + 1
  return { ...inNewTerm(records, number), ...(leaseRules > 0 && { leaseRules }) }
}

/** Numbers of lease rules that hosts of this control machine hold: one that it never gave out tells of an older store. */
function rulesShown({ hosts }: Observation, { term }: Records): readonly number[] {
  return hosts.flatMap(({ facts }) =>
    facts?.lease?.rules && facts.term && isSameOwner(facts.term.owner, term.owner) ? [facts.lease.rules] : [],
  )
}

/** What was seen in an earlier term was not seen in this one: see `HostRecord.seenInTerm`. */
export function inNewTerm(records: Records, number: number): Records {
  const hosts = Object.entries(records.hosts).map(([name, host]) => {
    return [name, { ...host, seenInTerm: host.seenInTerm ?? records.term.number }] as const
  })
  return { ...records, hosts: Object.fromEntries(hosts), term: { ...records.term, number } }
}

function isOf({ term }: Records): (seen: Term) => boolean {
  return ({ number, owner }) => number < term.number || owner === term.owner
}

/** The term of a take-over: above all that were seen. */
export function takeOverTerm(records: Records, observation: Observation): Term {
  const highest = Math.max(records.term.number, ...seenTerms(observation).map(({ number }) => number))
  return { number: highest + 1, owner: records.term.owner }
}

/** Would a host that holds `theirs` refuse a write under `ours`? The rule that hosts go by. */
export function outranks(theirs: Term, ours: Term): boolean {
  return theirs.number > ours.number || (theirs.number === ours.number && theirs.owner !== ours.owner)
}
