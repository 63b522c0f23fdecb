// The largest slot that still fits on a host.
import { byName } from '../model/names.js'
import { type Resources, remaining } from '../model/resources.js'
import { DEVICE, deviceRoom } from './shares.js'

/**
 * The most that one more slot could ask for of everything at once, beside those with `taken`: a vector, every part of
 * which is free while the others are used. Of a device whole ones, and where none is whole the largest share of one.
 */
export function largestSlot(capacity: Resources, taken: readonly Resources[]): Resources {
  const sum = (part: 'cpu' | 'memory' | 'disk') => taken.reduce((total, each) => total + each[part], 0)
  const used = { cpu: sum('cpu'), memory: sum('memory'), disk: sum('disk'), devices: {} }
  const devices = Object.entries(capacity.devices)
    .sort(([a], [b]) => byName(a, b))
    .map(([name, amount]) => {
      const held = taken.map((each) => each.devices[name] ?? 0).filter((part) => part > 0)
      const { whole, share } = deviceRoom(held, amount)
      return [name, whole > 0 ? whole * DEVICE : share]
    })
  return { ...remaining({ ...capacity, devices: {} }, used), devices: Object.fromEntries(devices) }
}
