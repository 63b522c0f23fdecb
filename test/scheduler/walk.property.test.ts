import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Board } from '../../src/scheduler/board.js'
import { Budget } from '../../src/scheduler/budget.js'
import type { PlaceInput } from '../../src/scheduler/place.js'
import { compile } from '../../src/scheduler/problem.js'
import { aimOf } from '../../src/scheduler/search/aim.js'
import { costOf, moversOf } from '../../src/scheduler/search/branch.js'
import { instanceOf } from '../../src/scheduler/search/instance.js'
import { allLawful } from '../../src/scheduler/search/rules.js'
import { walk } from '../../src/scheduler/search/walk.js'
import { inputs } from './support/draw.js'

/** What is asked after some of what was wanted runs already, one after another on the hosts. */
function running(drawn: PlaceInput): PlaceInput {
  const hosts = drawn.candidates.map(({ name }) => name)
  const runs = drawn.demands.slice(2).map(({ slot, applied }, at) => ({
    slot,
    applied,
    host: hosts[at % hosts.length] ?? '',
    ports: {},
    movable: true,
  }))
  const known = new Set(hosts)
  return {
    ...drawn,
    demands: drawn.demands.slice(0, 2).map((each) => ({ ...each, only: null })),
    occupants: [...drawn.occupants.filter(({ host }) => known.has(host)), ...runs],
  }
}

function walked(input: PlaceInput, moves: number, steps: number) {
  const board = new Board(compile(input.demands, input.candidates, input.occupants))
  const { items, freeCount, hosts } = board.problem
  const wanted = items.slice(0, freeCount).map((item) => ({ item, priority: item.shape.job.priority }))
  const instance = instanceOf(board, wanted, [...hosts.keys()])
  const aim = aimOf(instance, { moves, counts: true, preempt: false })
  if (aim === null) throw new Error('more priorities than numbers')
  const start = instance.hosts.map((host) =>
    Int32Array.from(instance.kinds, ({ members }) => members.filter((item) => board.hostOf(item) === host).length),
  )
  const budget = new Budget(steps)
  return { instance, aim, start, best: walk(instance, aim, start, budget, 0), budget }
}

describe('the walk', () => {
  it('comes back with nothing unlawful, nothing dearer, and no more moves than it has leave for', () => {
    let found = 0
    fc.assert(
      fc.property(inputs, fc.constantFrom(0, 1, 2, Number.POSITIVE_INFINITY), (drawn, moves) => {
        const { instance, aim, start, best } = walked(running(drawn), moves, 4000)
        if (!allLawful(instance, start)) return
        expect(allLawful(instance, best)).toBe(true)
        expect(costOf(instance, aim, best)).toBeLessThanOrEqual(costOf(instance, aim, start))
        expect(moversOf(instance, best)).toBeLessThanOrEqual(moves)
        for (const [kind, { members }] of instance.kinds.entries())
          expect(best.reduce((sum, counts) => sum + (counts[kind] ?? 0), 0)).toBeLessThanOrEqual(members.length)
        if (costOf(instance, aim, best) < costOf(instance, aim, start)) found += 1
      }),
      { numRuns: 500, seed: 20_251_127 },
    )
    expect(found).toBeGreaterThan(25)
  })

  it('goes the same way each time', () => {
    fc.assert(
      fc.property(inputs, (drawn) => {
        const [once, twice] = [walked(running(drawn), 2, 4000), walked(running(drawn), 2, 4000)]
        expect(twice.best).toEqual(once.best)
        expect(twice.budget.left).toBe(once.budget.left)
      }),
      { numRuns: 50, seed: 20_251_127 },
    )
  })
})
