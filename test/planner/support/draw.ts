// Clusters drawn at random, as wild as they may be: half done, contradictory, with records that are lost or too old.
import fc from 'fast-check'
import type { HostFacts, UnitFacts } from '../../../src/model/host.js'
import type { AppliedJob, Job } from '../../../src/model/job.js'
import type { Verdict } from '../../../src/model/observation.js'
import type { Placement } from '../../../src/model/plan.js'
import type { BackOff } from '../../../src/model/records.js'
import type { HostState, PlanInput } from '../../../src/planner/input.js'
import { applied, facts, GIB, input, job, MIB, PHASES, placement, ready, silent, unit, WALL } from './make.js'

const NAMES = ['a', 'b', 'c', 'd', 'e'] as const
const HOSTS = ['n1', 'n2', 'n3', 'n4', 'n5'] as const
const volume = { source: 'data', target: '/data', readOnly: false, shared: false }
const onDebian = { attribute: 'os', op: '==', values: ['debian'], text: 'os == debian' } as const
const onFirst = { attribute: 'host', op: '==', values: ['n1'], text: 'host == n1' } as const
const onNone = { attribute: 'os', op: '==', values: ['plan9'], text: 'os == plan9' } as const

const jobDraw: fc.Arbitrary<Partial<Job>> = fc.record({
  type: fc.constantFrom<Job['type']>('service', 'service', 'service', 'system', 'batch', 'cron'),
  count: fc.integer({ min: 0, max: 4 }),
  resources: fc
    .constantFrom(128 * MIB, 600 * MIB, 2 * GIB)
    .chain((memory) =>
      fc
        .constantFrom(0, 0, 0, 400, 700, 1000)
        .map((gpu) => ({ cpu: 100, memory, disk: 0, devices: gpu === 0 ? {} : { gpu } })),
    ),
  distinct: fc.constantFrom(null, null, null, 'zone', 'host'),
  conflicts: fc.constantFrom<Job['conflicts']>([], [], [], ['a']),
  with: fc.constantFrom<Job['with']>([], [], [], ['b']),
  conflictGroup: fc.constantFrom(null, null, null, 'g'),
  ports: fc.constantFrom<Job['ports']>(
    {},
    {},
    { http: { host: 8080, container: null } },
    { http: { host: null, container: null } },
  ),
  volumes: fc.constantFrom<Job['volumes']>([], [], [volume]),
  exclusive: fc.constantFrom(false, false, true),
  onHostLoss: fc.constantFrom<Job['onHostLoss']>('move', 'move', 'wait'),
  maxPerHost: fc.constantFrom(null, null, 1),
  priority: fc.constantFrom(50, 50, 80),
  rerun: fc.boolean(),
  constraints: fc.constantFrom<Job['constraints']>([], [], [onDebian], [onFirst], [onNone]),
  update: fc.integer({ min: 1, max: 3 }).map((maxParallel) => {
    return { ...job('x').update, maxParallel, order: maxParallel === 2 ? ('start-first' as const) : 'stop-first' }
  }),
})

const appliedDraw = (name: string): fc.Arbitrary<AppliedJob> =>
  fc
    .record({
      about: jobDraw,
      stopped: fc.constantFrom(false, false, false, true),
      generation: fc.integer({ min: 0, max: 1 }),
    })
    .map(({ about, stopped, generation }) => {
      // A job file may not name its own job there.
      const others = (names: readonly string[] = []) => names.filter((other) => other !== name)
      const drawn = job(name, { ...about, with: others(about.with), conflicts: others(about.conflicts) })
      return applied(drawn, { stopped, generation, hash: `h-${name}` })
    })

function slotsOf({ job: { name, type } }: AppliedJob): readonly string[] {
  return type === 'system' ? HOSTS.map((host) => `${name}.${host}`) : [0, 1, 2, 3, 4].map((place) => `${name}.${place}`)
}

