import { expect, it } from 'vitest'
import { place } from '../../src/scheduler/place.js'
import { candidate, demand, job } from './support/make.js'

function reasonsOn(hosts: number, slots: number): readonly number[] {
  const huge = job('huge', { resources: { cpu: 64_000, memory: 0, disk: 0, devices: {} } })
  const { unplaced } = place({
    candidates: Array.from({ length: hosts }, (_, at) => candidate(`nuc${at}`)),
    demands: Array.from({ length: slots }, (_, at) => demand(`huge.${at}`, huge)),
    occupants: [],
    strategy: 'balanced',
  })
  return unplaced.map(({ reasons }) => reasons.length)
}

it('every slot that is left over is told all of 100 hosts', () => {
  expect(new Set(reasonsOn(100, 1100))).toEqual(new Set([100]))
})

it('with more hosts, those after the first 100,000 reasons are told 100 hosts', () => {
  const counts = reasonsOn(1000, 120)
  expect(counts.slice(0, 100).every((count) => count === 1000)).toBe(true)
  expect(counts.slice(100).every((count) => count === 100)).toBe(true)
})

it('slots of one job are told the same; one that stays on a host is told about that', () => {
  const huge = job('huge', { resources: { cpu: 64_000, memory: 0, disk: 0, devices: {} } })
  const { unplaced } = place({
    candidates: [candidate('nuc1'), candidate('nuc2')],
    demands: [demand('huge.0', huge), demand('huge.1', huge), { ...demand('huge.2', huge), only: 'nuc2' }],
    occupants: [],
    strategy: 'balanced',
  })
  const [first, second, third] = unplaced
  expect(second?.reasons).toEqual(first?.reasons)
  expect(third?.reasons[0]?.reason).toBe('this slot stays on nuc2')
  expect(third?.reasons[1]).toEqual(first?.reasons[1])
  expect(unplaced.map(({ proof }) => proof)).toEqual(['impossible', 'impossible', 'impossible'])
})
