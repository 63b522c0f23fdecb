// What a host has for jobs.
import type { Host, HostFacts } from '../model/host.js'
import type { Resources } from '../model/resources.js'
import { NO_RESOURCES } from '../model/resources.js'

type Amount = 'cpu' | 'memory' | 'disk'

/** In the order in which they are listed to people. */
const AMOUNTS: readonly Amount[] = ['cpu', 'memory', 'disk']

function devicesOf(host: Host, probed: Resources): Readonly<Record<string, number>> {
  const devices: Record<string, number> = { ...probed.devices, ...host.capacity?.devices }
  for (const [name, kept] of Object.entries(host.reserve.devices)) {
    devices[name] = Math.max(0, (devices[name] ?? 0) - kept)
  }
  return devices
}

/**
 * What jobs may use of a host in all: hc_capacity where it declares a part (of devices: by name), else what the probe
 * found, less hc_reserve and never below zero. A part of which neither is known is zero: capacityGap() says so. What
 * others than hc use of the memory is not taken off here.
 */
export function candidateCapacity(host: Host, facts: HostFacts | null): Resources {
  const probed = facts?.capacity ?? NO_RESOURCES
  const left = (part: Amount) => Math.max(0, (host.capacity?.[part] ?? probed[part]) - host.reserve[part])
  return { cpu: left('cpu'), memory: left('memory'), disk: left('disk'), devices: devicesOf(host, probed) }
}

/** Why parts of a host's capacity count as zero, as a sentence; null where all is declared or was probed. */
export function capacityGap(host: Host, facts: HostFacts | null): string | null {
  if (facts !== null) return null
  const missing = AMOUNTS.filter((part) => host.capacity?.[part] === undefined)
  if (missing.length === 0) return null
  return (
    `the ${missing.join(', ')} of ${host.name} is not known and counts as 0: it has not answered yet, and hc_capacity ` +
    `declares none`
  )
}
