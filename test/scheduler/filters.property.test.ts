import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Board } from '../../src/scheduler/board.js'
import { FILTERS, fitsNow } from '../../src/scheduler/filters.js'
import { compile } from '../../src/scheduler/problem.js'
import { inputs } from './support/draw.js'

const MOVING = FILTERS.filter(({ fixed }) => !fixed)

describe('fitsNow', () => {
  it('says the same as the filters, one by one, whatever stands on the board', () => {
    fc.assert(
      fc.property(inputs, fc.array(fc.nat(), { maxLength: 24 }), ({ demands, candidates, occupants }, throws) => {
        const board = new Board(compile(demands, candidates, occupants))
        const { items, hosts, demandCount } = board.problem
        for (const item of items.slice(0, demandCount)) {
          for (const host of hosts.keys()) {
            const refused = MOVING.some((filter) => filter.refuses(board, item, host))
            expect(fitsNow(board, item, host)).toBe(!refused)
          }
          const host = (throws[item.index] ?? 0) % hosts.length
          if (fitsNow(board, item, host)) board.put(item, host)
        }
      }),
      { numRuns: 300 },
    )
  })
})
