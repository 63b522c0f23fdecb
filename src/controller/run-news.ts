// Runs of batch and cron jobs that ended between two looks: how they ended is worth a line in the record.
import type { NewEvent } from '../model/event.js'
import type { Classified } from '../planner/classify.js'
import { hasFailed, runText } from '../planner/runs.js'

interface Known {
  readonly run: string
  readonly failed: boolean
}

/** Remembers the last run of each slot. */
export class RunNews {
  #known: ReadonlyMap<string, Known> = new Map()

  /** Events for runs that failed, and for the first good one after that: a cron job may run every second. */
  since(classified: readonly Classified[]): readonly NewEvent[] {
    const known = new Map(this.#known)
    const events: NewEvent[] = []
    for (const { subject } of classified) {
      const { slot, host, unit, applied } = subject
      const last = unit?.runs?.last
      if (!last || !applied || host === null) continue
      const key = `${slot} ${host}`
      const before = known.get(key)
      const run = JSON.stringify(last)
      const failed = hasFailed(last)
      known.set(key, { run, failed })
      if (before === undefined || before.run === run || (!failed && !before.failed)) continue
      const text = failed ? `a run failed: ${runText(last)}` : `a run ended: ${runText(last)}`
      events.push({ kind: 'run', host, slot, reason: failed ? 'failed' : last.result, text })
    }
    this.#known = known
    return events
  }
}
