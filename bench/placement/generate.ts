// Clusters of any size with every rule in use: for measuring, not for testing.

import type { Strategy } from '../../src/model/host.js'
import type { Job } from '../../src/model/job.js'
import type { Candidate, Demand } from '../../src/model/plan.js'
import { Dice } from '../../src/scheduler/dice.js'
import type { PlaceInput } from '../../src/scheduler/place.js'
import { candidate, constraint, demand, GIB, job, MIB } from '../../test/scheduler/support/make.js'

/** What is drawn. */
export interface Recipe {
  readonly hosts: number
  readonly slots: number
  readonly seed: number
  readonly strategy: Strategy
}

/** Cores and GiB of the models of hosts, from a small box to a server. */
const MODELS = [
  { cores: 8, gib: 32 },
  { cores: 16, gib: 64 },
  { cores: 16, gib: 128 },
  { cores: 32, gib: 128 },
] as const

function drawHost(dice: Dice, at: number, all: number): Candidate {
  const model = dice.pick(MODELS) ?? MODELS[0]
  const gpus = dice.below(10) === 0 ? 4 : 0
  return candidate(`host-${at}`, {
    capacity: {
      cpu: model.cores * 1000,
      memory: model.gib * GIB - 256 * MIB,
      disk: 500 * GIB,
      devices: gpus > 0 ? { gpu: gpus * 1000 } : {},
    },
    labels: {
      zone: `z${dice.below(3)}`,
      rack: `r${Math.floor((at * Math.ceil(all / 40)) / all)}`,
      ssd: dice.below(2) === 0 ? 'yes' : 'no',
    },
    arch: dice.below(8) === 0 ? 'arm64' : 'amd64',
    foreignPorts: dice.below(4) === 0 ? [22, 9100] : [22],
  })
}

/** One in `odds` gets what `value` makes. */
function rarely<T>(dice: Dice, odds: number, value: () => T): T | null {
  return dice.below(odds) === 0 ? value() : null
}

/** Rules of all kinds; `others` are jobs to name, of which an earlier one is never left without a place by a later one. */
function drawRules(dice: Dice, at: number, slots: number): Partial<Job> {
  const constraints = [
    rarely(dice, 4, () => constraint(`labels.zone in z${dice.below(3)} z${dice.below(3)}`)),
    rarely(dice, 5, () => constraint('labels.ssd == yes')),
    rarely(dice, 6, () => constraint(`arch == amd64`)),
  ]
  const port = rarely(dice, 5, () => 1024 + dice.below(4000))
  const auto = rarely(dice, 4, () => true)
  return {
    constraints: constraints.filter((each) => each !== null),
    affinity: [
      ...(rarely(dice, 5, () => [{ constraint: constraint(`labels.zone == z${dice.below(3)}`), weight: 2 }]) ?? []),
      ...(rarely(dice, 8, () => [{ constraint: constraint('labels.ssd == yes'), weight: -1 }]) ?? []),
    ],
    ports: {
      ...(port === null ? {} : { http: { host: port, container: null } }),
      ...(auto === null ? {} : { admin: { host: null, container: null } }),
    },
    spread: rarely(dice, 5, () => ({ label: dice.below(2) === 0 ? 'host' : 'zone', targets: null })),
    maxPerHost: rarely(dice, 5, () => 1),
    distinct: rarely(dice, 8, () => (dice.below(2) === 0 ? 'rack' : 'zone')),
    conflictGroup: rarely(dice, 6, () => `group-${dice.below(Math.max(1, Math.ceil(slots / 20)))}`),
    conflicts: rarely(dice, 10, () => [`job-${dice.below(slots)}`].filter((name) => name !== `job-${at}`)) ?? [],
    with: rarely(dice, 50, () => [`job-${dice.below(at + 1)}`].filter((name) => name !== `job-${at}`)) ?? [],
    priority: dice.below(20) === 0 ? 80 : 50,
  }
}

function drawSlot(dice: Dice, at: number, slots: number): Demand {
  const gpu = dice.below(40) === 0 ? (dice.pick([250, 500, 1000, 1000]) ?? 0) : 0
  const name = `job-${at}`
  return demand(
    `${name}.0`,
    job(name, {
      ...drawRules(dice, at, slots),
      resources: {
        cpu: 100 + 50 * dice.below(40),
        memory: (128 + 64 * dice.below(90)) * MIB,
        disk: dice.below(3) === 0 ? dice.below(20) * GIB : 0,
        devices: gpu > 0 ? { gpu } : {},
      },
    }),
  )
}

/** Slots that are all different, each of a job of its own, on hosts of four models: about two thirds of them filled by ten slots per host. */
export function generate({ hosts, slots, seed, strategy }: Recipe): PlaceInput {
  const dice = new Dice(seed)
  return {
    candidates: Array.from({ length: hosts }, (_, at) => drawHost(dice, at, hosts)),
    demands: Array.from({ length: slots }, (_, at) => drawSlot(dice, at, slots)),
    occupants: [],
    strategy,
  }
}
