// In which order slots are placed, and which hosts each may ever take.
import { Board } from './board.js'
import { Choices } from './choices.js'
import type { Companies } from './company.js'
import { fitsNow, mayEver } from './filters.js'
import type { Item, Problem, Shape } from './problem.js'
import { NO_HOST, OTHER_HOST } from './problem.js'
import { rankingOf } from './ranking.js'
import { WHOLE } from './score.js'

/** A slot that wants a place. */
export interface Wanting {
  readonly item: Item
  /** That of the job: what it counts, and whom it may stop. */
  readonly priority: number
  /** When it is tried: as its priority says, or that of a job that must run beside it, whichever is higher. */
  readonly turn: number
  /** How many `options` there are. */
  readonly choices: number
  /**
   * Hosts that take it while only occupants are there, in the order of names: placing others never adds to them.
   * Company (`with`) is not asked for here. In a big cluster they are looked for only when they are asked for, which
   * takes a look at each host.
   */
  readonly options: readonly number[]
}

function optionsOf(board: Board, item: Item): readonly number[] {
  const { shape } = item
  if (item.only === OTHER_HOST) return []
  const alone: Item = { ...item, shape: { ...shape, with: [] } }
  const takes = (host: number) => mayEver(board, alone, host) && fitsNow(board, alone, host)
  if (item.only !== NO_HOST) return takes(item.only) ? [item.only] : []
  const options: number[] = []
  for (let host = 0; host < board.problem.hosts.length; host += 1) if (takes(host)) options.push(host)
  return options
}

/** Gives each slot its options; slots of one shape that may go anywhere share them. */
class Options {
  readonly #board: Board
  readonly #choices: Choices | null
  readonly #counts = new Map<Shape | Item, number>()
  readonly #lists = new Map<Shape | Item, readonly number[]>()
  /** The board as it was; made when it is first needed. */
  #blank: Board | null = null

  constructor(board: Board) {
    const ranking = rankingOf(board)
    this.#board = board
    this.#choices = ranking === null ? null : new Choices(board, ranking)
  }

  count(item: Item): number {
    const key = item.only === NO_HOST ? item.shape : item
    let count = this.#counts.get(key)
    if (count === undefined) {
      count = this.#count(item)
      this.#counts.set(key, count)
    }
    return count
  }

  #count(item: Item): number {
    if (this.#choices !== null && item.only === NO_HOST) return this.#choices.of(item)
    const list = optionsOf(this.#board, item)
    this.#lists.set(item.only === NO_HOST ? item.shape : item, list)
    return list.length
  }

  list(item: Item): readonly number[] {
    const key = item.only === NO_HOST ? item.shape : item
    let list = this.#lists.get(key)
    if (list === undefined) {
      const choices = item.only === NO_HOST ? this.#choices : null
      list = choices === null ? optionsOf(this.#then(), item) : choices.list(this.#then(), item)
      this.#lists.set(key, list)
    }
    return list
  }

  #then(): Board {
    this.#blank ??= new Board(this.#board.problem)
    return this.#blank
  }
}

/** A slot of a big cluster. */
class LazyWanting implements Wanting {
  readonly item: Item
  readonly turn: number
  readonly choices: number
  readonly #options: Options

  constructor(item: Item, turn: number, options: Options) {
    this.item = item
    this.turn = turn
    this.choices = options.count(item)
    this.#options = options
  }

  get priority(): number {
    return this.item.shape.job.priority
  }

  get options(): readonly number[] {
    return this.#options.list(this.item)
  }
}

/** The largest share of what the whole cluster has, over all dimensions; parts per million. */
function size(shape: Shape, totals: readonly number[]): number {
  let largest = 0
  for (const [dimension, amount] of shape.amounts.entries()) {
    const total = totals[dimension] ?? 0
    if (amount > 0 && total > 0) largest = Math.max(largest, Math.round((WHOLE * amount) / total))
  }
  return largest
}

function totalsOf({ dimensions, capacity }: Problem): readonly number[] {
  const totals = dimensions.map(() => 0)
  for (const [at, amount] of capacity.entries()) {
    const dimension = at % dimensions.length
    totals[dimension] = (totals[dimension] ?? 0) + amount
  }
  return totals
}

const NOBODY: ReadonlySet<number> = new Set()

/**
 * The demands in the order of placing: higher priority first; then who others must run beside; then who has fewest
 * hosts to choose from; then the biggest (first fit decreasing, Johnson 1973, by the largest dimension); then by name.
 * Call it while only occupants are on the board. Followers that are `vain` lift nobody.
 */
export function wantings(board: Board, companies: Companies, vain: ReadonlySet<number> = NOBODY): readonly Wanting[] {
  const { problem } = board
  const options = new Options(board)
  const totals = totalsOf(problem)
  const sizes = problem.shapes.map((shape) => size(shape, totals))
  const depths = problem.shapes.map((shape) => companies.depth.get(shape.jobId) ?? 0)
  const all = problem.items.slice(0, problem.demandCount).map((item) => {
    const followers = companies.followers.get(item.shape.jobId) ?? []
    const turn = followers.reduce(
      (most, { job, jobId }) => (vain.has(jobId) ? most : Math.max(most, job.priority)),
      item.shape.job.priority,
    )
    return new LazyWanting(item, turn, options)
  })
  // Items are numbered by name.
  return all.sort(
    (a, b) =>
      b.turn - a.turn ||
      (depths[a.item.shape.index] ?? 0) - (depths[b.item.shape.index] ?? 0) ||
      a.choices - b.choices ||
      (sizes[b.item.shape.index] ?? 0) - (sizes[a.item.shape.index] ?? 0) ||
      a.item.index - b.item.index,
  )
}
