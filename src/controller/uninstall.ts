// `hc reconcile --uninstall`: after the loop has gone, no host stays armed for it.
import { type HostName, type Millis, someOf } from '../model/names.js'
import { Controller } from './controller.js'
import { armedIn, disarmAll, staysArmed } from './disarm.js'
import type { World } from './world.js'

/** Hosts are logged in to first, ms. */
const PATIENCE_MS: Millis = 2500
/** All of it, ms. */
const BOUND_MS: Millis = 20_000

/** What was done, and which hosts hold their leases still; null: not known. */
export interface LoopGone {
  readonly done: readonly string[]
  readonly armed: readonly HostName[] | null
}

/**
 * Disarms hosts that a loop has left armed: it was killed, or they did not answer when it ended. Nothing where another loop
 * ticks on the store: then they are armed for that one.
 */
export async function disarmLeft(world: World): Promise<LoopGone> {
  const { store } = world
  const before = await store.read().then(armedIn, () => null)
  if (before?.length === 0) return { done: [], armed: [] }
  const held = await store.lockLoop().catch(() => undefined)
  if (held === null) {
    return { done: ['another loop ticks: hosts stay armed for it, and are disarmed when it ends'], armed: [] }
  }
  const controller = new Controller(world, { looks: false })
  try {
    const armed = held ? await disarmAll(world, controller, BOUND_MS, PATIENCE_MS) : before
    const freed = (before ?? []).filter((host) => armed !== null && !armed.includes(host))
    const said = [freed.length > 0 ? `disarmed ${someOf(freed)}` : null, staysArmed(armed)]
    return { done: said.filter((text) => text !== null), armed }
  } finally {
    await controller.close(0)
    await held?.release()
  }
}
