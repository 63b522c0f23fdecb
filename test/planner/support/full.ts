// Clusters so full that room has to be made, and a judge of what stands on their hosts who knows only the rules of jobs.
import fc from 'fast-check'
import type { AppliedJob } from '../../../src/model/job.js'
import { jobOfSlot } from '../../../src/model/names.js'
import type { HostState, PlanInput } from '../../../src/planner/input.js'
import { applied, facts, input, job, MIB, placement, ready, silent, unit } from './make.js'

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'] as const
const HOSTS = ['n1', 'n2', 'n3', 'n4'] as const

interface Drawn {
  readonly memory: number
  readonly disk: number
  readonly count: number
  readonly priority: number
  readonly maxParallel: number
  readonly group: string | null
  readonly port: number | null
  readonly distinct: string | null
  readonly company: 'none' | 'conflicts' | 'with'
  readonly gpu: number
  readonly kind: 'plain' | 'exclusive' | 'pinned'
}

const jobDraw: fc.Arbitrary<Drawn> = fc.record({
  memory: fc.constantFrom(100, 200, 300, 500, 800),
  disk: fc.constantFrom(0, 0, 100, 400),
  count: fc.constantFrom(1, 1, 2, 3),
  priority: fc.constantFrom(20, 50, 50, 90),
  maxParallel: fc.constantFrom(1, 1, 2),
  group: fc.constantFrom(null, null, null, 'g'),
  port: fc.constantFrom(null, null, null, 8080),
  distinct: fc.constantFrom(null, null, null, 'zone'),
  company: fc.constantFrom('none', 'none', 'none', 'conflicts', 'with'),
  gpu: fc.constantFrom(0, 0, 0, 400, 700),
  kind: fc.constantFrom('plain', 'plain', 'plain', 'exclusive', 'pinned'),
})

function toJob(name: string, drawn: Drawn): AppliedJob {
  const local = { source: 'data', target: '/data', readOnly: false, shared: false }
  return applied(
    job(name, {
      count: drawn.count,
      priority: drawn.priority,
      resources: {
        cpu: 10,
        memory: drawn.memory * MIB,
        disk: drawn.disk * MIB,
        devices: drawn.gpu === 0 ? {} : { gpu: drawn.gpu },
      },
      distinct: drawn.distinct,
      conflicts: drawn.company === 'conflicts' && name !== 'a' ? ['a'] : [],
      with: drawn.company === 'with' && name !== 'b' ? ['b'] : [],
      update: { ...job('x').update, maxParallel: drawn.maxParallel },
      conflictGroup: drawn.group,
      ports: drawn.port === null ? {} : { http: { host: drawn.port, container: null } },
      exclusive: drawn.kind === 'exclusive',
      volumes: drawn.kind === 'pinned' ? [local] : [],
    }),
  )
}

/** Some jobs run where they fit, in the order of the dice; others are new; a host may be lost. */
export const clusterDraw: fc.Arbitrary<PlanInput> = fc
  .record({
    jobs: fc.array(jobDraw, { minLength: 2, maxLength: 6 }),
    sizes: fc.array(fc.constantFrom(500, 800, 1000, 1300), { minLength: 2, maxLength: 4 }),
    dice: fc.array(fc.nat({ max: 3 }), { minLength: 18, maxLength: 18 }),
    fresh: fc.integer({ min: 1, max: 2 }),
    lost: fc.constantFrom(null, null, 0, 1),
  })
  .map(({ jobs, sizes, dice, fresh, lost }) => {
    const all = jobs.map((drawn, index) => toJob(NAMES[index] ?? 'z', drawn))
    const held = sizes.map((): string[] => [])
    const roll = [...dice]
    for (const { job: wanted } of all.slice(0, -fresh)) {
      for (let place = 0; place < wanted.count; place += 1) {
        const at = (roll.shift() ?? 0) % sizes.length
        const slots = held[at] ?? []
        const name = HOSTS[at] ?? 'n9'
        const slot = `${wanted.name}.${place}`
        const run = new Map(held.map((each, index) => [HOSTS[index] ?? 'n9', new Set(each)]))
        const alone = wanted.with.some((job) => !slots.some((each) => jobOfSlot(each) === job))
        const fits = overloads([...slots, slot], all, sizes[at] ?? 0).length === 0
        if (fits && !alone && misplaced(slot, name, run, all).length === 0) {
          slots.push(`${wanted.name}.${place}`)
        }
      }
    }
    const hosts = sizes.map((size, index): HostState => {
      const name = HOSTS[index] ?? 'n9'
      const capacity = { cpu: 4000, memory: (size + 256) * MIB, disk: 800 * MIB, devices: { gpu: 2000 } }
      const seen = facts({
        capacity,
        units: (held[index] ?? []).map((slot) => unit(slot, { ports: portsOf(slot, all) })),
      })
      const state =
        index === lost ? { ...silent(name, 'lost'), lastFacts: seen } : { ...ready(name), facts: seen, lastFacts: seen }
      return { ...state, host: { ...state.host, labels: { zone: zoneOf(name) } } }
    })
    const records = held.flatMap((slots, index) =>
      slots.map((slot) => placement(slot, HOSTS[index] ?? 'n9', { ports: portsOf(slot, all) })),
    )
    return input(all, hosts, records)
  })

