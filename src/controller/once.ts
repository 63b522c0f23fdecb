// One reconcile for system cron: it stays while a host is silent, until that host answers or is lost and replaced.
import type { Millis } from '../model/names.js'
import type { ResultView } from '../model/views.js'
import type { Controller, Tick } from './controller.js'
import type { World } from './world.js'

/** Between two ticks while something is open, ms. */
const AGAIN_MS = 250
/** First contact: long enough to log in, ms. */
const PATIENCE_MS = 2500
/** What a silent host may take beyond hc_lost_after and the hold of a mass loss, ms. */
const SLACK_MS = 15_000

/** Ticks until nothing is silent or under way, within a bound; the last tick, with all results. */
export async function reconcileOnce(world: World, controller: Controller, signal: AbortSignal | null): Promise<Tick> {
  const startedAt = world.clock.now()
  const results: ResultView[] = []
  for (;;) {
    const tick = await controller.tick({ patienceMs: PATIENCE_MS, settleMs: Number.POSITIVE_INFINITY })
    results.push(...tick.results)
    const { settings } = tick.inventory
    const bound: Millis = settings.lostAfterMs + settings.massLossHoldMs + SLACK_MS
    const open = tick.beliefs.some(({ verdict }) => verdict === 'suspect') || tick.decision.plan.actions.length > 0
    const passed = world.clock.now() - startedAt
    if (!open || passed > bound || signal?.aborted) {
      await controller.close(0)
      return { ...tick, results, tookMs: Math.round(passed) }
    }
    await world.clock.sleep(AGAIN_MS, signal ?? undefined)
  }
}
