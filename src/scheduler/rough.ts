// A quick look at load(): without its divisions and its rounding, and never worse for a host than that. What does not
// get past it needs no second look.
import type { Strategy } from '../model/host.js'
import type { Board } from './board.js'
import type { Forest } from './forest.js'
import {
  DIMENSION,
  DIMENSIONS,
  LEAST_INVERSE,
  LEAST_NORM,
  LEAST_SHARE,
  MOST_INVERSE,
  MOST_NORM,
  MOST_SHARE,
} from './forest.js'
import { WHOLE } from './score.js'

/** Each dimension is rounded by half a point at most, and so is their mean; the rest is for the noise of doubles. */
const SLACK = 1.001

/** See the head of the file. */
export class Rough {
  readonly #board: Board
  readonly #forest: Forest
  readonly #width: number
  #needs: readonly number[] = []
  #amounts: Float64Array = new Float64Array(0)
  #pack = false
  /** Points per square of a share. */
  #weight = 0
  /** For how many of the needed dimensions, from the first on, the norms of the forest are known; 0: for none. */
  #known = 0

  constructor(board: Board, forest: Forest) {
    this.#board = board
    this.#forest = forest
    this.#width = board.problem.dimensions.length
  }

  /** What the other questions are about: dimensions that are asked for, and amounts by dimension. */
  ask(strategy: Strategy, needs: readonly number[], amounts: Float64Array): void {
    this.#needs = needs
    this.#amounts = amounts
    this.#pack = strategy === 'pack'
    this.#weight = needs.length === 0 ? 0 : WHOLE / needs.length
    this.#known = needs[0] === 0 && needs[1] === 1 ? (needs[2] === 2 ? 3 : 2) : 0
  }

  #rounded(sum: number): number {
    const mean = this.#weight * sum
    return this.#pack ? Math.floor(mean + SLACK) : Math.ceil(mean - SLACK)
  }

  /** No less than load() on a host with room for `pack`, else no more. */
  at(host: number): number {
    const { inverse } = this.#forest
    const { used } = this.#board
    const base = host * this.#width
    const needs = this.#needs
    let sum = 0
    for (let index = 0; index < needs.length; index += 1) {
      const dimension = needs[index] ?? 0
      const share = ((used[base + dimension] ?? 0) + (this.#amounts[dimension] ?? 0)) * (inverse[base + dimension] ?? 0)
      sum += share * share
    }
    return this.#rounded(sum)
  }

  /**
   * The same for all hosts of a node that have room. By (u + n)^2 = u^2 + 2un + n^2, u and n being used and needed
   * shares, there are two bounds: from the least of each share, and from the least sum of their squares.
   */
  below(node: number): number {
    const { nodes, stride } = this.#forest
    const pack = this.#pack
    const shareAt = DIMENSIONS + (pack ? MOST_SHARE : LEAST_SHARE)
    const inverseAt = DIMENSIONS + (pack ? MOST_INVERSE : LEAST_INVERSE)
    const known = this.#known
    const head = node * stride
    const needs = this.#needs
    let squares = 0
    let added = 0
    let rest = 0
    for (let index = 0; index < needs.length; index += 1) {
      const dimension = needs[index] ?? 0
      const base = head + dimension * DIMENSION
      const share = nodes[base + shareAt] ?? 0
      const needed = (this.#amounts[dimension] ?? 0) * (nodes[base + inverseAt] ?? 0)
      const square = share * share
      if (index < known) squares += square
      else rest += square
      added += (2 * share + needed) * needed
    }
    if (known === 0) return this.#rounded(squares + rest + added)
    const norm = nodes[head + (pack ? MOST_NORM : LEAST_NORM) + known - 2] ?? 0
    const bound = pack ? Math.min(norm, squares) : Math.max(norm, squares)
    return this.#rounded(bound + rest + added)
  }
}
