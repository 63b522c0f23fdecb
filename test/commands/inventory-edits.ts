// The commands that edit the inventory, each with words that make sense and fields of its document.
import InventoryAdd from '../../commands/inventory/add.js'
import InventoryGroupAdd from '../../commands/inventory/group/add.js'
import InventoryGroupRemove from '../../commands/inventory/group/remove.js'
import InventoryRemove from '../../commands/inventory/remove.js'
import InventoryRename from '../../commands/inventory/rename.js'
import InventorySet from '../../commands/inventory/set.js'
import InventoryUnset from '../../commands/inventory/unset.js'

const FIELDS = ['file', 'changed', 'dryRun', 'declined', 'diff', 'changes', 'moved', 'notes'] as const

export const INVENTORY_EDITS = [
  [InventoryAdd, ['nuc4'], [...FIELDS, 'trials']],
  [InventoryRemove, ['nuc4', '--yes', '--purge'], [...FIELDS, 'purged']],
  [InventorySet, ['nuc1', 'a=1'], FIELDS],
  [InventoryUnset, ['nuc1', 'a'], FIELDS],
  [InventoryRename, ['nuc1', 'tower'], FIELDS],
  [InventoryGroupAdd, ['web', 'nuc1'], FIELDS],
  [InventoryGroupRemove, ['web', 'nuc1'], FIELDS],
] as const
