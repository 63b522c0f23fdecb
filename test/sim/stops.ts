// What every stop by hc has to rest on.
import { generationOf, mayLeave } from '../../src/model/job.js'
import { type HostName, jobOfSlot, placeOfSlot, type SlotName } from '../../src/model/names.js'
import type { Records } from '../../src/model/records.js'
import { directive } from './systemd.js'

/** Do these records give a cause to stop what runs by `text`? */
export function asksForStop(records: Records, slot: SlotName, host: HostName, text: string): boolean {
  const name = jobOfSlot(slot)
  const applied = records.jobs[name]
  if (!applied) return records.removed[name] !== undefined
  const placement = records.placements[slot]
  const { job } = applied
  return (
    applied.stopped ||
    directive(text, 'X-Hc-Hash') !== applied.hash ||
    Number(directive(text, 'X-Hc-Generation') ?? '0') < generationOf(applied, slot) ||
    (records.hosts[host]?.draining === true && mayLeave(job)) ||
    (job.type === 'system' ? job.constraints.length > 0 : Number(placeOfSlot(slot)) >= job.count) ||
    placement?.outranked !== undefined ||
    (placement !== undefined && placement.host !== host) ||
    // Begun by a late write after another start of it was decided, since it had been seen to have ended.
    (placement !== undefined && Number(directive(text, 'X-Hc-Placement') ?? '0') < placement.number) ||
    isGivenUp(records, slot, host, text)
  )
}

/** This very start of it failed for good: exclusive work is stopped before its record names the next host. */
function isGivenUp({ backOffs }: Records, slot: SlotName, host: HostName, text: string): boolean {
  const [on, , number, hash] = backOffs[slot]?.gaveUp?.split(' ') ?? []
  return on === host && number === directive(text, 'X-Hc-Placement') && hash === directive(text, 'X-Hc-Hash')
}
