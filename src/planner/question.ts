// When do two searches ask the same? What vain searches, proofs of survival and remedies are known by, in one place.
import type { AppliedJob } from '../model/job.js'
import { byName } from '../model/names.js'
import type { Candidate, Demand, Occupant } from '../model/plan.js'
import { AUTO_PORTS } from '../scheduler/autoports.js'
import { fixedPorts } from './demands.js'
import type { PlanInput } from './input.js'

/** A slot, with the ports that it has already. */
export interface Asked {
  readonly applied: AppliedJob
  readonly ports?: Readonly<Record<string, number>>
}

/** A job as far as it matters where its slots may stand. */
export function jobKey({ job, version, hash, imageRef, stopped }: AppliedJob): readonly unknown[] {
  return [job.name, version, hash, imageRef, stopped]
}

/** Ports that make a difference where others listen on them: all else that listens comes and goes. */
export function portsThatMatter(slots: readonly Asked[]): (port: number) => boolean {
  const asked = new Set(
    slots.flatMap(({ applied, ports }) => Object.values({ ...ports, ...fixedPorts(applied.job.ports) })),
  )
  return (port) => asked.has(port) || (port >= AUTO_PORTS.first && port <= AUTO_PORTS.last)
}

/** A host but for its amounts, of which whoever asks says how much of a difference makes one; see `Vain` and `Survivals`. */
export function hostKey(candidate: Candidate, matters: (port: number) => boolean): readonly unknown[] {
  const { verdictReason: _, capacity: __, foreignPorts, lackingImages, lackingSubnets = {}, ...rest } = candidate
  return [rest, foreignPorts.filter(matters), Object.keys(lackingImages).sort(), Object.keys(lackingSubnets).sort()]
}

/** What a search rests on. */
export interface Question {
  readonly demands: readonly Demand[]
  readonly candidates: readonly Candidate[]
  readonly occupants: readonly Occupant[]
  /** Most moves that it may make. */
  readonly moves: number
}

/** The text of a question: equal where the answer is bound to be, but for amounts. */
export function questionKey({ demands, candidates, occupants, moves }: Question): string {
  const slots = [...demands, ...occupants]
  const jobs = new Map(slots.map(({ applied }) => [applied.job.name, applied]))
  const matters = portsThatMatter(slots)
  const lines = [
    ...[...jobs.values()].map((applied) => `job ${JSON.stringify(jobKey(applied))}`),
    ...demands.map(({ slot, only, keeps }) => `wants ${slot} ${only} ${keeps}`),
    ...occupants.map(({ slot, host, movable }) => `has ${slot} ${host} ${movable ?? false}`),
    ...candidates.map((candidate) => JSON.stringify(hostKey(candidate, matters))),
  ]
  return [`moves ${moves}`, ...lines.sort(byName)].join('\n')
}

/** What remedies rest on, but for what changes from look to look and seldom makes room. */
export function searchKey({ jobs, hosts, placements }: PlanInput): string {
  return JSON.stringify([
    jobs.map(jobKey),
    hosts.map(({ host, belief, cordoned, draining, held, blocked }) => [
      host.name,
      belief.verdict,
      cordoned || draining || held !== undefined,
      blocked?.kind,
    ]),
    Object.values(placements).map(({ slot, host, hash }) => [slot, host, hash]),
  ])
}