/** The first two hosts are in one zone. */
function zoneOf(host: string): string {
  return host === 'n1' || host === 'n2' ? 'x' : host
}

/** The judge of who is beside whom: `comes` after it has come to its host. `run` by host. */
export function misplaced(
  comes: string,
  at: string,
  run: ReadonlyMap<string, ReadonlySet<string>>,
  all: readonly AppliedJob[],
) {
  const jobOf = (slot: string) => all.find((each) => each.job.name === jobOfSlot(slot))?.job
  const own = jobOf(comes)
  const beside = [...(run.get(at) ?? [])].filter((slot) => slot !== comes)
  const faults: string[] = []
  for (const slot of beside) {
    const other = jobOf(slot)
    if (own?.conflicts.includes(other?.name ?? '') || other?.conflicts.includes(own?.name ?? ''))
      faults.push(`conflict: ${comes} ${slot} on ${at}`)
  }
  if (own?.distinct === 'zone') {
    for (const [host, slots] of run) {
      if (zoneOf(host) !== zoneOf(at)) continue
      for (const slot of slots)
        if (slot !== comes && jobOfSlot(slot) === own.name) faults.push(`distinct: ${comes} ${slot}`)
    }
  }
  return faults
}

function portsOf(slot: string, all: readonly AppliedJob[]): Record<string, number> {
  const ports = all.find((each) => each.job.name === jobOfSlot(slot))?.job.ports ?? {}
  return Object.fromEntries(Object.entries(ports).flatMap(([name, { host }]) => (host === null ? [] : [[name, host]])))
}

/** The judge: what these slots ask of a host together that it has not. */
export function overloads(slots: readonly string[], all: readonly AppliedJob[], mib: number, diskMib = 800): string[] {
  const jobs = slots.flatMap((slot) => all.filter((each) => each.job.name === jobOfSlot(slot))).map((each) => each.job)
  const sum = (of: (each: (typeof jobs)[number]) => number) => jobs.reduce((total, each) => total + of(each), 0)
  const faults: string[] = []
  if (sum(({ resources }) => resources.memory) > mib * MIB) faults.push(`memory: ${slots.join(' ')} in ${mib} MiB`)
  if (sum(({ resources }) => resources.disk) > diskMib * MIB) faults.push(`disk: ${slots.join(' ')}`)
  if (!packs(jobs.map(({ resources }) => resources.devices.gpu ?? 0))) faults.push(`gpu: ${slots.join(' ')}`)
  if (jobs.filter(({ conflictGroup }) => conflictGroup !== null).length > 1) faults.push(`group: ${slots.join(' ')}`)
  if (jobs.filter(({ ports }) => Object.keys(ports).length > 0).length > 1) faults.push(`port: ${slots.join(' ')}`)
  return faults
}

/** Do shares of at most one device each lie on two of them? By trying each on either. */
function packs(shares: readonly number[], one = 1000, other = 1000): boolean {
  const [share, ...rest] = shares
  if (share === undefined) return true
  return (share <= one && packs(rest, one - share, other)) || (share <= other && packs(rest, one, other - share))
}
