// A silent host, and whoever looks for it, with as little as a test wants to say of them.
import { CONTROL } from '../../../src/model/lease.js'
import type { HeldRules, LeaseRecord, LookRow, Silence } from '../../../src/model/lease-record.js'
import { mayTakeOver, type TakeOver } from '../../../src/planner/exclusive.js'
import type { HostState, PlanInput } from '../../../src/planner/input.js'
import { applied, host, input, job, placement, ready, silent } from './make.js'

/** The term of every test. */
export const TERM = { number: 3, owner: 'desk-1' }
/** The slot that is at stake. */
export const SLOT = 'db.0'

/** Rules with the default times, as the host `b` holds them. */
export function rules(voters: readonly string[], more: Partial<HeldRules> = {}): HeldRules {
  return {
    id: 7,
    voters,
    leaseMs: 8000,
    lookEveryMs: 2000,
    lookMs: 1000,
    stopBoundMs: 5000,
    selfFence: true,
    digest: 'd',
    slots: [{ slot: SLOT, placement: 1 }],
    ...more,
  }
}

/** Rules that were acknowledged, in the present term. */
export function lease(held: readonly HeldRules[], more: Partial<LeaseRecord> = {}): LeaseRecord {
  return { term: TERM, held, acknowledged: held[0]?.id ?? null, ...more }
}

/** Rows of these vantages from `first` to `last`. */
export function rows(vantages: readonly string[], first: number, last: number): readonly LookRow[] {
  return vantages.map((vantage) => ({ vantage, first, last }))
}

export function silence(more: Partial<Silence> = {}): Silence {
  return { sentAt: 0, reachedAt: 0, leaseUntil: null, rows: [], ...more }
}

/** `b`, lost, with what is known of it. */
export function lost(more: Partial<HostState> = {}): HostState {
  return silent('b', 'lost', more)
}

/** What is asked with: the hosts that answer beside `b`, at a time, by a loop that has ticked since -100 s. */
export function asked(
  now: number,
  b: HostState,
  answering: readonly string[],
  more: Partial<PlanInput> = {},
): PlanInput {
  const others = answering.map((name) => ready(name))
  return input([applied(job('db', { exclusive: true }))], [b, ...others], [placement(SLOT, 'b')], {
    now,
    loop: { since: -100_000, term: TERM },
    ...more,
  })
}

/** May `db.0` be taken over from `b`? */
export function may(now: number, b: HostState, answering: readonly string[], more: Partial<PlanInput> = {}): TakeOver {
  return mayTakeOver(b, SLOT, asked(now, b, answering, more))
}

/** The control machine is this host. */
export function local(name: string): HostState {
  const here = { ...host(name).connection, kind: 'local' as const }
  return ready(name, [], { host: host(name, { connection: here }) })
}

/** Does a host that reaches so many voters besides itself keep what it runs without a lease? */
export function keeps(reached: number, voters: number): boolean {
  return 2 * (1 + reached) > voters
}

export { CONTROL }
