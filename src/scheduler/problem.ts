// The input of place() in the form that it is worked on: names become numbers, amounts become vectors, all is sorted.
import type { HostName, JobName, SlotName } from '../model/names.js'
import { byName, sortedByName } from '../model/names.js'
import type { Candidate, Demand, Occupant } from '../model/plan.js'
import type { Resources } from '../model/resources.js'
import { labelOf } from './attributes.js'
import type { Shape } from './shapes.js'
import { Interner, ShapeBook, vector } from './shapes.js'
import { splitAmount } from './shares.js'
import { type Beside, besideDevices } from './stranded.js'

export type { Shape } from './shapes.js'
export { FIRST_NAMED_TOKEN } from './shapes.js'

/** `Item.only`, `Item.previous`: any host, none. */
export const NO_HOST = -1
/** `Item.only`: a host that is not among the candidates. */
export const OTHER_HOST = -2

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
  readonly values: Int32Array
  readonly count: number
  /** Hosts that lack it. */
  readonly missing: number
}

/** Everything that place() is asked, sorted: equal input in any order gives an equal problem. */
export interface Problem {
  /** By name. */
  readonly hosts: readonly Candidate[]
  /** By host and dimension: at `host * dimensions.length + dimension`. */
  readonly capacity: Float64Array
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
  /** Job -> labels by which its slots are counted: those of `distinct` and `spread` in any version that is here. */
  readonly jobLabels: ReadonlyMap<number, readonly string[]>
  /** By dimension: true for a device of which someone here has a share or wants one. */
  readonly shared: readonly boolean[]
  /** What is usually asked for beside a device. */
  readonly beside: readonly Beside[]
}

const NO_PORTS: Readonly<Record<string, number>> = {}

/** Names of all devices, sorted. */
function devicesOf(
  hosts: readonly Candidate[],
  demands: readonly Demand[],
  occupants: readonly Occupant[],
): readonly string[] {
  const devices = new Set<string>()
  const add = (resources: Resources) => {
    for (const name in resources.devices) devices.add(name)
  }
  for (const { capacity } of hosts) add(capacity)
  for (const { applied } of demands) add(applied.job.resources)
  for (const { applied } of occupants) add(applied.job.resources)
  return [...devices].sort(byName)
}

function indexLabel(hosts: readonly Candidate[], label: string): LabelIndex {
  const values = new Interner(0)
  const ids = hosts.map((host) => {
    const value = labelOf(host, label)
    return value === null ? NO_HOST : values.id(value)
  })
  return { values: Int32Array.from(ids), count: values.names.length, missing: ids.filter((id) => id < 0).length }
}

type LabelIndexes = Pick<Problem, 'labels' | 'jobLabels'>

function indexLabels(hosts: readonly Candidate[], shapes: readonly Shape[]): LabelIndexes {
  const labels = new Map<string, LabelIndex>()
  const jobLabels = new Map<number, string[]>()
  for (const { job, jobId } of shapes) {
    for (const label of [job.distinct, job.spread?.label ?? null]) {
      if (label === null) continue
      if (!labels.has(label)) labels.set(label, indexLabel(hosts, label))
      const own = jobLabels.get(jobId)
      if (own === undefined) jobLabels.set(jobId, [label])
      else if (!own.includes(label)) own.push(label)
    }
  }
  return { labels, jobLabels }
}

function capacities(hosts: readonly Candidate[], devices: readonly string[]): Float64Array {
  const all = new Float64Array(hosts.length * (3 + devices.length))
  for (const [index, host] of hosts.entries()) all.set(vector(host.capacity, devices), index * (3 + devices.length))
  return all
}

function sharedDimensions(shapes: readonly Shape[], dimensions: readonly string[]): readonly boolean[] {
  const shared = dimensions.map(() => false)
  for (const { needs, amounts } of shapes) {
    if ((needs.at(-1) ?? 0) < 3) continue
    for (const dimension of needs) {
      if (dimension >= 3 && splitAmount(amounts[dimension] ?? 0).share > 0) shared[dimension] = true
    }
  }
  return shared
}

function demandItem(demand: Demand, index: number, shape: Shape, hostIds: ReadonlyMap<HostName, number>): Item {
  const at = (name: HostName | null | undefined) => (name ? (hostIds.get(name) ?? NO_HOST) : NO_HOST)
  return {
    index,
    slot: demand.slot,
    shape,
    tokens: shape.tokens,
    only: demand.only === null ? NO_HOST : (hostIds.get(demand.only) ?? OTHER_HOST),
    onlyName: demand.only,
    keeps: demand.keeps ?? false,
    previous: at(demand.previous),
    fixedAt: NO_HOST,
    home: NO_HOST,
    belongs: at(demand.home),
    previousPorts: demand.previousPorts ?? NO_PORTS,
  }
}

function occupantItem(occupant: Occupant, index: number, book: ShapeBook, here: number): Item {
  const shape = book.shape(occupant.applied)
  const movable = occupant.movable ?? false
  return {
    index,
    slot: occupant.slot,
    shape,
    tokens: book.occupantTokens(occupant, shape),
    only: NO_HOST,
    onlyName: null,
    keeps: false,
    previous: movable ? here : NO_HOST,
    fixedAt: movable ? NO_HOST : here,
    home: movable ? here : NO_HOST,
    belongs: NO_HOST,
    previousPorts: occupant.ports,
  }
}

/** Those that may be moved first, each kind by slot and host. */
function sortedOccupants(occupants: readonly Occupant[]): readonly Occupant[] {
  const sorted = sortedByName(
    sortedByName(occupants, ({ host }) => host),
    ({ slot }) => slot,
  )
  return [...sorted.filter(({ movable }) => movable === true), ...sorted.filter(({ movable }) => movable !== true)]
}

/** Sorts and numbers the input. Occupants of hosts that are not candidates hold nothing here and are left out. */
export function compile(
  demands: readonly Demand[],
  candidates: readonly Candidate[],
  occupants: readonly Occupant[],
): Problem {
  const hosts = sortedByName(candidates, ({ name }) => name)
  const hostIds = new Map(hosts.map((host, index) => [host.name, index]))
  const wanted = sortedByName(demands, ({ slot }) => slot)
  const staying = sortedOccupants(occupants.filter((occupant) => hostIds.has(occupant.host)))
  const devices = devicesOf(hosts, wanted, staying)
  const book = new ShapeBook(devices)
  const items = wanted.map((demand, index) => demandItem(demand, index, book.shape(demand.applied), hostIds))
  for (const occupant of staying) {
    items.push(occupantItem(occupant, items.length, book, hostIds.get(occupant.host) ?? NO_HOST))
  }
  const dimensions = ['cpu', 'memory', 'disk', ...devices]
  return {
    hosts,
    capacity: capacities(hosts, devices),
    dimensions,
    shapes: book.shapes,
    items,
    demandCount: wanted.length,
    freeCount: wanted.length + staying.filter(({ movable }) => movable === true).length,
    jobNames: book.jobs.names,
    tokenNames: book.tokens.names,
    ...indexLabels(hosts, book.shapes),
    shared: sharedDimensions(book.shapes, dimensions),
    beside: besideDevices(items, dimensions.length),
  }
}
