// Bounds for the knapsack of a host.

/** Copies of a kind on a host that are worth the same. */
export interface Piece {
  readonly kind: number
  readonly value: number
  readonly copies: number
  readonly need: readonly number[]
}

/** Most parts that the room is cut into, and most where each part is a whole measure and nothing is rounded. */
const CELLS = 2000
const EXACT_CELLS = 4000
/** Cells that are worked out in about the time of one look at a content. */
const PACE = 80

function divisor(a: number, b: number): number {
  let [greater, smaller] = [a, b]
  while (smaller > 0) [greater, smaller] = [smaller, greater % smaller]
  return greater
}

/** The greatest amount of which all whole weights that fit are multiples; 0 where some are no whole numbers. */
function measureOf(weights: readonly number[], room: number): number {
  let measure = 0
  for (const weight of weights) {
    if (!Number.isSafeInteger(weight)) return 0
    if (weight <= room) measure = divisor(measure, weight)
  }
  return measure
}

/** What a table is made of. */
export interface Measured {
  readonly pieces: readonly Piece[]
  /** By kind: 1 where a host takes one only. */
  readonly single: Uint8Array
  /** By piece. */
  readonly weights: readonly number[]
  /** By piece: what one copy counts for; less than nothing counts as nothing. */
  readonly values: readonly number[]
  /** What the weights share. */
  readonly room: number
}

/**
 * Bounds of a knapsack of one dimension, exact where the weights have a common measure that is not too small, else but for
 * rounding them down: the most that the pieces from one on are worth within a part of the room (Bellman, 1957). Looking
 * one up is one step, whatever the number of pieces. Filled anew for each question, so that the memory is kept.
 */
export class Table {
  #values = new Float64Array(0)
  #unit = 0
  #cells = 0
  #slack = 0
  /** What filling it took, in steps. */
  steps = 0

  fill({ pieces, single, weights, values, room }: Measured): void {
    const measure = measureOf(weights, room)
    const isExact = measure > 0 && room / measure <= EXACT_CELLS
    this.#cells = isExact ? Math.floor(room / measure) : CELLS
    this.#unit = isExact ? 1 / measure : room > 0 ? CELLS / room : 0
    // Whole multiples of the measure divide without a rest but for the last bits of the quotient.
    this.#slack = isExact ? 1e-6 : 0
    const size = this.#cells + 1
    if (this.#values.length < (pieces.length + 1) * size) this.#values = new Float64Array((pieces.length + 1) * size)
    this.#values.fill(0, pieces.length * size, (pieces.length + 1) * size)
    this.steps = 0
    for (let at = pieces.length - 1; at >= 0; at -= 1) {
      const piece = pieces[at]
      this.#values.copyWithin(at * size, (at + 1) * size, (at + 2) * size)
      if (piece === undefined || (values[at] ?? 0) <= 0) continue
      const most = single[piece.kind] === 1 ? 1 : piece.copies
      for (let copies = 1; copies <= most; copies += 1) {
        const whole = (weights[at] ?? 0) * copies
        if (whole > room) break
        const weight = this.#round(whole)
        this.#offer(at * size, weight, (values[at] ?? 0) * copies)
      }
      this.steps += (most * size) / PACE
    }
    this.steps = Math.ceil(this.steps)
  }

  #round(weight: number): number {
    return this.#slack > 0 ? Math.round(weight * this.#unit) : Math.floor(weight * this.#unit * (1 - 1e-9))
  }

  #offer(here: number, weight: number, value: number): void {
    const values = this.#values
    const below = here + this.#cells + 1 - weight
    for (let cell = weight; cell <= this.#cells; cell += 1) {
      const better = (values[below + cell] as number) + value
      if (better > (values[here + cell] as number)) values[here + cell] = better
    }
  }

  most(from: number, room: number): number {
    const part = Math.max(0, room) * this.#unit
    const cell = this.#slack > 0 ? Math.floor(part + this.#slack) : Math.ceil(part * (1 + 1e-9))
    return this.#values[from * (this.#cells + 1) + Math.min(this.#cells, cell)] ?? 0
  }
}
