// What hc has given up for good, as its job declares, and leaves to its operator.
import { jobOfSlot, type SlotName, slotName, unitOfSlot } from '../../src/model/names.js'
import type { Records } from '../../src/model/records.js'
import type { SimHost } from './host.js'
import type { Operator } from './operator.js'
import { readable } from './readable.js'

/** The first slot that was tried as often as its job says and runs nowhere; null: there is none. */
function firstGivenUp(records: Records, hosts: ReadonlyMap<string, SimHost>): SlotName | null {
  const slots = Object.values(records.jobs).flatMap(({ job, stopped }) =>
    stopped || job.type === 'system' ? [] : Array.from({ length: job.count }, (_, place) => slotName(job.name, place)),
  )
  return slots.find((slot) => isGivenUp(slot, records, [...hosts.values()])) ?? null
}

function isGivenUp(slot: SlotName, { backOffs, jobs }: Records, hosts: readonly SimHost[]): boolean {
  const attempts = jobs[jobOfSlot(slot)]?.job.reschedule.attempts ?? null
  const unit = unitOfSlot(slot)
  if (attempts === null || hosts.some((host) => host.running().has(unit))) return false
  if (attempts === 0) return hosts.some(({ systemd }) => systemd.stateOf(unit) === 'failed')
  return (backOffs[slot]?.failures ?? 0) > attempts
}

/** The operator has it tried once more; false: there is nothing of the kind. */
export function retryGivenUp(operator: Operator, hosts: ReadonlyMap<string, SimHost>): boolean {
  if (operator.isBusy) return true
  const records = readable(operator.control.disk.content.records)
  const slot = records && firstGivenUp(records, hosts)
  if (slot) operator.say('restart', jobOfSlot(slot), [slot])
  return slot !== null
}
