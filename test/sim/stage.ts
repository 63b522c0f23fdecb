// What a simulation is asked with and what it answers.
import type { HostName, Millis, SlotName } from '../../src/model/names.js'
import type { MemoryDisk } from '../support/memory-store.js'
import type { FenceWay } from './fencer.js'
import type { SimHost } from './host.js'
import type { SimNetwork } from './network.js'
import type { Operator } from './operator.js'
import type { SimProcess } from './process.js'

/** How a simulation went. */
export interface Outcome {
  readonly seed: number
  readonly violations: readonly string[]
  readonly story: readonly string[]
  /** Ticks from the end of the faults until converged; null: not reached. */
  readonly convergedAfter: number | null
  /** Starts and stops by hc. */
  readonly effects: number
}

/** What a written scenario has in hand. */
export interface Stage {
  readonly hosts: ReadonlyMap<HostName, SimHost>
  readonly network: SimNetwork
  readonly operator: Operator
  readonly disk: MemoryDisk
  /** How the fence driver of each host is; absent: it works. Only where hosts have some. */
  readonly fences: Map<HostName, FenceWay>
  /** Hosts on which a slot runs. */
  placesOf(slot: SlotName): readonly HostName[]
  /** Time passes. */
  run(ms: Millis): Promise<void>
  loseStore(): void
  /** The loop, which nobody starts again when it ends; null: there is none. */
  leaveLoop(): SimProcess | null
  startLoop(): void
  /** Another process on the same store, whose loop `loop` may run. */
  newProcess(name: string): SimProcess
}

/** What is done on it. */
export type Scenario = (stage: Stage) => Promise<void>
