import { describe, expect, it } from 'vitest'
import type { Strategy } from '../../src/model/host.js'
import { place } from '../../src/scheduler/place.js'
import { candidate, demand, GIB, job, occupant } from './support/make.js'

const resources = (cpu: number, gpu: number) => ({
  cpu,
  memory: GIB,
  disk: 0,
  devices: gpu > 0 ? { gpu } : {},
})
const host = (name: string, gpu: number) =>
  candidate(name, {
    capacity: { cpu: 8000, memory: 64 * GIB, disk: 0, devices: gpu > 0 ? { gpu } : {} },
  })

/** Where a plain job goes that could stand beside a free device or elsewhere, with a job around that asks for the device. */
function placeOf(strategy: Strategy, plain: number): string | undefined {
  const trains = job('train', { resources: resources(4000, 1000) })
  const result = place({
    demands: [demand('plain.0', job('plain', { resources: resources(plain, 0) }))],
    candidates: [host('a', 2000), host('b', 0)],
    occupants: [occupant('train.0', 'a', trains)],
    strategy,
  })
  return result.placed[0]?.host
}

describe('devices that would be stranded', () => {
  it('keep a plain job away under pack, where it would take the cpu that they need', () => {
    expect(placeOf('pack', 4000)).toBe('b')
  })

  it('do not where the device loses less than a trace of its use', () => {
    expect(placeOf('pack', 100)).toBe('a')
  })

  it('mean nothing to the other strategies', () => {
    expect(placeOf('spread', 100)).toBe('b')
    expect(placeOf('balanced', 4000)).toBe('b')
  })

  it('mean nothing where nobody asks for the device', () => {
    const result = place({
      demands: [demand('plain.0', job('plain', { resources: resources(4000, 0) }))],
      candidates: [host('a', 2000), host('b', 0)],
      occupants: [occupant('other.0', 'a', job('other', { resources: resources(1000, 0) }))],
      strategy: 'pack',
    })
    expect(result.placed[0]?.host).toBe('a')
  })
})