const unitDraw = (slots: readonly string[]): fc.Arbitrary<UnitFacts> =>
  fc
    .record({
      slot: fc.constantFrom(...slots),
      phase: fc.constantFrom('running', 'running', 'running', ...Object.keys(PHASES)),
      hash: fc.constantFrom('same', 'same', 'old'),
      about: fc.record({
        placement: fc.constantFrom(null, 1, 2, 3),
        term: fc.constantFrom(1, 1, 2),
        generation: fc.integer({ min: 0, max: 1 }),
        cluster: fc.constantFrom('c1', 'c1', 'c1', 'c9', null),
      }),
    })
    .map(({ slot, phase, hash, about }) =>
      unit(slot, {
        ...PHASES[phase],
        ...about,
        hash: hash === 'same' ? `h-${slot.slice(0, slot.indexOf('.'))}` : 'old',
      }),
    )

const factsDraw = (slots: readonly string[]): fc.Arbitrary<HostFacts> =>
  fc
    .record({
      units: fc.uniqueArray(unitDraw(slots), { maxLength: 6, selector: ({ slot }) => slot }),
      memory: fc.constantFrom(1 * GIB, 2 * GIB, 8 * GIB),
      used: fc.constantFrom(0, 0, 0.5, 0.9),
      listening: fc.constantFrom<readonly number[]>([], [], [8080]),
    })
    .map(({ units, memory, used, listening }) =>
      facts({
        units,
        capacity: { cpu: 4000, memory, disk: GIB, devices: { gpu: 2000 } },
        memoryAvailable: memory - Math.floor(memory * used),
        diskFree: GIB,
        listening: listening.map((port) => ({ protocol: 'tcp', address: '*', port })),
      }),
    )

const SILENT: readonly Verdict[] = ['suspect', 'unmanageable', 'cut-off', 'lost', 'lost', 'unknown']

const hostDraw = (name: string, slots: readonly string[]): fc.Arbitrary<HostState> =>
  fc
    .record({
      seen: fc.option(factsDraw(slots), { freq: 5 }),
      verdict: fc.constantFrom(...SILENT),
      everReached: fc.constantFrom(true, true, true, false),
      intent: fc.constantFrom('none', 'none', 'none', 'cordoned', 'draining', 'busy', 'foreign', 'no jobs'),
    })
    .map(({ seen, verdict, everReached, intent }) => {
      const flags = { cordoned: intent === 'cordoned', draining: intent === 'draining' }
      const kind = intent === 'busy' || intent === 'foreign' ? intent : null
      const about = { ...flags, blocked: kind && seen ? { kind, text: `${name} is ${kind}` } : null }
      // Steps were only just carried out there: it answers, but what it showed before is half done.
      if (!seen && intent === 'busy') {
        const busy = { kind: 'busy', text: `${name} is busy` } as const
        return { ...ready(name), facts: null, blocked: busy, everReached }
      }
      const state = seen
        ? { ...ready(name), ...about, facts: seen, lastFacts: seen }
        : { ...silent(name, verdict), ...about, everReached: everReached || verdict === 'lost' }
      const labels = { zone: name === 'n1' || name === 'n2' ? 'x' : name }
      return { ...state, host: { ...state.host, labels, takesJobs: intent !== 'no jobs' } }
    })

const placementDraw = (slots: readonly string[]): fc.Arbitrary<Placement> =>
  fc
    .record({
      slot: fc.constantFrom(...slots),
      host: fc.constantFrom(...HOSTS, 'gone'),
      about: fc.record({
        number: fc.integer({ min: 1, max: 3 }),
        generation: fc.integer({ min: 0, max: 1 }),
        completed: fc.constantFrom(false, false, true),
      }),
    })
    .map(({ slot, host, about }) => {
      const [name = '', place = ''] = slot.split('.')
      // A system job's slot is only ever placed on its own host.
      return placement(slot, /^\d/.test(place) ? host : place, { ...about, hash: `h-${name}` })
    })

