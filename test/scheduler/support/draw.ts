// Draws whole inputs of place(): small clusters with every rule in use.
import fc from 'fast-check'
import type { Job } from '../../../src/model/job.js'
import type { Candidate, Demand, Occupant } from '../../../src/model/plan.js'
import type { PlaceInput } from '../../../src/scheduler/place.js'
import { applied, candidate, constraint, demand, GIB, job } from './make.js'

const JOBS = ['a', 'b', 'c', 'd', 'e', 'f']
const HOSTS = ['h1', 'h2', 'h3', 'h4', 'h10']

function rarely<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.option(value, { freq: 2 })
}

const port = fc.oneof(
  fc.constant({ host: null, container: null }),
  fc.constantFrom(80, 443, 20_001).map((host) => ({ host, container: null })),
)

function drawJob(name: string): fc.Arbitrary<Job> {
  const others = fc.subarray(
    JOBS.filter((other) => other !== name),
    { maxLength: 1 },
  )
  return fc
    .record({
      count: fc.integer({ min: 1, max: 4 }),
      cpu: fc.integer({ min: 0, max: 20 }).map((tenths) => tenths * 100),
      memory: fc.integer({ min: 0, max: 8 }).map((gib) => gib * GIB),
      gpu: fc.constantFrom(0, 0, 0, 300, 500, 700, 1000),
      http: rarely(port),
      admin: rarely(port),
      ssd: rarely(fc.constantFrom('yes', 'no')),
      maxPerHost: rarely(fc.integer({ min: 1, max: 2 })),
      distinct: rarely(fc.constant('zone')),
      spread: rarely(fc.constantFrom('host', 'zone')),
      conflictGroup: rarely(fc.constant('loud')),
      conflicts: rarely(others),
      with: rarely(others),
      priority: fc.constantFrom(50, 50, 50, 80),
    })
    .map((drawn) =>
      job(name, {
        count: drawn.count,
        resources: { cpu: drawn.cpu, memory: drawn.memory, disk: 0, devices: { gpu: drawn.gpu } },
        ports: {
          ...(drawn.http === null ? {} : { http: drawn.http }),
          ...(drawn.admin === null ? {} : { admin: drawn.admin }),
        },
        constraints: drawn.ssd === null ? [] : [constraint(`labels.ssd == ${drawn.ssd}`)],
        maxPerHost: drawn.maxPerHost,
        distinct: drawn.distinct,
        spread: drawn.spread === null ? null : { label: drawn.spread, targets: null },
        conflictGroup: drawn.conflictGroup,
        conflicts: drawn.conflicts ?? [],
        with: drawn.with ?? [],
        priority: drawn.priority,
      }),
    )
}

function drawHost(name: string): fc.Arbitrary<Candidate> {
  return fc
    .record({
      cores: fc.integer({ min: 0, max: 8 }),
      gib: fc.integer({ min: 0, max: 16 }),
      gpu: fc.constantFrom(0, 0, 1000, 2000, 2500),
      zone: rarely(fc.constantFrom('x', 'y')),
      ssd: fc.constantFrom('yes', 'no'),
      open: fc.constantFrom(true, true, true, true, false),
      foreignPorts: fc.subarray([80, 20_000, 20_001]),
    })
    .map(({ cores, gib, gpu, zone, ssd, open, foreignPorts }) =>
      candidate(name, {
        capacity: { cpu: cores * 1000, memory: gib * GIB, disk: 0, devices: { gpu } },
        labels: { ssd, ...(zone === null ? {} : { zone }) },
        cordoned: !open,
        foreignPorts,
      }),
    )
}

interface Fate {
  readonly kind: 'demand' | 'occupant'
  readonly host: string
  readonly pinned: boolean
  readonly previous: boolean
}

const fate: fc.Arbitrary<Fate> = fc.record({
  kind: fc.constantFrom('demand', 'demand', 'demand', 'occupant'),
  host: fc.constantFrom(...HOSTS),
  pinned: fc.constantFrom(false, false, false, true),
  previous: fc.boolean(),
})

/** Inputs with up to 24 slots on up to 5 hosts. Occupants stand anywhere, also where rules would not let them. */
export const inputs: fc.Arbitrary<PlaceInput> = fc
  .record({
    jobs: fc.subarray(JOBS, { minLength: 1 }).chain((names) => fc.tuple(...names.map(drawJob))),
    hosts: fc.subarray(HOSTS, { minLength: 1 }).chain((names) => fc.tuple(...names.map(drawHost))),
    fates: fc.array(fate, { minLength: 24, maxLength: 24 }),
    strategy: fc.constantFrom('balanced' as const, 'pack' as const, 'spread' as const),
  })
  .map(({ jobs, hosts, fates, strategy }) => {
    const demands: Demand[] = []
    const occupants: Occupant[] = []
    const all = jobs.flatMap((each) => {
      const once = applied(each)
      return Array.from({ length: each.count }, (_, place) => ({ slot: `${each.name}.${place}`, once }))
    })
    for (const [index, { slot, once }] of all.entries()) {
      const { kind, host, pinned, previous } = fates[index] ?? {
        kind: 'demand',
        host: 'h1',
        pinned: false,
        previous: false,
      }
      if (kind === 'occupant') occupants.push({ slot, host, applied: once, ports: {} })
      else demands.push(demand(slot, once, { only: pinned ? host : null, previous: previous ? host : null }))
    }
    return { demands, occupants, candidates: hosts, strategy, steps: 5000 }
  })
