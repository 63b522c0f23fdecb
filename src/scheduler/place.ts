// Places slots: one pass in the order of need, then, where something is left over, a bounded repair.
import type { Strategy } from '../model/host.js'
import type { HostName, SlotName } from '../model/names.js'
import { byName } from '../model/names.js'
import type { Candidate, Demand, Occupant, Unplaced } from '../model/plan.js'
import { assignPorts } from './autoports.js'
import { Board } from './board.js'
import { Budget } from './budget.js'
import type { Companies } from './company.js'
import { companiesOf } from './company.js'
import { fitsNow, refusal } from './filters.js'
import type { Wanting } from './order.js'
import { wantings } from './order.js'
import type { Item, Shape } from './problem.js'
import { compile, NO_HOST } from './problem.js'
import { repair } from './repair.js'
import type { Score } from './score.js'
import { best, score } from './score.js'

/** What place() goes by. The order of the lists means nothing. */
export interface PlaceInput {
  /** Slots that want a place; at most one demand per slot. */
  readonly demands: readonly Demand[]
  readonly candidates: readonly Candidate[]
  /** Allocations that stay where they are. */
  readonly occupants: readonly Occupant[]
  readonly strategy: Strategy
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

/** What came of it; both lists by slot name. */
export interface PlaceResult {
  readonly placed: readonly Placed[]
  readonly unplaced: readonly Unplaced[]
}

const NOTHING: PlaceResult = { placed: [], unplaced: [] }

/** Default of `PlaceInput.steps`: well under a second of one core of a small machine. */
export const REPAIR_STEPS = 400_000

function fitting(board: Board, { item, options }: Wanting): readonly number[] {
  return options.filter((host) => fitsNow(board, item, host))
}

/** Hosts with room for the slot and one of each that must run beside it; all of them where none has. */
function roomy(board: Board, item: Item, hosts: readonly number[], followers: readonly Shape[]): readonly number[] {
  if (followers.length === 0) return hosts
  const need = item.shape.amounts.map((amount, dimension) =>
    followers.reduce((sum, shape) => sum + (shape.amounts[dimension] ?? 0), amount),
  )
  const large = hosts.filter((host) =>
    need.every((amount, dimension) => amount === 0 || amount <= board.free(host, dimension)),
  )
  return large.length > 0 ? large : hosts
}

/** Puts each where it scores best; returns those that fit nowhere. */
function greedy(
  board: Board,
  wanting: readonly Wanting[],
  companies: Companies,
  strategy: Strategy,
): readonly Wanting[] {
  const left: Wanting[] = []
  for (const each of wanting) {
    const followers = companies.followers.get(each.item.shape.jobId) ?? []
    const host = best(board, each.item, roomy(board, each.item, fitting(board, each), followers), strategy)
    if (host === null) left.push(each)
    else board.put(each.item, host)
  }
  return left
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
    if (left.some(({ options }) => options.length > 0)) {
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

function describeUnplaced(board: Board, item: Item): Unplaced {
  const reasons = board.problem.hosts.map((candidate, host) => ({
    host: candidate.name,
    reason: refusal(board, item, host)?.reason ?? 'it would fit, but no search reached it',
  }))
  return { slot: item.slot, job: item.shape.job.name, reasons }
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
  return {
    placed: describePlaced(
      board,
      items.filter((item) => board.hostOf(item) !== NO_HOST),
      input.strategy,
    ),
    unplaced: items.filter((item) => board.hostOf(item) === NO_HOST).map((item) => describeUnplaced(board, item)),
  }
}
