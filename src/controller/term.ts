// The term: who may write. A number that only rises, with its owner.
import type { Term } from '../model/host.js'
import type { Observation } from '../model/observation.js'
import type { Records } from '../model/records.js'

/** Terms that hosts showed in this observation. */
function seenTerms(observation: Observation): readonly Term[] {
  return observation.hosts.flatMap(({ facts }) => (facts?.term ? [facts.term] : []))
}

/**
 * A store that was lost and made anew begins with term 1, while hosts remember a higher one of the very same owner:
 * that one is taken up again. A term of another owner is not: taking over from it is the operator's word.
 */
export function adoptTerm(records: Records, observation: Observation): Records {
  const own = seenTerms(observation).filter(({ owner }) => owner === records.term.owner)
  const number = Math.max(records.term.number, ...own.map((term) => term.number))
  return number === records.term.number ? records : { ...records, term: { ...records.term, number } }
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
