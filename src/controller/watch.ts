// A cluster that is watched: one snapshot after the other, for the live view.

import type { Controller } from './controller.js'
import type { WatchOptions } from './desks/cluster.js'
import { status } from './status.js'
import type { World } from './world.js'

/** Tells snapshots until the signal is aborted. */
export async function watchCluster(world: World, controller: Controller, options: WatchOptions): Promise<void> {
  const { clock } = world
  while (!options.signal.aborted) {
    const begunAt = clock.now()
    try {
      const view = await status(world, controller, null)
      if (options.signal.aborted) return
      options.onView({ ...view, seenAt: clock.wall(), source: 'own' })
      options.onTrouble(null)
    } catch (error) {
      options.onTrouble(error instanceof Error ? error.message : String(error))
    }
    await clock.sleep(Math.max(0, options.intervalMs - (clock.now() - begunAt)), options.signal)
  }
}
