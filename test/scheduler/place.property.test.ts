import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { place } from '../../src/scheduler/place.js'
import { breaches } from './support/check.js'
import { inputs } from './support/draw.js'
import { applied, demand, job } from './support/make.js'

const RUNS = { numRuns: 300 }

/** A permutation that the seed fixes. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  return list
    .map((value, index) => ({ value, key: Math.imul(seed + index, 0x9e3779b1) >>> 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value)
}

describe('place, for any input', () => {
  it('breaks no rule, answers for each demand, and gives one reason per host for what it leaves out', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        expect(breaches(input, place(input))).toEqual([])
      }),
      RUNS,
    )
  })

  it('leaves nothing out that would still fit', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        for (const { reasons } of place(input).unplaced) {
          for (const { reason } of reasons) expect(reason).not.toMatch(/would fit/)
        }
      }),
      RUNS,
    )
  })

  it('does not depend on the order of demands, hosts and occupants', () => {
    fc.assert(
      fc.property(inputs, fc.nat(), (input, seed) => {
        const other = {
          ...input,
          demands: shuffled(input.demands, seed),
          candidates: shuffled(input.candidates, seed + 7),
          occupants: shuffled(input.occupants, seed + 13),
        }
        expect(JSON.stringify(place(other))).toBe(JSON.stringify(place(input)))
      }),
      RUNS,
    )
  })

  it('moves nobody for an unrelated new job', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const first = place(input)
        const settled = first.placed.flatMap(({ slot, host, ports }) => {
          const asked = input.demands.find((each) => each.slot === slot)
          return asked === undefined ? [] : [{ slot, host, ports, applied: asked.applied }]
        })
        const next = {
          ...input,
          occupants: [...input.occupants, ...settled],
          demands: [demand('newcomer.0', applied(job('newcomer')))],
        }
        const second = place(next)
        expect(breaches(next, second)).toEqual([])
        expect([...second.placed, ...second.unplaced].map(({ slot }) => slot)).toEqual(['newcomer.0'])
      }),
      RUNS,
    )
  })

  it('keeps a slot and its ports where they were when no wish draws it elsewhere', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const first = place(input)
        const settled = first.placed.flatMap(({ slot, host, ports }) => {
          const asked = input.demands.find((each) => each.slot === slot)
          return asked === undefined ? [] : [{ slot, host, ports, applied: asked.applied }]
        })
        const isDrawn = ({ applied: { job } }: (typeof settled)[number]) =>
          job.spread !== null || job.with.length > 0 || job.affinity.length > 0
        for (const one of settled.filter((each) => !isDrawn(each))) {
          const again = place({
            ...input,
            occupants: [...input.occupants, ...settled.filter((other) => other !== one)],
            demands: [demand(one.slot, one.applied, { previous: one.host, previousPorts: one.ports })],
          })
          expect(again.placed.map(({ host, ports }) => ({ host, ports }))).toEqual([
            { host: one.host, ports: one.ports },
          ])
        }
      }),
      { numRuns: 150 },
    )
  })
})
