// Places slots: one pass in the order of need, then, where something is left over, a bounded repair.
import type { Strategy } from '../model/host.js'
import type { HostName, SlotName } from '../model/names.js'
import type { Candidate, Demand, Occupant, Score, Unplaced } from '../model/plan.js'
import { assignPorts } from './autoports.js'
import { Board } from './board.js'
import { Budget } from './budget.js'
import type { Companies } from './company.js'
import { companiesOf } from './company.js'
import { mayEver } from './filters.js'
import { greedy } from './greedy.js'
import { inVain, LIFT_ROUNDS } from './lift.js'
import type { Wanting } from './order.js'
import { wantings } from './order.js'
import type { Item, Problem, Shape } from './problem.js'
import { compile, NO_HOST } from './problem.js'
import { Reasons } from './reasons.js'
import { repair, settle } from './repair.js'
import { score } from './score.js'
import type { Known } from './search/stages.js'
import { complete, isSmall } from './search/stages.js'

/** What place() goes by. The order of the lists means nothing. */
export interface PlaceInput {
  /** Slots that want a place; at most one demand per slot. */
  readonly demands: readonly Demand[]
  readonly candidates: readonly Candidate[]
  /** Allocations that stay where they are, but for those that are `movable`. */
  readonly occupants: readonly Occupant[]
  readonly strategy: Strategy
  /** Most movable occupants that may end on another host; absent: 0. Number.POSITIVE_INFINITY: as many as needed. */
  readonly moves?: number
  /** May movable occupants be stopped for demands of strictly higher priority, where moving does not help? Absent: no. */
  readonly preempt?: boolean
  /** Steps of work that repairing may take (one look at one host for one slot is a step); default REPAIR_STEPS. */
  readonly steps?: number
}

/** A slot and the place that was found for it. */
export interface Placed {
  readonly slot: SlotName
  readonly host: HostName
  /** Host ports by name, auto ones chosen. */
  readonly ports: Readonly<Record<string, number>>
  /** Why this host and not another that fits as well, all other slots being where they are. */
  readonly score: Score
}

/** An occupant that makes room. */
export interface Moved extends Placed {
  /** Where it runs now. */
  readonly from: HostName
}

/** An occupant that is stopped for slots of higher priority. */
export interface Evicted {
  readonly slot: SlotName
  readonly from: HostName
  /** Demands that have their place by it. */
  readonly for: readonly SlotName[]
}

/** What is shown to be the best that can be: with every rule kept, within `moves` and `preempt`. */
export interface Proof {
  /** No other placement places more (of the highest priority in which they differ). */
  readonly placed: boolean
  /** No other that places as many moves fewer. */
  readonly moves: boolean
}

/** What came of it; all lists by slot name. */
export interface PlaceResult {
  /** Demands. */
  readonly placed: readonly Placed[]
  /** Demands. */
  readonly unplaced: readonly Unplaced[]
  readonly moved: readonly Moved[]
  readonly evicted: readonly Evicted[]
  readonly proof: Proof
}

const NOTHING: PlaceResult = { placed: [], unplaced: [], moved: [], evicted: [], proof: { placed: true, moves: true } }

/** Default of `PlaceInput.steps`: about a second and a half of one core of a small machine. */
export const REPAIR_STEPS = 5_000_000

/** Part of the steps that goes to the search by ejection, which is quick where there is a place for all. */
const FIRST = 0.06
/**
 * The same where the complete search would see neighbourhoods only and nothing that runs may be moved: there it can't do
 * much that ejection does not, which sees all hosts.
 */
const FIRST_OF_MANY = 0.9

/** Steps of the search by ejection, and of the complete search. */
function shares(problem: Problem, { steps = REPAIR_STEPS, moves = 0 }: PlaceInput): readonly [number, number] {
  const isFixed = moves === 0 || problem.freeCount === problem.demandCount
  const first = Math.floor(steps * (isFixed && !isSmall(problem) ? FIRST_OF_MANY : FIRST))
  return [first, steps - first]
}

