// The linear program that the search asks for bounds: a revised simplex on a dense inverse of the basis (Dantzig, 1963),
// for some dozens of rows and columns that are added as they are found.

const EPSILON = 1e-7
/** Pivots after which the inverse is computed anew, so that rounding does not add up. */
const REFRESH = 60
/** Right sides are raised a little, each by another amount: no two rows tie, and the walk does not go in circles. */
const SHIFT = 1e-6

/** What a column puts into the rows. */
export interface Column {
  readonly rows: readonly number[]
  readonly values: readonly number[]
}

/** Minimize cost x over rows x = right, x >= 0. */
export class Simplex {
  readonly rows: number
  readonly columns: Column[] = []
  readonly costs: number[] = []
  readonly basis: Int32Array
  readonly duals: Float64Array
  readonly #right: Float64Array
  #inverse: Float64Array
  #values: Float64Array
  readonly #entering: Float64Array
  #pivots = 0

  /** `right` by row, all of them 0 or more; each row begins with a unit column of this cost and, as a rule, nothing else. */
  constructor(right: readonly number[], start: readonly number[], extra: ReadonlyMap<number, Column> = new Map()) {
    this.rows = right.length
    this.#right = Float64Array.from(right, (value, row) => value + SHIFT * (1 + ((row * 7919) % 101) / 101))
    this.basis = new Int32Array(this.rows)
    this.duals = new Float64Array(this.rows)
    this.#entering = new Float64Array(this.rows)
    this.#inverse = new Float64Array(this.rows * this.rows)
    this.#values = Float64Array.from(this.#right)
    for (const [row, cost] of start.entries()) {
      this.basis[row] = this.add(extra.get(row) ?? { rows: [row], values: [1] }, cost)
      this.#inverse[row * this.rows + row] = 1
    }
    if (extra.size > 0) this.#refresh()
  }

  add(column: Column, cost: number): number {
    this.columns.push(column)
    this.costs.push(cost)
    return this.columns.length - 1
  }

  /** Visits each column that is in use, with how much of it. */
  *used(): Generator<readonly [column: number, amount: number]> {
    for (let row = 0; row < this.rows; row += 1) {
      const amount = this.#values[row] ?? 0
      if (amount > 1e-5) yield [this.basis[row] ?? 0, amount]
    }
  }

  /** What the columns in use cost. */
  get cost(): number {
    let cost = 0
    for (let row = 0; row < this.rows; row += 1) {
      cost += Math.max(0, this.#values[row] ?? 0) * (this.costs[this.basis[row] ?? 0] ?? 0)
    }
    return cost
  }

  #price(): void {
    const { rows, duals } = this
    duals.fill(0)
    for (let row = 0; row < rows; row += 1) {
      const cost = this.costs[this.basis[row] ?? 0] ?? 0
      if (cost === 0) continue
      const base = row * rows
      for (let at = 0; at < rows; at += 1) duals[at] = (duals[at] ?? 0) + cost * (this.#inverse[base + at] ?? 0)
    }
  }

  /** The column whose cost falls below what its rows are worth by most, or -1. */
  #choose(): number {
    let chosen = -1
    let least = -EPSILON
    for (let index = 0; index < this.columns.length; index += 1) {
      const column = this.columns[index]
      if (column === undefined) continue
      const { rows, values } = column
      let reduced = this.costs[index] ?? 0
      for (let at = 0; at < rows.length; at += 1) reduced -= (this.duals[rows[at] ?? 0] ?? 0) * (values[at] ?? 0)
      if (reduced < least) {
        least = reduced
        chosen = index
      }
    }
    return chosen
  }

  #leaving(): number {
    let row = -1
    let least = Number.POSITIVE_INFINITY
    for (let at = 0; at < this.rows; at += 1) {
      const slope = this.#entering[at] ?? 0
      if (slope <= 1e-7) continue
      const ratio = Math.max(0, this.#values[at] ?? 0) / slope
      if (ratio < least) {
        least = ratio
        row = at
      }
    }
    return row
  }

