// A cluster that is only thought of: what hc simulate is asked, and what it answers.
import type { Job } from './job.js'
import type { HostName, JobName, SlotName } from './names.js'
import type { Candidate, Rejection, Survival } from './plan.js'
import type { Resources } from './resources.js'
import type { UnplacedView } from './views.js'

/** Hosts times slots: beyond it the losses of single hosts are not looked at by hc simulate, for each costs a placement of its own. */
export const MOST_LOOKED_AT = 50_000

/** A host of a scenario, its capacity net of any reserve. What is null is not known, and meets no constraint. */
export type ScenarioHost = Pick<
  Candidate,
  'name' | 'capacity' | 'labels' | 'os' | 'osVersion' | 'arch' | 'kernel' | 'drivers'
>

/** A slot and the host that it runs on. */
export interface Running {
  readonly slot: SlotName
  readonly host: HostName
}

/** One scenario. Every slot of `running` is one of a job, every host one of `hosts`. */
export interface Scenario {
  readonly hosts: readonly ScenarioHost[]
  readonly jobs: readonly Job[]
  /** Each slot at most once. */
  readonly running: readonly Running[]
  /** Hosts that are lost. */
  readonly lose: readonly HostName[]
}

/** A running slot that changes its host. */
export interface SimulatedMove {
  readonly slot: SlotName
  readonly from: HostName
  readonly to: HostName
}

/** What `hc simulate --input` prints; all lists by slot name. */
export interface ScenarioView {
  /** All that has a place: what stays, what moves, what is new. */
  readonly placements: readonly Running[]
  /** One reason for each host that is left. */
  readonly unplaced: readonly { readonly slot: SlotName; readonly reasons: readonly Rejection[] }[]
  /** Of slots that run on a host that is not lost. */
  readonly moves: readonly SimulatedMove[]
  /** By host that is left: what else would be lost with it. */
  readonly survives: Readonly<Record<HostName, Survival>>
  /** The number of placed slots, and then of moves, is shown to be the best that can be. */
  readonly proved: boolean
}

/** What stands on a host. */
export interface SimulatedLoad {
  readonly slots: number
  readonly used: Resources
}

/** One host before and after. */
export interface SimulatedHost {
  readonly name: HostName
  /** What jobs may use in all. */
  readonly capacity: Resources
  readonly before: SimulatedLoad
  readonly after: SimulatedLoad
  readonly lost: boolean
}

/** How many more slots of a job would fit, where nothing that has its place is moved. */
export interface SimulatedFill {
  readonly job: JobName
  readonly more: number
  /** By host, those with any. */
  readonly hosts: Readonly<Record<HostName, number>>
  /** Why the next one has no place; empty where more fit than are looked for. */
  readonly stopped: readonly Rejection[]
}

/** What `hc simulate` shows of a cluster, or of a scenario. */
export interface SimulationView extends Omit<ScenarioView, 'unplaced'> {
  /** By slot name. */
  readonly unplaced: readonly UnplacedView[]
  /** What would make all of those fit; null: they are not several, or no change of one host would do. */
  readonly remedy: string | null
  /** Which further losses would be survived was looked at; not where hosts times slots are too many. */
  readonly looked: boolean
  /** What was taken as given, and what is not known, as sentences. */
  readonly basis: readonly string[]
  /** By name, those that are lost too. */
  readonly hosts: readonly SimulatedHost[]
  /** null: not asked for. */
  readonly fill: SimulatedFill | null
}
