// What slots of one applied job have in common, as numbers: amounts become vectors, names become ids.
import type { AppliedJob, Job } from '../model/job.js'
import type { JobName } from '../model/names.js'
import { byName } from '../model/names.js'
import type { Occupant } from '../model/plan.js'
import type { Resources } from '../model/resources.js'
import { AUTO_PORTS } from './autoports.js'

/** What slots of one applied job have in common. */
export interface Shape {
  readonly index: number
  readonly applied: AppliedJob
  readonly job: Job
  readonly jobId: number
  /** By dimension: `Problem.dimensions`. */
  readonly amounts: readonly number[]
  /** Dimensions of which it asks for anything, rising. */
  readonly needs: readonly number[]
  readonly fixedPorts: readonly number[]
  /** A fixed port that the job asks for twice, or null. */
  readonly doubledPort: number | null
  /** Names of the ports that any free number will do for, sorted. */
  readonly autoPorts: readonly string[]
  /** Numbers of the auto range that it takes: a fixed port may lie there too, and use up what others were promised. */
  readonly rangeNeed: number
  /** What one slot per host may hold: its fixed ports (the token is the number), its unit, its conflict group. */
  readonly tokens: readonly number[]
  /** Jobs that it does not run beside. */
  readonly conflicts: readonly number[]
  /** Jobs that it runs beside only. */
  readonly with: readonly number[]
}

/** Tokens below this are port numbers. */
export const FIRST_NAMED_TOKEN = 65_536

/** Gives each text a number, counted from `first`. */
export class Interner {
  readonly names: string[] = []
  readonly #ids = new Map<string, number>()
  readonly #first: number

  constructor(first: number) {
    this.#first = first
  }

  id(name: string): number {
    const known = this.#ids.get(name)
    if (known !== undefined) return known
    const id = this.#first + this.names.length
    this.names.push(name)
    this.#ids.set(name, id)
    return id
  }
}

const NONE: readonly never[] = []
const NO_PORTS = { fixedPorts: NONE, doubledPort: null, autoPorts: NONE }

/** True for the numbers that auto ports are given. */
export function inAutoRange(port: number): boolean {
  return port >= AUTO_PORTS.first && port <= AUTO_PORTS.last
}

function portsOf(job: Job): Pick<Shape, 'fixedPorts' | 'doubledPort' | 'autoPorts'> {
  const names = Object.keys(job.ports)
  if (names.length === 0) return NO_PORTS
  const ports = names.sort(byName).map((name) => ({ name, number: job.ports[name]?.host ?? null }))
  const fixed = ports.flatMap(({ number }) => (number === null ? [] : [number]))
  return {
    fixedPorts: fixed,
    doubledPort: fixed.find((port, index) => fixed.indexOf(port) !== index) ?? null,
    autoPorts: ports.flatMap(({ name, number }) => (number === null ? [name] : [])),
  }
}

/** By dimension: cpu, memory, disk and the devices that are named. */
export function vector({ cpu, memory, disk, devices }: Resources, names: readonly string[]): readonly number[] {
  const all = [cpu, memory, disk]
  for (const name of names) all.push(devices[name] ?? 0)
  return all
}

function needsOf(amounts: readonly number[]): readonly number[] {
  const needs: number[] = []
  for (let dimension = 0; dimension < amounts.length; dimension += 1) {
    if ((amounts[dimension] ?? 0) > 0) needs.push(dimension)
  }
  return needs
}

/** Makes shapes and gives out the ids. */
export class ShapeBook {
  readonly jobs = new Interner(0)
  readonly tokens = new Interner(FIRST_NAMED_TOKEN)
  readonly shapes: Shape[] = []
  readonly #byApplied = new Map<AppliedJob, Shape>()
  readonly #devices: readonly string[]

  /** `devices`: their names, in the order of the dimensions. */
  constructor(devices: readonly string[]) {
    this.#devices = devices
  }

  /** The shape of an applied job: the same one for the same record. */
  shape(applied: AppliedJob): Shape {
    const known = this.#byApplied.get(applied)
    if (known !== undefined) return known
    const { job } = applied
    const ports = portsOf(job)
    const amounts = vector(job.resources, this.#devices)
    const shape: Shape = {
      index: this.shapes.length,
      applied,
      job,
      jobId: this.jobs.id(job.name),
      amounts,
      needs: needsOf(amounts),
      ...ports,
      rangeNeed: ports.fixedPorts.filter(inAutoRange).length + ports.autoPorts.length,
      tokens: this.#tokensOf(job, ports.fixedPorts),
      conflicts: this.#ids(job.conflicts),
      with: this.#ids(job.with),
    }
    this.shapes.push(shape)
    this.#byApplied.set(applied, shape)
    return shape
  }

  #ids(names: readonly JobName[]): readonly number[] {
    if (names.length === 0) return NONE
    return [...new Set(names)].sort(byName).map((name) => this.jobs.id(name))
  }

  #tokensOf(job: Job, fixed: readonly number[]): readonly number[] {
    if (fixed.length === 0 && job.unit === null && job.conflictGroup === null) return NONE
    return [...new Set(fixed), ...this.#named(job)]
  }

  #named(job: Job): readonly number[] {
    const names: string[] = []
    if (job.unit !== null) names.push(`unit ${job.unit}`)
    if (job.conflictGroup !== null) names.push(`conflict group ${job.conflictGroup}`)
    return names.map((name) => this.tokens.id(name))
  }

  /** An occupant holds the ports that it was given, which an older version of its job may have asked for. */
  occupantTokens(occupant: Occupant, shape: Shape): readonly number[] {
    const given = new Set(Object.values(occupant.ports))
    for (const [name, port] of Object.entries(shape.job.ports)) {
      if (port.host !== null && occupant.ports[name] === undefined) given.add(port.host)
    }
    return [...[...given].sort((a, b) => a - b), ...this.#named(shape.job)]
  }
}
