// New slots are placed so that the loss of a host would be survived, where the ordinary choice would not survive it.
import { expect, it } from 'vitest'
import type { Job } from '../../src/model/job.js'
import type { Demand } from '../../src/model/plan.js'
import { type PlaceInput, place } from '../../src/scheduler/place.js'
import { placeToSurvive } from '../../src/scheduler/prefer.js'
import { survivals } from '../../src/scheduler/survival.js'
import { applied, candidate, demand, GIB, job } from './support/make.js'

const host = (name: string, gib: number) =>
  candidate(name, { capacity: { cpu: 8000, memory: gib * GIB, disk: 0, devices: {} } })
const wanting = (name: string, gib: number, more: Partial<Job> = {}): Demand =>
  demand(`${name}.0`, applied(job(name, { resources: { cpu: 0, memory: gib * GIB, disk: 0, devices: {} }, ...more })))

function survived(input: PlaceInput, result: ReturnType<typeof place>): readonly string[] {
  const placements = result.placed.map(({ slot, host: on, ports }) => {
    const { applied: of } = input.demands.find((each) => each.slot === slot) ?? input.demands[0] ?? wanting('none', 0)
    return { slot, host: on, ports, applied: of }
  })
  const found = survivals({ ...input, placements, control: null })
  return Object.entries(found).flatMap(([name, { ok }]) => (ok ? [name] : []))
}

// Only a and b have the 3 GiB of big: where small stands on the other of the two it is in the way, and where big's own room
// elsewhere is taken nothing makes room, for small waits for its host and does not move.
const stays: Partial<Job> = { exclusive: true, onHostLoss: 'wait' }
const input: PlaceInput = {
  candidates: [host('a', 4), host('b', 4), host('c', 2)],
  demands: [wanting('big', 3), wanting('small', 2, stays)],
  occupants: [],
  strategy: 'balanced',
}

it('takes another choice where the ordinary one would not survive a loss', () => {
  const ordinary = place(input)
  const chosen = placeToSurvive(input, ordinary)
  expect(ordinary.unplaced).toEqual([])
  expect(survived(input, ordinary)).not.toEqual(['a', 'b', 'c'])
  expect(survived(input, chosen)).toEqual(['a', 'b', 'c'])
})

it('leaves the ordinary choice where it survives all, or where nothing survives more', () => {
  const easy = { ...input, demands: [wanting('big', 1), wanting('small', 1)] }
  const plain = place(easy)
  expect(placeToSurvive(easy, plain)).toBe(plain)
  const hopeless = { ...input, candidates: [host('a', 4), host('b', 2)] }
  const only = place(hopeless)
  expect(placeToSurvive(hopeless, only)).toBe(only)
})

it('stands where something has no place', () => {
  const short = { ...input, demands: [...input.demands, wanting('huge', 9)] }
  const result = place(short)
  expect(result.unplaced).toHaveLength(1)
  expect(placeToSurvive(short, result)).toBe(result)
})

it('does not depend on the order of what it is given', () => {
  const turned = {
    ...input,
    candidates: [...input.candidates].reverse(),
    demands: [...input.demands].reverse(),
  }
  expect(placeToSurvive(turned, place(turned)).placed).toEqual(placeToSurvive(input, place(input)).placed)
})
