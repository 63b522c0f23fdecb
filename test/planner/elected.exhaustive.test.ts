// Several control machines, one of which leads by election: a leader is lost, or only its lead, and a host with it. Whoever is a
// host, whoever reaches whom before and after, in whatever order lease, look and election come: the host has stopped its exclusive
// slot before the next leader starts it elsewhere, and stops none where only control machines are lost.
import { describe, expect, test } from 'vitest'
import type { LookRow } from '../../src/model/lease-record.js'
import type { Action, Plan } from '../../src/model/plan.js'
import { exclusiveFaults } from '../../src/planner/check-exclusive.js'
import { mayTakeOver } from '../../src/planner/exclusive.js'
import type { HostState, PlanInput } from '../../src/planner/input.js'
import { asked, CONTROL, keeps, lease, lost, rules, SLOT } from './support/leases.js'
import { placement } from './support/make.js'

const OTHERS = ['a', 'c', 'd'] as const
const OLD = { number: 3, owner: 'etcd-1' }
const NEW = { number: 9, owner: 'etcd-1' }
/** The times of the tests' rules: look interval, look, stop bound. */
const EVERY = 2000
const LOOK = 1000
const STOP = 5000
/** A lease of a host that a leader renews right before its lead ends, ms. */
const LEASE = 8000

/** Where a leader is: a machine of its own, or one of the hosts. */
type Seat = 'apart' | 'a' | 'b'

interface Case {
  /** Hosts besides `b`, which holds the slot. */
  readonly others: readonly string[]
  readonly before: Seat
  readonly after: Exclude<Seat, 'b'>
  /** The one before gave its lead away, rather than that it ran out: its leases hold on. */
  readonly handedOn: boolean
}

function* cases(hosts: number): Generator<Case> {
  const others = OTHERS.slice(0, hosts - 1)
  for (const before of ['apart', 'a', 'b'] as const)
    for (const after of ['apart', 'a'] as const)
      for (const handedOn of [false, true]) yield { others, before, after, handedOn }
}

/** Voters of the rules that the leader before has sent, but `b`: where it is no host it has a voice of its own. */
function votersOf({ others, before }: Case): readonly string[] {
  return before === 'apart' ? [...others, CONTROL] : others
}

/** One voter's part: does it answer the new leader, and does `b` reach it, before and after the network changes? */
interface Part {
  readonly leader: readonly [boolean, boolean]
  readonly host: readonly [boolean, boolean]
}

const PARTS: readonly Part[] = Array.from({ length: 16 }, (_, bits) => ({
  leader: [(bits & 1) > 0, (bits & 2) > 0],
  host: [(bits & 4) > 0, (bits & 8) > 0],
}))

/** Every part of `a`, who may be the leader, with every choice of those of the others, in any order the same. */
function* choices(count: number, from: number | null = null): Generator<readonly Part[]> {
  if (count === 0) return yield []
  for (const [index, part] of PARTS.entries()) {
    if (from !== null && index < from) continue
    for (const rest of choices(count - 1, from === null ? 0 : index)) yield [part, ...rest]
  }
}

const NOTHING: Plan = {
  ...{ actions: [], unplaced: [], waiting: [], unclaimed: [], greet: [] },
  ...{ survives: {}, wakeAt: null },
}

/** What `check` thinks of a plan that starts the slot on another host. */
function lawful(made: PlanInput): boolean {
  const start: Action = {
    ...{ kind: 'start', slot: SLOT, job: 'db', host: 'z', from: 'b', reason: 'host-lost', text: 'x', wave: 0 },
    placement: placement(SLOT, 'z', { number: 2 }),
  }
  return exclusiveFaults({ ...NOTHING, actions: [start] }, [], made).length === 0
}

interface Seen {
  readonly now: number
  readonly since: number
  readonly rows: readonly LookRow[]
  readonly answering: readonly string[]
}

function inputOf(one: Case, { now, since, rows, answering }: Seen): PlanInput {
  const held = [rules(votersOf(one), { led: OLD.number })]
  const silence = { sentAt: null, reachedAt: null, leaseUntil: null, rows }
  const b = lost({ lease: lease(held, { term: OLD }), silence, seenInTerm: true })
  const elected = { from: 2, ...(one.handedOn && { handedOn: true as const }) }
  const here = one.after === 'apart' ? {} : { here: one.after }
  return asked(now, b, answering, { ...here, loop: { since, term: NEW, elected } })
}

