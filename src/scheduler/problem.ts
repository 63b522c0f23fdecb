// The input of place() in the form that it is worked on: names become numbers, amounts become vectors, all is sorted.
import type { AppliedJob, Job } from '../model/job.js'
import type { HostName, JobName, SlotName } from '../model/names.js'
import { byName } from '../model/names.js'
import type { Candidate, Demand, Occupant } from '../model/plan.js'
import type { Resources } from '../model/resources.js'
import { labelOf } from './attributes.js'

/** `Item.only`, `Item.previous`: any host, none. */
export const NO_HOST = -1
/** `Item.only`: a host that is not among the candidates. */
export const OTHER_HOST = -2

/** What slots of one applied job have in common. */
export interface Shape {
  readonly index: number
  readonly applied: AppliedJob
  readonly job: Job
  readonly jobId: number
  /** By dimension: `Problem.dimensions`. */
  readonly amounts: readonly number[]
  readonly fixedPorts: readonly number[]
  /** A fixed port that the job asks for twice, or null. */
  readonly doubledPort: number | null
  /** Names of the ports that any free number will do for, sorted. */
  readonly autoPorts: readonly string[]
  /** What one slot per host may hold: its fixed ports (the token is the number), its unit, its conflict group. */
  readonly tokens: readonly number[]
  /** Jobs that it does not run beside. */
  readonly conflicts: readonly number[]
  /** Jobs that it runs beside only. */
  readonly with: readonly number[]
}

/** A slot on the board: an occupant that stays, one that may be moved, or a demand, which may be put anywhere. */
export interface Item {
  readonly index: number
  readonly slot: SlotName
  readonly shape: Shape
  /** What it holds; of an occupant, the ports that it was given count. */
  readonly tokens: readonly number[]
  readonly only: number
  /** The name behind `only`. */
  readonly onlyName: HostName | null
  /** It has its place on `only` already. */
  readonly keeps: boolean
  readonly previous: number
  /** Set for an occupant that stays: where it is. */
  readonly fixedAt: number
  /** Set for an occupant that may be moved: where it runs now. A demand has none. */
  readonly home: number
  /** Of a demand: the host that it should come back to (`failback: home`). */
  readonly belongs: number
  /** Auto ports that it had before, to have them again. */
  readonly previousPorts: Readonly<Record<string, number>>
}

/** Values of one label over all hosts. */
export interface LabelIndex {
  /** By host: number of its value, or -1 where it lacks the label. */
  readonly values: readonly number[]
  readonly count: number
}

/** Everything that place() is asked, sorted: equal input in any order gives an equal problem. */
export interface Problem {
  /** By name. */
  readonly hosts: readonly Candidate[]
  /** By host, by dimension. */
  readonly capacity: readonly (readonly number[])[]
  /** `cpu`, `memory`, `disk`, then the devices by name. */
  readonly dimensions: readonly string[]
  readonly shapes: readonly Shape[]
  /** Demands first, by slot name; then occupants that may be moved; then those that stay. */
  readonly items: readonly Item[]
  readonly demandCount: number
  /** Demands and movable occupants: the items before this index are what a search may put elsewhere. */
  readonly freeCount: number
  readonly jobNames: readonly JobName[]
  /** Texts of the tokens above 65535, by token less 65536. */
  readonly tokenNames: readonly string[]
  readonly labels: ReadonlyMap<string, LabelIndex>
}

/** Tokens below this are port numbers. */
export const FIRST_NAMED_TOKEN = 65_536

/** Gives each text a number, counted from `first`. */
class Interner {
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

function dimensionsOf(all: readonly Resources[]): readonly string[] {
  const devices = new Set<string>()
  for (const resources of all) for (const name of Object.keys(resources.devices)) devices.add(name)
  return ['cpu', 'memory', 'disk', ...[...devices].sort(byName)]
}

function vector(resources: Resources, dimensions: readonly string[]): readonly number[] {
  const devices = dimensions.slice(3).map((name) => resources.devices[name] ?? 0)
  return [resources.cpu, resources.memory, resources.disk, ...devices]
}

class Compiler {
  readonly jobs = new Interner(0)
  readonly tokens = new Interner(FIRST_NAMED_TOKEN)
  readonly shapes: Shape[] = []
  readonly #byApplied = new Map<AppliedJob, Shape>()
  readonly #dimensions: readonly string[]

  constructor(dimensions: readonly string[]) {
    this.#dimensions = dimensions
  }

