// The inventory, as Ansible reads it.
import { UserError } from '../../model/errors.js'
import type { InventoryCheckView } from '../../model/views.js'
import { inventoryGraph, inventoryHost, inventoryList } from '../../spec/inventory-list.js'
import { didYouMean } from '../../spec/nearest.js'
import { hostsMatching, type Wiring } from './desk.js'

/** The inventory. */
export interface InventoryDesk {
  /** What `ansible-inventory --list` prints. */
  inventoryList(limit: string | null): Promise<unknown>
  /** What `ansible-inventory --host` prints. Throws UserError where there is no such host. */
  inventoryHost(name: string): Promise<unknown>
  /** What `ansible-inventory --graph [GROUP] [--vars]` prints. Throws UserError where there is no such group. */
  inventoryGraph(options?: { readonly group?: string | null; readonly variables?: boolean }): Promise<string>
  /** Reads the inventory and the files beside it. Throws UserError with every fault. */
  inventoryCheck(): Promise<InventoryCheckView>
}

/** The desk over the real doors. */
export function inventoryDesk(wiring: Wiring): InventoryDesk {
  const read = async () => (await wiring.reader.read()).data
  return {
    inventoryList: async (limit) =>
      inventoryList(await read(), limit === null ? null : await hostsMatching(wiring, limit)),
    inventoryHost: async (name) => {
      const data = await read()
      return inventoryHost(data, name) ?? none('host', name, data.tree.hosts.keys())
    },
    inventoryGraph: async (options = {}) => {
      const data = await read()
      return inventoryGraph(data, options) ?? none('group', options.group ?? '', data.tree.groups.keys())
    },
    inventoryCheck: async () => {
      const { inventory, data } = await wiring.reader.read()
      const groups = [...data.tree.groups.keys()].filter((name) => name !== 'all' && name !== 'ungrouped')
      return {
        files: Object.keys(wiring.reader.texts).filter((path) => !path.endsWith('/')),
        hosts: inventory.hosts.map(({ name }) => name),
        groups,
        notes: inventory.notes,
      }
    },
  }
}

function none(what: string, name: string, known: Iterable<string>): never {
  const hint = didYouMean(name, known) ?? 'hc inventory graph shows them all'
  throw new UserError(`"${name}" is no ${what} of the inventory`, { code: 'not-found', hint })
}
