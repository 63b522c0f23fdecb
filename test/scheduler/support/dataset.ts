// The small clusters with exact answers in test/scheduler/data, as input of place(). The schema is that of the files.
import { readFileSync } from 'node:fs'
import type { Job } from '../../../src/model/job.js'
import type { PlaceInput, PlaceResult } from '../../../src/scheduler/place.js'
import { applied, candidate, constraint, demand, job, MIB } from './make.js'

interface Instance {
  readonly id: string
  readonly hosts: readonly {
    readonly id: string
    readonly cpu: number
    readonly mem: number
    readonly disk: number
    readonly gpu: number
    readonly labels: Readonly<Record<string, string>>
  }[]
  readonly tasks: readonly {
    readonly id: string
    readonly cpu: number
    readonly mem: number
    readonly disk: number
    readonly gpu: number
    readonly anti?: string
    readonly ports?: readonly number[]
    readonly require?: Readonly<Record<string, string>>
  }[]
  readonly feasible: boolean
}

/** A cluster that loses a host: who is where on all of them, and the fewest moves that mend it (null: none do). */
export interface Failover extends Instance {
  readonly initial: Readonly<Record<string, string>>
  readonly dead: string
  readonly minMoves: number | null
}

function lines(name: string): readonly string[] {
  const text = readFileSync(new URL(`../data/${name}.jsonl`, import.meta.url), 'utf8')
  return text.split('\n').filter((line) => line !== '')
}

export function instances(): readonly Instance[] {
  return lines('feasibility-dev').map((line): Instance => JSON.parse(line))
}

export function failovers(): readonly Failover[] {
  return lines('failover-dev').map((line): Failover => JSON.parse(line))
}

function amounts(of: { cpu: number; mem: number; disk: number; gpu: number }) {
  return { cpu: of.cpu, memory: of.mem * MIB, disk: of.disk * MIB, devices: { gpu: of.gpu * 1000 } }
}

function jobOf(task: Instance['tasks'][number]): Job {
  return job(task.id.replaceAll('.', '-'), {
    resources: amounts(task),
    conflictGroup: task.anti ?? null,
    ports: Object.fromEntries((task.ports ?? []).map((port) => [`p${port}`, { host: port, container: null }])),
    constraints: Object.entries(task.require ?? {}).map(([key, value]) => constraint(`labels.${key} == ${value}`)),
  })
}

export function inputOf(instance: Instance): PlaceInput {
  return {
    candidates: instance.hosts.map((host) => candidate(host.id, { capacity: amounts(host), labels: host.labels })),
    demands: instance.tasks.map((task) => demand(`${task.id.replaceAll('.', '-')}.0`, applied(jobOf(task)))),
    occupants: [],
    strategy: 'balanced',
  }
}

/** What is asked after the loss: places for what ran on the dead host, where all others may be moved. */
export function lossOf(instance: Failover): PlaceInput {
  const whole = inputOf(instance)
  const homes = new Map(Object.entries(instance.initial).map(([id, host]) => [`${id.replaceAll('.', '-')}.0`, host]))
  const survives = ({ slot }: { slot: string }) => homes.get(slot) !== instance.dead
  return {
    ...whole,
    candidates: whole.candidates.filter(({ name }) => name !== instance.dead),
    demands: whole.demands.filter((each) => !survives(each)),
    occupants: whole.demands.filter(survives).map((each) => ({
      slot: each.slot,
      host: homes.get(each.slot) ?? '',
      applied: each.applied,
      ports: Object.fromEntries(
        Object.entries(each.applied.job.ports).flatMap(([name, { host }]) => (host === null ? [] : [[name, host]])),
      ),
      movable: true,
    })),
    moves: Number.POSITIVE_INFINITY,
  }
}

/** What is left to judge once moves are made: those who moved count as new, the others as staying. */
export function afterMoves(input: PlaceInput, result: PlaceResult): readonly [PlaceInput, PlaceResult] {
  const moved = new Set(result.moved.map(({ slot }) => slot))
  const gone = new Set(result.evicted.map(({ slot }) => slot))
  const movers = input.occupants.filter(({ slot }) => moved.has(slot))
  return [
    {
      ...input,
      demands: [...input.demands, ...movers.map(({ slot, applied: once }) => demand(slot, once))],
      occupants: input.occupants.filter(({ slot }) => !moved.has(slot) && !gone.has(slot)),
    },
    { ...result, placed: [...result.placed, ...result.moved], moved: [], evicted: [] },
  ]
}
