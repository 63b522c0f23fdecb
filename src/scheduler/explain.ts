// Why a slot is where it is, and why not elsewhere.
import type { HostName, SlotName } from '../model/names.js'
import type { Demand, Score } from '../model/plan.js'
import { Board } from './board.js'
import { FILTERS, refusal } from './filters.js'
import type { PlaceInput } from './place.js'
import { compile, type Item } from './problem.js'
import { score } from './score.js'

/** What there is to say about one slot and one host. */
export interface Explanation {
  readonly host: HostName
  /** Every filter that refuses it, the decisive one first; none: it fits there. */
  readonly refusals: readonly { readonly filter: string; readonly reason: string }[]
  /** The points for it; null: it does not fit. */
  readonly score: Score | null
}

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
  return board.problem.hosts.map(({ name }, host): Explanation => {
    const refusals = FILTERS.filter((filter) => filter.refuses(board, item, host)).map((filter) => {
      return { filter: filter.name, reason: filter.says(board, item, host) }
    })
    return { host: name, refusals, score: refusals.length > 0 ? null : score(board, item, host, input.strategy) }
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

/** Where a slot stands, what speaks for it, and which other host would do next best. */
export interface Choice {
  readonly slot: SlotName
  readonly host: HostName
  readonly score: Score
  /** The best of the other hosts that would take it with all else where it is; null: no other would. */
  readonly next: { readonly host: HostName; readonly score: Score } | null
}

/** What choices() goes by: slots and where they stand, and all others. */
export interface ChoiceInput extends Pick<PlaceInput, 'candidates' | 'occupants' | 'strategy'> {
  readonly placed: readonly (Demand & { readonly host: HostName })[]
}

/** One choice per placed slot, by slot name; a slot whose host is no candidate is left out. */
export function choices({ placed, candidates, occupants, strategy }: ChoiceInput): readonly Choice[] {
  const board = new Board(compile(placed, candidates, occupants))
  const { hosts, items, demandCount } = board.problem
  const numbers = new Map(hosts.map(({ name }, index) => [name, index]))
  const at = new Map(placed.map(({ slot, host }) => [slot, numbers.get(host)]))
  const standing = items.slice(0, demandCount).flatMap((item) => {
    const host = at.get(item.slot)
    return host === undefined ? [] : [{ item, host }]
  })
  for (const { item, host } of standing) board.put(item, host)
  return standing.map(({ item, host }): Choice => {
    board.take(item)
    const points = (index: number) => score(board, item, index, strategy)
    const found = {
      slot: item.slot,
      host: hosts[host]?.name ?? '',
      score: points(host),
      next: nextBest(board, item, host, points),
    }
    board.put(item, host)
    return found
  })
}

function nextBest(board: Board, item: Item, host: number, points: (index: number) => Score): Choice['next'] {
  let best: Choice['next'] = null
  for (const [index, { name }] of board.problem.hosts.entries()) {
    if (index === host || refusal(board, item, index) !== null) continue
    const found = points(index)
    if (best === null || found.total > best.score.total) best = { host: name, score: found }
  }
  return best
}
