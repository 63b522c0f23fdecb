// What constraints and wishes can name of a host.
import type { DriverName } from '../model/job.js'
import { DRIVERS } from '../model/job.js'
import type { Candidate } from '../model/plan.js'
import { formatDevices } from '../model/resources.js'

/** `absent` is a fact (no such label); `unknown` is the lack of one (the host was never asked). Both with a sentence. */
export type Attribute =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'absent' | 'unknown'; readonly sentence: string }

function fact(value: string | null, name: string): Attribute {
  return value === null ? { kind: 'unknown', sentence: `its ${name} is not known` } : { kind: 'value', value }
}

function driverName(name: string): DriverName | undefined {
  return DRIVERS.find((driver) => driver === name)
}

function hasDriver(candidate: Candidate, name: string): Attribute {
  const driver = driverName(name)
  if (driver === undefined) return { kind: 'unknown', sentence: `there is no driver ${name}` }
  // A host that was never asked is not held to lack a driver: see Candidate.drivers.
  const present = candidate.drivers === null || candidate.drivers[driver] !== undefined
  return present ? { kind: 'value', value: 'true' } : { kind: 'absent', sentence: `it has no ${name}` }
}

function versionOf(candidate: Candidate, name: string): Attribute {
  if (name === 'os') return fact(candidate.osVersion, 'os version')
  if (name === 'kernel') return fact(candidate.kernel, 'kernel version')
  const driver = driverName(name)
  if (driver === undefined) return { kind: 'unknown', sentence: `version.${name} is not an attribute of hosts` }
  if (candidate.drivers === null) return { kind: 'unknown', sentence: `its ${name} version is not known` }
  const version = candidate.drivers[driver]
  return version === undefined ? { kind: 'absent', sentence: `it has no ${name}` } : { kind: 'value', value: version }
}

/** `NAME`: how many there are for jobs; `NAME.ATTRIBUTE`: what is said of them. */
function deviceAttribute(candidate: Candidate, name: string): Attribute {
  const { devices } = candidate.capacity
  const has = (device: string) => Object.hasOwn(devices, device) && (devices[device] ?? 0) > 0
  if (has(name)) return { kind: 'value', value: formatDevices(devices[name] ?? 0) }
  const dot = name.lastIndexOf('.')
  const [device, attribute] = dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)]
  if (has(device)) {
    const said = candidate.deviceAttributes?.[device] ?? {}
    if (Object.hasOwn(said, attribute)) return { kind: 'value', value: said[attribute] ?? '' }
    return { kind: 'absent', sentence: `nothing is said of the ${attribute} of its ${device}` }
  }
  // A host that was never asked may have what it does not declare.
  if (candidate.drivers === null) return { kind: 'unknown', sentence: `it is not known whether it has ${device}` }
  return { kind: 'absent', sentence: `it has no ${device}` }
}

/**
 * Looks up `os`, `arch`, `host`, `driver.NAME` (`true` where it is there), `version.NAME`, `labels.NAME`, `devices.NAME` or
 * `devices.NAME.ATTRIBUTE`.
 */
export function attributeOf(candidate: Candidate, attribute: string): Attribute {
  if (attribute === 'os') return fact(candidate.os, 'os')
  if (attribute === 'arch') return fact(candidate.arch, 'arch')
  if (attribute === 'host') return { kind: 'value', value: candidate.name }
  const dot = attribute.indexOf('.')
  const [room, name] = [attribute.slice(0, dot), attribute.slice(dot + 1)]
  if (dot > 0 && room === 'driver') return hasDriver(candidate, name)
  if (dot > 0 && room === 'version') return versionOf(candidate, name)
  if (dot > 0 && room === 'devices') return deviceAttribute(candidate, name)
  if (dot > 0 && room === 'labels') {
    const value = labelOf(candidate, name)
    return value === null ? { kind: 'absent', sentence: `it has no label ${name}` } : { kind: 'value', value }
  }
  return { kind: 'unknown', sentence: `${attribute} is not an attribute of hosts` }
}

/** The value of a label, or null; `host` names the host itself, as in `spread: host`. */
export function labelOf(candidate: Candidate, label: string): string | null {
  if (Object.hasOwn(candidate.labels, label)) return candidate.labels[label] ?? null
  return label === 'host' ? candidate.name : null
}
