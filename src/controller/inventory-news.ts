// A faulty version of the inventory: in the record once, and once when the file can be used again.
import type { NewEvent } from '../model/event.js'

/** Remembers between ticks what was told of the inventory. */
export class InventoryNews {
  #told: string | null = null

  /** The event where it has changed. `fault`: see `World.inventoryFault`. */
  since(fault: string | null): readonly NewEvent[] {
    if (fault === this.#told) return []
    this.#told = fault
    const text = fault ?? 'the inventory is without faults again, and in force'
    return [{ kind: 'inventory', host: null, slot: null, reason: null, text }]
  }
}
