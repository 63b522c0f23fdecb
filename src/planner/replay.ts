// The inputs of a tick as they are kept, and planned again: a decision rests on its input alone, so the same plan comes out,
// byte for byte. What no decision rests on and could be private is left out of what is kept.
import type { Host, HostFacts } from '../model/host.js'
import type { AppliedJob, Job } from '../model/job.js'
import type { HostName } from '../model/names.js'
import type { Plan } from '../model/plan.js'
import type { HostState, PlanInput } from './input.js'
import { type Decision, decide } from './plan.js'

/** One tick that acted. JSON all through. */
export interface TickRecord {
  readonly format: 1
  readonly id: string
  /** Without what could be private; see `keptInput`. */
  readonly input: PlanInput
  /** Hosts whose `lastFacts` are their `facts`, which are kept once. */
  readonly sameFacts: readonly HostName[]
  readonly plan: Plan
}

/** What came of planning it again. */
export interface Replay {
  /** The same bytes. */
  readonly same: boolean
  /** Where the plans differ first: `actions.0.host`; null: nowhere. */
  readonly differsAt: string | null
  readonly decision: Decision
}

/** Name of the tick that was decided at that time, RFC 3339 UTC: `20261126-123342-118`. In their order they are in that of time. */
export function tickId(wall: string): string {
  return wall.replace(/[-:]/g, '').replace(/[T.]/g, '-').replace(/Z$/, '')
}

/** The time that it names, RFC 3339 UTC; null: it is none. */
export function timeOfTick(id: string): string | null {
  const match = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-(\d{3})$/.exec(id)
  if (!match) return null
  const [, year, month, day, hour, minute, second, ms] = match
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`
}

/** What is kept of a tick. */
export function tickRecord(input: PlanInput, plan: Plan): TickRecord {
  const same = input.hosts.filter(({ facts, lastFacts }) => facts !== null && facts === lastFacts)
  const names = new Set(same.map(({ host }) => host.name))
  const kept = keptInput(input)
  const hosts = kept.hosts.map((state) => (names.has(state.host.name) ? { ...state, lastFacts: null } : state))
  return { format: 1, id: tickId(input.wall), input: { ...kept, hosts }, sameFacts: [...names], plan }
}

/** Plans a tick again from what was kept of it. */
export function replay({ input, sameFacts, plan }: TickRecord): Replay {
  const same = new Set(sameFacts)
  const whole = (state: HostState): HostState =>
    same.has(state.host.name) ? { ...state, lastFacts: state.facts satisfies HostFacts | null } : state
  const decision = decide({ ...input, hosts: input.hosts.map(whole) })
  const then = JSON.stringify(plan)
  const now = JSON.stringify(decision.plan)
  if (then === now) return { same: true, differsAt: null, decision }
  return { same: false, differsAt: difference(JSON.parse(then), JSON.parse(now)) ?? 'the order of fields', decision }
}

/**
 * The input without what could be private: variables of hosts, keys, logins, arguments of fences and notices, and of jobs the
 * command, environment, secrets, files, unit directives and what health checks ask. No decision rests on any of it.
 */
export function keptInput(input: PlanInput): PlanInput {
  const { notify: _, onChange: __, store: ___, ...settings } = input.settings
  return {
    ...input,
    settings,
    jobs: input.jobs.map(keptApplied),
    hosts: input.hosts.map((state) => ({ ...state, host: keptHost(state.host) })),
  }
}

function keptHost(host: Host): Host {
  return {
    ...host,
    vars: {},
    connection: { ...host.connection, user: null, keyFile: null, options: {} },
    ...(host.fence && { fence: { kind: 'command', argv: [] } as const }),
  }
}

function keptApplied(applied: AppliedJob): AppliedJob {
  const job: Job = {
    ...applied.job,
    command: applied.job.command && [],
    env: {},
    envFiles: [],
    secrets: {},
    files: [],
    systemd: {},
    health: applied.job.health && { ...applied.job.health, check: keptCheck(applied.job.health.check) },
  }
  return { ...applied, job, fileHashes: {}, folder: '' }
}

function keptCheck(check: NonNullable<Job['health']>['check']): NonNullable<Job['health']>['check'] {
  switch (check.kind) {
    case 'tcp':
      return check
    case 'http':
      return { ...check, path: '', body: null }
    case 'command':
      return { ...check, argv: [] }
  }
}

/** The path to the first value that is not the same; null: there is none. */
function difference(a: unknown, b: unknown): string | null {
  if (!isPlain(a) || !isPlain(b)) return a === b ? null : ''
  const keys = [...Object.keys(a), ...Object.keys(b).filter((key) => !(key in a))]
  for (const key of keys) {
    const found = difference(a[key], b[key])
    if (found !== null) return found === '' ? key : `${key}.${found}`
  }
  return null
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
