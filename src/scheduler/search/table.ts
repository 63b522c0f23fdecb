// Bounds for the knapsack of a host.

/** Copies of a kind on a host that are worth the same. */
export interface Piece {
  readonly kind: number
  readonly value: number
  readonly copies: number
  readonly need: readonly number[]
}

/** Parts that the room is cut into. */
const CELLS = 400

/**
 * Bounds of a knapsack of one dimension, exact but for rounding its weights down: the most that the pieces from one on
 * are worth within a part of the room (Bellman, 1957). Looking one up is one step, whatever the number of pieces.
 */
export class Table {
  readonly #values: Float64Array
  readonly #unit: number
  readonly need: readonly number[]

  /** `weights` by piece, `room` is what they share. */
  constructor(pieces: readonly Piece[], single: Uint8Array, weights: readonly number[], room: number) {
    this.#unit = room > 0 ? CELLS / room : 0
    this.need = weights
    const size = CELLS + 1
    this.#values = new Float64Array((pieces.length + 1) * size)
    for (let at = pieces.length - 1; at >= 0; at -= 1) {
      const piece = pieces[at]
      const [below, here] = [(at + 1) * size, at * size]
      this.#values.copyWithin(here, below, below + size)
      if (piece === undefined || piece.value <= 0) continue
      const most = single[piece.kind] === 1 ? 1 : piece.copies
      for (let copies = 1; copies <= most; copies += 1) {
        const weight = Math.floor((weights[at] ?? 0) * copies * this.#unit * (1 - 1e-9))
        if (weight > CELLS) break
        const value = piece.value * copies
        for (let cell = weight; cell <= CELLS; cell += 1) {
          const better = (this.#values[below + cell - weight] ?? 0) + value
          if (better > (this.#values[here + cell] ?? 0)) this.#values[here + cell] = better
        }
      }
    }
  }

  most(from: number, room: number): number {
    const cell = Math.min(CELLS, Math.ceil(Math.max(0, room) * this.#unit * (1 + 1e-9)))
    return this.#values[from * (CELLS + 1) + cell] ?? 0
  }
}
