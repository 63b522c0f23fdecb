// The answer to a probe, read. Unknown lines are passed over; what is missing is null where the model allows it.
import type { ContainerFacts, HostFacts } from '../model/host.js'
import { DRIVERS, type DriverName } from '../model/job.js'
import { SLOT_NAME } from '../model/names.js'
import type { Failure } from '../model/observation.js'
import { parseDevices } from './parse-devices.js'
import { parseListening } from './parse-listening.js'
import { parseUnits } from './parse-units.js'
import { printableLine } from './printable.js'
import { type Answer, divide, passingFacts, tokenOf } from './probe-answer.js'
import { parseGauges } from './probe-gauges.js'
import { parseSelf } from './probe-self.js'
import { parseRuns } from './runs.js'
import { failure, headOf, wholeNumber } from './text.js'

export { parseRepeated, parseTerm } from './probe-answer.js'
export { type ProbeOptions, probeScript } from './probe-script.js'

/** What came of a probe. */
export type ProbeReply =
  /** `token`: the host may say later that all this still holds; absent: it can't. */
  | { readonly ok: true; readonly facts: HostFacts; readonly token?: string }
  | { readonly ok: false; readonly failure: Failure }

/** `0-3,5` -> 5 processors. */
function countCpus(list: string | undefined): number {
  let count = 0
  for (const part of (list ?? '').split(',')) {
    const [from, to = from] = part.split('-').map((text) => wholeNumber(text))
    if (typeof from === 'number' && typeof to === 'number' && to >= from) count += Math.min(to - from + 1, 4096)
  }
  return Math.max(count, 1)
}

/**
 * First line of /proc/stat, see proc(5): user nice system idle iowait irq softirq steal, then guest times that the first two
 * hold already. Waiting for a disk is idle, and what the hypervisor took was not used here.
 */
function cpuTime(line: string | undefined): NonNullable<HostFacts['cpuTime']> | null {
  const ticks = (/^cpu +(\d+(?: \d+){3,})/.exec(line ?? '')?.[1] ?? '').split(' ').slice(0, 8).map(Number)
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = ticks
  const busy = user + nice + system + irq + softirq
  const total = busy + idle + iowait + steal
  return total > 0 && Number.isSafeInteger(total) ? { busy, total } : null
}

/** Sizes of `df -Pk`: total and free bytes, of its last line. */
function disk(lines: readonly string[]): { total: number; free: number } {
  const last = lines.filter((line) => /\s\d+%\s/.test(line)).at(-1) ?? ''
  const numbers = /\s(\d+)\s+(\d+)\s+(-?\d+)\s+\d+%\s/.exec(last)
  return { total: (wholeNumber(numbers?.[1]) ?? 0) * 1024, free: (wholeNumber(numbers?.[3]) ?? 0) * 1024 }
}

