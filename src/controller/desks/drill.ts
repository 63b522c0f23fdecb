// Rehearsals.
import type { DrillView } from '../../model/drill.js'
import type { HostName } from '../../model/names.js'
import { type DrillRequest, drill, drillVerdict } from '../drill.js'
import { controllerOf, type Wiring } from './desk.js'

/** How a loss is rehearsed. */
export type DrillOptions = Omit<DrillRequest, 'host' | 'signal'>

/** Rehearsals. */
export interface DrillDesk {
  /** Makes a host seem lost for a while; what came of it, and that in a sentence. Throws UserError where it may not be. */
  drillLose(host: HostName, options: DrillOptions): Promise<{ readonly view: DrillView; readonly verdict: string }>
}

/** The desk over the real doors. */
export function drillDesk(wiring: Wiring): DrillDesk {
  return {
    drillLose: async (host, { force, boundMs, confirm, onNote }) => {
      const request = { host, force, boundMs, signal: wiring.signal, confirm, onNote }
      const view = await drill(wiring.world, controllerOf(wiring), request)
      return { view, verdict: drillVerdict(view) }
    },
  }
}
