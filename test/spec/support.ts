// What the tests of this room share.
import type { Fault } from '../../src/model/errors.js'
import { formatAt } from '../../src/model/errors.js'
import type { Job } from '../../src/model/job.js'
import { type InventoryFiles, parseInventory } from '../../src/spec/inventory.js'
import { parseJob } from '../../src/spec/job.js'

/** `file:line:col: message` of each fault. */
export function lines(faults: readonly Fault[]): string[] {
  return faults.map((fault) => `${fault.at === null ? '' : `${formatAt(fault.at)}: `}${fault.message}`)
}

/** The job of a text that must be right. */
export function jobOf(text: string, file = '/srv/cluster/jobs/web.yml'): Job {
  const read = parseJob(file, text)
  if ('faults' in read) throw new Error(lines(read.faults).join('\n'))
  return read.job
}

/** The faults of a text that must be wrong. */
export function faultsOf(text: string, file = 'jobs/web.yml'): readonly Fault[] {
  const read = parseJob(file, text)
  return 'faults' in read ? read.faults : []
}

/** The inventory of a text that must be right. */
export function inventoryOf(text: string, more: Partial<InventoryFiles> = {}) {
  const read = parseInventory({ file: 'inventory.yml', text, ...more })
  if ('faults' in read) throw new Error(lines(read.faults).join('\n'))
  return read
}

/** The faults of an inventory that must be wrong. */
export function inventoryFaults(text: string, more: Partial<InventoryFiles> = {}): readonly Fault[] {
  const read = parseInventory({ file: 'inventory.yml', text, ...more })
  return 'faults' in read ? read.faults : []
}
