// Where the inventory is when nobody names it.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** inventory.yml in the folder or above it, absolute; null where there is none. */
export function nearestInventory(from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, 'inventory.yml')
    if (existsSync(file)) return file
    if (folder === dirname(folder)) return null
  }
}