function bOf({ hosts }: PlanInput): HostState {
  const found = hosts.find(({ host }) => host.name === 'b')
  if (!found) throw new Error('no b')
  return found
}

function allows(one: Case, seen: Seen): boolean {
  const made = inputOf(one, seen)
  const { allowed } = mayTakeOver(bOf(made), SLOT, made)
  if (allowed && !lawful(made)) expect.fail(`the rule allows at ${seen.now} what the check forbids`)
  return allowed
}

interface History {
  readonly parts: ReadonlyMap<string, Part>
  /** When the lead of the one before ends, and the next one begins, ms; the network changes at `change`. */
  readonly since: number
  readonly change: number
  /** From the beginning of its lead to its first look for silent hosts. */
  readonly firstLook: number
}

/** When the new leader takes over, ms; null: never. `b` never answers it. */
function takenAt(one: Case, { parts, since, change, firstLook }: History): number | null {
  const row = new Map<string, { first: number; last: number }>()
  for (let now = since + firstLook; now <= Math.max(since, change) + 19_000; now += 1000) {
    const phase = now < change ? 0 : 1
    const looking = [...parts].filter(([name, { leader }]) => name === one.after || leader[phase])
    let reached = false
    for (const [name, { host }] of looking) {
      if (host[phase]) {
        reached = true
        row.delete(name)
        continue
      }
      const before = row.get(name)
      row.set(name, { first: before && now - before.last <= 2500 ? before.first : now, last: now })
    }
    // Somebody hears it: it is not lost.
    if (reached) continue
    const own = row.get('control') ?? { first: now, last: now }
    row.set('control', { first: own.first, last: now })
    const rows = [...row].map(([vantage, { first, last }]) => ({ vantage, first, last }))
    if (allows(one, { now, since, rows, answering: looking.map(([name]) => name) })) return now
  }
  return null
}

/** When `b` has stopped at the latest; Infinity: it goes on. `apart`: it reaches the leader before, where that is no host. */
function stoppedAt(one: Case, history: History, offset: number, lookMs: number, apart: boolean): number {
  const { parts, since, change } = history
  // The last renewal was sent right before the lead ended.
  const end = since + (one.handedOn ? LEASE : 0)
  for (let at = end + offset; at < since + 100_000; at += EVERY) {
    const phases = [at < change ? 0 : 1, at + lookMs < change ? 0 : 1] as const
    const reached = [...parts.values()].filter(({ host }) => phases.some((phase) => host[phase])).length
    const voice = one.before === 'apart' && apart ? 1 : 0
    if (!keeps(reached + voice, votersOf(one).length + 1)) return at + lookMs + STOP
  }
  return Number.POSITIVE_INFINITY
}

describe('a host is lost together with the leader, or its lead', () => {
  for (const hosts of [2, 3, 4]) {
    test(`${hosts} hosts: it has stopped before the next leader starts its slot, in whatever order`, {
      timeout: 120_000,
    }, () => {
      let taken = 0
      for (const one of cases(hosts)) {
        for (const chosen of choices(one.others.length)) {
          const parts = new Map(one.others.map((name, index) => [name, chosen[index] ?? PARTS[0]] as [string, Part]))
          const own = one.after === 'apart' ? undefined : parts.get(one.after)
          // The new leader is that host: it reaches itself, and finds `b` silent.
          if (own && !(own.leader[0] && own.leader[1])) continue
          for (const change of hosts === 4 ? [12_300] : [9000, 10_900, 12_300, 17_900]) {
            for (const firstLook of hosts === 4 ? [300] : [0, 1100]) {
              const history = { parts, since: 10_000, change, firstLook }
              const at = takenAt(one, history)
              if (at === null) continue
              taken += 1
              for (const offset of [0, 700, 1300, 1999]) {
                for (const lookMs of [0, LOOK]) {
                  for (const apart of [false, true]) {
                    const end = stoppedAt(one, history, offset, lookMs, apart)
                    if (end > at)
                      expect.fail(`taken at ${at}, stopped at ${end}: ${JSON.stringify({ ...one, change, chosen })}`)
                  }
                }
              }
            }
          }
        }
      }
      expect(taken).toBeGreaterThan(0)
    })
  }

  test('whoever is left takes it over within 11 s where they are half of the voters', () => {
    for (const hosts of [2, 3, 4]) {
      for (const one of cases(hosts)) {
        const all = { leader: [true, true], host: [false, false] } as const
        const parts = new Map(one.others.map((name) => [name, all] as const))
        const at = takenAt(one, { parts, since: 10_000, change: 0, firstLook: 300 })
        const half = 2 * one.others.length >= votersOf(one).length + 1
        expect(at === null, JSON.stringify(one)).toBe(!half)
        if (at !== null) expect(at - 10_000).toBeLessThan(one.handedOn ? 20_000 : 11_000)
      }
    }
  })
})