/** Takes off what lacks the company it must have, until nothing does. */
function dropLonely(board: Board, wanting: readonly Wanting[]): void {
  for (let dropped = true; dropped; ) {
    dropped = false
    for (const { item } of wanting) {
      const host = board.hostOf(item)
      if (host === NO_HOST || board.missingCompany(item.shape, host) === null) continue
      board.take(item)
      dropped = true
    }
  }
}

/** Splits a sorted list where the turn changes. */
function classes(wanting: readonly Wanting[]): readonly (readonly Wanting[])[] {
  const result: Wanting[][] = []
  for (const each of wanting) {
    const last = result.at(-1)
    if (last?.[0]?.turn === each.turn) last.push(each)
    else result.push([each])
  }
  return result
}

/** Fills the board, priority by priority: a lower one never costs a higher one its place. */
function fill(board: Board, wanting: readonly Wanting[], companies: Companies, input: PlaceInput): void {
  const before: Wanting[] = []
  let [steps] = shares(board.problem, input)
  board.leaders = companies.mutual
  const all = classes(wanting)
  for (const [index, each] of all.entries()) {
    const left = greedy(board, each, companies, input.strategy)
    if (left.some(({ choices }) => choices > 0)) {
      // An even part of what is left, so that what can't be placed leaves some for the classes below.
      const budget = new Budget(Math.floor(steps / (all.length - index)))
      steps -= budget.left
      repair({ board, settled: before, wanting: each, budget, strategy: input.strategy })
      steps += budget.left
    }
    before.push(...each)
  }
  board.leaders = new Set()
  dropLonely(board, wanting)
  // Taking off may have made room, and company that came late may let others in: until a pass changes nothing.
  for (let changed = true; changed; ) {
    const open = wanting.filter(({ item }) => board.hostOf(item) === NO_HOST)
    changed = greedy(board, open, companies, input.strategy).length < open.length
  }
}

/** The same from an empty board; what lifts others before their turn and gets no place by it does so no more. */
function fillAll(board: Board, companies: Companies, input: PlaceInput): readonly Wanting[] {
  const vain = new Set<number>()
  for (let round = 0; ; round += 1) {
    const wanting = wantings(board, companies, vain)
    fill(board, wanting, companies, input)
    const more = inVain(board, wanting, companies)
    if (round === LIFT_ROUNDS || [...more].every((job) => vain.has(job))) return wanting
    for (const job of more) vain.add(job)
    for (const { item } of wanting) if (board.hostOf(item) !== NO_HOST) board.take(item)
  }
}

/** Its points are worked out where somebody reads them: the board, which nobody changes any more, stays for that. */
function describePlaced(board: Board, item: Item, ports: Placed['ports'], strategy: Strategy): Placed {
  const host = board.hostOf(item)
  let points: Score | null = null
  return {
    slot: item.slot,
    host: board.problem.hosts[host]?.name ?? '',
    ports,
    get score() {
      if (points !== null) return points
      board.take(item)
      points = score(board, item, host, strategy)
      board.put(item, host)
      return points
    },
  }
}

/** Demands that have their place by the stopping of an occupant: those of higher priority on its host, else all new. */
function beneficiaries(board: Board, evicted: Item, late: readonly Item[]): readonly SlotName[] {
  const higher = late.filter(({ shape }) => shape.job.priority > evicted.shape.job.priority)
  const here = higher.filter((item) => board.hostOf(item) === evicted.home)
  return (here.length > 0 ? here : higher).map(({ slot }) => slot)
}

/** True where no host would ever take it, even if nothing else were there. Amounts are asked first: that is quicker. */
function nowhere(board: Board, item: Item): boolean {
  const { needs, amounts } = item.shape
  const isLarge = (host: number) =>
    needs.every((dimension) => (amounts[dimension] ?? 0) <= Math.max(0, board.capacity(host, dimension)))
  return !board.problem.hosts.some((_, host) => isLarge(host) && mayEver(board, item, host))
}

/** The same, asked once for slots of one shape that may go anywhere. */
function nowhereOf(board: Board): (item: Item) => boolean {
  const known = new Map<Shape, boolean>()
  return (item) => {
    if (item.only !== NO_HOST) return nowhere(board, item)
    const answer = known.get(item.shape) ?? nowhere(board, item)
    known.set(item.shape, answer)
    return answer
  }
}

