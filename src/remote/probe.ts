// The answer to a probe, read. Unknown lines are passed over; what is missing is null where the model allows it.
import type { ContainerFacts, HostFacts, Term } from '../model/host.js'
import { DRIVERS, type DriverName } from '../model/job.js'
import { SLOT_NAME } from '../model/names.js'
import type { Failure } from '../model/observation.js'
import { parseLease } from './lease.js'
import { parseDevices } from './parse-devices.js'
import { parseListening } from './parse-listening.js'
import { parseUnits } from './parse-units.js'
import { printableLine } from './printable.js'
import { parseGauges } from './probe-gauges.js'
import { PROBE_END, PROBE_HEAD, SECTION } from './probe-script.js'
import { parseSelf } from './probe-self.js'
import { parseRuns } from './runs.js'
import { failure, headOf, wholeNumber } from './text.js'

export { type ProbeOptions, probeScript } from './probe-script.js'

/** What came of a probe. */
export type ProbeReply =
  | { readonly ok: true; readonly facts: HostFacts }
  | { readonly ok: false; readonly failure: Failure }

/** Lines of an answer by what they are. */
interface Answer {
  readonly whole: boolean
  /** `key rest` lines, in order. */
  readonly values: ReadonlyMap<string, readonly string[]>
  /** Section name with its argument -> lines. */
  readonly sections: ReadonlyMap<string, readonly string[]>
}

function divide(output: string): Answer | null {
  const split = output.split('\n')
  const lines = output.includes('\r') ? split.map((line) => line.replace(/\r$/, '')) : split
  const begin = lines.indexOf(PROBE_HEAD)
  if (begin < 0) return null
  const end = lines.indexOf(PROBE_END, begin)
  const values = new Map<string, string[]>()
  const sections = new Map<string, string[]>()
  let section: string[] | null = null
  for (const line of lines.slice(begin + 1, end < 0 ? undefined : end)) {
    if (line.startsWith(SECTION)) {
      section = []
      sections.set(line.slice(SECTION.length), section)
    } else if (section) section.push(line)
    if (section && !line.startsWith('containers ')) continue
    const [key, rest] = headOf(line)
    const known = values.get(key)
    if (known) known.push(rest)
    else values.set(key, [rest])
  }
  return { whole: end >= 0, values, sections }
}

function seconds(text: string | undefined): number | null {
  const match = /^(\d{1,10})\.(\d{2})/.exec(text ?? '')
  return match ? Number(match[1]) * 1000 + Number(match[2]) * 10 : null
}

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

function meminfo(lines: readonly string[]): ReadonlyMap<string, number> {
  const amounts = new Map<string, number>()
  for (const line of lines) {
    const [key, kib] = headOf(line)
    const value = wholeNumber(kib)
    if (value !== null) amounts.set(key.replace(':', ''), value * 1024)
  }
  return amounts
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

/** `NUMBER OWNER CLUSTER`, the highest of all lines. */
export function parseTerm(lines: readonly string[]): { term: Term; cluster: string | null } | null {
  let best: { term: Term; cluster: string | null } | null = null
  for (const line of lines) {
    const [number, owner, cluster] = line.split(' ')
    const value = wholeNumber(number)
    if (value === null || !owner || (best && best.term.number >= value)) continue
    best = {
      term: { number: value, owner: printableLine(owner, 128) },
      cluster: cluster ? printableLine(cluster, 128) : null,
    }
  }
  return best
}

/** `TERM ORDER`. */
function ordersOf(line: string | undefined): Pick<HostFacts, 'orders'> {
  const [term, order] = (line ?? '').split(' ').map((word) => wholeNumber(word))
  return typeof term === 'number' && typeof order === 'number' ? { orders: { term, order } } : {}
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
  const bootId = one('boot')
  const uptimeMs = seconds(one('uptime'))
  const memory = meminfo(answer.values.get('mem') ?? [])
  const total = memory.get('MemTotal')
  if (!bootId || !/^[0-9a-f-]{32,36}$/.test(bootId)) return broken('it has no boot id')
  if (uptimeMs === null || total === undefined) return broken('/proc is not there')
  const unitsEnd = [...answer.sections.keys()].find((name) => name.startsWith('units-end'))
  if (unitsEnd !== undefined && unitsEnd !== 'units-end 0') return broken('systemctl did not answer')
  const space = disk(answer.sections.get('disk') ?? [])
  const written = parseTerm(answer.values.get('term') ?? [])
  const found = containers(answer)
  const devices = parseDevices(answer.values.get('device') ?? [], answer.values.get('usb') ?? [])
  const os = answer.values.get('os') ?? []
  const valuesOf = (key: string) => answer.values.get(key) ?? []
  const lease = parseLease(valuesOf)
  const nanoseconds = wholeNumber(one('mono'))
  const facts: HostFacts = {
    bootId,
    machineId: one('machine') ?? null,
    uptimeMs,
    monotonicMs: nanoseconds === null ? uptimeMs : Math.floor(nanoseconds / 1e6),
    os: osField(os, 'ID'),
    osVersion: osField(os, 'VERSION_ID'),
    arch: one('arch') ? printableLine(one('arch') ?? '', 32) : null,
    kernel: one('kernel') ? printableLine(one('kernel') ?? '', 96) : null,
    capacity: { cpu: countCpus(one('cpus')) * 1000, memory: total, disk: space.total, devices: devices.amounts },
    deviceAttributes: devices.attributes,
    memoryAvailable: memory.get('MemAvailable') ?? memory.get('MemFree') ?? 0,
    diskFree: space.free,
    load: Number.parseFloat(one('load') ?? '0') || 0,
    cpuTime: cpuTime(one('stat')),
    drivers: drivers(answer.values.get('driver') ?? []),
    cgroup: one('cgroup') === '2' ? 2 : 1,
    system: printableLine(one('system') || 'unknown', 32),
    ...timezone(one('zone')),
    root: true,
    term: written?.term ?? null,
    cluster: written?.cluster ?? null,
    ...ordersOf(one('orders')),
    word: one('word') === 'y',
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
    ...parseSelf(valuesOf),
    ...(lease === undefined ? {} : { lease }),
  }
  return { ok: true, facts }
}
