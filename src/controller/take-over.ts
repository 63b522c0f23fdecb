// The operator's word that this control machine shall act from now on.
import { UserError } from '../model/errors.js'
import type { Controller } from './controller.js'
import { claim, takenOver } from './term.js'
import type { World } from './world.js'

/** How long hosts may take to tell their term, ms. */
const PATIENCE_MS = 2500

/** Raises the term above all that hosts show, with this machine as owner. Throws UserError where there is no store. */
export async function takeOver(world: World, controller: Controller): Promise<void> {
  const look = await controller.look(PATIENCE_MS)
  const lock = await world.store.lock(world.lockTimeoutMs)
  try {
    const records = claim(await world.store.read(), world.owner)
    if (!records) {
      throw new UserError('there is no store here to take over with', {
        hint: 'hc store restore FILE puts a backup there; without one hc apply --detach makes a store, and then hc reconcile --take-over',
      })
    }
    const after = takenOver(records, look.observation)
    const { term } = after
    await world.store.write(after)
    const text = `taken over: term ${records.term.number} -> ${term.number}, owner ${term.owner}`
    await world.store.appendEvents([{ kind: 'take-over', host: null, slot: null, reason: null, text }], term.number)
  } finally {
    await lock.release()
  }
}
