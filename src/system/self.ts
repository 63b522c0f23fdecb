// This machine, so that it is known when it turns up among the hosts.
import { createHash } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { homedir, hostname, networkInterfaces } from 'node:os'
import { basename, dirname, join } from 'node:path'

/** The kernel's boot id; null where it can't be read. */
export function ownBootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return null
  }
}

/** /etc/machine-id; null where there is none. */
function ownMachineId(): string | null {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim() || null
  } catch {
    return null
  }
}

/** Interfaces that lead to guests of this machine only. */
const INNER = /^(?:lo|docker|podman|cni|virbr|br-|veth|lxc|lxd|tailscale|wg|tun|tap)/

/** The first address by which other machines of the network may reach this one; null where there is none. */
export function ownAddress(): string | null {
  const outer = Object.entries(networkInterfaces()).filter(([name]) => !INNER.test(name))
  const found = outer.flatMap(([, each]) => each ?? []).find((one) => one.family === 'IPv4' && !one.internal)
  return found?.address ?? null
}

/** Hardware addresses of the interfaces that lead to other machines, in lower case, sorted. */
function ownMacs(): readonly string[] {
  const outer = Object.entries(networkInterfaces()).filter(([name]) => !INNER.test(name))
  const macs = outer.flatMap(([, each]) => (each ?? []).map(({ mac }) => mac.toLowerCase()))
  return [...new Set(macs)].filter((mac) => mac !== '00:00:00:00:00:00').sort()
}

/** By what this machine is known when it turns up among the hosts. */
export function ownMachine() {
  return { ownBootId: ownBootId(), ownMachineId: ownMachineId(), ownMacs: ownMacs() }
}

/** How long a name server may take, ms. */
const LOOKUP_MS = 2000

/** Is it an address or a name of this machine? False also where the name does not resolve in time. */
export async function isThisMachine(address: string): Promise<boolean> {
  const name = address.toLowerCase()
  if (name === 'localhost' || name === hostname().toLowerCase()) return true
  const own = new Set(
    Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map((one) => one.address.toLowerCase())),
  )
  const mine = (one: string) => own.has(one) || /^127\./.test(one) || one === '::1'
  if (mine(name)) return true
  const late = new Promise<readonly { address: string }[]>((resolve) => {
    setTimeout(() => resolve([]), LOOKUP_MS).unref()
  })
  const found = await Promise.race([lookup(name, { all: true }).catch(() => []), late])
  return found.some((one) => mine(one.address))
}

/** The command that this process carries out, in words and without its arguments: `hc host list`. */
export function commandName(): string {
  return [
    'hc',
    ...process.argv
      .slice(2)
      .filter((word) => /^[a-z]+$/.test(word))
      .slice(0, 2),
  ].join(' ')
}

/** Tells this machine, login and store from any other; the same after the store was lost. */
export function fingerprintOf(folder: string): string {
  const machine = ['/etc/machine-id', '/var/lib/dbus/machine-id'].find((path) => existsSync(path))
  const id = machine === undefined ? hostname() : readFileSync(machine, 'utf8').trim()
  const above = dirname(folder)
  const place = join(existsSync(above) ? realpathSync(above) : above, basename(folder))
  return createHash('sha256')
    .update(`${id || hostname()} ${homedir()} ${place}`)
    .digest('hex')
    .slice(0, 10)
}
