import { describe, expect, it } from 'vitest'
import type { Host, HostFacts } from '../../src/model/host.js'
import type { Resources } from '../../src/model/resources.js'
import { NO_RESOURCES } from '../../src/model/resources.js'
import { candidateCapacity, capacityGap } from '../../src/scheduler/capacity.js'
import { GIB, MIB } from './support/make.js'

function host(capacity: Partial<Resources> | null, reserve: Partial<Resources> = { memory: 256 * MIB }): Host {
  return {
    name: 'nuc1',
    connection: { kind: 'ssh', address: 'nuc1', port: null, user: null, keyFile: null, options: {} },
    become: 'auto',
    takesJobs: true,
    labels: {},
    capacity,
    reserve: { ...NO_RESOURCES, ...reserve },
    groups: [],
    vars: {},
  }
}

const FACTS: HostFacts = {
  bootId: 'b',
  machineId: null,
  uptimeMs: 1,
  monotonicMs: 1,
  os: 'debian',
  osVersion: '12',
  arch: 'amd64',
  kernel: '6.1',
  capacity: { cpu: 4000, memory: 8 * GIB, disk: 100 * GIB, devices: { gpu: 2000 } },
  memoryAvailable: 7 * GIB,
  diskFree: 90 * GIB,
  load: 0,
  drivers: {},
  cgroup: 2,
  system: 'running',
  root: true,
  term: null,
  cluster: null,
  units: [],
  containers: [],
  listening: [],
}

describe('candidateCapacity', () => {
  it('takes what the probe found, less the reserve', () => {
    expect(candidateCapacity(host(null), FACTS)).toEqual({ ...FACTS.capacity, memory: 8 * GIB - 256 * MIB })
  })

  it('prefers what is declared, part by part and device by device', () => {
    const declared = host({ cpu: 2000, devices: { stick: 1000, gpu: 1000 } }, { devices: { gpu: 500 } })
    expect(candidateCapacity(declared, FACTS)).toEqual({
      cpu: 2000,
      memory: 8 * GIB,
      disk: 100 * GIB,
      devices: { gpu: 500, stick: 1000 },
    })
  })

  it('is never negative', () => {
    expect(candidateCapacity(host({ cpu: 100, memory: 100 * MIB, disk: 0 }, { cpu: 500, memory: GIB }), null)).toEqual({
      cpu: 0,
      memory: 0,
      disk: 0,
      devices: {},
    })
  })

  it('counts what is not known as nothing, and says so', () => {
    expect(candidateCapacity(host({ cpu: 4000 }), null)).toEqual({ cpu: 4000, memory: 0, disk: 0, devices: {} })
    expect(capacityGap(host({ cpu: 4000 }), null)).toBe(
      'the memory, disk of nuc1 is not known and counts as 0: it has not answered yet, and hc_capacity declares none',
    )
    expect(capacityGap(host({ cpu: 1, memory: 1, disk: 1 }), null)).toBe(null)
    expect(capacityGap(host(null), FACTS)).toBe(null)
  })
})
