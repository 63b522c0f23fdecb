// What is tried, and in which order, once one pass has left something over: without touching what runs, with moves of
// what may be moved, and by stopping what is of lower priority.
import type { Board } from '../board.js'
import { Budget } from '../budget.js'
import { mayEver } from '../filters.js'
import type { Wanting } from '../order.js'
import type { Item, Problem } from '../problem.js'
import { NO_HOST } from '../problem.js'
import type { Leave } from './aim.js'
import type { Answer } from './complete.js'
import { search, UNKNOWN } from './complete.js'
import type { Wanted } from './instance.js'

/** What the stages may do and work on. */
export interface Stages {
  readonly board: Board
  readonly wanting: readonly Wanting[]
  readonly moves: number
  readonly preempt: boolean
  readonly steps: number
}

/** What is known of the board after them. */
export interface Known {
  readonly placed: boolean
  readonly moves: boolean
  /** Not all demands can have a place, even without those that no host would ever take. */
  readonly short: boolean
}

/** Hosts and slots up to which the whole cluster is searched; above, the neighbourhood of what has no place. */
const MOST_HOSTS = 24
const MOST_SLOTS = 160
const NEAR_HOSTS = 8
/** Steps for one neighbourhood: with fewer nothing is found, so that rather some of what is left over is not looked at. */
const LEAST_NEAR = 150_000

/** Is the cluster small enough for a search of the whole? */
export function isSmall({ hosts, freeCount }: Problem): boolean {
  return hosts.length <= MOST_HOSTS && freeCount <= MOST_SLOTS
}

function missing({ board, wanting }: Stages): readonly Wanting[] {
  return wanting.filter(({ item }) => board.hostOf(item) === NO_HOST)
}

function movables({ board }: Stages): readonly Item[] {
  return board.problem.items.slice(board.problem.demandCount, board.problem.freeCount)
}

/** Shares of what is wanted that a host has free, summed up: where a slot is nearest to fitting. */
function nearness(board: Board, item: Item, host: number): number {
  return item.shape.amounts.reduce((sum, amount, dimension) => {
    return amount === 0 ? sum : sum + Math.min(1, Math.max(0, board.free(host, dimension)) / amount)
  }, 0)
}

/** Hosts that might take it, where it is nearest to fitting. */
function near(stages: Stages, item: Item): readonly number[] {
  const { board } = stages
  const open = [...board.problem.hosts.keys()].filter((host) => mayEver(board, item, host))
  const rated = open.map((host) => ({ host, points: nearness(board, item, host) }))
  rated.sort((a, b) => b.points - a.points || a.host - b.host)
  return rated
    .slice(0, NEAR_HOSTS)
    .map(({ host }) => host)
    .sort((a, b) => a - b)
}

class Runner {
  readonly #stages: Stages
  readonly #whole: boolean
  readonly #budget: Budget

  constructor(stages: Stages) {
    this.#stages = stages
    this.#whole = isSmall(stages.board.problem)
    this.#budget = new Budget(stages.steps)
  }

  /** Asks with everything that may be put elsewhere, or with what is near to one slot after another. */
  ask(leave: Leave, occupants: boolean, part: number): Answer {
    const steps = Math.floor(this.#budget.left * part)
    const budget = new Budget(steps)
    const answer = this.#whole ? this.#askWhole(leave, occupants, budget) : this.#askNear(leave, occupants, budget)
    this.#budget.spend(steps - budget.left)
    return answer
  }

  /** Spends a part of what is left on a cheaper answer to a question that was asked of the whole. */
  lessen(leave: Leave, known: Answer, part: number): Answer {
    if (!this.#whole) return known
    const { board } = this.#stages
    const hosts = [...board.problem.hosts.keys()]
    const wanted = this.#wanted(true)
    const steps = Math.floor(this.#budget.left * part)
    return search({ board, wanted, hosts, leave, budget: new Budget(steps), bound: known.bound })
  }

  #wanted(occupants: boolean): readonly Wanted[] {
    const { wanting } = this.#stages
    const running = occupants ? movables(this.#stages) : []
    return [...wanting, ...running.map((item) => ({ item, priority: item.shape.job.priority }))]
  }

  #askWhole(leave: Leave, occupants: boolean, budget: Budget): Answer {
    const { board } = this.#stages
    const hosts = [...board.problem.hosts.keys()]
    return search({ board, wanted: this.#wanted(occupants), hosts, leave, budget })
  }

  #askNear(leave: Leave, occupants: boolean, budget: Budget): Answer {
    const { board } = this.#stages
    const left = missing(this.#stages)
    for (const [index, { item }] of left.entries()) {
      if (budget.spent) break
      if (board.hostOf(item) !== NO_HOST) continue
      const hosts = near(this.#stages, item)
      budget.spend(board.problem.hosts.length)
      if (hosts.length === 0) continue
      const here = this.#wanted(occupants)
        .filter((each) => each.item === item || hosts.includes(board.hostOf(each.item)))
        .filter((each) => each.item.home < 0 || each.item.home === board.hostOf(each.item))
      if (here.length > MOST_SLOTS) continue
      const moved = movables(this.#stages).filter((each) => board.hostOf(each) !== each.home).length
      const steps = Math.min(budget.left, Math.max(LEAST_NEAR, Math.floor(budget.left / (left.length - index))))
      const own = new Budget(steps)
      search({ board, wanted: here, hosts, leave: { ...leave, moves: leave.moves - moved }, budget: own })
      budget.spend(steps - own.left)
    }
    return UNKNOWN
  }

  /** Are there slots of higher priority without a place than some that may be stopped? */
  outranks(): boolean {
    const lowest = Math.min(...movables(this.#stages).map(({ shape }) => shape.job.priority))
    return missing(this.#stages).some(({ priority }) => priority > lowest)
  }
}

/** Moves, to the end that all has a place, and what was learnt. */
function withMoves(stages: Stages, runner: Runner): Known {
  const { moves } = stages
  const leave = { moves, counts: true, preempt: false }
  let answer = runner.ask(leave, true, 0.7)
  let isMost = answer.most
  let isShort = answer.short
  const before = missing(stages).length
  if (!isMost && before > 0 && !Number.isFinite(moves)) {
    // What is known of the number alone is cheaper to find out.
    const number = runner.ask({ ...leave, counts: false }, true, 0.6)
    isShort ||= number.short
    isMost = number.most
    if (missing(stages).length < before) {
      answer = runner.ask(leave, true, 0.7)
      isMost ||= answer.most
      isShort ||= answer.short
    }
  }
  if (!answer.best) answer = runner.lessen(leave, answer, 0.4)
  return { placed: answer.best || isMost || missing(stages).length === 0, moves: answer.best, short: isShort }
}

/** Changes the board for the better as far as the stages may, and says what is proved of it. */
export function complete(stages: Stages): Known {
  const runner = new Runner(stages)
  const hasMovables = movables(stages).length > 0
  const mayMove = hasMovables && stages.moves > 0
  const mayPreempt = hasMovables && stages.preempt && runner.outranks()
  let known: Known
  if (mayMove) known = withMoves(stages, runner)
  else {
    const answer = runner.ask({ moves: 0, counts: false, preempt: false }, false, mayPreempt ? 0.5 : 1)
    known = { placed: answer.most, moves: true, short: answer.short }
  }
  if (!mayPreempt || missing(stages).length === 0 || !runner.outranks()) return known
  const answer = runner.ask({ moves: stages.moves, counts: true, preempt: true }, true, 1)
  return { placed: answer.best, moves: answer.best, short: answer.short }
}
