// The largest slot that still fits on a host.
import { byName } from '../model/names.js'
import { type Resources, remaining } from '../model/resources.js'

const WHOLE_DEVICE = 1000

/** Free on single devices: what is asked for in a fraction is a share of one device. */
function largestShare(whole: number, taken: readonly number[]): number {
  const parts = taken.filter((amount) => amount < WHOLE_DEVICE).sort((a, b) => b - a)
  const wholes = taken.reduce(
    (sum, amount) => (amount < WHOLE_DEVICE ? sum : sum + Math.ceil(amount / WHOLE_DEVICE)),
    0,
  )
  let empty = Math.floor(whole / WHOLE_DEVICE) - wholes
  // One that is there only in part takes shares alone.
  const begun = whole % WHOLE_DEVICE > 0 ? [whole % WHOLE_DEVICE] : []
  // Best fit, the largest first: shares that fit together stand together.
  for (const part of parts) {
    begun.sort((a, b) => a - b)
    const index = begun.findIndex((left) => left >= part)
    if (index >= 0) begun[index] = (begun[index] ?? 0) - part
    else {
      empty -= 1
      begun.push(WHOLE_DEVICE - part)
    }
  }
  return empty > 0 ? empty * WHOLE_DEVICE : Math.max(0, ...begun)
}

/**
 * The most that one more slot could ask for of everything at once, beside those with `taken`: a vector, every part of
 * which is free while the others are used. Of a device with a fraction taken, whole ones before shares of one.
 */
export function largestSlot(capacity: Resources, taken: readonly Resources[]): Resources {
  const sum = (part: 'cpu' | 'memory' | 'disk') => taken.reduce((total, each) => total + each[part], 0)
  const used = { cpu: sum('cpu'), memory: sum('memory'), disk: sum('disk'), devices: {} }
  const devices = Object.keys(capacity.devices)
    .sort(byName)
    .map((name) => [
      name,
      largestShare(
        capacity.devices[name] ?? 0,
        taken.map((each) => each.devices[name] ?? 0).filter((amount) => amount > 0),
      ),
    ])
  return { ...remaining({ ...capacity, devices: {} }, used), devices: Object.fromEntries(devices) }
}
