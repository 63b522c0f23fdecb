// What a simulated host says of itself in a probe.
import type { HostFacts } from '../../src/model/host.js'
import { parseUnits } from '../../src/remote/parse-units.js'
import type { SimHost } from './host.js'
import { controlAddress, type Member } from './network.js'
import { listeningIn, shownOf, shownTimer } from './shown.js'

const MIB = 1024 * 1024

/** The facts of a simulated host, by what runs on it and lies on its disk. */
export function factsOf(host: SimHost, from: Member): HostFacts {
  const lines: string[] = []
  const shown: string[] = []
  const { runs } = host
  const names = new Set([...host.files.keys(), ...host.systemd.units.keys()])
  for (const name of [...names].sort()) {
    for (const line of (host.files.get(name) ?? '').split('\n')) {
      if (line.startsWith('X-Hc-')) lines.push(`/etc/systemd/system/${name}:${line}`)
    }
    if (name.endsWith('.timer')) shown.push(...shownTimer(name, runs?.timers.all.get(name)))
    else shown.push(...shownOf(name, host.files.has(name), host.systemd.units.get(name)))
  }
  const term = host.runTerm ?? host.diskTerm
  return {
    bootId: host.bootId,
    machineId: host.machineId,
    uptimeMs: Math.floor(host.uptime / 10) * 10,
    monotonicMs: Math.floor(host.systemd.monotonic),
    os: 'debian',
    osVersion: '12',
    arch: 'x86_64',
    kernel: '6.1',
    capacity: { cpu: 4000, memory: host.memory, disk: 100_000 * MIB, devices: {} },
    memoryAvailable: host.memory,
    diskFree: host.diskFull ? 0 : 50_000 * MIB,
    load: 0.1,
    drivers: { systemd: '252' },
    cgroup: 2,
    system: 'running',
    root: true,
    term: term?.term ?? null,
    cluster: term?.cluster ?? null,
    ...(host.orders && { orders: host.orders }),
    units: parseUnits(lines, shown, undefined, runs?.shown()),
    ...(host.wait && { word: host.wait.word }),
    ...runs?.facts(),
    containers: [],
    containersKnown: true,
    listening: listeningIn(host.running().values()),
    lease: host.lease.facts(),
    connection: { own: `10.0.0.${host.doors.network.addressOf(host.name).slice(1)}`, peer: controlAddress(from) },
  }
}
