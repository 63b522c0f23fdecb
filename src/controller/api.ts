// All that commands can do with a cluster: the outside of the program, desk by desk.
import type { ClusterDesk } from './desks/cluster.js'
import type { ControlDesk } from './desks/control.js'
import type { DoctorDesk } from './desks/doctor.js'
import type { DrillDesk } from './desks/drill.js'
import type { ExecDesk } from './desks/exec.js'
import type { HostsDesk } from './desks/hosts.js'
import type { InventoryDesk } from './desks/inventory.js'
import type { JobsDesk } from './desks/jobs.js'
import type { JournalDesk } from './desks/journal.js'
import type { RebalanceDesk } from './desks/rebalance.js'
import type { SimulateDesk } from './desks/simulate.js'
import type { StoreDesk } from './desks/store.js'

export type { EventOptions } from '../cluster/events.js'
export type { LogOptions } from '../cluster/logs.js'
export type { LoopChoices, WatchOptions } from './desks/cluster.js'
export type { DrillOptions as DrillLoseOptions } from './desks/drill.js'
export type { ExecOptions } from './desks/exec.js'
export type { DrainOptions, HostRunOptions } from './desks/hosts.js'
export type { ApplyOptions } from './desks/jobs.js'
export type { RebalanceOptions } from './desks/rebalance.js'

/** All that commands can do. Close it when done. */
export interface Hc
  extends ClusterDesk,
    DoctorDesk,
    JobsDesk,
    HostsDesk,
    JournalDesk,
    ExecDesk,
    InventoryDesk,
    SimulateDesk,
    StoreDesk,
    ControlDesk,
    DrillDesk,
    RebalanceDesk {
  /** Absolute path of the inventory. */
  readonly inventoryFile: string
  close(): Promise<void>
}