const backOffDraw = (slots: readonly string[]): fc.Arbitrary<BackOff> =>
  fc
    .record({
      slot: fc.constantFrom(...slots),
      failures: fc.integer({ min: 1, max: 5 }),
      left: fc.constantFrom(-1000, 5000),
    })
    .map(({ slot, failures, left }) => ({
      slot,
      failures,
      until: new Date(Date.parse(WALL) + left).toISOString(),
      failedOn: [],
    }))

/** The input of a plan. `gone` is a job that was removed, `ghost` one that nobody knows. */
export const clusterDraw: fc.Arbitrary<PlanInput> = fc
  .tuple(fc.integer({ min: 0, max: NAMES.length }), fc.integer({ min: 1, max: HOSTS.length }))
  .chain(([jobs, hosts]) =>
    fc.tuple(fc.tuple(...NAMES.slice(0, jobs).map(appliedDraw)), fc.constant(HOSTS.slice(0, hosts))),
  )
  .chain(([jobs, hosts]) => {
    const own = jobs.flatMap(slotsOf)
    const slots = [...own, 'gone.0', 'ghost.0']
    return fc.record({
      jobs: fc.constant(jobs),
      hosts: fc.tuple(...hosts.map((name) => hostDraw(name, slots))),
      placements: own.length === 0 ? fc.constant<Placement[]>([]) : fc.array(placementDraw(own), { maxLength: 10 }),
      backOffs: own.length === 0 ? fc.constant<BackOff[]>([]) : fc.array(backOffDraw(own), { maxLength: 2 }),
    })
  })
  .map(({ jobs, hosts, placements, backOffs }) =>
    input(jobs, hosts, placements, {
      removed: { gone: WALL },
      // Enough for clusters of this size; what takes longer is not what is tested with them.
      searchSteps: 20_000,
      backOffs: Object.fromEntries(backOffs.map((each) => [each.slot, each])),
    }),
  )

/** A drawn input in a few lines: what a person needs to see why a property fails. */
export function brief({ jobs, hosts, placements, backOffs }: PlanInput): string {
  const lines = [
    ...jobs.map(({ job, stopped, generation }) => {
      const about = [job.type, job.count, `${job.resources.memory / MIB} MiB`, `x${job.update.maxParallel}`]
      const flags = [
        stopped && 'stopped',
        job.exclusive && 'exclusive',
        job.volumes.length > 0 && 'pinned',
        job.maxPerHost && 'one per host',
        job.onHostLoss === 'wait' && 'wait',
        job.rerun && 'rerun',
        ...job.constraints.map(({ text }) => text),
        ...Object.values(job.ports).map(({ host }) => `port ${host}`),
      ]
      return `job ${job.name} ${about.join(' ')} gen ${generation} ${flags.filter(Boolean).join(' ')}`
    }),
    ...hosts.map(({ host, belief, facts, cordoned, draining, blocked, everReached }) => {
      const flags = [
        cordoned && 'cordoned',
        draining && 'draining',
        blocked?.kind,
        !host.takesJobs && 'no jobs',
        !everReached && 'never',
      ]
      const units = (facts?.units ?? []).map(
        ({ slot, hash, active, placement, term, generation, cluster }) =>
          `${slot}(${hash} ${active} #${placement} t${term} g${generation} ${cluster})`,
      )
      const size = facts ? `${facts.capacity.memory / MIB} MiB` : ''
      return `host ${host.name} ${belief.verdict} ${flags.filter(Boolean).join(' ')} ${size}: ${units.join(' ')}`
    }),
    ...Object.values(placements).map(
      ({ slot, host, number, generation, completed }) =>
        `record ${slot} on ${host} #${number} g${generation} ${completed}`,
    ),
    ...Object.values(backOffs).map(({ slot, until }) => `back-off ${slot} ${until}`),
  ]
  return lines.join('\n')
}
