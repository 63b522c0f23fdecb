// A golden story: inventory.yml, jobs/ and what the hosts showed -> what `hc plan` prints. See test/golden/README.md.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Seen } from '../../../src/controller/assemble.js'
import { assemble } from '../../../src/controller/assemble.js'
import type { Fault } from '../../../src/model/errors.js'
import type { Inventory } from '../../../src/model/host.js'
import type { AppliedJob } from '../../../src/model/job.js'
import type { HostObservation, Look, Observation } from '../../../src/model/observation.js'
import type { HostRecord, Records } from '../../../src/model/records.js'
import { check } from '../../../src/planner/check.js'
import { controlHost } from '../../../src/planner/control.js'
import type { PlanInput } from '../../../src/planner/input.js'
import { decide } from '../../../src/planner/plan.js'
import { prospect } from '../../../src/planner/prospect.js'
import { survivalInput } from '../../../src/planner/survival.js'
import { judge } from '../../../src/planner/verdicts.js'
import { planView } from '../../../src/planner/view.js'
import { survivals } from '../../../src/scheduler/survival.js'
import { specHash } from '../../../src/spec/hash.js'
import { parseInventory } from '../../../src/spec/inventory.js'
import { parseJobs } from '../../../src/spec/jobs.js'
import { planLines } from '../../../src/ui/plan.js'
import { PLAIN } from '../../../src/ui/style.js'
import { CLUSTER, WALL } from './make.js'
import { backOffOf, factsOf, healthFrom, placementOf } from './story-hosts.js'
import { type Observed, PLAIN_HOST, readObserved, type StoryHost } from './story-shape.js'

/** hc's monotonic clock in every story, ms. */
const AT = 10_000_000
const OWNER = 'desk-0001'

/** Everything that a story says, as the planner takes it. */
export interface Story {
  readonly input: PlanInput
  readonly notes: readonly string[]
}

/** Reads a folder of test/golden. Throws with every fault of its files. */
export function readStory(folder: string): Story {
  const text = (name: string) => readFileSync(join(folder, name), 'utf8')
  const observed = readObserved(text('observed.yml'))
  const { inventory } = okOf(parseInventory({ file: 'inventory.yml', text: text('inventory.yml') }))
  const names = existsSync(join(folder, 'jobs')) ? readdirSync(join(folder, 'jobs')).sort() : []
  const files = names.map((name) => ({ file: `jobs/${name}`, text: text(join('jobs', name)), folder: '/jobs' }))
  const { jobs: filed, notes } = okOf(parseJobs(files))
  const jobs = filed.map(({ job }) => appliedOf({ job, observed }))
  const known = new Set(inventory.hosts.map(({ name }) => name))
  const strangers = Object.keys(observed.hosts).filter((name) => !known.has(name))
  if (strangers.length > 0) throw new Error(`observed.yml names ${strangers.join(', ')}, which inventory.yml has not`)
  return { input: inputOf(inventory, jobs, observed), notes }
}

/** What `hc plan` prints on a pipe of 100 columns. */
export function tell({ input, notes }: Story): string {
  const { plan, classified, later } = decide(input)
  const faults = check(plan, classified, input)
  if (faults.length > 0) throw new Error(`the plan breaks its own rules: ${faults.join('; ')}`)
  const survives = survivals(
    survivalInput(input, { plan, classified, ...(later && { later }) }, controlHost(input, null)),
  )
  const view = planView({ ...plan, survives }, [], notes, prospect({ plan, classified }, input))
  return `${planLines(view, { style: PLAIN, columns: 100, now: Date.parse(WALL) }).join('\n')}\n`
}

type Ok<T> = Exclude<T, { readonly faults: readonly Fault[] }>

function isOk<T extends object>(read: T): read is Ok<T> {
  return !('faults' in read)
}

function okOf<T extends object>(read: T): Ok<T> {
  if (isOk(read)) return read
  throw new Error(JSON.stringify(read))
}

function appliedOf({ job, observed }: { readonly job: AppliedJob['job']; readonly observed: Observed }): AppliedJob {
  const imageRef = job.image === null ? null : `${job.image}@sha256:${'0'.repeat(64)}`
  const lacking = Object.entries(observed.hosts).flatMap(([name, { lacks }]) => {
    const why = lacks[job.name]
    return why === undefined ? [] : [[name, why] as const]
  })
  return {
    job,
    version: observed.versions[job.name] ?? 1,
    hash: specHash({ job, imageRef, fileHashes: {}, secretHashes: {} }),
    imageRef,
    lackingOn: Object.fromEntries(lacking),
    fileHashes: {},
    appliedAt: WALL,
    folder: '/jobs',
    stopped: observed.stopped.includes(job.name),
    generation: observed.generations[job.name] ?? 0,
  }
}

