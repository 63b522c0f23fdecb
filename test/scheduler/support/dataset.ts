// The small clusters with exact answers in test/scheduler/data, as input of place(). The schema is that of the files.
import { readFileSync } from 'node:fs'
import type { Job } from '../../../src/model/job.js'
import type { PlaceInput } from '../../../src/scheduler/place.js'
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

export function instances(): readonly Instance[] {
  const text = readFileSync(new URL('../data/feasibility-dev.jsonl', import.meta.url), 'utf8')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Instance => JSON.parse(line))
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