describe('whose word counts', () => {
  const [some] = [...cases(3)]
  const rows: readonly LookRow[] = ['control', 'a', 'c'].map((vantage) => ({ vantage, first: 0, last: 60_000 }))
  const seen = { now: 60_000, since: -1000, rows, answering: ['a', 'c'] }

  test('the voice of the leader before is not that of the next one', () => {
    for (const hosts of [2, 3, 4]) {
      const one: Case = { others: OTHERS.slice(0, hosts - 1), before: 'apart', after: 'apart', handedOn: false }
      // With its own row alone, and with each number of hosts that find it gone.
      for (let count = 0; count < hosts; count += 1) {
        const names = one.others.slice(0, count)
        const looks = ['control', ...names].map((vantage) => ({ vantage, first: 0, last: 60_000 }))
        expect(allows(one, { ...seen, rows: looks, answering: [...names] })).toBe(2 * count >= hosts + 1)
      }
    }
  })

  test('only a term of the line of elected leaders', () => {
    if (!some) throw new Error('no case')
    const made = inputOf(some, seen)
    const b = bOf(made)
    const by = (term: { number: number; owner: string } | null) => {
      const state = { ...b, lease: lease([rules(votersOf(some), { led: OLD.number })], { term }) }
      const asks = { ...made, hosts: made.hosts.map((host) => (host === b ? state : host)) }
      const { allowed } = mayTakeOver(state, SLOT, asks)
      expect(lawful(asks)).toBe(allowed)
      return allowed
    }
    expect(by(OLD)).toBe(true)
    expect(by({ ...OLD, number: 2 })).toBe(true)
    expect(by({ ...OLD, number: 1 })).toBe(false)
    expect(by({ ...OLD, number: 10 })).toBe(false)
    expect(by({ ...OLD, owner: 'etcd-2' })).toBe(false)
    expect(by(null)).toBe(false)
  })

  test('rules that no elected leader has sent are waited for with their lease', () => {
    if (!some) throw new Error('no case')
    const wait = EVERY + LOOK + STOP + 1000
    for (const [led, ms] of [
      [OLD.number, wait],
      [undefined, wait + LEASE],
      [1, wait + LEASE],
    ] as const) {
      const taken = (now: number) => {
        const looks = rows.map((row) => ({ ...row, first: -1000, last: now }))
        const made = inputOf(some, { ...seen, now, rows: looks })
        const b = bOf(made)
        const held = [rules(['a', 'c'], led === undefined ? {} : { led })]
        const state = { ...b, lease: lease(held, { term: OLD }) }
        const asks = { ...made, hosts: made.hosts.map((host) => (host === b ? state : host)) }
        expect(lawful(asks)).toBe(mayTakeOver(state, SLOT, asks).allowed)
        return mayTakeOver(state, SLOT, asks).allowed
      }
      expect(taken(-1000 + ms - 1)).toBe(false)
      expect(taken(-1000 + ms)).toBe(true)
    }
  })
})

describe('only control machines are lost', () => {
  test('with three voters and more nothing is stopped, whichever of them', () => {
    for (const hosts of [2, 3, 4]) {
      for (const one of cases(hosts)) {
        // Those that stand by have no voice, so that the loss of all that are no host is that of the leader.
        if (one.before === 'b') continue
        const reached = one.before === 'apart' ? one.others.length : one.others.length - 1
        const voters = votersOf(one).length + 1
        if (voters >= 3) expect(keeps(reached, voters), JSON.stringify(one)).toBe(true)
      }
    }
  })
})