function inputOf(inventory: Inventory, jobs: readonly AppliedJob[], observed: Observed): PlanInput {
  const of = (name: string): StoryHost => observed.hosts[name] ?? PLAIN_HOST
  const records = recordsOf(inventory, jobs, observed, of)
  const hosts = inventory.hosts.map(({ name }) => hostOf(name, of(name), inventory, jobs, records, observed))
  const observation: Observation = { at: AT, hosts, witness: observed.witness }
  const seen: Seen = {
    inventory,
    observation,
    beliefs: judge(observation, inventory.settings),
    busy: new Set(inventory.hosts.flatMap(({ name }) => (of(name).busy ? [name] : []))),
    lackingImages: new Map(inventory.hosts.map(({ name }) => [name, lackingOn(name, jobs)])),
    wall: WALL,
  }
  const health = Object.entries(observed.outside).map(([slot, about]) => [slot, healthFrom(slot, about)] as const)
  return { ...assemble(records, seen), ...(health.length > 0 && { health: Object.fromEntries(health) }) }
}

function lackingOn(name: string, jobs: readonly AppliedJob[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    jobs.flatMap(({ imageRef, lackingOn: lacking }) => {
      const why = lacking[name]
      return imageRef === null || why === undefined ? [] : [[imageRef, why] as const]
    }),
  )
}

function recordsOf(
  inventory: Inventory,
  jobs: readonly AppliedJob[],
  observed: Observed,
  of: (name: string) => StoryHost,
): Records {
  const hostRecord = (name: string): HostRecord => ({
    cordoned: of(name).cordoned,
    draining: of(name).draining,
    lastContact: of(name).never ? null : WALL,
    bootId: null,
    machineId: null,
    verdict: 'ready',
    verdictSince: WALL,
    provenVantages: [],
  })
  return {
    format: { major: 1, minor: 0 },
    cluster: CLUSTER,
    key: '00',
    term: { number: observed.term, owner: OWNER },
    jobs: Object.fromEntries(jobs.map((applied) => [applied.job.name, applied])),
    removed: Object.fromEntries(observed.removed.map((name) => [name, WALL])),
    placements: Object.fromEntries(
      Object.entries(observed.records).map(([slot, about]) => [slot, placementOf(slot, about, jobs)]),
    ),
    hosts: Object.fromEntries(inventory.hosts.map(({ name }) => [name, hostRecord(name)])),
    backOffs: Object.fromEntries(
      Object.entries(observed.backOffs).map(([slot, about]) => [slot, backOffOf(slot, about)]),
    ),
    inventory: null,
  }
}

function hostOf(
  name: string,
  about: StoryHost,
  inventory: Inventory,
  jobs: readonly AppliedJob[],
  records: Records,
  observed: Observed,
): HostObservation {
  const facts = factsOf(about, jobs, records)
  const answering = about.silent === null && !about.never
  const others = inventory.hosts.map((host) => host.name).filter((other) => other !== name)
  const vantages = others.filter((other) => {
    const there = observed.hosts[other]
    return !there || (there.silent === null && !there.never)
  })
  const since = AT - (about.silent ?? 0)
  return {
    host: name,
    answering,
    facts: answering ? facts : null,
    lastFacts: about.never ? null : facts,
    lastContactAt: about.never ? null : answering ? AT : since,
    silentSince: answering ? null : since,
    missed: answering ? 0 : 3,
    failure: about.failure === null ? null : { kind: about.failure, message: `it is ${about.failure}`, hint: null },
    looks: answering ? [] : looksAt(['control', ...vantages], about),
    provenVantages: ['control', ...others],
    everReached: !about.never,
  }
}

/** Looks a second apart since the silence began, four at most; in vain but for those that see it. */
function looksAt(vantages: readonly string[], { silent, seenBy }: StoryHost): readonly Look[] {
  const moments = [3500, 2500, 1500, 500].filter((ago) => ago < (silent ?? 0))
  return moments.flatMap((ago) =>
    vantages.map((vantage) => ({ vantage, at: AT - ago, reached: seenBy.includes(vantage) })),
  )
}
