import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Guards } from '../../src/scheduler/search/guards.js'
import type { Piece } from '../../src/scheduler/search/table.js'
import { Table } from '../../src/scheduler/search/table.js'

/** Needs of two dimensions, multiples of a measure that may be too small for a table without rounding. */
const knapsacks = fc
  .record({
    measure: fc.constantFrom(1, 7, 50, 1024),
    offset: fc.constantFrom(0, 0, 1),
    room: fc.tuple(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 0, max: 60_000 })),
    pieces: fc.array(
      fc.record({
        value: fc.integer({ min: 1, max: 2 ** 20 }),
        copies: fc.integer({ min: 1, max: 2 }),
        first: fc.integer({ min: 0, max: 60 }),
        second: fc.integer({ min: 0, max: 60 }),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    fines: fc.tuple(fc.constantFrom(0, 0.5, 40, 3000), fc.constantFrom(0, 0.5, 40, 3000)),
  })
  .map(({ measure, offset, room, pieces, fines }) => ({
    room,
    fines,
    pieces: pieces.map(
      ({ value, copies, first, second }, kind): Piece => ({
        kind,
        value,
        copies,
        need: [first * measure + offset, second * measure],
      }),
    ),
  }))

/** The most that the pieces from one on are worth in the room: by trying every content. */
function most(pieces: readonly Piece[], from: number, room: readonly number[]): number {
  const piece = pieces[from]
  if (piece === undefined) return 0
  let best = 0
  for (let copies = 0; copies <= piece.copies; copies += 1) {
    const left = room.map((amount, dimension) => amount - copies * (piece.need[dimension] ?? 0))
    if (left.every((amount) => amount >= 0)) best = Math.max(best, copies * piece.value + most(pieces, from + 1, left))
  }
  return best
}

describe('bounds of a knapsack', () => {
  it('are never below what one dimension allows, and just that where amounts have a measure', () => {
    const table = new Table()
    fc.assert(
      fc.property(knapsacks, fc.integer({ min: 0, max: 60_000 }), ({ pieces, room }, less) => {
        const weights = pieces.map(({ need }) => need[1] ?? 0)
        const single = new Uint8Array(pieces.length)
        table.fill({ pieces, single, weights, values: pieces.map(({ value }) => value), room: room[1] })
        const left = Math.max(0, room[1] - less)
        const flat = pieces.map((piece, at) => ({ ...piece, need: [weights[at] ?? 0] }))
        for (const from of pieces.keys()) {
          const best = most(flat, from, [left])
          expect(table.most(from, left)).toBeGreaterThanOrEqual(best)
          // Multiples of 50 and 1024 cut this room into few enough parts.
          if (weights.every((weight) => weight % 50 === 0)) expect(table.most(from, left)).toBe(best)
        }
      }),
      { numRuns: 500, seed: 20_251_126 },
    )
  })

  it('forbid nothing that is there', () => {
    const guards = new Guards()
    let forbidden = 0
    fc.assert(
      fc.property(knapsacks, ({ pieces, room, fines }) => {
        const weights = Float64Array.from(pieces, ({ need }) => (need[0] ?? 0) / (room[0] + 1))
        const single = new Uint8Array(pieces.length)
        guards.build({ pieces, single, weights, surrogate: 1, left: room, fines })
        for (const from of pieces.keys()) {
          const best = most(pieces, from, room)
          expect(guards.forbid(from, room, 1, best)).toBe(false)
          if (guards.forbid(from, room, 1, best + 1)) forbidden += 1
        }
        expect(guards.most(room, 1)).toBeGreaterThanOrEqual(most(pieces, 0, room) * (1 - 1e-12))
      }),
      { numRuns: 500, seed: 20_251_126 },
    )
    expect(forbidden).toBeGreaterThan(100)
  })
})