function osField(lines: readonly string[], key: string): string | null {
  const line = lines.find((text) => text.startsWith(`${key}=`))
  const value = line?.slice(key.length + 1).replace(/^(["'])(.*)\1$/, '$2')
  return value ? printableLine(value, 64) : null
}

/** `podman version 4.3.1`, `systemd 252 (252.39-1)`, `Docker version 20.10.24+dfsg1, build ..`. */
function driverVersion(driver: DriverName, text: string): string | null {
  const pattern =
    driver === 'systemd'
      ? /^systemd (\d+)/
      : driver === 'podman'
        ? /^podman version (\S+)/
        : /^Docker version ([^\s,]+)/
  return pattern.exec(text)?.[1] ?? null
}

function drivers(lines: readonly string[]): Partial<Record<DriverName, string>> {
  const found: Partial<Record<DriverName, string>> = {}
  for (const driver of DRIVERS) {
    for (const line of lines) {
      const [name, text] = headOf(line)
      const version = name === driver ? driverVersion(driver, text) : null
      if (version) found[driver] = printableLine(version, 64)
    }
  }
  return found
}

/** `running`, `exited`; older podman says `Up 3 seconds`, `Exited (0) ...`. */
function containerState(text: string): string {
  const [word] = headOf(printableLine(text, 32).toLowerCase())
  return word === 'up' ? 'running' : word
}

function inits(lines: readonly string[]): NonNullable<HostFacts['containerInit']> {
  const found: { podman?: string; docker?: string } = {}
  for (const line of lines) {
    const [engine, path] = headOf(line)
    if ((engine === 'podman' || engine === 'docker') && /^\/[A-Za-z0-9/_-]+$/.test(path)) found[engine] = path
  }
  return found
}

function containers(answer: Answer): { containers: ContainerFacts[]; known: boolean } {
  const found: ContainerFacts[] = []
  let known = answer.values.has('containers')
  for (const driver of ['podman', 'docker'] as const) {
    const lines = answer.sections.get(`containers ${driver}`)
    if (!lines) continue
    for (const line of lines) {
      const [slot = '', cluster, state = ''] = line.split('|')
      if (!SLOT_NAME.test(slot)) continue
      found.push({
        slot,
        driver,
        cluster: cluster ? printableLine(cluster, 128) : null,
        state: containerState(state),
      })
    }
  }
  if (
    ![...answer.sections.keys()]
      .filter((name) => name.startsWith('containers-end'))
      .every((name) => /end 0$/.test(name))
  ) {
    known = false
  }
  return { containers: found, known }
}

/** `/usr/share/zoneinfo/Europe/Paris`; without the file systemd takes UTC, and a file that is no link of that kind does not tell. */
function timezone(link: string | undefined): Pick<HostFacts, 'timezone'> {
  if (link === undefined) return {}
  const name = link === '' ? 'UTC' : /zoneinfo\/([A-Za-z0-9_+/-]{1,64})$/.exec(link)?.[1]
  return name === undefined ? {} : { timezone: name }
}

function notRoot(uid: string): Failure {
  return failure(
    'no-privileges',
    `The login has user id ${printableLine(uid, 12)}, and no root.`,
    'Log in as root, or let the user run sudo without a password (hc_become: true).',
  )
}

function broken(what: string): ProbeReply {
  const said = failure(
    'broken',
    `The probe's answer makes no sense: ${what}.`,
    'Look at the host by hand: is its disk full, does its shell work?',
  )
  return { ok: false, failure: said }
}

/**
 * Facts of the host, or why there are none: `no-privileges` where the login is not root, `broken` where the answer is
 * none. Never throws, whatever the host printed.
 */
export function parseProbe(output: string): ProbeReply {
  const answer = divide(output)
  if (!answer) return broken(output.trim() ? `it begins with "${printableLine(output, 120)}"` : 'it is empty')
  const one = (key: string): string | undefined => answer.values.get(key)?.[0]
  const uid = one('uid')
  if (uid !== undefined && uid !== '' && uid !== '0') {
    return { ok: false, failure: notRoot(uid) }
  }
  if (!answer.whole) return broken('it ends in the middle')
  const passing = passingFacts(answer)
  if (typeof passing === 'string') return broken(passing)
  const unitsEnd = [...answer.sections.keys()].find((name) => name.startsWith('units-end'))
  if (unitsEnd !== undefined && unitsEnd !== 'units-end 0') return broken('systemctl did not answer')
  const space = disk(answer.sections.get('disk') ?? [])
  const found = containers(answer)
  const devices = parseDevices(answer.values.get('device') ?? [], answer.values.get('usb') ?? [])
  const os = answer.values.get('os') ?? []
  const { memoryTotal, ...facts } = passing
  const token = tokenOf(answer.sections.get('token')?.[0])
  const whole: HostFacts = {
    ...facts,
    machineId: one('machine') ?? null,
    os: osField(os, 'ID'),
    osVersion: osField(os, 'VERSION_ID'),
    arch: one('arch') ? printableLine(one('arch') ?? '', 32) : null,
    kernel: one('kernel') ? printableLine(one('kernel') ?? '', 96) : null,
    capacity: { cpu: countCpus(one('cpus')) * 1000, memory: memoryTotal, disk: space.total, devices: devices.amounts },
    deviceAttributes: devices.attributes,
    diskFree: space.free,
    cpuTime: cpuTime(one('stat')),
    drivers: drivers(answer.values.get('driver') ?? []),
    cgroup: one('cgroup') === '2' ? 2 : 1,
    system: printableLine(one('system') || 'unknown', 32),
    ...timezone(one('zone')),
    root: true,
    units: parseUnits(
      answer.sections.get('lines') ?? [],
      answer.sections.get('units') ?? [],
      parseGauges(answer.sections.get('gauges') ?? []),
      parseRuns(answer.sections.get('runs') ?? []),
    ),
    containers: found.containers,
    containersKnown: found.known,
    containerInit: inits(answer.values.get('init') ?? []),
    listening: parseListening(answer.sections.get('listening') ?? [], answer.sections.get('proc-net') ?? []),
    ...parseSelf((key) => answer.values.get(key) ?? []),
  }
  return { ok: true, facts: whole, ...(token !== null && { token }) }
}
