// Amounts of a remedy: how much a host lacks, in steps that a person can read, and how much of a host that is.
import { formatBytes, formatCpu, formatDevices, type Resources } from '../model/resources.js'

/** How much more of each a host would have to have; only what is more than nothing. */
export interface More {
  /** `cpu`, `memory`, `disk` or a device's name. */
  readonly name: string
  /** Millicores, bytes, thousandths. */
  readonly amount: number
}

const KIB = 1024
const WHOLE_DEVICE = 1000

/** The amount of a resource by name. */
export function amountOf(resources: Resources, name: string): number {
  if (name === 'cpu' || name === 'memory' || name === 'disk') return resources[name]
  return resources.devices[name] ?? 0
}

/** The resources with more of some. */
export function withMore(resources: Resources, more: readonly More[]): Resources {
  let { cpu, memory, disk } = resources
  const devices: Record<string, number> = { ...resources.devices }
  for (const { name, amount } of more) {
    if (name === 'cpu') cpu += amount
    else if (name === 'memory') memory += amount
    else if (name === 'disk') disk += amount
    else devices[name] = (devices[name] ?? 0) + amount
  }
  return { cpu, memory, disk, devices }
}

/**
 * The smallest difference that is told of such an amount: tenths of a unit below a hundred of it, else whole ones; whole
 * devices, for a host has no others.
 */
export function stepOf(name: string, amount: number): number {
  if (name === 'cpu') return amount < 1000 ? 1 : 10
  if (name !== 'memory' && name !== 'disk') return WHOLE_DEVICE
  let unit = 1
  while (amount / unit >= KIB) unit *= KIB
  return unit === 1 || amount / unit >= 100 ? unit : unit / 10
}

/** The change as shares of what the host has: scale-free, so that cores and bytes, large hosts and small ones compare. */
export function shareOf(more: readonly More[], capacity: Resources): number {
  return more.reduce((sum, { name, amount }) => {
    const whole = amountOf(capacity, name)
    // What a host has nothing of has to be built in first: more than any enlargement up to the double.
    return sum + (whole > 0 ? amount / whole : 2)
  }, 0)
}

function moreText({ name, amount }: More, capacity: Resources): string {
  const what = amountOf(capacity, name) > 0 ? `more ${name}` : name
  if (name === 'cpu') return `${formatCpu(amount)} ${what}`
  if (name === 'memory' || name === 'disk') return `${formatBytes(amount)} ${what}`
  return `${formatDevices(amount)} ${what}`
}

/** `212 MiB more memory`, `500m more cpu and 1 gpu` (which the host has none of). */
export function moreWords(more: readonly More[], capacity: Resources): string {
  const words = more.map((each) => moreText(each, capacity))
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}
