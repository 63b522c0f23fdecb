// The inventory, as Ansible reads it.
import { UserError } from '../../model/errors.js'
import type { EditChoices, InventoryEdit, InventoryEditView, OpenFile } from '../../model/inventory-edit.js'
import { inventoryGraph, inventoryHost, inventoryList } from '../../spec/inventory-list.js'
import { didYouMean } from '../../spec/nearest.js'
import { openFile } from '../inventory-draft.js'
import { editFiles } from '../inventory-edit.js'
import { hostsMatching, type Wiring } from './desk.js'

/** The inventory. */
export interface InventoryDesk {
  /** What `ansible-inventory --list` prints. */
  inventoryList(limit: string | null): Promise<unknown>
  /** What `ansible-inventory --host` prints. Throws UserError where there is no such host. */
  inventoryHost(name: string): Promise<unknown>
  /** What `ansible-inventory --graph [GROUP] [--vars]` prints. Throws UserError where there is no such group. */
  inventoryGraph(options?: { readonly group?: string | null; readonly variables?: boolean }): Promise<string>
  /** Changes the files in place. Throws UserError with every fault. */
  editInventory(edit: InventoryEdit, choices: EditChoices): Promise<InventoryEditView>
  /** A file of the inventory for an editor; `name`: the inventory without one. */
  openInventoryFile(name: string | null): Promise<OpenFile>
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
    editInventory: (edit, choices) => editFiles(wiring, edit, choices),
    openInventoryFile: (name) => openFile(wiring, name),
  }
}

function none(what: string, name: string, known: Iterable<string>): never {
  const hint = didYouMean(name, known) ?? 'hc inventory graph shows them all'
  throw new UserError(`"${name}" is no ${what} of the inventory`, { code: 'not-found', hint })
}
