// The duals at which contents are priced. Those of the program alone swing widely until many contents are known; between
// them and those of the best bound so far, fewer contents do (Wentges, 1997). Any duals give a bound that holds.
import type { Simplex } from './simplex.js'

/** By how much less where that did not help, time after time. */
const BACK = 0.4

/** See the head of the file. */
export class Prices {
  readonly #program: Simplex
  readonly #firstHost: number
  /** By row: what is priced at now. */
  readonly duals: Float64Array
  readonly #centre: Float64Array
  #height = Number.NEGATIVE_INFINITY
  readonly #towards: number
  #part: number
  #cost = Number.POSITIVE_INFINITY

  /**
   * Rows from `firstHost` on are those of the hosts: their duals are rents, less than nothing. `towards`: how far from the
   * duals of the program towards those of the best bound, at most.
   */
  constructor(program: Simplex, firstHost: number, towards: number) {
    this.#towards = towards
    this.#part = towards
    this.#program = program
    this.#firstHost = firstHost
    this.duals = new Float64Array(program.rows)
    this.#centre = new Float64Array(program.rows)
  }

  /** Begins anew: under other limits other bounds hold. */
  forget(): void {
    this.#height = Number.NEGATIVE_INFINITY
    this.#part = this.#towards
    this.#cost = Number.POSITIVE_INFINITY
  }

  /** Sets the duals from those of the program, which is solved; true where they are just these. */
  next(): boolean {
    const { duals, cost } = this.#program
    // What was taken in last did not help: nearer to the program's own duals.
    this.#part = cost < this.#cost - 1e-9 ? this.#towards : Math.max(0, this.#part - BACK)
    this.#cost = cost
    const share = Number.isFinite(this.#height) ? this.#part : 0
    for (let row = 0; row < duals.length; row += 1) {
      this.duals[row] = share * (this.#centre[row] ?? 0) + (1 - share) * (duals[row] ?? 0)
    }
    return share === 0
  }

  /** Takes in the bound that the duals gave, and by host what its best content was worth at most. */
  judge(bound: number, values: Float64Array): void {
    if (bound <= this.#height) return
    this.#height = bound
    this.#centre.set(this.duals)
    for (const [host, value] of values.entries()) this.#centre[this.#firstHost + host] = -value
  }
}
