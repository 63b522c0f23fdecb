import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candidate } from '../../src/model/plan.js'
import { Board } from '../../src/scheduler/board.js'
import { companiesOf } from '../../src/scheduler/company.js'
import { greedy } from '../../src/scheduler/greedy.js'
import { wantings } from '../../src/scheduler/order.js'
import type { PlaceInput } from '../../src/scheduler/place.js'
import { compile } from '../../src/scheduler/problem.js'
import { Ranking, rankingOf } from '../../src/scheduler/ranking.js'
import { inputs } from './support/draw.js'
import { plainBest, plainGreedy, plainOrder } from './support/reference.js'

function boardOf({ demands, candidates, occupants }: PlaceInput): Board {
  return new Board(compile(demands, candidates, occupants))
}

/** The same cluster with so many hosts for each: most alike, some with more capacity and another label. */
function enlarged(input: PlaceInput, times: number): PlaceInput {
  const candidates = input.candidates.flatMap((host) =>
    Array.from({ length: times }, (_, copy): Candidate => {
      const { cpu, memory, disk, devices } = host.capacity
      const more = (copy % 3) * 500
      const labels = copy % 4 === 3 ? { ...host.labels, zone: `z${copy % 5}` } : host.labels
      return { ...host, name: `${host.name}-${copy}`, labels, capacity: { cpu: cpu + more, memory, disk, devices } }
    }),
  )
  const renamed = (name: string | null, index: number) => (name === null ? null : `${name}-${index % times}`)
  return {
    ...input,
    candidates,
    demands: input.demands.map((demand, index) => ({
      ...demand,
      only: renamed(demand.only, index),
      previous: renamed(demand.previous, index + 1),
      home: index % 7 === 0 ? renamed(demand.previous, index + 2) : null,
    })),
    occupants: input.occupants.map((occupant, index) => ({ ...occupant, host: `${occupant.host}-${index % times}` })),
  }
}

describe('the ranking', () => {
  it('names the host that asking every filter and scoring every host names, whatever was put and taken', () => {
    fc.assert(
      fc.property(inputs, fc.integer({ min: 1, max: 6 }), fc.infiniteStream(fc.nat(1000)), (drawn, times, dice) => {
        fc.pre(drawn.demands.length > 0)
        const input = enlarged(drawn, times)
        const board = boardOf(input)
        const ranking = new Ranking(board)
        const items = board.problem.items.slice(0, board.problem.demandCount)
        for (const item of [...items, ...items]) {
          if (board.hostOf(item) >= 0) board.take(item)
          const found = item.only === -1 ? ranking.best(item, input.strategy) : null
          if (item.only === -1) expect(found).toBe(plainBest(board, item, input.strategy))
          // Now and then not on the best one, so that all kinds of states are met.
          const elsewhere = plainBest(board, item, dice.next().value % 2 === 0 ? 'pack' : 'spread')
          const host = dice.next().value % 3 === 0 ? elsewhere : found
          if (host !== null && dice.next().value % 5 !== 0) board.put(item, host)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('leads to the same order and the same places as the plain pass, on clusters that are big enough for it', () => {
    fc.assert(
      fc.property(inputs, (drawn) => {
        fc.pre(drawn.demands.length > 0)
        const input = enlarged(drawn, 64)
        const [board, plain] = [boardOf(input), boardOf(input)]
        expect(rankingOf(board)).not.toBe(null)
        const companies = companiesOf(board.problem)
        const wanting = wantings(board, companies)
        const order = plainOrder(plain)
        expect(wanting.map(({ item, choices }) => [item.slot, choices])).toEqual(
          order.map(({ item, choices }) => [item.slot, choices]),
        )
        const options = (all: readonly { options: readonly number[] }[]) => all.map((each) => each.options)
        expect(options(wanting)).toEqual(options(order))
        board.leaders = companies.mutual
        greedy(board, wanting, companies, input.strategy)
        plainGreedy(plain, input.strategy)
        for (const { item } of wanting) expect(board.hostOf(item)).toBe(plain.hostOf(item))
        for (const { choices, options } of wanting) expect(options.length).toBe(choices)
      }),
      { numRuns: 40 },
    )
  })
})
