// The inventory, as Ansible reads it.
import { inventoryGraph, inventoryList } from '../../spec/inventory-list.js'
import { hostsMatching, type Wiring } from './desk.js'

/** The inventory. */
export interface InventoryDesk {
  /** What `ansible-inventory --list` prints. */
  inventoryList(limit: string | null): Promise<unknown>
  /** What `ansible-inventory --graph` prints. */
  inventoryGraph(): Promise<string>
}

/** The desk over the real doors. */
export function inventoryDesk(wiring: Wiring): InventoryDesk {
  return {
    inventoryList: async (limit) => {
      const { data } = await wiring.reader.read()
      return inventoryList(data, limit === null ? null : await hostsMatching(wiring, limit))
    },
    inventoryGraph: async () => inventoryGraph((await wiring.reader.read()).data),
  }
}
