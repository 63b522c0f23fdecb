// What would be, of a cluster that is only thought of: the same questions to place() and survivals() as a plan asks.

import type { Strategy } from '../model/host.js'
import type { AppliedJob } from '../model/job.js'
import { isPinned, mayLeave } from '../model/job.js'
import { byName, type HostName, jobOfSlot, type SlotName, slotName } from '../model/names.js'
import type { Candidate, Demand, Occupant, Survival, Unplaced } from '../model/plan.js'
import { MOST_LOOKED_AT, type Running, type SimulatedMove } from '../model/scenario.js'
import { meetsConstraints } from '../scheduler/eligible.js'
import { place, REPAIR_STEPS } from '../scheduler/place.js'
import { isReplaced, makesRoom, survivals } from '../scheduler/survival.js'

/** A slot that runs, with what is known of it. */
export interface SimulatedRun extends Running {
  /** Host ports by name; none: those that its job asks for by number. */
  readonly ports?: Readonly<Record<string, number>>
}

/** What is simulated. The order of the lists means nothing. */
export interface Simulation {
  /** All hosts, those that are lost too. */
  readonly candidates: readonly Candidate[]
  readonly jobs: readonly AppliedJob[]
  readonly running: readonly SimulatedRun[]
  /** Slots of batch jobs that have done their work, and want no place. */
  readonly done?: readonly SlotName[]
  readonly lose: readonly HostName[]
  readonly strategy: Strategy
  /** The host on which the control machine runs; null: none of them. */
  readonly control: HostName | null
  /** How often the usual work of one search is put into it; 1 is the default of plans. */
  readonly effort: number
}

/** What came of it; all lists by slot name. */
export interface Simulated {
  readonly placements: readonly Occupant[]
  readonly unplaced: readonly Unplaced[]
  readonly moves: readonly SimulatedMove[]
  /** By host that is left. */
  readonly survives: Readonly<Record<HostName, Survival>>
  readonly proved: boolean
  /** `survives` was looked at; else nothing is known of it. */
  readonly looked: boolean
}

interface Slots {
  /** Run on hosts that are left, and are wanted. */
  readonly stay: readonly Occupant[]
  readonly open: readonly Demand[]
  /** Wait for a lost host. */
  readonly waiting: readonly Unplaced[]
}

/** Part of the usual work of one search that goes into them. */
const SURVIVAL_SHARE = 16

function waits(applied: AppliedJob, slot: SlotName, host: HostName): Unplaced {
  const { job } = applied
  const why = isPinned(job)
    ? `its data is on ${host}, which is lost: it waits for that host`
    : job.onHostLoss === 'wait'
      ? `${host} is lost, and the job has on_host_loss: wait`
      : `${host} is lost, and the job has no rerun: it is not run again`
  return { slot, job: job.name, reasons: [{ host, reason: why }] }
}

/** The slots that a job wants on these hosts. */
function wantedOf(applied: AppliedJob, left: readonly Candidate[]): readonly SlotName[] {
  const { job } = applied
  if (applied.stopped) return []
  if (job.type === 'system') {
    return left.filter((host) => meetsConstraints(applied, host)).map(({ name }) => slotName(job.name, name))
  }
  const count = job.type === 'cron' ? 1 : job.count
  return Array.from({ length: count }, (_, index) => slotName(job.name, index))
}

function sortSlots({ jobs, running, lose, done = [] }: Simulation, left: readonly Candidate[]): Slots {
  const lost = new Set(lose)
  const finished = new Set(done)
  const at = new Map(running.map((each) => [each.slot, each]))
  const stay: Occupant[] = []
  const open: Demand[] = []
  const waiting: Unplaced[] = []
  for (const applied of jobs) {
    const { job } = applied
    for (const slot of wantedOf(applied, left)) {
      if (finished.has(slot)) continue
      const run = at.get(slot)
      if (run === undefined) {
        const only = job.type === 'system' ? slot.slice(job.name.length + 1) : null
        open.push({ slot, applied, only, previous: null })
      } else if (!lost.has(run.host)) {
        stay.push({ slot, host: run.host, applied, ports: run.ports ?? {}, movable: makesRoom(applied) })
      } else if (!isReplaced(applied)) waiting.push(waits(applied, slot, run.host))
      else open.push({ slot, applied, only: null, previous: run.host, previousPorts: run.ports ?? {} })
    }
  }
  return { stay, open, waiting }
}

