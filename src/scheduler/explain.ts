// Why a slot is where it is, and why not elsewhere.
import type { HostName, SlotName } from '../model/names.js'
import type { Demand, Score } from '../model/plan.js'
import { Board } from './board.js'
import { FILTERS, refusal } from './filters.js'
import type { PlaceInput } from './place.js'
import { compile } from './problem.js'
import { score } from './score.js'

/** What there is to say about one slot and one host: the decisive reason against it, or the points for it. */
export type Explanation =
  | { readonly host: HostName; readonly fits: false; readonly filter: string; readonly reason: string }
  | { readonly host: HostName; readonly fits: true; readonly score: Score }

/** What explain() goes by: a demand for the slot, and all others as they are. */
export type ExplainInput = Pick<PlaceInput, 'candidates' | 'occupants' | 'strategy'> & { readonly demand: Demand }

function others(input: ExplainInput, slot: SlotName): ExplainInput['occupants'] {
  return input.occupants.filter((occupant) => occupant.slot !== slot)
}

/**
 * One explanation per candidate, by host name, with every other slot where it is; a place that the slot has already
 * counts as free, so that its own host is judged like the rest. The reasons are those of place() for unplaced slots.
 */
export function explain(input: ExplainInput): readonly Explanation[] {
  const board = new Board(compile([input.demand], input.candidates, others(input, input.demand.slot)))
  const item = board.item(0)
  return board.problem.hosts.map((candidate, host): Explanation => {
    const why = refusal(board, item, host)
    if (why !== null) return { host: candidate.name, fits: false, ...why }
    return { host: candidate.name, fits: true, score: score(board, item, host, input.strategy) }
  })
}

/** Names of all filters that refuse the slot, by host name; none: it fits there. */
export function obstacles(
  input: ExplainInput,
): readonly { readonly host: HostName; readonly filters: readonly string[] }[] {
  const board = new Board(compile([input.demand], input.candidates, others(input, input.demand.slot)))
  const item = board.item(0)
  return board.problem.hosts.map(({ name }, host) => ({
    host: name,
    filters: FILTERS.filter((filter) => filter.refuses(board, item, host)).map((filter) => filter.name),
  }))
}

/** The explanation of one slot on one host; null where the host is not a candidate. */
export function explainHost(input: ExplainInput, host: HostName): Explanation | null {
  return explain(input).find((each) => each.host === host) ?? null
}
