// The inventory, as Ansible reads it.
import type { EditChoices, InventoryEdit, InventoryEditView, OpenFile } from '../../model/inventory-edit.js'
import { inventoryGraph, inventoryList } from '../../spec/inventory-list.js'
import { openFile } from '../inventory-draft.js'
import { editFiles } from '../inventory-edit.js'
import { hostsMatching, type Wiring } from './desk.js'

/** The inventory. */
export interface InventoryDesk {
  /** What `ansible-inventory --list` prints. */
  inventoryList(limit: string | null): Promise<unknown>
  /** What `ansible-inventory --graph` prints. */
  inventoryGraph(): Promise<string>
  /** Changes the files in place. Throws UserError with every fault. */
  editInventory(edit: InventoryEdit, choices: EditChoices): Promise<InventoryEditView>
  /** A file of the inventory for an editor; `name`: the inventory without one. */
  openInventoryFile(name: string | null): Promise<OpenFile>
}

/** The desk over the real doors. */
export function inventoryDesk(wiring: Wiring): InventoryDesk {
  return {
    inventoryList: async (limit) => {
      const { data } = await wiring.reader.read()
      return inventoryList(data, limit === null ? null : await hostsMatching(wiring, limit))
    },
    inventoryGraph: async () => inventoryGraph((await wiring.reader.read()).data),
    editInventory: (edit, choices) => editFiles(wiring, edit, choices),
    openInventoryFile: (name) => openFile(wiring, name),
  }
}
