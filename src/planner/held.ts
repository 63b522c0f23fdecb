// What slots have on each host: for what is left there beside what others use, see scheduler/capacity.ts.
import type { HostName, SlotName } from '../model/names.js'
import { NO_RESOURCES, plus, type Resources } from '../model/resources.js'
import type { Held } from '../scheduler/capacity.js'
import { type Classified, occupies } from './classify.js'

/** It runs there, or has its place there and will be started there again if it can. */
function hasPlace(item: Classified): boolean {
  return occupies(item) || item.bucket === 'restart' || item.bucket === 'start'
}

/** By host. What is yet to be stopped holds nothing, but what its unit uses is hc's all the same; an unclaimed one's is not. */
export function heldByHost(classified: readonly Classified[]): ReadonlyMap<HostName, Held> {
  const held = new Map<HostName, { reserved: Resources; slots: Set<SlotName> }>()
  for (const item of classified) {
    const { host, slot, applied } = item.subject
    if (host === null || item.bucket === 'unclaimed') continue
    const own = held.get(host) ?? { reserved: NO_RESOURCES, slots: new Set() }
    if (applied && hasPlace(item)) own.reserved = plus(own.reserved, applied.job.resources)
    own.slots.add(slot)
    held.set(host, own)
  }
  return held
}
