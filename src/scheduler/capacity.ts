// What a host has for jobs.
//
//   there    what hc_capacity declares, else what the probe found
//   promised there x hc_overcommit
//   others   what others than hc use of the memory and disk that the probe found
//   jobs     the least of: promised - reserve
//                          probed x hc_overcommit - the larger of reserve and others
//            but never less than what the slots there hold already, as far as the first line allows
//
// The reserve is for the others, so it is not taken off beside them. What others use is rounded up to a 32nd of what the
// host has: it changes at every look, and plans, views and the keys of searches must not change with it. What has its
// place on a host keeps it, whatever others use: such a host takes nothing new, and nothing leaves it for that.
import type { DeviceAttributes, Host, HostFacts, UnitFacts } from '../model/host.js'
import type { SlotName } from '../model/names.js'
import type { Candidate } from '../model/plan.js'
import type { Resources } from '../model/resources.js'
import { formatBytes, NO_RESOURCES } from '../model/resources.js'

type Amount = 'cpu' | 'memory' | 'disk'
/** What others than hc use, and what the probe can tell of it. */
type Shared = 'memory' | 'disk'

/** In the order in which they are listed to people. */
const AMOUNTS: readonly Amount[] = ['cpu', 'memory', 'disk']
/** Others' use is rounded up to such a part of what there is. */
const STEPS = 32

/** What slots have on a host. */
export interface Held {
  /** Reserved by the slots that have their place there. */
  readonly reserved: Resources
  /** Which they are: what their units use is not others' use. */
  readonly slots: ReadonlySet<SlotName>
}

/** Nobody has a place there. */
export const NOTHING_HELD: Held = { reserved: NO_RESOURCES, slots: new Set() }

/** What a host has, from what there is down to what jobs may use. */
export interface Room {
  /** What there is: declared, else probed; unknown parts are zero. */
  readonly there: Resources
  /** What of it may be promised: with hc_overcommit. */
  readonly promised: Resources
  /** What others than hc use, bytes, rounded up; null: not known, or not asked. */
  readonly others: Readonly<Record<Shared, number>> | null
  /** What jobs may use in all. */
  readonly jobs: Resources
  /** Why there is less than was declared, less the reserve: a sentence without its end. */
  readonly notes: Readonly<Partial<Record<Shared, string>>>
}

/** `amount` x `factor` thousandths, rounded down; exact for any two safe integers whose result is one. */
function times(amount: number, factor: number | undefined): number {
  if (factor === undefined || factor === 1000) return amount
  const product = (BigInt(amount) * BigInt(factor)) / 1000n
  return Number(product < BigInt(Number.MAX_SAFE_INTEGER) ? product : BigInt(Number.MAX_SAFE_INTEGER))
}

function devicesOf(host: Host, probed: Resources): Readonly<Record<string, number>> {
  return { ...probed.devices, ...host.capacity?.devices }
}

function lessReserve(host: Host, devices: Resources['devices']): Resources['devices'] {
  const left: Record<string, number> = { ...devices }
  for (const [name, kept] of Object.entries(host.reserve.devices)) left[name] = Math.max(0, (left[name] ?? 0) - kept)
  return left
}

function isMemoryOf(slots: ReadonlySet<SlotName>): (unit: UnitFacts) => boolean {
  return ({ slot, memory }) => memory !== null && slots.has(slot)
}

/** Rounded up to a step, never more than there is. */
function rounded(amount: number, total: number): number {
  const step = Math.max(1, Math.floor(total / STEPS))
  return Math.min(total, Math.ceil(Math.max(0, amount) / step) * step)
}

/**
 * What others than hc use. Of memory: what is neither available nor used by the units of slots that have their place there.
 * Of disk, where nobody counts what a slot uses: what is neither free nor reserved by them.
 */
function othersOn({ capacity, memoryAvailable, diskFree, units }: HostFacts, held: Held): Record<Shared, number> {
  const own = units.filter(isMemoryOf(held.slots)).reduce((sum, { memory }) => sum + (memory ?? 0), 0)
  return {
    memory: rounded(capacity.memory - memoryAvailable - own, capacity.memory),
    disk: rounded(capacity.disk - diskFree - held.reserved.disk, capacity.disk),
  }
}

/**
 * The room on a host, see the head of the file. `held`: what slots have there; null: others' use is not looked at, as where
 * a host is judged for what it is, not for what it has free now.
 */
export function roomOf(host: Host, facts: HostFacts | null, held: Held | null): Room {
  const probed = facts?.capacity ?? NO_RESOURCES
  const each = (amount: (part: Amount) => number) => ({
    cpu: amount('cpu'),
    memory: amount('memory'),
    disk: amount('disk'),
  })
  const devices = devicesOf(host, probed)
  const there: Resources = { ...each((part) => host.capacity?.[part] ?? probed[part]), devices }
  const promised: Resources = { ...each((part) => times(there[part], host.overcommit?.[part])), devices }
  const nominal = each((part) => Math.max(0, promised[part] - host.reserve[part]))
  const others = facts === null || held === null ? null : othersOn(facts, held)
  const notes: Partial<Record<Shared, string>> = {}
  const real = (part: Shared): number => {
    if (others === null || held === null || probed[part] === 0) return nominal[part]
    const used = Math.max(host.reserve[part], others[part])
    const left = Math.max(0, times(probed[part], host.overcommit?.[part]) - used, held.reserved[part])
    if (left >= nominal[part]) return nominal[part]
    const has = formatBytes(probed[part])
    if (others[part] > host.reserve[part])
      notes[part] = `others than hc use ${formatBytes(others[part], 'up')} of ${has}`
    else if (there[part] > probed[part])
      notes[part] = `hc_capacity says ${formatBytes(there[part])}, the host has ${has}`
    return left
  }
  const jobs = {
    cpu: nominal.cpu,
    memory: real('memory'),
    disk: real('disk'),
    devices: lessReserve(host, devices),
  }
  return { there, promised, others, jobs, notes }
}

/** What jobs may use of a host in all, whatever others use of it just now: what it is good for. */
export function candidateCapacity(host: Host, facts: HostFacts | null): Resources {
  return roomOf(host, facts, null).jobs
}

/** What the scheduler is told of a host's room. */
export function candidateRoom(
  host: Host,
  facts: HostFacts | null,
  held: Held,
): Pick<Candidate, 'capacity' | 'capacityNotes' | 'deviceAttributes'> {
  const { jobs, notes } = roomOf(host, facts, held)
  const attributes = deviceAttributes(host, facts)
  return {
    capacity: jobs,
    ...(Object.keys(notes).length === 0 ? {} : { capacityNotes: notes }),
    ...(Object.keys(attributes).length === 0 ? {} : { deviceAttributes: attributes }),
  }
}

/** Of each device what it says of itself, and what is declared of it, which counts more. */
export function deviceAttributes(host: Host, facts: HostFacts | null): DeviceAttributes {
  const [probed, declared] = [facts?.deviceAttributes ?? {}, host.deviceAttributes ?? {}]
  const names = new Set([...Object.keys(probed), ...Object.keys(declared)])
  return Object.fromEntries([...names].map((name) => [name, { ...probed[name], ...declared[name] }]))
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
