// The complete search as place() asks for it: from the board to an instance, and from the answer back to the board.
import type { Board } from '../board.js'
import { Budget } from '../budget.js'
import { fitsNow, mayEver } from '../filters.js'
import type { Item } from '../problem.js'
import { NO_HOST } from '../problem.js'
import type { Leave } from './aim.js'
import { aimOf } from './aim.js'
import type { Contents, Found } from './branch.js'
import { cheapest, costOf } from './branch.js'
import type { Instance, Kind, Wanted } from './instance.js'
import { instanceOf } from './instance.js'
import type { Aim } from './master.js'
import { allLawful } from './rules.js'
import { walk } from './walk.js'

/** What a search is asked. */
export interface Question {
  readonly board: Board
  /** What may be put elsewhere: demands, on the board or not, and occupants at home. */
  readonly wanted: readonly Wanted[]
  /** Hosts that may take them. */
  readonly hosts: readonly number[]
  readonly leave: Leave
  readonly budget: Budget
  /** What an answer to the same question has proved: then what is cheaper is looked for and nothing more is proved. */
  readonly bound?: number
}

/** What is known after it; the board holds the best that was found. */
export interface Answer {
  /** Nothing better is possible within the question. */
  readonly best: boolean
  /** Not all of the demands can have a place. */
  readonly short: boolean
  /** Nor can as many, by priority, be placed in any other way. */
  readonly most: boolean
  /** No placement costs less. */
  readonly bound: number
}

/** Nothing is known. */
export const UNKNOWN: Answer = { best: false, short: false, most: false, bound: Number.NEGATIVE_INFINITY }

function contentsOf({ board }: Question, { kinds, hosts }: Instance): Contents {
  return hosts.map((host) =>
    Int32Array.from(kinds, ({ members }) => members.filter((item) => board.hostOf(item) === host).length),
  )
}

/** Who of a kind goes where: those at home stay, who must leave comes before demands, and these go back if they can. */
function assign(kind: Kind, counts: readonly number[], hosts: readonly number[]): readonly (readonly [Item, number])[] {
  const left = [...counts]
  const result: (readonly [Item, number])[] = []
  const loose = kind.members.filter((item) => {
    const at = hosts.indexOf(item.home)
    if (at < 0 || (left[at] ?? 0) === 0) return true
    left[at] = (left[at] ?? 0) - 1
    result.push([item, item.home])
    return false
  })
  const take = (item: Item, at: number) => {
    left[at] = (left[at] ?? 0) - 1
    result.push([item, hosts[at] ?? NO_HOST])
  }
  const waiting = loose.filter((item) => {
    const at = item.home >= 0 ? -1 : hosts.indexOf(item.previous)
    if (at < 0 || (left[at] ?? 0) === 0) return true
    const spare = left.reduce((sum, count) => sum + count, 0) - loose.filter(({ home }) => home >= 0).length
    if (spare <= 0) return true
    take(item, at)
    return false
  })
  for (const item of [...waiting].sort((a, b) => Number(b.home >= 0) - Number(a.home >= 0) || a.index - b.index)) {
    const at = left.findIndex((count) => count > 0)
    if (at < 0) break
    take(item, at)
  }
  return result
}

/** Puts the answer on the board; false (and all is as before) where a filter of the board does not agree. */
function realize({ board, wanted }: Question, instance: Instance, contents: Contents): boolean {
  const before = wanted.map(({ item }) => board.hostOf(item))
  const clear = () => {
    for (const { item } of wanted) if (board.hostOf(item) !== NO_HOST) board.take(item)
  }
  clear()
  const all = instance.kinds.flatMap((kind, index) =>
    assign(
      kind,
      contents.map((counts) => counts[index] ?? 0),
      instance.hosts,
    ),
  )
  for (const [item, host] of all) board.put(item, host)
  const fresh = all.filter(([item, host]) => item.home !== host)
  const fits = fresh.every(([item, host]) => {
    board.take(item)
    const does = mayEver(board, item, host) && fitsNow(board, item, host)
    board.put(item, host)
    return does
  })
  if (fits) return true
  clear()
  for (const [index, { item }] of wanted.entries()) {
    const host = before[index] ?? NO_HOST
    if (host !== NO_HOST) board.put(item, host)
  }
  return false
}

