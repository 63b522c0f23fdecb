// Placeholder of the working tree only.
import type { HostName } from '../model/names.js'
import type { InventoryData } from './inventory.js'
export function inventoryList(_d: InventoryData, _l: readonly HostName[] | null): unknown {
  return {}
}
export function inventoryGraph(_d: InventoryData): string {
  return ''
}
