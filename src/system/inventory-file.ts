// Where the inventory is when nobody names it.
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { UserError } from '../model/errors.js'

/** inventory.yml in the folder or above it, absolute; null where there is none. */
export function nearestInventory(from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, 'inventory.yml')
    if (existsSync(file)) return file
    if (folder === dirname(folder)) return null
  }
}

/** -i, HC_INVENTORY (the command passes it on), else inventory.yml in the working folder or above it. Throws UserError. */
export function findInventory(named: string | undefined): string {
  if (named !== undefined) {
    const file = resolve(named)
    if (!existsSync(file)) {
      throw new UserError(`the inventory ${named} does not exist`, { code: 'not-found', missing: named })
    }
    return file
  }
  const nearest = nearestInventory(process.cwd())
  if (nearest !== null) return nearest
  throw new UserError('there is no inventory.yml here or in a folder above', {
    code: 'not-found',
    hint: 'hc init begins a cluster here; else go to the folder that holds it, or name it: -i FILE or HC_INVENTORY',
  })
}
