// Hosts, units and inputs of plans with as little as a test wants to say of them.
import type { Host, HostFacts, Settings, UnitFacts } from '../../../src/model/host.js'
import type { AppliedJob } from '../../../src/model/job.js'
import { byName } from '../../../src/model/names.js'
import type { Belief, HostObservation, Look, Observation, Vantage, Verdict } from '../../../src/model/observation.js'
import type { Placement } from '../../../src/model/plan.js'
import type { HostState, PlanInput } from '../../../src/planner/input.js'
import { applied, GIB, job, MIB } from '../../scheduler/support/make.js'

export { applied, GIB, job, MIB }

/** The wall clock of every test. */
export const WALL = '2025-03-01T12:00:00.000Z'
/** The cluster id of every test. */
export const CLUSTER = 'c1'

export function settings(overrides: Partial<Settings> = {}): Settings {
  return {
    reconcile: '*/1 * * * * *',
    probeTimeoutMs: 1000,
    lostAfterMs: 3000,
    massLossHoldMs: 30_000,
    strategy: 'balanced',
    moves: 2,
    survive: 0,
    witnesses: null,
    bootWaitMs: 20_000,
    ...overrides,
  }
}

export function host(name: string, overrides: Partial<Host> = {}): Host {
  return {
    name,
    connection: { kind: 'ssh', address: name, port: null, user: null, keyFile: null, options: {} },
    become: 'auto',
    takesJobs: true,
    labels: {},
    capacity: null,
    reserve: { cpu: 0, memory: 256 * MIB, disk: 0, devices: {} },
    groups: [],
    vars: {},
    ...overrides,
  }
}

export function facts(overrides: Partial<HostFacts> = {}): HostFacts {
  return {
    bootId: '00000000-0000-0000-0000-000000000001',
    machineId: null,
    uptimeMs: 1_000_000,
    monotonicMs: 1_000_000,
    os: 'debian',
    osVersion: '12',
    arch: 'amd64',
    kernel: '6.1.0',
    capacity: { cpu: 4000, memory: 8 * GIB, disk: 100 * GIB, devices: {} },
    memoryAvailable: 8 * GIB - 128 * MIB,
    diskFree: 80 * GIB,
    load: 0.1,
    drivers: { systemd: '252', podman: '4.3.1' },
    cgroup: 2,
    system: 'running',
    root: true,
    term: null,
    cluster: null,
    units: [],
    containers: [],
    listening: [],
    ...overrides,
  }
}

/** A unit that has run for long, as the first version of its job asks. */
export function unit(slot: string, overrides: Partial<UnitFacts> = {}): UnitFacts {
  return {
    slot,
    cluster: CLUSTER,
    hash: 'h',
    version: 1,
    term: 1,
    placement: 1,
    generation: 0,
    driver: 'systemd',
    ports: {},
    target: null,
    load: 'loaded',
    active: 'active',
    sub: 'running',
    result: 'success',
    exitStatus: null,
    restarts: 0,
    pid: 42,
    memory: null,
    cpuNs: null,
    activeSinceMs: 10_000,
    inactiveSinceMs: null,
    timer: null,
    ...overrides,
  }
}

/** What a unit shows in each phase of its life; see `phaseOf`. */
export const PHASES: Readonly<Record<string, Partial<UnitFacts>>> = {
  running: {},
  starting: { activeSinceMs: 999_900 },
  stopping: { active: 'deactivating', sub: 'stop-sigterm' },
  fresh: { active: 'inactive', sub: 'dead', activeSinceMs: null },
  ended: { active: 'inactive', sub: 'dead', activeSinceMs: null, inactiveSinceMs: 20_000 },
  failed: {
    active: 'failed',
    sub: 'failed',
    result: 'exit-code',
    exitStatus: 1,
    activeSinceMs: null,
    inactiveSinceMs: 20_000,
  },
  broken: { load: 'bad-setting', active: 'inactive', sub: 'dead', activeSinceMs: null },
  scheduled: {
    active: 'inactive',
    sub: 'dead',
    activeSinceMs: null,
    timer: { active: 'active', lastTriggerMs: null },
  },
}

export function placement(slot: string, on: string, overrides: Partial<Placement> = {}): Placement {
  return {
    slot,
    host: on,
    number: 1,
    version: 1,
    hash: 'h',
    generation: 0,
    ports: {},
    since: WALL,
    completed: false,
    ...overrides,
  }
}

export function belief(name: string, verdict: Verdict): Belief {
  return { host: name, verdict, reason: verdict === 'ready' ? '' : `the test says ${verdict}` }
}

/** A host that answers and shows these units. */
export function ready(name: string, units: readonly UnitFacts[] = [], overrides: Partial<HostState> = {}): HostState {
  const seen = facts({ units })
  return {
    host: host(name),
    belief: belief(name, 'ready'),
    cordoned: false,
    draining: false,
    facts: seen,
    lastFacts: seen,
    blocked: null,
    ours: false,
    everReached: true,
    lackingImages: {},
    ...overrides,
  }
}

/** A host that does not answer. */
export function silent(name: string, verdict: Verdict, overrides: Partial<HostState> = {}): HostState {
  return { ...ready(name), belief: belief(name, verdict), facts: null, lastFacts: null, ...overrides }
}

/** The input of a plan; placements are a list here, told apart by their slots. */
export function input(
  jobs: readonly AppliedJob[],
  hosts: readonly HostState[],
  placements: readonly Placement[] = [],
  overrides: Partial<PlanInput> = {},
): PlanInput {
  return {
    settings: settings(),
    cluster: CLUSTER,
    jobs,
    removed: {},
    hosts: [...hosts].sort((a, b) => byName(a.host.name, b.host.name)),
    placements: Object.fromEntries(placements.map((each) => [each.slot, each])),
    backOffs: {},
    now: 5_000_000,
    wall: WALL,
    ...overrides,
  }
}

/** A host as it was observed: by default it answers. */
export function observed(name: string, overrides: Partial<HostObservation> = {}): HostObservation {
  return {
    host: name,
    answering: true,
    facts: facts(),
    lastFacts: facts(),
    lastContactAt: 0,
    silentSince: null,
    missed: 0,
    failure: null,
    looks: [],
    provenVantages: ['control'],
    everReached: true,
    ...overrides,
  }
}

/** A host that has been silent since a moment of hc's clock. */
export function unheard(name: string, since: number, overrides: Partial<HostObservation> = {}): HostObservation {
  return observed(name, {
    answering: false,
    facts: null,
    lastContactAt: since,
    silentSince: since,
    missed: 1,
    ...overrides,
  })
}

export function observation(
  at: number,
  hosts: readonly HostObservation[],
  witness: Observation['witness'] = null,
): Observation {
  return { at, hosts, witness }
}

/** Looks of one vantage in vain, at these moments. */
export function inVain(vantage: Vantage, ...at: readonly number[]): readonly Look[] {
  return at.map((when) => ({ vantage, at: when, reached: false }))
}

/** Looks of one vantage that had an answer. */
export function reached(vantage: Vantage, ...at: readonly number[]): readonly Look[] {
  return at.map((when) => ({ vantage, at: when, reached: true }))
}
