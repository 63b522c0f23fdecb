// What the loss of a host would mean, in words.
import { byName, type HostName, someOf } from './names.js'
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

/** Hosts of which the search did not come to an end. */
export function unknownLosses(survives: Survives): readonly HostName[] {
  return byHost(survives).flatMap(([host, { ok }]) => (ok === null ? [host] : []))
}

/** `db.0 would have no place: it would fit on nuc3 with 512 MiB more memory`. `all`: every slot by name. */
export function noPlaceText({ unplaced, remedies = {} }: Survival, all = false): string {
  const named = all ? unplaced.join(', ') : someOf(unplaced)
  const [first] = unplaced
  if (unplaced.length === 1 && first !== undefined && remedies[first]) {
    return `${first} would have no place: ${remedies[first]}`
  }
  const one = unplaced.find((slot) => remedies[slot] !== undefined)
  const remedy = one === undefined ? '' : `; ${one}: ${remedies[one]}`
  return `${named || 'something'} would have no place${remedy}`
}