/** Of what runs: what may go on where it is by its job's rules, and what has to leave. */
function settle(stay: readonly Occupant[], candidates: readonly Candidate[], strategy: Strategy): readonly Demand[] {
  const demands = stay.map(({ slot, host, applied, ports }) => ({
    slot,
    applied,
    only: host,
    keeps: true,
    previous: host,
    previousPorts: ports,
  }))
  const { unplaced } = place({ demands, candidates, occupants: [], strategy, steps: 0 })
  const gone = new Set(unplaced.map(({ slot }) => slot))
  return demands
    .filter(({ slot }) => gone.has(slot))
    .map((demand) => (mayLeave(demand.applied.job) ? { ...demand, only: null, keeps: false } : demand))
}

function lossesOf(
  { strategy, control, effort }: Simulation,
  candidates: readonly Candidate[],
  placements: readonly Occupant[],
): Pick<Simulated, 'survives' | 'looked'> {
  if (candidates.length * placements.length > MOST_LOOKED_AT * effort) {
    const names = candidates.map(({ name }) => name).sort(byName)
    return { survives: Object.fromEntries(names.map((name) => [name, { ok: null, unplaced: [] }])), looked: false }
  }
  const steps = Math.floor((REPAIR_STEPS * effort) / SURVIVAL_SHARE)
  return { survives: survivals({ candidates, placements, strategy, control, steps }), looked: true }
}

/** Places all that is wanted: what runs stays where it can, with the fewest moves, as many as are needed. */
export function simulate(simulation: Simulation): Simulated {
  const { strategy, effort } = simulation
  const lost = new Set(simulation.lose)
  const candidates = simulation.candidates.filter(({ name }) => !lost.has(name))
  const { stay, open, waiting } = sortSlots(simulation, candidates)
  const leaving = settle(stay, candidates, strategy)
  const leaves = new Map(leaving.map((demand) => [demand.slot, demand.previous]))
  const occupants = stay.filter(({ slot }) => !leaves.has(slot))
  const found = place({
    demands: [...open, ...leaving],
    candidates,
    occupants,
    strategy,
    moves: Number.POSITIVE_INFINITY,
    preempt: true,
    steps: REPAIR_STEPS * effort,
  })
  const applied = new Map(simulation.jobs.map((each) => [each.job.name, each]))
  const gone = new Set([...found.moved, ...found.evicted].map(({ slot }) => slot))
  const placements = [...found.placed, ...found.moved].map(({ slot, host, ports }): Occupant => {
    const job = applied.get(jobOfSlot(slot))
    if (job === undefined) throw new Error(`bug: ${slot} is of no job`)
    return { slot, host, applied: job, ports, movable: makesRoom(job) }
  })
  const evicted = found.evicted.map(({ slot, from, for: by }): Unplaced => {
    const reason = `it gives its place to ${by.join(', ')} of higher priority`
    return { slot, job: jobOfSlot(slot), reasons: [{ host: from, reason }] }
  })
  const moves = [
    ...found.moved.map(({ slot, from, host }) => ({ slot, from, to: host })),
    ...found.placed.flatMap(({ slot, host }) => {
      const from = leaves.get(slot) ?? null
      return from === null || from === host ? [] : [{ slot, from, to: host }]
    }),
  ]
  const bySlot = (a: { readonly slot: SlotName }, b: { readonly slot: SlotName }) => byName(a.slot, b.slot)
  const all = [...occupants.filter(({ slot }) => !gone.has(slot)), ...placements].sort(bySlot)
  return {
    placements: all,
    unplaced: [...found.unplaced, ...waiting, ...evicted].sort(bySlot),
    moves: moves.sort(bySlot),
    ...lossesOf(simulation, candidates, all),
    proved: found.proof.placed && found.proof.moves && leaving.length === 0,
  }
}
