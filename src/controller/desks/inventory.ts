// The inventory, as Ansible reads it.
import { UserError } from '../../model/errors.js'
import type { EditChoices, InventoryEdit, InventoryEditView, OpenFile } from '../../model/inventory-edit.js'
import type { InventoryCheckView } from '../../model/views.js'
import type { InventoryData } from '../../spec/inventory.js'
import { inventoryGraph, inventoryHost, inventoryList } from '../../spec/inventory-list.js'
import { didYouMean } from '../../spec/nearest.js'
import { openFile } from '../inventory-draft.js'
import { editFiles } from '../inventory-edit.js'
import { namesMatching, type Wiring } from './desk.js'

/** What Ansible would print, and why hc itself can't go by it: null where it can. */
export interface AsAnsible<T> {
  readonly shown: T
  readonly unusable: string | null
}

/** The inventory. Listing needs no more than Ansible does, checking all that hc goes by. */
export interface InventoryDesk {
  /** What `ansible-inventory --list` prints. */
  inventoryList(limit: string | null): Promise<AsAnsible<unknown>>
  /** What `ansible-inventory --host` prints. Throws UserError where there is no such host. */
  inventoryHost(name: string): Promise<AsAnsible<unknown>>
  /** What `ansible-inventory --graph [GROUP] [--vars]` prints. Throws UserError where there is no such group. */
  inventoryGraph(options?: { readonly group?: string | null; readonly variables?: boolean }): Promise<AsAnsible<string>>
  /** Reads the inventory and the files beside it. Throws UserError with every fault. */
  inventoryCheck(): Promise<InventoryCheckView>
  /** Changes the files in place. Throws UserError with every fault. */
  editInventory(edit: InventoryEdit, choices: EditChoices): Promise<InventoryEditView>
  /** A file of the inventory for an editor; `name`: the inventory without one. */
  openInventoryFile(name: string | null): Promise<OpenFile>
}

/** The desk over the real doors. */
export function inventoryDesk(wiring: Wiring): InventoryDesk {
  const show = async <T>(make: (data: InventoryData) => T | Promise<T>): Promise<AsAnsible<T>> => {
    const { data, faults } = await wiring.reader.readAsAnsible()
    const count = faults.length === 1 ? 'a fault' : `${faults.length} faults`
    return {
      shown: await make(data),
      unusable: faults.length === 0 ? null : `hc cannot go by this inventory, it has ${count}: hc inventory check`,
    }
  }
  return {
    inventoryList: (limit) =>
      show(async (data) => inventoryList(data, limit === null ? null : await namesMatching(wiring, data, limit))),
    inventoryHost: (name) => show((data) => inventoryHost(data, name) ?? none('host', name, data.tree.hosts.keys())),
    inventoryGraph: (options = {}) =>
      show((data) => inventoryGraph(data, options) ?? none('group', options.group ?? '', data.tree.groups.keys())),
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
    editInventory: (edit, choices) => editFiles(wiring, edit, choices),
    openInventoryFile: (name) => openFile(wiring, name),
  }
}

function none(what: string, name: string, known: Iterable<string>): never {
  const hint = didYouMean(name, known) ?? 'hc inventory graph shows them all'
  throw new UserError(`"${name}" is no ${what} of the inventory`, { code: 'not-found', hint })
}
