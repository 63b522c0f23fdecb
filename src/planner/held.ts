// What slots have on each host: for what is left there beside what others use, see scheduler/capacity.ts.
import type { HostName, SlotName } from '../model/names.js'
import { NO_RESOURCES, plus, type Resources } from '../model/resources.js'
import { candidateRoom, type Held, NOTHING_HELD, roomOf } from '../scheduler/capacity.js'
import { type Classified, occupies } from './classify.js'
import type { PlanInput } from './input.js'

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

/** What jobs may have of each host in all, as places are found by it. */
export function capacityByHost(
  classified: readonly Classified[],
  { hosts }: Pick<PlanInput, 'hosts'>,
): ReadonlyMap<HostName, Resources> {
  const held = heldByHost(classified)
  return new Map(
    hosts.map(({ host, facts, lastFacts }) => {
      return [host.name, candidateRoom(host, facts ?? lastFacts, held.get(host.name) ?? NOTHING_HELD).capacity]
    }),
  )
}

/**
 * Hosts on which others than hc use so much that what has its place there would have none by what is really left. What
 * leaves such a host frees nothing for another.
 */
export function overfullHosts(
  classified: readonly Classified[],
  { hosts }: Pick<PlanInput, 'hosts'>,
): ReadonlySet<HostName> {
  const held = heldByHost(classified)
  const full = hosts.filter(({ host, facts, lastFacts }) => {
    const own = held.get(host.name)
    if (!own) return false
    const { jobs, notes } = roomOf(host, facts ?? lastFacts, own)
    return (['memory', 'disk'] as const).some((part) => {
      return notes[part] !== undefined && own.reserved[part] > 0 && jobs[part] <= own.reserved[part]
    })
  })
  return new Set(full.map(({ host }) => host.name))
}
