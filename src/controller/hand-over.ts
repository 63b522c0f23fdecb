// A leader that ends, or lets another one lead, before its lease is over.
import { LEASE_DEFAULTS } from '../model/lease-record.js'
import type { Millis } from '../model/names.js'
import type { Lock } from '../ports.js'
import { armedIn } from './disarm.js'
import type { World } from './world.js'

/** How long the store's lock is waited for, ms. */
const LOCK_MS: Millis = 1000

/**
 * Gives the lead back. Leases that it gave to hosts were to end with it: that they may outlast it is written down before, and
 * where that fails they are waited for.
 */
export async function handOver(world: World, held: Lock): Promise<void> {
  if (await held.stillValid().catch(() => false)) {
    try {
      await note(world)
    } catch (error) {
      world.debug(`handing over: ${String(error)}`)
      const { settings } = await world.inventory()
      await world.clock.sleep((settings.lease ?? LEASE_DEFAULTS).leaseMs)
    }
  }
  await held.release()
}

async function note({ store }: World): Promise<void> {
  if (armedIn(await store.read()).length === 0) return
  const lock = await store.lock(LOCK_MS)
  try {
    const records = await store.read()
    if (records) await store.write({ ...records, handedOn: records.term.number })
  } finally {
    await lock.release()
  }
}
