// Survival where the exact answer is known: small clusters that lose a host, and tiny ones of which all placements are tried.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candidate, Occupant } from '../../src/model/plan.js'
import { survivals } from '../../src/scheduler/survival.js'
import { failovers, lossOf } from './support/dataset.js'
import { applied, candidate, GIB, job } from './support/make.js'

describe('survivals, on 100 clusters that lose a host', () => {
  const all = failovers().map((instance) => {
    const { demands, candidates, occupants, strategy } = lossOf(instance)
    // Before the loss: the lost slots on their host, which is as large as need be.
    const dead = candidate(instance.dead, {
      capacity: {
        cpu: Number.MAX_SAFE_INTEGER,
        memory: Number.MAX_SAFE_INTEGER,
        disk: Number.MAX_SAFE_INTEGER,
        devices: {},
      },
    })
    const lost = demands.map(
      ({ slot, applied: of }): Occupant => ({ slot, host: instance.dead, applied: of, ports: {} }),
    )
    const found = survivals({
      candidates: [...candidates.filter(({ name }) => name !== instance.dead), dead],
      placements: [...occupants.filter(({ host }) => host !== instance.dead), ...lost],
      strategy,
      control: null,
      hosts: [instance.dead],
      tells: false,
    })
    return { instance, ok: found[instance.dead]?.ok }
  })

  it('never says that a loss is survived which is not, nor the other way round', () => {
    const wrong = all.filter(({ instance, ok }) => ok !== null && ok !== instance.feasible)
    expect(wrong.map(({ instance }) => instance.id)).toEqual([])
  })

  it('knows that each loss that can be repaired is survived, and nearly all others that they are not', () => {
    expect(all.filter(({ instance, ok }) => instance.feasible && ok === true)).toHaveLength(85)
    expect(all.filter(({ instance, ok }) => !instance.feasible && ok === false).length).toBeGreaterThanOrEqual(13)
  })
})

describe('survivals, on tiny clusters', () => {
  const cluster = fc.record({
    sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 3 }),
    slots: fc.array(
      fc.record({
        at: fc.nat(2),
        need: fc.integer({ min: 1, max: 4 }),
        kind: fc.constantFrom('move', 'move', 'move', 'wait', 'exclusive'),
      }),
      { maxLength: 5 },
    ),
  })

  /** Is there any placement of these slots on these hosts? `at` set: it stays there. */
  function fits(
    free: readonly number[],
    slots: readonly { readonly need: number; readonly at: number | null }[],
  ): boolean {
    const [first, ...rest] = slots
    if (first === undefined) return true
    return free.some((size, host) => {
      if (size < first.need || (first.at !== null && first.at !== host)) return false
      return fits(
        free.map((each, index) => (index === host ? each - first.need : each)),
        rest,
      )
    })
  }

  it('agree with trying everything', () => {
    fc.assert(
      fc.property(cluster, ({ sizes, slots }) => {
        const candidates: readonly Candidate[] = sizes.map((gib, index) =>
          candidate(`h${index}`, { capacity: { cpu: 64_000, memory: gib * GIB, disk: 0, devices: {} } }),
        )
        // Only what has a place that it fits into.
        const left = [...sizes]
        const placed = slots.filter(({ at, need }) => {
          const free = left[at]
          if (free === undefined || free < need) return false
          left[at] = free - need
          return true
        })
        const placements = placed.map(({ at, need, kind }, index): Occupant => {
          const wanted = job(`j${index}`, {
            resources: { cpu: 0, memory: need * GIB, disk: 0, devices: {} },
            exclusive: kind === 'exclusive',
            onHostLoss: kind === 'wait' ? 'wait' : 'move',
          })
          return { slot: `j${index}.0`, host: `h${at}`, applied: applied(wanted), ports: {} }
        })
        const found = survivals({ candidates, placements, strategy: 'balanced', control: null })
        for (const [lost] of sizes.entries()) {
          const asked = placed
            .filter(({ at, kind }) => at !== lost || kind !== 'wait')
            .map(({ at, need, kind }) => ({ need, at: at !== lost && kind === 'exclusive' ? at : null }))
          const free = sizes.map((size, index) => (index === lost ? 0 : size))
          expect([lost, found[`h${lost}`]?.ok]).toEqual([lost, fits(free, asked)])
        }
      }),
      { numRuns: 300 },
    )
  })
})