  shape(applied: AppliedJob): Shape {
    const known = this.#byApplied.get(applied)
    if (known !== undefined) return known
    const { job } = applied
    const ports = Object.entries(job.ports).sort(([a], [b]) => byName(a, b))
    const fixed = ports.flatMap(([, port]) => (port.host === null ? [] : [port.host]))
    const shape: Shape = {
      index: this.shapes.length,
      applied,
      job,
      jobId: this.jobs.id(job.name),
      amounts: vector(job.resources, this.#dimensions),
      fixedPorts: fixed,
      doubledPort: fixed.find((port, index) => fixed.indexOf(port) !== index) ?? null,
      autoPorts: ports.flatMap(([name, port]) => (port.host === null ? [name] : [])),
      tokens: [...new Set(fixed), ...this.#named(job)],
      conflicts: [...new Set(job.conflicts)].sort(byName).map((name) => this.jobs.id(name)),
      with: [...new Set(job.with)].sort(byName).map((name) => this.jobs.id(name)),
    }
    this.shapes.push(shape)
    this.#byApplied.set(applied, shape)
    return shape
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

function indexLabel(hosts: readonly Candidate[], label: string): LabelIndex {
  const values = new Interner(0)
  const ids = hosts.map((host) => {
    const value = labelOf(host, label)
    return value === null ? NO_HOST : values.id(value)
  })
  return { values: ids, count: values.names.length }
}

function indexLabels(hosts: readonly Candidate[], shapes: readonly Shape[]): ReadonlyMap<string, LabelIndex> {
  const labels = new Map<string, LabelIndex>()
  for (const { job } of shapes) {
    for (const label of [job.distinct, job.spread?.label ?? null]) {
      if (label !== null && !labels.has(label)) labels.set(label, indexLabel(hosts, label))
    }
  }
  return labels
}

/** Sorts and numbers the input. Occupants of hosts that are not candidates hold nothing here and are left out. */
export function compile(
  demands: readonly Demand[],
  candidates: readonly Candidate[],
  occupants: readonly Occupant[],
): Problem {
  const hosts = [...candidates].sort((a, b) => byName(a.name, b.name))
  const hostIds = new Map(hosts.map((host, index) => [host.name, index]))
  const sortedDemands = [...demands].sort((a, b) => byName(a.slot, b.slot))
  const sortedOccupants = occupants
    .filter((occupant) => hostIds.has(occupant.host))
    .sort(
      (a, b) =>
        Number(b.movable ?? false) - Number(a.movable ?? false) || byName(a.slot, b.slot) || byName(a.host, b.host),
    )
  const dimensions = dimensionsOf([
    ...hosts.map((host) => host.capacity),
    ...sortedDemands.map((demand) => demand.applied.job.resources),
    ...sortedOccupants.map((occupant) => occupant.applied.job.resources),
  ])
  const compiler = new Compiler(dimensions)
  const items: Item[] = []
  for (const demand of sortedDemands) {
    const shape = compiler.shape(demand.applied)
    items.push({
      index: items.length,
      slot: demand.slot,
      shape,
      tokens: shape.tokens,
      only: demand.only === null ? NO_HOST : (hostIds.get(demand.only) ?? OTHER_HOST),
      onlyName: demand.only,
      keeps: demand.keeps ?? false,
      previous: demand.previous === null ? NO_HOST : (hostIds.get(demand.previous) ?? NO_HOST),
      fixedAt: NO_HOST,
      home: NO_HOST,
      belongs: demand.home ? (hostIds.get(demand.home) ?? NO_HOST) : NO_HOST,
      previousPorts: demand.previousPorts ?? {},
    })
  }
  for (const occupant of sortedOccupants) {
    const shape = compiler.shape(occupant.applied)
    const here = hostIds.get(occupant.host) ?? NO_HOST
    const movable = occupant.movable ?? false
    items.push({
      index: items.length,
      slot: occupant.slot,
      shape,
      tokens: compiler.occupantTokens(occupant, shape),
      only: NO_HOST,
      onlyName: null,
      keeps: false,
      previous: movable ? here : NO_HOST,
      fixedAt: movable ? NO_HOST : here,
      home: movable ? here : NO_HOST,
      belongs: NO_HOST,
      previousPorts: occupant.ports,
    })
  }
  return {
    hosts,
    capacity: hosts.map((host) => vector(host.capacity, dimensions)),
    dimensions,
    shapes: compiler.shapes,
    items,
    demandCount: sortedDemands.length,
    freeCount: sortedDemands.length + sortedOccupants.filter(({ movable }) => movable ?? false).length,
    jobNames: compiler.jobs.names,
    tokenNames: compiler.tokens.names,
    labels: indexLabels(hosts, compiler.shapes),
  }
}
