// What the controller works with: the doors, and the facts about itself that it can't observe.
import type { Inventory } from '../model/host.js'
import type { Millis } from '../model/names.js'
import type { Clock, Feed, Fencer, Notifier, Pinger, Prober, Sources, Store, Transport } from '../ports.js'
import type { FullSolver } from './decider.js'
import type { TickKeeper } from './replay.js'

/** Everything outside the controller. */
export interface World {
  readonly clock: Clock
  readonly transport: Transport
  readonly store: Store
  /** The loop's snapshots, to whoever watches. */
  readonly feed: Feed
  /** The loop's connections, to looks of commands on this machine, while it ticks. Absent: they are lent to nobody. */
  readonly lending?: { open(): void; serve(): void; close(): Promise<void> }
  /** Ticks that acted, to be planned again. Absent: nobody keeps them. */
  readonly ticks?: TickKeeper
  readonly pinger: Pinger
  readonly sources: Sources
  /** Cuts the power of hosts; absent: nobody can. */
  readonly fencer?: Fencer
  /** Asks allocations how they are; absent: nobody does. */
  readonly prober?: Prober
  /** Searches in full beside a loop; absent: the loop waits for its searches. */
  readonly solver?: FullSolver
  /** Absent: nobody is told of anything. */
  readonly notifier?: Notifier
  /** The inventory in force; read again when the file changes. A faulty one keeps the last good one in force. */
  inventory(): Promise<Inventory>
  /** What that version was read from, by absolute path: kept in the store for the day when the file is faulty. */
  inventoryTexts(): Readonly<Record<string, string>>
  /** What is wrong with the file as it is now, while an earlier version is in force; null: nothing. */
  inventoryFault(): string | null
  /** Waits while a person is asked something; true: somebody was since the last call. Absent: nobody ever is. */
  answered?(): Promise<boolean>
  /** Nobody is asked anything before `until` has resolved; where it rejects, nobody ever is. */
  holdQuestions?(until: Promise<unknown>): void
  /** ms to wait for another hc. */
  readonly lockTimeoutMs: number
  /** Who this control machine is, in terms: see `ownerName`; null: the store itself says whose its records are. */
  readonly owner: string | null
  /** The store, as hc_store names it. Absent: it has no other name. */
  readonly storeName?: string
  /** See `Store.leftMs`. Absent: for as long as this process lives. */
  readonly leftMs?: () => Millis
  /** The kernel's boot id of this machine, to find it among the hosts; null or absent: not known. */
  readonly ownBootId?: string | null
  /** Its machine id, which containers on it do not share; null or absent: not known. */
  readonly ownMachineId?: string | null
  /** Hardware addresses of this machine, in lower case. Absent: not known. */
  readonly ownMacs?: readonly string[]
  /** This process, for what is told of it. */
  readonly pid: number
  /** Diagnostics. */
  debug(line: string): void
}
