// Countable things that a probe finds: gpus, and usb devices by vendor and product.
import type { DeviceAttributes } from '../model/host.js'
import { byName } from '../model/names.js'
import { printableLine } from './printable.js'
import { headOf, wholeNumber } from './text.js'

/** More kinds of usb devices than this are not told: no machine has them, and each costs a name. */
const MOST_KINDS = 64
const MOST_GPUS = 1024

/** What was found. */
export interface FoundDevices {
  /** Name -> thousandths. */
  readonly amounts: Readonly<Record<string, number>>
  readonly attributes: DeviceAttributes
}

/** Lines `NAME COUNT` of devices, and `VENDOR:PRODUCT SERIAL` of usb, the serial number left out where there is none. */
export function parseDevices(counted: readonly string[], usb: readonly string[]): FoundDevices {
  const amounts: Record<string, number> = {}
  for (const line of counted) {
    const [name, rest] = headOf(line)
    const count = wholeNumber(rest)
    if (name === 'gpu' && count !== null && count > 0 && count <= MOST_GPUS) amounts[name] = count * 1000
  }
  const serials = new Map<string, string[]>()
  for (const line of usb) {
    const [id, serial] = headOf(line)
    if (!/^[0-9a-f]{4}:[0-9a-f]{4}$/.test(id)) continue
    const name = `usb:${id}`
    if (!serials.has(name) && serials.size >= MOST_KINDS) continue
    serials.set(name, [...(serials.get(name) ?? []), printableLine(serial, 64)])
  }
  const attributes: Record<string, Readonly<Record<string, string>>> = {}
  for (const [name, found] of [...serials].sort(([a], [b]) => byName(a, b))) {
    amounts[name] = found.length * 1000
    // Of two alike, whose serial number it is could not be said.
    const [serial] = found
    if (found.length === 1 && serial) attributes[name] = { serial }
  }
  return { amounts, attributes }
}
