// Bounds that tell a knapsack early where nothing is left to find: tables of one dimension each, and of one with what lies in
// the others fined (Lagrange's multipliers, as Held and Karp, 1970, used them).
import type { Piece } from './table.js'
import { Table } from './table.js'

/** A table over one dimension, with fines for one unit of the others. */
interface Guard {
  /** -1: the joint one. */
  readonly dimension: number
  readonly table: Table
  /** By dimension; empty: none. */
  readonly fines: readonly number[]
}

/** The knapsack that bounds are wanted for. */
export interface Guarded {
  readonly pieces: readonly Piece[]
  /** By kind: 1 where the host takes one only. */
  readonly single: Uint8Array
  /** By piece: its joint weight; all together share `surrogate`. */
  readonly weights: Float64Array
  readonly surrogate: number
  /** By dimension: the room. */
  readonly left: readonly number[]
  /** By dimension: what one unit of it is worth at the margin. */
  readonly fines: readonly number[]
}

/** Holds for one knapsack at a time. */
export class Guards {
  readonly #pool: Table[] = []
  #guards: Guard[] = []

  /** Forbids nothing any more. */
  clear(): void {
    this.#guards = []
  }

  /** Makes the tables; the steps that it took. */
  build(of: Guarded): number {
    this.#guards = []
    const { pieces, left, fines: all, weights, surrogate } = of
    const isJoint = all.filter((fine) => fine > 0).length > 1
    let steps = 0
    for (const [dimension, room] of left.entries()) {
      const needs = pieces.map(({ need }) => need[dimension] ?? 0)
      const wanted = needs.reduce((sum, amount, at) => sum + amount * (pieces[at]?.copies ?? 0), 0)
      if (wanted <= room) continue
      const fines = all.map((fine, at) => (at === dimension ? 0 : fine))
      if (isJoint && (all[dimension] ?? 0) > 0) steps += this.#add(of, dimension, needs, room, fines)
      steps += this.#add(of, dimension, needs, room, [])
    }
    return steps + this.#add(of, -1, [...weights], surrogate, [])
  }

  #add(
    { pieces, single }: Guarded,
    dimension: number,
    weights: readonly number[],
    room: number,
    fines: readonly number[],
  ): number {
    const table = this.#pool[this.#guards.length] ?? new Table()
    this.#pool[this.#guards.length] = table
    const values = pieces.map(({ value, need }) =>
      fines.reduce((worth, fine, at) => worth - fine * (need[at] ?? 0), value),
    )
    table.fill({ pieces, single, weights, values, room })
    this.#guards.push({ dimension, table, fines })
    return table.steps
  }

  /** What all pieces together can be worth at most. */
  most(left: readonly number[], surrogate: number): number {
    return Math.min(...this.#guards.map((guard) => mostOf(guard, 0, left, surrogate)))
  }

  /** Are the pieces from one on, in what room is left, worth less than `missing` for certain? */
  forbid(from: number, left: readonly number[], surrogate: number, missing: number): boolean {
    const guards = this.#guards
    for (let at = 0; at < guards.length; at += 1) {
      const guard = guards[at]
      if (guard === undefined || mostOf(guard, from, left, surrogate) * (1 + 1e-12) >= missing) continue
      // What has cut off last is asked first.
      if (at > 0) {
        guards[at] = guards[at - 1] ?? guard
        guards[at - 1] = guard
      }
      return true
    }
    return false
  }
}

function mostOf({ dimension, table, fines }: Guard, from: number, left: readonly number[], surrogate: number): number {
  let most = table.most(from, dimension < 0 ? surrogate : (left[dimension] ?? 0))
  for (let at = 0; at < fines.length; at += 1) most += (fines[at] ?? 0) * Math.max(0, left[at] ?? 0)
  return most
}
