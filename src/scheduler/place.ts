// Places slots: one pass in the order of need, then, where something is left over, a bounded repair.
import type { Strategy } from '../model/host.js'
import type { HostName, SlotName } from '../model/names.js'
import { byName } from '../model/names.js'
import type { Candidate, Demand, Occupant, Score, Unplaced } from '../model/plan.js'
import { assignPorts } from './autoports.js'
import { Board } from './board.js'
import { Budget } from './budget.js'
import type { Companies } from './company.js'
import { companiesOf } from './company.js'
import { greedy } from './greedy.js'
import type { Wanting } from './order.js'
import { wantings } from './order.js'
import type { Item } from './problem.js'
import { compile, NO_HOST } from './problem.js'
import { Reasons } from './reasons.js'
import { repair } from './repair.js'
import { score } from './score.js'

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

/** Default of `PlaceInput.steps`: well under a second of one core of a small machine. */
export const REPAIR_STEPS = 400_000

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

/** Splits a sorted list where the priority changes. */
function classes(wanting: readonly Wanting[]): readonly (readonly Wanting[])[] {
  const result: Wanting[][] = []
  for (const each of wanting) {
    const last = result.at(-1)
    if (last?.[0]?.priority === each.priority) last.push(each)
    else result.push([each])
  }
  return result
}

/**
 * Fills the board, priority by priority: a lower one never costs a higher one its place. A complete search (and, with
 * leave to move occupants, the fewest moves) takes the place of repair() where the cluster is small enough for it.
 */
function fill(board: Board, wanting: readonly Wanting[], companies: Companies, input: PlaceInput): void {
  const before: Wanting[] = []
  let steps = input.steps ?? REPAIR_STEPS
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

function describePlaced(board: Board, items: readonly Item[], strategy: Strategy): readonly Placed[] {
  const ports = new Map(board.hosts.flatMap((_, host) => [...assignPorts(board, host)]))
  return items.map((item) => {
    const host = board.hostOf(item)
    board.take(item)
    const points = score(board, item, host, strategy)
    board.put(item, host)
    return {
      slot: item.slot,
      host: board.problem.hosts[host]?.name ?? '',
      ports: ports.get(item.index) ?? {},
      score: points,
    }
  })
}

/**
 * Finds a host and ports for each demand without moving any occupant. Pure and deterministic: the same input in any
 * order gives the same result. What can't be placed comes back with one reason per candidate, as things stand when
 * all else is placed.
 */
export function place(input: PlaceInput): PlaceResult {
  if (input.demands.length === 0) return NOTHING
  const board = new Board(compile(input.demands, input.candidates, input.occupants))
  const companies = companiesOf(board.problem)
  fill(board, wantings(board, companies), companies, input)
  const items = board.problem.items.slice(0, board.problem.demandCount).sort((a, b) => byName(a.slot, b.slot))
  const reasons = new Reasons(board)
  const left = items.filter((item) => board.hostOf(item) === NO_HOST)
  return {
    placed: describePlaced(
      board,
      items.filter((item) => board.hostOf(item) !== NO_HOST),
      input.strategy,
    ),
    unplaced: left.map((item) => ({ slot: item.slot, job: item.shape.job.name, reasons: reasons.of(item) })),
    moved: [],
    evicted: [],
    proof: { placed: left.length === 0, moves: left.length === 0 },
  }
}
