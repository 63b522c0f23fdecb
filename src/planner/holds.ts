// A host that was lost too often of late takes no new work for a while, unless a slot would have no place at all.
import type { Classified } from './classify.js'
import type { PlanInput } from './input.js'
import { type Found, findPlaces } from './places.js'
import { runs } from './rollout.js'

/** Where everything goes, held hosts left out; what is down and finds no place may go there after all. */
export function placesBesideHolds(
  classified: readonly Classified[],
  moving: ReadonlySet<Classified>,
  input: PlanInput,
): Found {
  const found = findPlaces(classified, moving, input)
  if (!input.hosts.some(({ held }) => held !== undefined)) return found
  const homeless = new Set(found.unplaced.map(({ slot }) => slot))
  if (![...moving].some((item) => homeless.has(item.subject.slot) && !runs(item))) return found
  const hosts = input.hosts.map(({ held: _, ...open }) => open)
  // What the first search has come to is what the next one goes by; this one only takes what is free.
  const wider = findPlaces(classified, moving, { ...input, hosts, searchSteps: 0, vain: null })
  const { vain, searched, open } = found
  return wider.unplaced.length < found.unplaced.length ? { ...wider, vain, searched, open } : found
}
