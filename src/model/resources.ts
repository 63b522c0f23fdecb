// Amounts: what a job asks for, what a host has. Integers only, so that nothing is lost in rounding.

/** An amount of everything that is counted. */
export interface Resources {
  /** Millicores: 1000 is one core. */
  readonly cpu: number
  /** Bytes. */
  readonly memory: number
  /** Bytes. */
  readonly disk: number
  /** Name of a countable thing (`gpu`, `zigbee-stick`) to thousandths of it: 500 is half a gpu. */
  readonly devices: Readonly<Record<string, number>>
}

/** Nothing of anything. */
export const NO_RESOURCES: Resources = { cpu: 0, memory: 0, disk: 0, devices: {} }

function combine(a: Resources, b: Resources, sign: 1 | -1): Resources {
  const devices: Record<string, number> = { ...a.devices }
  for (const [name, amount] of Object.entries(b.devices)) devices[name] = (devices[name] ?? 0) + sign * amount
  return { cpu: a.cpu + sign * b.cpu, memory: a.memory + sign * b.memory, disk: a.disk + sign * b.disk, devices }
}

/** The sum. */
export function plus(a: Resources, b: Resources): Resources {
  return combine(a, b, 1)
}

/** The difference; may be negative. */
export function minus(a: Resources, b: Resources): Resources {
  return combine(a, b, -1)
}

/** What is left of `whole` when `part` is taken: never below zero. */
export function remaining(whole: Resources, part: Resources): Resources {
  const { cpu, memory, disk, devices } = minus(whole, part)
  const least = (amount: number) => Math.max(0, amount)
  return {
    cpu: least(cpu),
    memory: least(memory),
    disk: least(disk),
    devices: Object.fromEntries(Object.entries(devices).map(([name, amount]) => [name, least(amount)])),
  }
}

const KIB = 1024

/** Bytes for people: `512 MiB`, `1.5 GiB`, `100 B`. */
export function formatBytes(bytes: number, round: 'near' | 'down' | 'up' = 'near'): string {
  const sign = bytes < 0 ? '-' : ''
  let amount = Math.abs(bytes)
  let unit = 'B'
  for (const next of ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']) {
    if (amount < KIB) break
    amount /= KIB
    unit = next
  }
  const digits = amount >= 100 || Number.isInteger(amount) ? 0 : 1
  const told = round === 'near' ? amount : turned(amount * 10 ** digits, round) / 10 ** digits
  return `${sign}${told.toFixed(digits).replace(/\.0$/, '')} ${unit}`
}

/** Up or down to a whole number, but for what is not one by the rounding of its division alone. */
function turned(amount: number, round: 'down' | 'up'): number {
  return round === 'down' ? Math.floor(amount + 1e-9) : Math.ceil(amount - 1e-9)
}

/** Millicores for people: `200m`, `1.5 cores`. */
export function formatCpu(millicores: number): string {
  if (Math.abs(millicores) < 1000) return `${millicores}m`
  const cores = millicores / 1000
  return `${Number(cores.toFixed(2))} ${cores === 1 ? 'core' : 'cores'}`
}

/** Thousandths of a device for people: 1000 -> `1`, 500 -> `0.5`. */
export function formatDevices(thousandths: number): string {
  return String(thousandths / 1000)
}

/** A span of time for people: `850ms`, `4.2s`, `3m 20s`, `2h 5m`, `3d 4h`. */
export function formatMillis(millis: number): string {
  if (millis < 1000) return `${Math.round(millis)}ms`
  if (millis < 60_000) return `${Number((millis / 1000).toFixed(1))}s`
  const seconds = Math.floor(millis / 1000)
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ]
  const first = parts.findIndex(([amount]) => amount > 0)
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join(' ')
}