/** Cost of what has no host at all that may ever take it: no search is needed to know that. */
function lost(instance: Instance, demand: readonly number[]): number {
  return instance.kinds.reduce((sum, { open, demands }, kind) => {
    return open.includes(1) ? sum : sum + demands * (demand[kind] ?? 0)
  }, 0)
}

/** What the demands without a place cost in a placement. */
function missing(instance: Instance, demand: readonly number[], contents: Contents): number {
  return instance.kinds.reduce((sum, { members, demands }, kind) => {
    const placed = contents.reduce((all, counts) => all + (counts[kind] ?? 0), 0)
    return sum + Math.min(members.length - placed, demands) * (demand[kind] ?? 0)
  }, 0)
}

/** Parts of the budget: for a first look, which settles most questions; then for the walk. */
const GLANCE = 0.03
const WALK = 0.25

/** Steps of setting out, for each item, and for each kind and host, as measured. */
const SETTING_OUT = 6

/** A part of a budget, taken off it once it is used. */
function within<T>(budget: Budget, part: number, work: (own: Budget) => T): T {
  const steps = Math.floor(budget.left * part)
  const own = new Budget(steps)
  const result = work(own)
  budget.spend(steps - own.left)
  return result
}

/**
 * The cheapest placement: what a first look does not settle is walked for, so that the search only has to prove what was
 * found.
 */
function solve(instance: Instance, aim: Aim, start: Contents, { budget, bound }: Question): Found {
  const cost = costOf(instance, aim, start)
  // Only what no host would ever take has no place, and nothing has moved.
  if (cost <= lost(instance, aim.demand)) return { contents: start, cost, bound: cost }
  if (bound !== undefined) {
    const contents = walk(instance, aim, start, budget, bound)
    // Who must keep company depends on where that is now, so that what was proved before may no longer hold.
    const holds = instance.leaders.size === 0 && !instance.doubt.found
    return { contents, cost: costOf(instance, aim, contents), bound: holds ? bound : Number.NEGATIVE_INFINITY }
  }
  const first = within(budget, GLANCE, (own) => cheapest(instance, aim, start, own))
  if (first.bound >= first.cost) return first
  const walked = within(budget, WALK, (own) => walk(instance, aim, first.contents, own, first.bound))
  const last = cheapest(instance, aim, walked, budget)
  return { ...last, bound: Math.min(last.cost, Math.max(first.bound, last.bound)) }
}

/** Searches, and puts what is better than now on the board. */
export function search(question: Question): Answer {
  const instance = instanceOf(question.board, question.wanted, question.hosts)
  const { items } = question.board.problem
  question.budget.spend(SETTING_OUT * (items.length + instance.kinds.length * instance.hosts.length))
  const aim = aimOf(instance, question.leave)
  const start = contentsOf(question, instance)
  if (aim === null || !allLawful(instance, start)) return UNKNOWN
  const found = solve(instance, aim, start, question)
  if (found.contents !== start && !realize(question, instance, found.contents)) return UNKNOWN
  const { preempt, counts } = question.leave
  const occupants = instance.kinds.reduce((sum, { members, demands }) => sum + members.length - demands, 0)
  const unplaced = missing(instance, aim.demand, found.contents)
  return {
    best: found.bound >= found.cost,
    // If all the others had a place, moves (each of which counts one) would be all that is left to pay.
    short: !preempt && found.bound > lost(instance, aim.demand) + (counts ? occupants : 0),
    most: found.bound >= found.cost || (!preempt && found.bound >= unplaced),
    bound: found.bound,
  }
}
