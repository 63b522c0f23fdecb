// That a remedy is right: with it the slot fits, and with less, where that is claimed, it does not.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Job } from '../../src/model/job.js'
import type { Candidate } from '../../src/model/plan.js'
import { place } from '../../src/scheduler/place.js'
import { type RemedyInput, remedies } from '../../src/scheduler/remedy.js'
import { candidate, demand, GIB, job, MIB, occupant } from './support/make.js'

const strategy = 'balanced' as const
const small = { cpu: 4000, memory: 2 * GIB, disk: 10 * GIB, devices: { gpu: 1000 } }
const needs = (part: Partial<Job['resources']>) => ({
  resources: { cpu: 100, memory: 0, disk: 0, devices: {}, ...part },
})
const nuc = (name: string, more: Partial<Candidate> = {}) => candidate(name, { capacity: small, ...more })

describe('a remedy', () => {
  it('counts on moves: less is enough where others make room, and one step less is too little', () => {
    // 512 MiB are free on nuc1 and 800 MiB on nuc2: with small.0 (600 MiB) on nuc2, nuc1 has 1112 MiB.
    const take = (name: string, memory: number) => job(name, needs({ memory }))
    const input: RemedyInput = {
      demands: [demand('big.0', take('big', 1200 * MIB))],
      candidates: [nuc('nuc1'), nuc('nuc2')],
      occupants: [
        { ...occupant('small.0', 'nuc1', take('small', 600 * MIB)), movable: true },
        occupant('fixed.0', 'nuc1', take('fixed', 936 * MIB)),
        occupant('fixed.1', 'nuc2', take('fixed', 1248 * MIB)),
      ],
      strategy,
    }
    expect(remedies(input).bySlot.get('big.0')).toBe('it would fit on nuc2 with at least 400 MiB more memory')
    expect(remedies({ ...input, moves: 1 }).bySlot.get('big.0')).toBe(
      'it would fit on nuc1 with at least 88 MiB more memory',
    )
    const fits = (more: number) => {
      const host = nuc('nuc1', { capacity: { ...small, memory: small.memory + more } })
      return place({ ...input, candidates: [host, nuc('nuc2')], moves: 1 }).unplaced.length === 0
    }
    expect([fits(88 * MIB), fits(87 * MIB)]).toEqual([true, false])
  })

  it('says so where moves alone would do', () => {
    const take = (name: string, memory: number) => job(name, needs({ memory }))
    const input: RemedyInput = {
      demands: [demand('big.0', take('big', 1536 * MIB))],
      candidates: [nuc('nuc1'), nuc('nuc2')],
      occupants: [
        { ...occupant('small.0', 'nuc1', take('small', GIB)), movable: true },
        occupant('fixed.1', 'nuc2', take('fixed', GIB)),
      ],
      strategy,
      moves: 1,
    }
    expect(remedies(input).bySlot.get('big.0')).toBe('it would fit with others moved to make room')
  })

  it('is right: with the amount it fits, and where it says at least, a step less is too little', () => {
    const units: Readonly<Record<string, number>> = {
      m: 1,
      B: 1,
      KiB: 1024,
      MiB: MIB,
      GiB: GIB,
      core: 1000,
      cores: 1000,
    }
    fc.assert(
      fc.property(
        fc.array(fc.record({ cpu: fc.integer({ min: 1, max: 8000 }), memory: fc.integer({ min: 1, max: 4 * GIB }) }), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.integer({ min: 1, max: 9000 }),
        fc.integer({ min: 1, max: 5 * GIB }),
        (hosts, cpu, memory) => {
          const input: RemedyInput = {
            demands: [demand('web.0', job('web', needs({ cpu, memory })))],
            candidates: hosts.map((amounts, index) => nuc(`nuc${index}`, { capacity: { ...small, ...amounts } })),
            occupants: [],
            strategy,
          }
          if (place(input).unplaced.length === 0) return
          const text = remedies(input).bySlot.get('web.0') ?? ''
          const [, name] = /on (nuc\d)/.exec(text) ?? []
          const told = [...text.matchAll(/([\d.]+) ?(m|cores?|B|[KMG]iB) more (cpu|memory)/g)].map(
            ([, amount, unit = '', what]) => ({ amount: Math.ceil(Number(amount) * (units[unit] ?? 0)), what, unit }),
          )
          expect(told.length).toBeGreaterThan(0)
          const fits = (less: number) =>
            place({
              ...input,
              candidates: input.candidates.map((host) => {
                if (host.name !== name) return host
                const more = (part: string) =>
                  Math.max(0, (told.find(({ what }) => what === part)?.amount ?? -less) + less)
                return {
                  ...host,
                  capacity: {
                    ...host.capacity,
                    cpu: host.capacity.cpu + more('cpu'),
                    memory: host.capacity.memory + more('memory'),
                  },
                }
              }),
            }).unplaced.length === 0
          expect(fits(0)).toBe(true)
          if (!text.includes('at least')) return
          const [{ unit, amount } = { unit: '', amount: 0 }] = told
          const size = units[unit] ?? 1
          const step =
            unit === 'm' || unit === 'B' ? 1 : unit.startsWith('core') ? 10 : amount / size < 100 ? size / 10 : size
          expect(fits(-Math.ceil(step) - 1)).toBe(false)
        },
      ),
      { numRuns: 300 },
    )
  })
})