/** Slots times hosts up to which what was searched is settled by score: beyond it, that would cost more than the search. */
const MOST_SETTLED = 200_000

/** The search after the pass that has left something over; what it changes is settled by score. */
function improve(board: Board, wanting: readonly Wanting[], input: PlaceInput): Known {
  const occupants = board.problem.items.slice(board.problem.demandCount, board.problem.freeCount)
  const before = wanting.map(({ item }) => board.hostOf(item))
  const known = complete({
    board,
    wanting,
    moves: input.moves ?? 0,
    preempt: input.preempt ?? false,
    steps: shares(board.problem, input)[1],
  })
  const moved = occupants.filter((item) => ![NO_HOST, item.home].includes(board.hostOf(item)))
  const changed = moved.length > 0 || wanting.some(({ item }, index) => board.hostOf(item) !== before[index])
  if (!changed || wanting.length * board.problem.hosts.length > MOST_SETTLED) return known
  const hosts = [...board.problem.hosts.keys()]
  const anew = (item: Item, priority: number): Wanting => {
    const options = hosts.filter((host) => host !== item.home && mayEver(board, item, host))
    return { item, priority, turn: priority, choices: options.length, options }
  }
  settle({
    board,
    settled: moved.map((item) => anew(item, 0)),
    wanting: wanting.map(({ item, priority }) => anew(item, priority)),
    strategy: input.strategy,
  })
  return known
}

/** By item. */
function portsOf(board: Board): readonly Placed['ports'][] {
  const all: Placed['ports'][] = []
  for (const host of board.hosts.keys()) for (const [item, ports] of assignPorts(board, host)) all[item] = ports
  return all
}

function describe(board: Board, known: Known, late: readonly Item[], strategy: Strategy): PlaceResult {
  const { items: all, demandCount, freeCount } = board.problem
  const items = all.slice(0, demandCount)
  const occupants = all.slice(demandCount, freeCount)
  const here = (item: Item) => board.hostOf(item) !== NO_HOST
  const moved = occupants.filter((item) => here(item) && board.hostOf(item) !== item.home)
  const left = items.filter((item) => !here(item))
  const nameOf = (item: Item) => board.problem.hosts[item.home]?.name ?? ''
  const evicted = occupants.filter((item) => !here(item))
  const reasons = new Reasons(board)
  const isNowhere = nowhereOf(board)
  const ports = portsOf(board)
  const placedAt = (item: Item) => describePlaced(board, item, ports[item.index] ?? {}, strategy)
  board.watcher = null
  // Reasons name whom they meet first: in the order of names, whoever came first in the search.
  if (left.length > 0) for (const item of items) if (here(item)) board.renew(item)
  return {
    placed: items.filter(here).map(placedAt),
    unplaced: left.map((item) => ({
      slot: item.slot,
      job: item.shape.job.name,
      reasons: reasons.of(item),
      proof: known.placed || known.short || isNowhere(item) ? 'impossible' : 'budget',
    })),
    moved: moved.map((item) => ({ ...placedAt(item), from: nameOf(item) })),
    evicted: evicted.map((item) => ({
      slot: item.slot,
      from: nameOf(item),
      for: beneficiaries(board, item, late),
    })),
    proof: { placed: known.placed || left.length === 0, moves: known.moves || moved.length + evicted.length === 0 },
  }
}

/**
 * Finds a host and ports for each demand: without touching what runs, else with the fewest moves, else by stopping what
 * is of lower priority, as far as the input lets it. Pure and deterministic: the same input in any order gives the same
 * result. What can't be placed comes back with one reason per candidate, as things stand when all else is placed.
 */
export function place(input: PlaceInput): PlaceResult {
  if (input.demands.length === 0) return NOTHING
  const board = new Board(compile(input.demands, input.candidates, input.occupants))
  const companies = companiesOf(board.problem)
  const wanting = fillAll(board, companies, input)
  const late = wanting.flatMap(({ item }) => (board.hostOf(item) === NO_HOST ? [item] : []))
  const known = late.length === 0 ? { placed: true, moves: true, short: false } : improve(board, wanting, input)
  return describe(
    board,
    known,
    late.filter((item) => board.hostOf(item) !== NO_HOST),
    input.strategy,
  )
}
