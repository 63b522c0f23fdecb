// What the loss of a host would mean, in words.
import { byName, type HostName, type SlotName, someOf } from './names.js'
import type { Survival } from './plan.js'

type Survives = Readonly<Record<HostName, Survival>>

/** By host name. */
export function byHost(survives: Survives): readonly (readonly [HostName, Survival])[] {
  return Object.entries(survives).sort(([a], [b]) => byName(a, b))
}

/** Hosts whose loss would leave something without a place, the control machine's own left out: nobody would place it. */
export function fatalLosses(survives: Survives): readonly (readonly [HostName, Survival])[] {
  return byHost(survives).filter(([, { ok, control }]) => ok === false && !control)
}

/** Why it is not known of them. */
export function unknownWhy(survives: Survives): string {
  return Object.values(survives).some(({ blind }) => blind)
    ? 'no host can be managed now'
    : 'the search ended at its budget'
}

/** Hosts of which the search did not come to an end. */
export function unknownLosses(survives: Survives): readonly HostName[] {
  return byHost(survives).flatMap(([host, { ok }]) => (ok === null ? [host] : []))
}

/** `db.0 would have no place: it would fit on nuc3 with 512 MiB more memory`. `all`: every slot by name. */
export function noPlaceText(
  { unplaced, stopped = [], remedies: mends = {}, reasons = {} }: Survival,
  all = false,
): string {
  const remedies = { ...reasons, ...mends }
  const named = (slots: readonly SlotName[]) => (all ? slots.join(', ') : someOf(slots))
  const homeless = unplaced.filter((slot) => !stopped.includes(slot))
  const [first] = unplaced
  const gone =
    homeless.length > 0 || stopped.length === 0 ? [`${named(homeless) || 'something'} would have no place`] : []
  const ways = stopped.length === 0 ? [] : [`${named(stopped)} would be stopped to give way to others`]
  const what = [...gone, ...ways].join(', and ')
  if (unplaced.length === 1 && first !== undefined && remedies[first]) return `${what}: ${remedies[first]}`
  const one = unplaced.find((slot) => remedies[slot] !== undefined)
  return one === undefined ? what : `${what}; ${one}: ${remedies[one]}`
}
