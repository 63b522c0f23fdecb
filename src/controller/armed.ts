// Events of slots that are armed and disarmed: one per change, by what their hosts show.
import { type NewEvent, told } from '../model/event.js'
import type { HostFacts } from '../model/host.js'
import { byName, type HostName, jobOfSlot, type SlotName } from '../model/names.js'
import type { HostRecord, Records } from '../model/records.js'
import { isUnderRule } from '../planner/exclusive.js'

/** Why a slot is armed no more; documented with the kind `disarmed` in docs/json.md. */
export type DisarmReason = 'loop-ended' | 'slot-gone' | 'not-under-rule' | 'not-shown'

const DISARMED: Readonly<Record<DisarmReason, string>> = {
  'loop-ended': 'the loop has ended, so nobody could take it over',
  'slot-gone': 'it has no place there any more',
  'not-under-rule': 'its job is none that is taken over',
  'not-shown': 'its host shows it no more',
}

/** What a host's record says of armed slots after these facts; undefined: none, or it was never armed. */
export function armedSlots(before: HostRecord, facts: HostFacts | null, { term }: Pick<Records, 'term'>) {
  const known = before.armed
  // Of what another control machine arms nothing is told here.
  if (facts?.lease === undefined || (facts.term && facts.term.owner !== term.owner)) return known
  const shown = (facts.lease?.armed ?? []).map(({ slot }) => slot).sort(byName)
  if (known?.join(' ') === shown.join(' ')) return known
  return shown.length === 0 ? undefined : shown
}

/** The events between two records of a host. `ended`: the loop has just disarmed it, since it ends. */
export function armEvents(
  host: HostName,
  before: readonly SlotName[] | undefined,
  after: readonly SlotName[] | undefined,
  records: Records,
  ended: 'loop-ended' | null,
): readonly NewEvent[] {
  const armed = (after ?? []).filter((slot) => !before?.includes(slot))
  const disarmed = (before ?? []).filter((slot) => !after?.includes(slot))
  return [
    ...armed.map((slot) => {
      return told('armed', 'armed: a loop that ticks can take it over', { host, slot, reason: 'loop-ticks' })
    }),
    ...disarmed.map((slot) => {
      const reason = ended ?? reasonOf(slot, host, records)
      return told('disarmed', `disarmed: ${DISARMED[reason]}`, { host, slot, reason })
    }),
  ]
}

function reasonOf(slot: SlotName, host: HostName, { placements, jobs }: Records): DisarmReason {
  if (placements[slot]?.host !== host) return 'slot-gone'
  const applied = jobs[jobOfSlot(slot)]
  return applied && isUnderRule(applied) ? 'not-shown' : 'not-under-rule'
}
