// How much room a host has left for one more slot.
import { NO_RESOURCES, type Resources } from '../model/resources.js'
import { largestSlot } from '../scheduler/largest.js'
import { type Classified, occupies } from './classify.js'
import type { HostState } from './input.js'

/** What one more slot could have there at most, while nothing else moves; null: not known, or it takes no new slots now. */
export function largestOn(
  { host, belief, cordoned, draining, held }: HostState,
  capacity: Resources | null,
  classified: readonly Classified[],
): Resources | null {
  if (capacity === null || belief.verdict !== 'ready' || cordoned || draining || held || !host.takesJobs) return null
  const there = classified.filter((item) => item.subject.host === host.name && occupies(item))
  return largestSlot(
    capacity,
    there.map(({ subject }) => subject.applied?.job.resources ?? NO_RESOURCES),
  )
}
