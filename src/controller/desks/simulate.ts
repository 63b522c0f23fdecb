// hc simulate: a plan without contact, from what is written and what the store remembers.
import { type Fault, UserError } from '../../model/errors.js'
import type { Host, Inventory } from '../../model/host.js'
import type { AppliedJob, Job } from '../../model/job.js'
import { byName, type HostName, jobOfSlot, someOf } from '../../model/names.js'
import type { Candidate } from '../../model/plan.js'
import type { Records } from '../../model/records.js'
import type { ScenarioHost, SimulationView } from '../../model/scenario.js'
import { asApplied, scenarioCandidate, viewSimulation } from '../../planner/simulate-view.js'
import { candidateCapacity, capacityGap } from '../../scheduler/capacity.js'
import { hostToAdd, type ReadChange, setInJobs } from '../../spec/changes.js'
import { didYouMean } from '../../spec/nearest.js'
import { namesMatching, readJobs, type Wiring } from './desk.js'

/** What is thought to be otherwise. */
export interface SimulateOptions {
  /** Patterns of hosts that are lost. */
  readonly lose: readonly string[]
  /** `NAME:cpu=4,memory=8Gi`. */
  readonly add: readonly string[]
  /** `web.count=3`. */
  readonly set: readonly string[]
  /** The job of which more is asked for; null: none. */
  readonly fill: string | null
  readonly effort: number
}

/** Simulation. */
export interface SimulateDesk {
  /** Takes no lock, writes nothing, connects to nothing. Throws UserError. */
  simulate(paths: readonly string[], options: SimulateOptions): Promise<SimulationView>
}

/** The desk over the real doors. */
export function simulateDesk(wiring: Wiring): SimulateDesk {
  return { simulate: (paths, options) => simulateCluster(wiring, paths, options) }
}

async function simulateCluster(
  wiring: Wiring,
  paths: readonly string[],
  options: SimulateOptions,
): Promise<SimulationView> {
  const { inventory, data } = await wiring.reader.read()
  const records = await wiring.world.store.read()
  const added = options.add.map((text) => taken('--add', hostToAdd(text)))
  checkNames(inventory, added)
  const { jobs, basis } = await jobsOf(wiring, paths, records)
  const changed = options.set.reduce<readonly Job[]>(
    (all, text) => taken('--set', setInJobs(all, text)),
    jobs.map(({ job }) => job),
  )
  const applied = jobs.map((each, index): AppliedJob => ({ ...each, job: changed[index] ?? each.job }))
  const own = new Set(added.map(({ name }) => name))
  const lose: HostName[] = []
  for (const pattern of options.lose) {
    lose.push(...(own.has(pattern) ? [pattern] : await namesMatching(wiring, data, pattern)))
  }
  const hosts = new Set(inventory.hosts.map(({ name }) => name))
  const wanted = new Set(applied.map(({ job }) => job.name))
  const placements = Object.values(records?.placements ?? {}).filter(
    ({ slot, host }) => hosts.has(host) && wanted.has(jobOfSlot(slot)),
  )
  const control = inventory.hosts.find(({ connection }) => connection.kind === 'local')?.name ?? null
  return viewSimulation(
    {
      candidates: [...inventory.hosts.map((host) => candidateOf(host, records)), ...added.map(scenarioCandidate)],
      jobs: applied,
      running: placements.filter(({ completed }) => !completed),
      done: placements.flatMap(({ slot, completed }) => (completed ? [slot] : [])),
      lose,
      strategy: inventory.settings.strategy,
      control,
      effort: options.effort,
    },
    [...basis, ...withoutControl(lose, control), ...gapsOf(inventory)],
    options.fill === null ? null : jobToFill(applied, options.fill),
  )
}

/** What was read of a flag, or the fault in it. */
function taken<T>(flag: string, read: ReadChange<T>): T {
  if (typeof read !== 'object' || read === null || !('faults' in read)) return read
  const faults = read.faults as readonly Fault[]
  const [first] = faults
  const message = first === undefined ? `${flag} is wrong` : `${first.at?.file ?? flag}: ${first.message}`
  throw new UserError(message, { code: 'usage', hint: first?.hint ?? null })
}

function checkNames({ hosts }: Inventory, added: readonly ScenarioHost[]): void {
  const names = new Set(hosts.map(({ name }) => name))
  for (const { name } of added) {
    if (names.has(name)) {
      const hint = 'give the new one another name'
      throw new UserError(`--add: there is a host ${name} already`, { code: 'usage', hint })
    }
    names.add(name)
  }
}

function jobToFill(jobs: readonly AppliedJob[], name: string): AppliedJob {
  const found = jobs.find(({ job }) => job.name === name)
  const names = jobs.map(({ job }) => job.name).sort(byName)
  if (found === undefined) {
    const hint = didYouMean(name, names) ?? `jobs are ${someOf(names)}`
    throw new UserError(`--fill: there is no job "${name}"`, { code: 'usage', hint })
  }
  if (found.job.type === 'service' || found.job.type === 'batch') return found
  const why = found.job.type === 'system' ? 'has one slot on each matching host' : 'has one slot'
  throw new UserError(`--fill: ${name} is a ${found.job.type} job, which ${why}`, { code: 'usage' })
}

async function jobsOf(
  wiring: Wiring,
  paths: readonly string[],
  records: Records | null,
): Promise<{ readonly jobs: readonly AppliedJob[]; readonly basis: readonly string[] }> {
  const kept = Object.values(records?.jobs ?? {})
  const runs = 'what runs is where the store has it'
  if (paths.length === 0 && kept.length > 0)
    return { jobs: kept, basis: [`Taken: the jobs as they were applied; ${runs}`] }
  const read = await readJobs(wiring, paths, Promise.resolve(records))
  const named = new Set(read.jobs.map(({ job }) => job.name))
  const others = kept.filter(({ job }) => !named.has(job.name))
  const beside = others.length === 0 ? '' : `, and ${others.length} more as they were applied`
  const where = kept.length === 0 ? 'nothing was applied yet, so nothing runs' : runs
  return {
    jobs: [...others, ...read.jobs.map(({ job }) => asApplied(job))].sort((a, b) => byName(a.job.name, b.job.name)),
    basis: [`Taken: ${read.jobs.length} from job files${beside}; ${where}`, ...read.notes],
  }
}

function candidateOf(host: Host, records: Records | null): Candidate {
  const { cordoned = false, draining = false } = records?.hosts[host.name] ?? {}
  return {
    name: host.name,
    verdict: 'ready',
    cordoned: cordoned || draining,
    draining,
    takesJobs: host.takesJobs,
    capacity: candidateCapacity(host, null),
    labels: host.labels,
    os: null,
    osVersion: null,
    arch: null,
    kernel: null,
    drivers: null,
    foreignPorts: [],
    lackingImages: {},
  }
}

function withoutControl(lose: readonly HostName[], control: HostName | null): readonly string[] {
  if (control === null || !lose.includes(control)) return []
  return [`hc itself runs on ${control}: what is shown comes to pass only where hc then runs elsewhere`]
}

function gapsOf({ hosts }: Inventory): readonly string[] {
  const unknown = hosts.filter((host) => host.takesJobs && capacityGap(host, null) !== null)
  const [first] = unknown
  if (first === undefined) return []
  if (unknown.length === 1) return [capacityGap(first, null) ?? '']
  const names = someOf(unknown.map(({ name }) => name))
  return [`parts of the capacity of ${names} are not known and count as 0: hc_capacity does not declare them`]
}
