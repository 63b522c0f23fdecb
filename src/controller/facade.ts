// What commands call: all desks as one.
import type { Hc } from './api.js'
import { clusterDesk } from './desks/cluster.js'
import { controlDesk } from './desks/control.js'
import type { Wiring } from './desks/desk.js'
import { doctorDesk } from './desks/doctor.js'
import { drillDesk } from './desks/drill.js'
import { execDesk } from './desks/exec.js'
import { hostsDesk } from './desks/hosts.js'
import { inventoryDesk } from './desks/inventory.js'
import { jobsDesk } from './desks/jobs.js'
import { journalDesk } from './desks/journal.js'
import { rebalanceDesk } from './desks/rebalance.js'
import { simulateDesk } from './desks/simulate.js'
import { storeDesk } from './desks/store.js'

/** The commands' view of everything, over the real doors. */
export function createFacade(wiring: Wiring): Hc {
  return {
    inventoryFile: wiring.reader.file,
    ...clusterDesk(wiring),
    ...jobsDesk(wiring),
    ...hostsDesk(wiring),
    ...journalDesk(wiring),
    ...execDesk(wiring),
    ...drillDesk(wiring),
    ...inventoryDesk(wiring),
    ...rebalanceDesk(wiring),
    ...simulateDesk(wiring),
    ...doctorDesk(wiring),
    ...storeDesk(wiring),
    ...controlDesk(wiring),
    close: () => wiring.world.transport.close(),
  }
}
