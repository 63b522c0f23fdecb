// A cluster that is only thought of: what hc simulate is asked, and what it answers.
import type { DriverName, Job } from './job.js'
import type { HostName, SlotName } from './names.js'
import type { Rejection, Survival } from './plan.js'
import type { Resources } from './resources.js'

/** A host of a scenario. What is null is not known, and meets no constraint. */
export interface ScenarioHost {
  readonly name: HostName
  /** Net of any reserve. */
  readonly capacity: Resources
  readonly labels: Readonly<Record<string, string>>
  readonly os: string | null
  readonly osVersion: string | null
  readonly arch: string | null
  readonly kernel: string | null
  /** Driver -> version. */
  readonly drivers: Readonly<Partial<Record<DriverName, string>>> | null
}

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
