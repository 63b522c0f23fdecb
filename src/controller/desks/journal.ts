// What was said and done: journals of allocations, and the record of events.
import { type EventOptions, followEvents } from '../../cluster/events.js'
import { followLogs, type LogOptions } from '../../cluster/logs.js'
import type { JobName, SlotName } from '../../model/names.js'
import { allocationViews } from '../../planner/view.js'
import { findJob } from '../jobs.js'
import { SHOW_PATIENCE_MS } from '../status.js'
import { controllerOf, endOf, type Wiring } from './desk.js'

/** Journals and events. */
export interface JournalDesk {
  /** `targets`: jobs and slots; empty: all. */
  logs(targets: readonly (JobName | SlotName)[], options: LogOptions): Promise<void>
  events(options: EventOptions): Promise<void>
}

/** The desk over the real doors. */
export function journalDesk(wiring: Wiring): JournalDesk {
  const { world } = wiring
  return {
    logs: async (targets, options) => {
      const records = await world.store.read()
      for (const target of targets) if (!target.includes('.')) findJob(records, target)
      const look = await controllerOf(wiring).look(SHOW_PATIENCE_MS)
      const allocations = allocationViews(look.decision.classified, look.decision.plan, look.input)
      const wanted = allocations.filter(
        ({ slot, job }) => targets.length === 0 || targets.includes(slot) || targets.includes(job),
      )
      await followLogs(world.transport, look.inventory.hosts, wanted, options, endOf(wiring, options.signal))
    },
    events: (options) => followEvents(world.store, world.clock, options, endOf(wiring, options.signal)),
  }
}
