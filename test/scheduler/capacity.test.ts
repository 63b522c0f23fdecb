import { describe, expect, it } from 'vitest'
import type { Host, HostFacts } from '../../src/model/host.js'
import type { Resources } from '../../src/model/resources.js'
import { NO_RESOURCES } from '../../src/model/resources.js'
import {
  candidateCapacity,
  candidateRoom,
  capacityGap,
  type Held,
  NOTHING_HELD,
  roomOf,
} from '../../src/scheduler/capacity.js'
import { unit } from '../planner/support/make.js'
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

const holding = (reserved: Partial<Resources>, ...slots: string[]): Held => ({
  reserved: { ...NO_RESOURCES, ...reserved },
  slots: new Set(slots),
})
const used = (memory: number, more: Partial<HostFacts> = {}): HostFacts => ({
  ...FACTS,
  memoryAvailable: 8 * GIB - memory,
  ...more,
})

describe('what others than hc use', () => {
  it('is taken off where it is more than the reserve, rounded up to a 32nd of what there is', () => {
    const memory = (others: number) => roomOf(host(null), used(others), NOTHING_HELD).jobs.memory
    expect(memory(200 * MIB)).toBe(8 * GIB - 256 * MIB)
    expect(memory(256 * MIB)).toBe(8 * GIB - 256 * MIB)
    expect(memory(257 * MIB)).toBe(8 * GIB - 512 * MIB)
    expect(memory(512 * MIB)).toBe(8 * GIB - 512 * MIB)
    expect(memory(3 * GIB - 1)).toBe(5 * GIB)
    expect(memory(9 * GIB)).toBe(0)
  })

  it('is what the units of slots there do not use themselves; an unclaimed unit is another', () => {
    const units = [unit('web.0', { memory: 2 * GIB }), unit('other.0', { memory: GIB }), unit('db.0', { memory: null })]
    const facts = used(4 * GIB, { units })
    expect(roomOf(host(null), facts, holding({ memory: GIB }, 'web.0', 'db.0')).others?.memory).toBe(2 * GIB)
    expect(roomOf(host(null), facts, holding({ memory: GIB }, 'web.0')).jobs.memory).toBe(6 * GIB)
    // A unit counts the file cache that it holds, which is available all the same.
    expect(roomOf(host(null), used(GIB, { units }), holding({}, 'web.0')).others?.memory).toBe(0)
  })

  it('of the disk is what is neither free nor reserved by slots there', () => {
    const disk = (diskFree: number, reserved: number) =>
      roomOf(host(null), { ...FACTS, diskFree }, holding({ disk: reserved })).jobs.disk
    expect(disk(0, 0)).toBe(0)
    expect(disk(50 * GIB, 0)).toBe(50 * GIB)
    expect(disk(50 * GIB, 25 * GIB)).toBe(75 * GIB)
    expect(disk(0, 25 * GIB)).toBe(25 * GIB)
  })

  it('makes a declared capacity what is there, and says so', () => {
    const declared = host({ memory: 4 * GIB, disk: 200 * GIB })
    expect(candidateRoom(declared, used(2 * GIB), NOTHING_HELD)).toEqual({
      capacity: { cpu: 4000, memory: 4 * GIB - 256 * MIB, disk: 87.5 * GIB, devices: { gpu: 2000 } },
      capacityNotes: { disk: 'others than hc use 12.5 GiB of 100 GiB' },
    })
    const full = candidateRoom(declared, { ...used(7 * GIB), diskFree: 100 * GIB }, NOTHING_HELD)
    expect(full.capacity).toMatchObject({ memory: GIB, disk: 100 * GIB })
    expect(full.capacityNotes).toEqual({
      memory: 'others than hc use 7 GiB of 8 GiB',
      disk: 'hc_capacity says 200 GiB, the host has 100 GiB',
    })
  })

  it('takes nothing from what has its place there, as far as what is declared allows', () => {
    const room = (reserved: number) => roomOf(host(null), used(7 * GIB), holding({ memory: reserved })).jobs.memory
    expect(room(0)).toBe(GIB)
    expect(room(3 * GIB)).toBe(3 * GIB)
    expect(room(9 * GIB)).toBe(8 * GIB - 256 * MIB)
  })

  it('is not looked at without facts, nor where a probe found no disk', () => {
    const declared = host({ cpu: 1000, memory: GIB, disk: GIB })
    expect(roomOf(declared, null, NOTHING_HELD).jobs).toMatchObject({ memory: GIB - 256 * MIB, disk: GIB })
    const blind = { ...FACTS, capacity: { ...FACTS.capacity, disk: 0 }, diskFree: 0 }
    expect(roomOf(declared, blind, NOTHING_HELD).jobs.disk).toBe(GIB)
  })
})

describe('hc_overcommit', () => {
  const promising = (overcommit: NonNullable<Host['overcommit']>, more: Partial<Host> = {}): Host => ({
    ...host(null),
    ...more,
    overcommit,
  })

  it('multiplies what there is before the reserve is taken off, exactly', () => {
    const odd = { ...FACTS, capacity: { ...FACTS.capacity, memory: 8_589_934_593 } }
    const room = roomOf(promising({ cpu: 2000, memory: 1200 }), odd, null)
    expect(room.there.memory).toBe(8_589_934_593)
    expect(room.promised).toEqual({ cpu: 8000, memory: 10_307_921_511, disk: 100 * GIB, devices: { gpu: 2000 } })
    expect(room.jobs.memory).toBe(10_307_921_511 - 256 * MIB)
    const huge = { ...FACTS, capacity: { ...FACTS.capacity, memory: 2 ** 52 } }
    expect(roomOf(promising({ memory: 1001 }), huge, null).promised.memory).toBe(Number((2n ** 52n * 1001n) / 1000n))
  })

  it('multiplies what is declared, and what is there bounds it by the same factor', () => {
    const declared = promising({ memory: 2000 }, { capacity: { memory: 4 * GIB } })
    expect(roomOf(declared, used(2 * GIB), NOTHING_HELD).jobs.memory).toBe(8 * GIB - 256 * MIB)
    expect(roomOf(promising({ memory: 2000 }), used(2 * GIB), NOTHING_HELD).jobs.memory).toBe(14 * GIB)
  })
})
