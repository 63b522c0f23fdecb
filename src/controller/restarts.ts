// Restarts that systemd made on a host between two looks: nothing that hc did, but worth a line in the record.
import type { NewEvent } from '../model/event.js'
import type { Observation } from '../model/observation.js'

/** Remembers how often each unit had been restarted at the last look. */
export class RestartCounts {
  #counts: ReadonlyMap<string, number> = new Map()

  /** One event per unit whose count has risen since the last call; the first sight of a unit is no news. */
  since(observation: Observation): readonly NewEvent[] {
    const counts = new Map<string, number>()
    const events: NewEvent[] = []
    for (const { host, facts } of observation.hosts) {
      for (const unit of facts?.units ?? []) {
        const key = `${unit.slot} ${host}`
        const before = this.#counts.get(key)
        counts.set(key, unit.restarts)
        if (before === undefined || unit.restarts <= before) continue
        const times = unit.restarts - before
        const text = `systemd restarted it ${times === 1 ? 'once' : `${times} times`}, ${unit.restarts} in all`
        events.push({ kind: 'restarted-by-systemd', host, slot: unit.slot, reason: null, text })
      }
    }
    // A host that is silent for a moment keeps its counts.
    this.#counts = new Map([...this.#counts, ...counts])
    return events
  }
}