  #expand(index: number): void {
    const { rows, values } = this.columns[index] ?? { rows: [], values: [] }
    for (let at = 0; at < this.rows; at += 1) {
      let sum = 0
      for (let entry = 0; entry < rows.length; entry += 1) {
        sum += (this.#inverse[at * this.rows + (rows[entry] ?? 0)] ?? 0) * (values[entry] ?? 0)
      }
      this.#entering[at] = sum
    }
  }

  #pivot(row: number, index: number): void {
    const size = this.rows
    const inverse = this.#inverse
    const slope = this.#entering[row] ?? 1
    const from = row * size
    for (let at = 0; at < size; at += 1) inverse[from + at] = (inverse[from + at] ?? 0) / slope
    const ratio = (this.#values[row] ?? 0) / slope
    this.#values[row] = ratio
    for (let other = 0; other < size; other += 1) {
      const factor = this.#entering[other] ?? 0
      if (other === row || factor === 0) continue
      const base = other * size
      for (let at = 0; at < size; at += 1)
        inverse[base + at] = (inverse[base + at] ?? 0) - factor * (inverse[from + at] ?? 0)
      this.#values[other] = (this.#values[other] ?? 0) - factor * ratio
    }
    this.basis[row] = index
  }

  /** Gauss and Jordan on the basis. */
  #refresh(): void {
    const size = this.rows
    const matrix = new Float64Array(size * size)
    for (let row = 0; row < size; row += 1) {
      const column = this.columns[this.basis[row] ?? 0]
      for (const [entry, at] of (column?.rows ?? []).entries()) matrix[at * size + row] = column?.values[entry] ?? 0
    }
    const inverse = invert(matrix, size)
    if (inverse === null) return
    this.#inverse = inverse
    for (let row = 0; row < size; row += 1) {
      let sum = 0
      for (let at = 0; at < size; at += 1) sum += (inverse[row * size + at] ?? 0) * (this.#right[at] ?? 0)
      this.#values[row] = Math.max(0, sum)
    }
  }

  /** Walks to the best of the columns that are there; `pay` is asked before each pivot and ends the walk with false. */
  solve(pay: () => boolean): boolean {
    for (;;) {
      this.#price()
      const index = this.#choose()
      if (index < 0) return true
      if (!pay()) return false
      this.#expand(index)
      const row = this.#leaving()
      if (row < 0) return true
      this.#pivot(row, index)
      this.#pivots += 1
      if (this.#pivots % REFRESH === 0) this.#refresh()
    }
  }
}

/** The inverse of a square matrix by rows; null where it has none. */
function invert(matrix: Float64Array, size: number): Float64Array | null {
  const inverse = new Float64Array(size * size)
  for (let at = 0; at < size; at += 1) inverse[at * size + at] = 1
  const swap = (of: Float64Array, a: number, b: number) => {
    for (let at = 0; at < size; at += 1) {
      const kept = of[a * size + at] ?? 0
      of[a * size + at] = of[b * size + at] ?? 0
      of[b * size + at] = kept
    }
  }
  for (let step = 0; step < size; step += 1) {
    let row = step
    for (let at = step + 1; at < size; at += 1) {
      if (Math.abs(matrix[at * size + step] ?? 0) > Math.abs(matrix[row * size + step] ?? 0)) row = at
    }
    const pivot = matrix[row * size + step] ?? 0
    if (Math.abs(pivot) < 1e-11) return null
    if (row !== step) {
      swap(matrix, row, step)
      swap(inverse, row, step)
    }
    for (let at = 0; at < size; at += 1) {
      matrix[step * size + at] = (matrix[step * size + at] ?? 0) / pivot
      inverse[step * size + at] = (inverse[step * size + at] ?? 0) / pivot
    }
    for (let other = 0; other < size; other += 1) {
      const factor = matrix[other * size + step] ?? 0
      if (other === step || factor === 0) continue
      for (let at = 0; at < size; at += 1) {
        matrix[other * size + at] = (matrix[other * size + at] ?? 0) - factor * (matrix[step * size + at] ?? 0)
        inverse[other * size + at] = (inverse[other * size + at] ?? 0) - factor * (inverse[step * size + at] ?? 0)
      }
    }
  }
  return inverse
}
