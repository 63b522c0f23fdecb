// Units of hc on a host: the X-Hc- lines of their files joined with what systemd says of them.
import type { UnitFacts } from '../model/host.js'
import { DRIVERS } from '../model/job.js'
import { byName, type Millis, slotOfUnit } from '../model/names.js'
import type { SlotRuns } from '../model/run.js'
import { printableLine } from './printable.js'
import type { Gauge } from './probe-gauges.js'
import { nanoseconds, wholeNumber } from './text.js'

type Properties = ReadonlyMap<string, string>

/** `/etc/.../hc-web.0.service:X-Hc-Job=web` lines -> unit -> key -> value. */
function headerLines(lines: readonly string[]): ReadonlyMap<string, Properties> {
  const units = new Map<string, Map<string, string>>()
  for (const line of lines) {
    const match = /\/(hc-[^/:]+):X-Hc-([A-Za-z]+)=(.*)$/.exec(line)
    const [, unit = '', key = '', value = ''] = match ?? []
    if (!match) continue
    const known = units.get(unit) ?? new Map<string, string>()
    known.set(key, value.trim())
    units.set(unit, known)
  }
  return units
}

/** `http=8080 api=20001`. */
function ports(text: string | undefined): Record<string, number> | null {
  if (text === undefined) return null
  const found: Record<string, number> = {}
  for (const part of text.split(' ')) {
    const match = /^([A-Za-z0-9_-]+)=(\d{1,5})$/.exec(part)
    if (match?.[1]) found[match[1]] = Number(match[2])
  }
  return found
}

/** Blocks of `systemctl show`, by their Id. */
function blocks(lines: readonly string[]): ReadonlyMap<string, Properties> {
  const units = new Map<string, Properties>()
  let block = new Map<string, string>()
  for (const line of [...lines, '']) {
    const equals = line.indexOf('=')
    if (equals > 0) block.set(line.slice(0, equals), line.slice(equals + 1))
    if (line !== '') continue
    const id = block.get('Id')
    if (id) units.set(id, block)
    block = new Map()
  }
  return units
}

/** What systemd prints for an amount that it does not know, beside `[not set]`, is 2^64 - 1: too long to be read. */
function amount(properties: Properties | undefined, key: string): number | null {
  return wholeNumber(properties?.get(key))
}

/** Microseconds of CLOCK_MONOTONIC; 0 is never. */
function stamp(properties: Properties | undefined, key: string): Millis | null {
  const micros = amount(properties, key)
  return micros ? Math.floor(micros / 1000) : null
}

const SPAN_UNITS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  month: 2_629_800_000,
  y: 31_557_600_000,
}

/** A span as systemd prints it (`1h 2min 3.4s`, see systemd.time(7)); null for none. */
export function parseSpan(text: string | undefined): Millis | null {
  if (!text) return null
  let total = 0
  for (const part of text.split(' ')) {
    const match = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(part)
    const unit = SPAN_UNITS[match?.[2] ?? '']
    if (!match || unit === undefined) return null
    total += Number(match[1]) * unit
  }
  return total > 0 ? Math.floor(total) : null
}

const ALIVE = ['active', 'reloading', 'deactivating']

/** Facts of every unit of hc, sorted by slot. `gauges`: what containers use, by slot. */
export function parseUnits(
  fileLines: readonly string[],
  shown: readonly string[],
  gauges: ReadonlyMap<string, Gauge> = new Map(),
  runs: ReadonlyMap<string, SlotRuns> = new Map(),
): UnitFacts[] {
  const headers = headerLines(fileLines)
  const states = blocks(shown)
  const names = new Set([...headers.keys(), ...states.keys()].filter((name) => name.endsWith('.service')))
  const found: UnitFacts[] = []
  for (const name of names) {
    const slot = slotOfUnit(name)
    if (!slot) continue
    const header = headers.get(name)
    const text = (key: string): string | null => printableLine(header?.get(key) ?? '', 128) || null
    const target = text('Target')
    const state = states.get(target ?? name)
    const gauge = gauges.get(slot)
    const own = runs.get(slot)
    const timer = states.get(`hc-${slot}.timer`)
    // Kept by systemd only so that its end can be seen; see X-Hc-Ends in the drivers.
    const ended = header?.get('Ends') === 'yes' && state?.get('SubState') === 'exited'
    const active = ended ? 'inactive' : (state?.get('ActiveState') ?? 'inactive')
    const driver = DRIVERS.find((one) => one === text('Driver')) ?? null
    found.push({
      slot,
      cluster: text('Cluster'),
      hash: text('Hash'),
      version: wholeNumber(header?.get('Version')),
      term: wholeNumber(header?.get('Term')),
      placement: wholeNumber(header?.get('Placement')),
      generation: wholeNumber(header?.get('Generation')),
      driver,
      ports: ports(header?.get('Ports')),
      target,
      load: state?.get('LoadState') ?? 'not-found',
      active,
      sub: ended ? 'dead' : (state?.get('SubState') ?? 'dead'),
      result: state?.get('Result') ?? 'success',
      exitStatus: amount(state, 'ExecMainStatus'),
      restarts: amount(state, 'NRestarts') ?? 0,
      pid: amount(state, 'MainPID') || null,
      // A container's cgroup is its engine's: what systemd counts for the unit is the engine's client alone.
      memory: (driver === 'systemd' ? amount(state, 'MemoryCurrent') : null) ?? gauge?.memory ?? null,
      cpuNs: (driver === 'systemd' ? nanoseconds(state?.get('CPUUsageNSec')) : null) ?? gauge?.cpuNs ?? null,
      activeSinceMs: ALIVE.includes(active) ? stamp(state, 'ActiveEnterTimestampMonotonic') : null,
      activatingSinceMs: active === 'activating' ? stamp(state, 'InactiveExitTimestampMonotonic') : null,
      inactiveSinceMs: stamp(state, ended ? 'ExecMainExitTimestampMonotonic' : 'InactiveEnterTimestampMonotonic'),
      timer: timer
        ? {
            active: timer.get('ActiveState') ?? 'inactive',
            lastTriggerMs: parseSpan(timer.get('LastTriggerUSecMonotonic')),
            sinceMs: timer.get('ActiveState') === 'active' ? stamp(timer, 'ActiveEnterTimestampMonotonic') : null,
          }
        : null,
      ...(own && { runs: own }),
      ...(ended && { startedMs: stamp(state, 'ExecMainStartTimestampMonotonic') }),
    })
  }
  return found.sort((a, b) => byName(a.slot, b.slot))
}
