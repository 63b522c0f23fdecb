// The things of a story's hosts and records, with what the story leaves out filled in from the job.

import type { SlotHealth } from '../../../src/model/health.js'
import type { HostFacts, UnitFacts } from '../../../src/model/host.js'
import type { AppliedJob } from '../../../src/model/job.js'
import { jobOfSlot } from '../../../src/model/names.js'
import type { Placement } from '../../../src/model/plan.js'
import type { BackOff, Records } from '../../../src/model/records.js'
import { CLUSTER, facts, MIB, PHASES, placement, unit, WALL } from './make.js'
import type { StoryBackOff, StoryHost, StoryOutside, StoryRecord, StoryRun } from './story-shape.js'

const VERSIONS = { systemd: '252', podman: '4.3.1', docker: '20.10.24' } as const

/** What a host that nothing runs on uses: less than hc_reserve. */
const OWN_USE = 128 * MIB

function find(slot: string, jobs: readonly AppliedJob[]): AppliedJob | undefined {
  return jobs.find(({ job }) => job.name === jobOfSlot(slot))
}

function fixedPorts(applied: AppliedJob | undefined): Record<string, number> {
  return Object.fromEntries(
    Object.entries(applied?.job.ports ?? {}).flatMap(([name, { host }]) => (host === null ? [] : [[name, host]])),
  )
}

/** The record of a slot: by default the first allocation, by the present version of its job. */
export function placementOf(slot: string, about: StoryRecord, jobs: readonly AppliedJob[]): Placement {
  const applied = find(slot, jobs)
  const { host, ...rest } = about
  return placement(slot, host, {
    version: applied?.version ?? 1,
    hash: applied?.hash ?? 'none',
    generation: applied?.generation ?? 0,
    ports: fixedPorts(applied),
    ...given(rest),
  })
}

/** A slot whose start failed, and how long it is left alone. */
export function backOffOf(slot: string, { failures, left }: StoryBackOff): BackOff {
  return { slot, failures, until: new Date(Date.parse(WALL) + left).toISOString(), failedOn: [] }
}

/** It was well when its host was, and is asked from the control machine now. */
export function healthFrom(slot: string, { host, failing, text }: StoryOutside): SlotHealth {
  return { slot, host, run: 'earlier', healthy: true, text: 'http 200', outside: { failing, text } }
}

/** What the host said, or said last. */
export function factsOf(about: StoryHost, jobs: readonly AppliedJob[], records: Records): HostFacts {
  const units = Object.entries(about.runs).map(([slot, run]) => unitOf(slot, run, find(slot, jobs), records))
  const own = units.filter(({ active }) => active === 'active').flatMap(({ ports }) => Object.values(ports ?? {}))
  return facts({
    os: about.os,
    arch: about.arch,
    capacity: { cpu: about.cpu * 1000, memory: about.memory, disk: about.disk, devices: {} },
    memoryAvailable: about.available ?? about.memory - OWN_USE,
    diskFree: about.diskFree ?? about.disk,
    drivers: Object.fromEntries(about.drivers.map((name) => [name, VERSIONS[name]])),
    term: about.term,
    units,
    containers: Object.entries(about.containers).map(([slot, driver]) => ({
      slot,
      driver,
      cluster: CLUSTER,
      state: 'running',
    })),
    containersKnown: true,
    listening: [...own, ...about.listening].map((port) => ({ protocol: 'tcp', address: '*', port })),
  })
}

function unitOf(
  slot: string,
  { phase, ...rest }: StoryRun,
  applied: AppliedJob | undefined,
  records: Records,
): UnitFacts {
  const record = records.placements[slot]
  return unit(slot, {
    ...PHASES[phase],
    driver: applied?.job.driver ?? 'systemd',
    hash: applied?.hash ?? 'none',
    version: applied?.version ?? 1,
    generation: applied?.generation ?? 0,
    placement: record?.number ?? 1,
    ports: record?.ports ?? fixedPorts(applied),
    ...given(rest),
  })
}

/** What a story gives, else what follows from the job. */
function given<T extends object>(fields: T): { readonly [K in keyof T]?: NonNullable<T[K]> } {
  const found: { [K in keyof T]?: NonNullable<T[K]> } = {}
  for (const key in fields) {
    const value = fields[key]
    if (value !== null && value !== undefined) found[key] = value
  }
  return found
}
