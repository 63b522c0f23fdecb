import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Resources } from '../../src/model/resources.js'
import { largestSlot } from '../../src/scheduler/largest.js'
import { place } from '../../src/scheduler/place.js'
import { candidate, demand, job, occupant } from './support/make.js'

const amounts = (cpu: number, memory: number, disk: number, devices: Readonly<Record<string, number>> = {}) => {
  return { cpu, memory, disk, devices }
}

describe('the largest slot', () => {
  it('is what is left of each amount, and nothing where more is taken than there is', () => {
    expect(largestSlot(amounts(4000, 100, 10), [amounts(500, 90, 0), amounts(500, 20, 4)])).toEqual(amounts(3000, 0, 6))
  })

  it('has whole devices, or where none is whole the largest share of one', () => {
    const gpus = (capacity: number, ...taken: number[]) =>
      largestSlot(
        amounts(0, 0, 0, { gpu: capacity }),
        taken.map((gpu) => amounts(0, 0, 0, { gpu })),
      ).devices
    expect(gpus(2000)).toEqual({ gpu: 2000 })
    expect(gpus(2000, 500)).toEqual({ gpu: 1000 })
    expect(gpus(2000, 600, 600)).toEqual({ gpu: 400 })
    expect(gpus(2000, 500, 500)).toEqual({ gpu: 1000 })
    expect(gpus(1000, 1000)).toEqual({ gpu: 0 })
  })

  it('fits, and nothing larger does in any part', () => {
    const part = fc.integer({ min: 0, max: 50 })
    const slot = fc.record({ cpu: part, memory: part, disk: part })
    fc.assert(
      fc.property(fc.array(slot, { maxLength: 4 }), (drawn) => {
        const taken = drawn.map(({ cpu, memory, disk }) => amounts(cpu, memory, disk))
        const capacity = amounts(200, 200, 200)
        const largest = largestSlot(capacity, taken)
        const fits = (resources: Resources) =>
          place({
            demands: [demand('big.0', job('big', { resources }))],
            candidates: [candidate('nuc1', { capacity })],
            occupants: taken.map((resources, index) => occupant(`a.${index}`, 'nuc1', job('a', { resources }))),
            strategy: 'balanced',
          }).placed.length === 1
        expect(fits(largest)).toBe(true)
        for (const name of ['cpu', 'memory', 'disk'] as const) {
          expect(fits({ ...largest, [name]: largest[name] + 1 })).toBe(false)
        }
      }),
      { numRuns: 100 },
    )
  })
})
