import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PlaceInput, PlaceResult } from '../../src/scheduler/place.js'
import { place } from '../../src/scheduler/place.js'
import { breaches } from './support/check.js'
import { afterMoves } from './support/dataset.js'
import { inputs } from './support/draw.js'
import { applied, candidate, demand, job, occupant } from './support/make.js'

const NO_SCORE = { total: 0, parts: { fit: 0, apart: 0, stay: 0, home: 0, affinity: 0, spread: 0 } }
const PROVED = { placed: true, moves: true }

/** Fewest moves with which all demands have a place, by trying all assignments; null: they never have. */
function fewest(input: PlaceInput): number | null {
  const hosts = input.candidates.map(({ name }) => name)
  const all = [...input.demands, ...input.occupants]
  let best: number | null = null
  for (let code = 0; code < hosts.length ** all.length; code += 1) {
    const where = all.map((each, at) => {
      const host = hosts[Math.floor(code / hosts.length ** at) % hosts.length] ?? ''
      const ports = Object.entries(each.applied.job.ports).map(([name, port], index) => [
        name,
        port.host ?? 25_000 + 10 * at + index,
      ])
      return { slot: each.slot, host, ports: Object.fromEntries(ports), score: NO_SCORE }
    })
    const movers = input.occupants.flatMap(({ slot, host }, at) => {
      const to = where[input.demands.length + at]
      return to === undefined || to.host === host ? [] : [{ ...to, slot, from: host }]
    })
    if (best !== null && movers.length >= best) continue
    const placed = where.slice(0, input.demands.length)
    const result: PlaceResult = { placed, unplaced: [], moved: movers, evicted: [], proof: PROVED }
    if (breaches(...afterMoves(input, result)).length === 0) best = movers.length
  }
  return best
}

describe('place with leave to move, on clusters small enough to try every assignment', () => {
  it('places everything with the fewest moves where that is possible, and proves what it says', () => {
    fc.assert(
      fc.property(inputs, (drawn) => {
        const hosts = new Set(drawn.candidates.slice(0, 3).map(({ name }) => name))
        const asked = new Set(
          drawn.demands
            .filter(({ applied: { job: of } }) => of.with.length === 0)
            .slice(0, 2)
            .map(({ slot }) => slot),
        )
        const input: PlaceInput = {
          ...drawn,
          steps: 300_000,
          demands: drawn.demands
            .filter(({ applied: { job: of } }) => of.with.length === 0)
            .slice(0, 2)
            .map((each) => ({ ...each, only: null })),
          candidates: drawn.candidates.slice(0, 3).map((host) => ({ ...host, cordoned: false })),
          occupants: [
            ...drawn.occupants.slice(0, 1),
            ...drawn.demands.slice(-3).map((each, at) => ({
              slot: each.slot,
              host: drawn.candidates[at % Math.min(3, drawn.candidates.length)]?.name ?? '',
              applied: each.applied,
              ports: {},
            })),
          ]
            .filter(({ host, applied: { job: of } }) => hosts.has(host) && of.with.length === 0)
            .filter(({ slot }) => !asked.has(slot))
            .map((each) => ({ ...each, movable: true })),
          moves: Number.POSITIVE_INFINITY,
        }
        const result = place(input)
        expect(breaches(...afterMoves(input, result))).toEqual([])
        const least = fewest(input)
        expect(result.unplaced.length === 0 ? result.moved.length : null).toBe(least)
        expect(result.proof).toEqual(PROVED)
      }),
      { numRuns: 120, seed: 20_250_102, endOnFailure: true },
    )
  })

  it('does so on full hosts, where something has to move', () => {
    let moved = 0
    const size = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
    const drawn = fc.record({
      running: fc.array(fc.tuple(size, fc.nat(2)), { minLength: 3, maxLength: 4 }),
      wanted: fc.array(size, { minLength: 1, maxLength: 2 }),
    })
    const of = (name: string, [cpu, memory]: readonly [number, number]) =>
      applied(job(name, { resources: { cpu, memory, disk: 0, devices: {} } }))
    fc.assert(
      fc.property(drawn, ({ running, wanted }) => {
        const input: PlaceInput = {
          demands: wanted.map((amounts, at) => demand(`new${at}.0`, of(`new${at}`, amounts))),
          candidates: ['h0', 'h1', 'h2'].map((name) =>
            candidate(name, { capacity: { cpu: 6, memory: 6, disk: 0, devices: {} } }),
          ),
          occupants: running.map(([amounts, at], index) => ({
            ...occupant(`old${index}.0`, `h${at}`, of(`old${index}`, amounts)),
            movable: true,
          })),
          strategy: 'balanced',
          moves: Number.POSITIVE_INFINITY,
        }
        const result = place(input)
        expect(breaches(...afterMoves(input, result))).toEqual([])
        const least = fewest(input)
        expect([result.unplaced.length === 0 ? result.moved.length : null, result.proof]).toEqual([least, PROVED])
        if (least !== null && least > 0) moved += 1
      }),
      { numRuns: 200, seed: 20_250_103, endOnFailure: true },
    )
    expect(moved).toBeGreaterThan(5)
  })
})

describe('preemption', () => {
  const sized = (name: string, cpu: number, priority: number) =>
    job(name, { priority, resources: { cpu, memory: 0, disk: 0, devices: {} } })
  const runs = (name: string, cpu: number, priority: number) => ({
    ...occupant(`${name}.0`, 'nuc1', applied(sized(name, cpu, priority))),
    movable: true,
  })
  const ask = (cpu: number, priority: number, preempt = true) =>
    place({
      demands: [demand('new.0', sized('new', cpu, priority))],
      candidates: [candidate('nuc1')],
      occupants: [runs('low', 1000, 10), runs('mid', 1000, 20), runs('high', 1500, 90)],
      strategy: 'balanced',
      moves: 0,
      preempt,
    })

  it('stops the fewest of the lowest priority, for strictly higher ones only', () => {
    const one = ask(1000, 50)
    expect(one.placed.map(({ slot, host }) => [slot, host])).toEqual([['new.0', 'nuc1']])
    expect(one.evicted).toEqual([{ slot: 'low.0', from: 'nuc1', for: ['new.0'] }])
    expect(one.proof).toEqual(PROVED)
    expect(ask(2500, 50).evicted.map(({ slot }) => slot)).toEqual(['low.0', 'mid.0'])
    expect(ask(1000, 10).unplaced.map(({ proof }) => proof)).toEqual(['impossible'])
    expect(ask(4000, 50).evicted).toEqual([])
  })

  it('stops nobody without leave', () => {
    expect(ask(1000, 50, false).evicted).toEqual([])
    expect(ask(1000, 50, false).unplaced).toHaveLength(1)
  })
})
