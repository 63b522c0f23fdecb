// Jobs, hosts and slots with as little as a test wants to say of them.
import type { AppliedJob, Constraint, Job } from '../../../src/model/job.js'
import type { Candidate, Demand, Occupant } from '../../../src/model/plan.js'

export const MIB = 1024 * 1024
export const GIB = 1024 * MIB

export function job(name: string, overrides: Partial<Job> = {}): Job {
  return {
    name,
    type: 'service',
    count: 1,
    driver: 'systemd',
    image: null,
    pull: 'missing',
    command: ['true'],
    container: null,
    unit: null,
    user: null,
    workdir: null,
    env: {},
    envFiles: [],
    secrets: {},
    files: [],
    resources: { cpu: 100, memory: 128 * MIB, disk: 0, devices: {} },
    cpuMax: null,
    memoryMax: null,
    ports: {},
    volumes: [],
    constraints: [],
    affinity: [],
    spread: null,
    maxPerHost: null,
    distinct: null,
    conflictGroup: null,
    conflicts: [],
    with: [],
    priority: 50,
    exclusive: false,
    address: null,
    restart: { attempts: 10, windowMs: 300_000, delayMs: 200 },
    reschedule: { delayMs: 5000, maxDelayMs: 3_600_000, attempts: null },
    onHostLoss: 'move',
    failback: 'stay',
    health: null,
    update: { maxParallel: 1, order: 'stop-first', canary: 0, healthyDeadlineMs: 300_000, autoRevert: true },
    dependsOn: [],
    schedule: null,
    timezone: null,
    overlap: 'forbid',
    catchUp: 'none',
    rerun: false,
    stop: { signal: 'SIGTERM', timeoutMs: 5000 },
    systemd: {},
    ...overrides,
  }
}

export function applied(wanted: Job, overrides: Partial<AppliedJob> = {}): AppliedJob {
  return {
    job: wanted,
    version: 1,
    hash: 'h',
    lackingOn: {},
    imageRef: null,
    fileHashes: {},
    appliedAt: '2025-01-01T00:00:00Z',
    folder: '/jobs',
    stopped: false,
    generation: 0,
    ...overrides,
  }
}

export function candidate(name: string, overrides: Partial<Candidate> = {}): Candidate {
  return {
    name,
    verdict: 'ready',
    cordoned: false,
    takesJobs: true,
    capacity: { cpu: 4000, memory: 8 * GIB, disk: 100 * GIB, devices: {} },
    labels: {},
    os: 'debian',
    osVersion: '12.5',
    arch: 'amd64',
    kernel: '6.1.0-18-amd64',
    drivers: { systemd: '252.22', podman: '4.3.1' },
    foreignPorts: [],
    lackingImages: {},
    ...overrides,
  }
}

export function demand(slot: string, wanted: Job | AppliedJob, overrides: Partial<Demand> = {}): Demand {
  return { slot, applied: 'job' in wanted ? wanted : applied(wanted), only: null, previous: null, ...overrides }
}

/** One demand for each slot of a job. */
export function demands(wanted: Job): Demand[] {
  const all = applied(wanted)
  return Array.from({ length: wanted.count }, (_, place) => demand(`${wanted.name}.${place}`, all))
}

export function occupant(slot: string, host: string, wanted: Job | AppliedJob, ports = {}): Occupant {
  return { slot, host, applied: 'job' in wanted ? wanted : applied(wanted), ports }
}

/** `labels.ssd == true`, `os in debian ubuntu`, `labels.gpu exists`. */
export function constraint(text: string): Constraint {
  const [attribute = '', op = '', ...values] = text.split(' ')
  const known = (['==', '!=', '<', '<=', '>', '>=', 'in', 'matches', 'exists'] as const).find((each) => each === op)
  if (known === undefined) throw new Error(`no operator in ${text}`)
  return { attribute, op: known, values, text }
}
