// Where the slots are whose journals are wanted: by the records, without asking a host.
import type { Whereabouts } from '../cluster/follow.js'
import { byName, jobOfSlot, type SlotName, unitOfSlot } from '../model/names.js'
import type { Records } from '../model/records.js'
import { isTargeted, slotsOf, type Targets } from './targets.js'
import type { World } from './world.js'

/** Where these are now; with `allHosts` wherever they may ever have been. */
export async function whereabouts(world: World, targets: Targets | null, allHosts: boolean): Promise<Whereabouts> {
  const [records, { hosts }] = await Promise.all([world.store.read(), world.inventory()])
  if (records === null) return { places: [], hosts }
  const placed = Object.values(records.placements).filter(({ slot }) => isWanted(records, targets, slot))
  const places = placed.map(({ slot, host, since }) => ({ slot, host, since, unit: unitIn(records, slot) }))
  if (!allHosts) return { places: places.sort((a, b) => byName(a.slot, b.slot)), hosts }
  const slots = new Set([...placed.map(({ slot }) => slot), ...everySlot(records, targets)])
  const since = world.clock.wall()
  const everywhere = [...slots].sort(byName).flatMap((slot) => {
    return hosts.map(({ name }) => ({ slot, host: name, since, unit: unitIn(records, slot) }))
  })
  return { places: everywhere, hosts }
}

/** Slots that are wanted, but have no place. */
export function placeless(records: Records | null, targets: Targets | null): readonly SlotName[] {
  if (records === null) return []
  return everySlot(records, targets).filter((slot) => records.placements[slot] === undefined)
}

function everySlot(records: Records, targets: Targets | null): SlotName[] {
  const slots = Object.values(records.jobs).flatMap((applied) => slotsOf(records, applied))
  return slots.filter((slot) => isWanted(records, targets, slot)).sort(byName)
}

function isWanted(records: Records, targets: Targets | null, slot: SlotName): boolean {
  if (records.jobs[jobOfSlot(slot)] === undefined) return false
  return targets === null || isTargeted(targets, slot)
}

function unitIn(records: Records, slot: SlotName): string {
  return records.jobs[jobOfSlot(slot)]?.job.unit ?? unitOfSlot(slot)
}
