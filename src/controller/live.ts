// The loop's tick as those see it who watch.
import type { HostName } from '../model/names.js'
import type { LiveView } from '../model/views.js'
import { statusView } from '../planner/view.js'
import type { Look } from './controller.js'
import { measuresOf, mended } from './status.js'
import type { Survives } from './survival.js'

/** The snapshot of one tick. `contacts`: last contact of each host, RFC 3339 UTC; `survives`: as worked out last. */
export function liveView(
  look: Look,
  contacts: ReadonlyMap<HostName, string | null>,
  lastTick: string,
  survives: Survives,
): LiveView {
  const { input, decision, seen } = look
  const view = statusView(
    input,
    decision.plan,
    decision.classified,
    { ticking: true, lastTick },
    contacts,
    measuresOf(look),
  )
  return { ...view, ...mended(look), survives, inventoryFault: look.inventoryFault, seenAt: seen.wall, source: 'loop' }
}
