// Situations that renderers are shown: small builders and whole views.
import { NO_RESOURCES, type Resources, remaining } from '../../src/model/resources.js'
import type { AllocationView, HostView, JobView, StatusView } from '../../src/model/views.js'
import { PLAIN, type Style } from '../../src/ui/style.js'
import type { Canvas } from '../../src/ui/view.js'

export const NOW = Date.parse('2026-11-22T10:00:00Z')
const MIB = 1024 * 1024
const GIB = 1024 * MIB

export function canvas(columns: number | null = 80, style: Style = PLAIN): Canvas {
  return { style, columns, now: NOW }
}

/** RFC 3339, so many seconds before NOW. */
export function before(seconds: number): string {
  return new Date(NOW - seconds * 1000).toISOString()
}

export function resources(cpu: number, memory: number, disk = 0): Resources {
  return { ...NO_RESOURCES, cpu, memory: memory * MIB, disk: disk * GIB }
}

export function host(name: string, more: Partial<HostView> = {}): HostView {
  return {
    name,
    address: `192.168.1.${10 + Number(name.replace(/\D/g, '') || 0)}`,
    verdict: 'ready',
    reason: null,
    cordoned: false,
    draining: false,
    takesJobs: true,
    lastContact: before(1),
    bootId: `boot-${name}`,
    bootedAt: null,
    capacity: resources(4000, 7680, 100),
    reserved: resources(400, 512, 1),
    used: resources(250, 1900, 20),
    os: 'debian 12',
    drivers: { systemd: '252', podman: '4.3.1' },
    labels: { ssd: 'true', rack: 'a' },
    free: remaining(resources(4000, 7680, 100), more.reserved ?? resources(400, 512, 1)),
    holds: 1,
    leaving: 0,
    ...more,
  }
}

export function job(name: string, more: Partial<JobView> = {}): JobView {
  return {
    name,
    type: 'service',
    driver: 'podman',
    version: 1,
    wanted: 1,
    running: 1,
    healthy: 1,
    stopped: false,
    ...more,
  }
}

export function allocation(slot: string, on: string | null, more: Partial<AllocationView> = {}): AllocationView {
  return {
    slot,
    job: slot.split('.')[0] ?? slot,
    host: on,
    state: 'running',
    healthy: true,
    restarts: 0,
    since: before(3720),
    version: 1,
    ports: {},
    memory: 48 * MIB,
    cpu: null,
    note: null,
    ...more,
  }
}

const port = (last: number, number: number) => ({ http: { address: `192.168.1.${last}`, port: number } })

export const ALL_WELL: StatusView = {
  converged: true,
  loop: { ticking: true, lastTick: before(0.4) },
  hosts: [host('nuc1'), host('nuc2', { reserved: resources(1200, 2048) }), host('nuc3', { cordoned: true })],
  jobs: [job('web', { wanted: 2, running: 2, healthy: 2 }), job('db', { driver: 'systemd', version: 3 })],
  allocations: [
    allocation('web.0', 'nuc1', { ports: port(11, 8080) }),
    allocation('web.1', 'nuc2', { ports: port(12, 8080), restarts: 2 }),
    allocation('db.0', 'nuc3', { healthy: null, since: before(12) }),
  ],
  unplaced: [],
  waiting: [],
  unclaimed: [],
  hints: [],
}

export const HOST_LOST: StatusView = {
  ...ALL_WELL,
  hosts: [
    host('nuc1'),
    host('nuc2', {
      verdict: 'lost',
      reason: 'no answer for 12s, nor for nuc1 and nuc3 in 3 looks each',
      lastContact: before(12),
      used: null,
    }),
    host('nuc3'),
  ],
  allocations: [
    allocation('web.0', 'nuc1', { ports: port(11, 8080) }),
    allocation('web.1', 'nuc3', { ports: port(13, 8080), since: before(4) }),
    allocation('db.0', 'nuc3'),
  ],
}

const SILENT = 'no answer for 2.1s: proof of its loss needs more looks'
const WAITS = { host: 'nuc2', reason: `nuc2 is suspect: ${SILENT}` }

/** One host is silent, and all that is on it waits for nothing else. */
export const HOST_SUSPECT: StatusView = {
  ...HOST_LOST,
  converged: false,
  hosts: [
    host('nuc1'),
    host('nuc2', { verdict: 'suspect', reason: SILENT, lastContact: before(2.1), used: null }),
    host('nuc3'),
  ],
  allocations: [
    allocation('web.0', 'nuc1', { ports: port(11, 8080) }),
    ...['web.1', 'db.0'].map((slot) => allocation(slot, 'nuc2', { state: 'unknown', note: WAITS.reason })),
  ],
  waiting: ['db.0', 'web.1'].map((slot) => ({ slot, ...WAITS })),
}

export const UNPLACED: StatusView = {
  ...HOST_LOST,
  converged: false,
  loop: { ticking: false, lastTick: null },
  jobs: [
    job('web', { wanted: 2, running: 1, healthy: 1 }),
    job('db', { running: 0, healthy: 0 }),
    job('old', { stopped: true, wanted: 0, running: 0, healthy: 0 }),
  ],
  allocations: [
    allocation('web.0', 'nuc1', { healthy: false, note: 'GET /healthz: 503, 3 times in a row' }),
    allocation('web.1', null, { state: 'pending', healthy: null, since: null, memory: null }),
    allocation('db.0', 'nuc2', { state: 'unknown', healthy: null, note: 'its host does not answer' }),
    allocation('api.0', 'nuc3', {
      state: 'failed',
      restarts: 10,
      note: 'exit status 1, gave up after 10 restarts in 5m',
    }),
  ],
  unplaced: [
    {
      slot: 'web.1',
      reasons: [
        { host: 'nuc1', reason: 'needs 512 MiB memory, 300 MiB free' },
        { host: 'nuc2', reason: 'is lost' },
        { host: 'nuc3', reason: 'port 8080 is taken by a program that is not of hc' },
      ],
    },
  ],
  waiting: [{ slot: 'db.0', host: 'nuc2', reason: 'its data is on nuc2, which is lost: it waits for that host' }],
  unclaimed: [{ slot: 'stray.0', host: 'nuc3' }],
  hints: ['hc reconcile --install: a loop that handles losses', 'hc logs api.0'],
}

export const UNDER_WAY: StatusView = {
  ...ALL_WELL,
  converged: false,
  allocations: [
    ...ALL_WELL.allocations,
    allocation('web.2', null, { state: 'pending', healthy: null, since: null, note: 'new' }),
    allocation('web.3', 'nuc1', { state: 'starting', healthy: null, since: before(1) }),
  ],
}

export const EMPTY: StatusView = {
  converged: true,
  loop: { ticking: false, lastTick: null },
  hosts: [host('nuc1', { verdict: 'unknown', capacity: null, used: null, lastContact: null, os: null, drivers: {} })],
  jobs: [],
  allocations: [],
  unplaced: [],
  waiting: [],
  unclaimed: [],
  hints: ['hc apply: start what is under jobs/'],
}

export const FORTY: StatusView = {
  ...ALL_WELL,
  jobs: [job('a-job-with-quite-a-long-name', { wanted: 40, running: 40, healthy: 40 })],
  allocations: Array.from({ length: 40 }, (_, index) =>
    allocation(`a-job-with-quite-a-long-name.${index}`, `nuc${(index % 3) + 1}`, {
      ports: { ...port(11 + (index % 3), 20_000 + index), admin: { address: 'fd00::1', port: 30_000 + index } },
    }),
  ),
}
