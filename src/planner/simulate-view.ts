// A simulation as it is shown: host by host before and after, and how much more of a job would fit.
import { type AppliedJob, type Job, mayLeave } from '../model/job.js'
import { byName, type HostName, jobOfSlot, slotName } from '../model/names.js'
import type { Candidate, Demand, Occupant, Rejection } from '../model/plan.js'
import { NO_RESOURCES, plus } from '../model/resources.js'
import type {
  Running,
  Scenario,
  ScenarioHost,
  ScenarioView,
  SimulatedFill,
  SimulatedHost,
  SimulatedLoad,
  SimulationView,
} from '../model/scenario.js'
import { place } from '../scheduler/place.js'
import { type Remedies, remedies } from '../scheduler/remedy.js'
import { isReplaced, makesRoom } from '../scheduler/survival.js'
import { type Simulated, type Simulation, simulate } from './simulate.js'

/** More slots than this are not tried: the answer is then that at least so many fit. */
const MOST_FILLED = 4096
const FIRST_TRY = 16

/** A host of a scenario as the scheduler sees it. */
export function scenarioCandidate(host: ScenarioHost): Candidate {
  return { ...host, verdict: 'ready', cordoned: false, takesJobs: true, foreignPorts: [], lackingImages: {} }
}

/** A job as if it had been applied. */
export function asApplied(job: Job): AppliedJob {
  return {
    job,
    version: 1,
    hash: '',
    imageRef: null,
    lackingOn: {},
    fileHashes: {},
    appliedAt: '',
    folder: '',
    stopped: false,
    generation: 0,
  }
}

/** What a scenario asks. */
export function scenarioSimulation(scenario: Scenario, effort: number): Simulation {
  return {
    candidates: scenario.hosts.map(scenarioCandidate),
    jobs: scenario.jobs.map(asApplied),
    running: scenario.running,
    lose: scenario.lose,
    strategy: 'balanced',
    control: null,
    effort,
  }
}

function scenarioPart({ placements, unplaced, moves, survives, proved }: Simulated): ScenarioView {
  return {
    placements: placements.map(({ slot, host }) => ({ slot, host })),
    unplaced: unplaced.map(({ slot, reasons }) => ({ slot, reasons })),
    moves,
    survives,
    proved,
  }
}

/** One scenario, answered. */
export function simulateScenario(scenario: Scenario, effort: number): ScenarioView {
  return scenarioPart(simulate(scenarioSimulation(scenario, effort)))
}

function loads(jobs: readonly AppliedJob[], slots: readonly Running[]): ReadonlyMap<HostName, SimulatedLoad> {
  const byJob = new Map(jobs.map(({ job }) => [job.name, job]))
  const sums = new Map<HostName, SimulatedLoad>()
  for (const { slot, host } of slots) {
    const job = byJob.get(jobOfSlot(slot))
    if (job === undefined) continue
    const { slots: before, used } = sums.get(host) ?? { slots: 0, used: NO_RESOURCES }
    sums.set(host, { slots: before + 1, used: plus(used, job.resources) })
  }
  return sums
}

function hostsOf({ candidates, jobs, running, lose }: Simulation, placements: readonly Occupant[]): SimulatedHost[] {
  const [before, after] = [loads(jobs, running), loads(jobs, placements)]
  const nothing: SimulatedLoad = { slots: 0, used: NO_RESOURCES }
  const lost = new Set(lose)
  return [...candidates]
    .sort((a, b) => byName(a.name, b.name))
    .map(({ name, capacity }) => ({
      name,
      capacity,
      before: before.get(name) ?? nothing,
      after: after.get(name) ?? nothing,
      lost: lost.has(name),
    }))
}

/** So many more slots of the job fit beside what has its place: tried with ever more of them until one is left over. */
function fillOf(simulation: Simulation, placements: readonly Occupant[], applied: AppliedJob): SimulatedFill {
  const lost = new Set(simulation.lose)
  const candidates = simulation.candidates.filter(({ name }) => !lost.has(name))
  const occupants = placements.map(({ slot, host, applied: job, ports }) => ({ slot, host, applied: job, ports }))
  const { job } = applied
  for (let tried = FIRST_TRY; ; tried *= 4) {
    const demands = Array.from({ length: tried }, (_, index): Demand => {
      const slot = slotName(job.name, job.count + index)
      return { slot, applied, only: null, previous: null }
    })
    const { placed, unplaced } = place({ demands, candidates, occupants, strategy: simulation.strategy })
    if (unplaced.length === 0 && tried < MOST_FILLED) continue
    const hosts: Record<HostName, number> = {}
    for (const { host } of [...placed].sort((a, b) => byName(a.host, b.host))) hosts[host] = (hosts[host] ?? 0) + 1
    const stopped: readonly Rejection[] = unplaced[0]?.reasons ?? []
    return { job: job.name, more: placed.length, hosts, stopped }
  }
}

/** What would make what has no place fit. What waits for a lost host, or for its own, has nothing to be mended but that. */
function remediesOf(simulation: Simulation, { unplaced, placements }: Simulated): Remedies {
  const { strategy, running } = simulation
  const lost = new Set(simulation.lose)
  const jobs = new Map(simulation.jobs.map((each) => [each.job.name, each]))
  const ran = new Map(running.map(({ slot, host }) => [slot, host]))
  const demands = unplaced.flatMap(({ slot, job }): readonly Demand[] => {
    const applied = jobs.get(job)
    const previous = ran.get(slot) ?? null
    if (!applied || (previous !== null && lost.has(previous) && !isReplaced(applied))) return []
    const stays = previous !== null && !mayLeave(applied.job)
    const only = applied.job.type === 'system' ? slot.slice(job.length + 1) : stays ? previous : null
    return [{ slot, applied, only, previous }]
  })
  const occupants = placements.map((each) => ({ ...each, movable: makesRoom(each.applied) }))
  const candidates = simulation.candidates.filter(({ name }) => !lost.has(name))
  return remedies({ demands, candidates, occupants, strategy, moves: Number.POSITIVE_INFINITY })
}

/** The simulation, for people. `basis`: what was taken as given; `fill`: the job of which more is asked for. */
export function viewSimulation(
  simulation: Simulation,
  basis: readonly string[],
  fill: AppliedJob | null = null,
): SimulationView {
  const simulated = simulate(simulation)
  const { bySlot, all } = remediesOf(simulation, simulated)
  return {
    ...scenarioPart(simulated),
    unplaced: simulated.unplaced.map(({ job: _, ...rest }) => {
      const remedy = bySlot.get(rest.slot)
      return remedy === undefined ? rest : { ...rest, remedy }
    }),
    remedy: all,
    looked: simulated.looked,
    basis,
    hosts: hostsOf(simulation, simulated.placements),
    fill: fill === null ? null : fillOf(simulation, simulated.placements, fill),
  }
}
