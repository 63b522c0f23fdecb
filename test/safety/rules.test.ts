// Cases of the list that breaks naive versions, where a pure rule decides them. docs/safety-cases.md says where the others are.
import { describe, expect, test } from 'vitest'
import { assemble } from '../../src/controller/assemble.js'
import { acknowledge } from '../../src/controller/lease.js'
import { newHostRecord } from '../../src/controller/record.js'
import type { FenceRule } from '../../src/model/fence.js'
import type { Belief, HostObservation } from '../../src/model/observation.js'
import { check } from '../../src/planner/check.js'
import { clusterFindings } from '../../src/planner/doctor-control.js'
import { reachFindings } from '../../src/planner/doctor-reach.js'
import { waitMs } from '../../src/planner/exclusive.js'
import { NOWHERE, votersFor } from '../../src/planner/exclusive-arming.js'
import { toFence } from '../../src/planner/fencing.js'
import type { HostState } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import { judge } from '../../src/planner/verdicts.js'
import { records } from '../controller/support/records.js'
import { asked, CONTROL, lease, lost, may, rows, rules, SLOT, silence, TERM } from '../planner/support/leases.js'
import {
  applied,
  facts,
  host,
  input,
  inVain,
  job,
  observation,
  observed,
  placement,
  reached,
  ready,
  settings,
  silent,
  unheard,
  WALL,
} from '../planner/support/make.js'

const FOUR = rules(['a', 'c', CONTROL])
const WAIT = waitMs(FOUR)
const ALL = ['control', 'a', 'c']
const db = applied(job('db', { exclusive: true }))

function at(name: string, address: string, peer = '10.0.0.9'): HostState {
  const connection = { ...host(name).connection, address }
  return ready(name, [], { host: host(name, { connection }), facts: facts({ connection: { own: address, peer } }) })
}

describe('case 6: who answers must be the voter itself', () => {
  test('an address of loopback, of the host itself, of two voters, or of a job that moves is no voter’s', () => {
    const moving = applied(job('vip', { exclusive: true, address: '10.0.0.50/24' }))
    const hosts = [
      at('a', '10.0.0.1'),
      at('b', '10.0.0.2'),
      at('tunnel', '127.0.0.1'),
      at('same', '10.0.0.1'),
      at('twin-1', '10.0.0.7'),
      at('twin-2', '10.0.0.7'),
      at('vip', '10.0.0.50'),
    ]
    const voters = votersFor(hosts[0] as HostState, input([moving], hosts))
    expect(Object.fromEntries(voters.map(({ name, address }) => [name, address]))).toEqual({
      [CONTROL]: '10.0.0.9',
      b: '10.0.0.2',
      same: NOWHERE,
      tunnel: NOWHERE,
      'twin-1': NOWHERE,
      'twin-2': NOWHERE,
      vip: NOWHERE,
    })
  })
})

describe('case 7: a stop that nothing proves is none', () => {
  const gone = (selfFence: boolean, now: number) =>
    lost({
      lease: lease([FOUR, rules(['a', 'c', CONTROL], { id: 8, selfFence })]),
      silence: silence({ rows: rows(ALL, 200, now) }),
    })
  test('a host that does not start itself anew where a stop fails is not taken over from by its lease', () => {
    expect(may(WAIT, gone(true, WAIT), ['a', 'c']).allowed).toBe(true)
    const never = may(9 * WAIT, gone(false, 9 * WAIT), ['a', 'c'])
    expect(never).toMatchObject({ allowed: false, at: null })
    expect(never.text).toContain('hc_self_fence: false')
    const fenced = { ...gone(false, WAIT), fenced: 'its power is off' }
    expect(may(WAIT, fenced, ['a', 'c']).allowed).toBe(true)
  })
  test('a host that had long not looked at its lease when it was seen last is not taken over from by it', () => {
    const idle = (now: number) => {
      const state = gone(true, now)
      return { ...state, lease: { ...lease([FOUR]), unwatched: true as const } }
    }
    const never = may(9 * WAIT, idle(9 * WAIT), ['a', 'c'])
    expect(never).toMatchObject({ allowed: false, at: null })
    expect(never.text).toContain('had long not looked at its lease')
    expect(may(WAIT, { ...idle(WAIT), fenced: 'its power is off' }, ['a', 'c']).allowed).toBe(true)
    const { plan, classified } = decide(asked(WAIT, gone(true, WAIT), ['a', 'c']))
    expect(check(plan, classified, asked(WAIT, idle(WAIT), ['a', 'c'])).join()).toContain('does not look at its lease')
  })
  test('whether it looks is told by each probe: later than interval, look, stop bound and a margin is not at all', () => {
    const shown = (looked: number | null | undefined, uptimeMs = 100_000) =>
      acknowledge(
        lease([FOUR]),
        facts({
          uptimeMs,
          term: TERM,
          lease: {
            rules: FOUR.id,
            until: null,
            ...(looked !== undefined && { looked }),
            armed: FOUR.slots,
            words: [],
            stopped: [],
          },
        }),
        TERM,
      )?.unwatched
    const bears = FOUR.lookEveryMs + FOUR.lookMs + FOUR.stopBoundMs + 1000
    expect(shown(100_000 - bears)).toBeUndefined()
    expect(shown(100_000 - bears - 1)).toBe(true)
    expect([shown(null), shown(null, bears), shown(undefined)]).toEqual([true, undefined, undefined])
  })
  test('and a plan that does it all the same is refused', () => {
    const { plan, classified } = decide(asked(WAIT, gone(true, WAIT), ['a', 'c']))
    expect(plan.actions).toHaveLength(1)
    expect(check(plan, classified, asked(WAIT, gone(false, WAIT), ['a', 'c'])).join()).toContain('fails to stop')
  })
})

describe('case 11: a fence is believed only where nobody hears the host', () => {
  const fenced = { ...newHostRecord(WALL), lastContact: WALL, fenced: { at: WALL, bootId: 'b1' } }
  const known = records({
    term: TERM,
    jobs: { db },
    placements: { [SLOT]: placement(SLOT, 'b') },
    hosts: { a: { ...newHostRecord(WALL), lastContact: WALL }, b: fenced },
  })
  const seen = (verdict: Belief['verdict']) => ({
    inventory: { hosts: [host('a'), host('b')], settings: settings(), groups: {} } as never,
    observation: observation(0, [observed('a'), unheard('b', -60_000)]),
    beliefs: [
      { host: 'a', verdict: 'ready', reason: '' },
      { host: 'b', verdict, reason: 'as the test says' },
    ] as const,
    busy: new Set<string>(),
    lackingImages: new Map(),
    wall: WALL,
  })
  test('the driver of a wrong outlet says off: a host that others reach, or that answers pings, keeps its slots', () => {
    for (const verdict of ['cut-off', 'unmanageable', 'suspect'] as const) {
      const made = assemble(known, seen(verdict))
      expect(made.hosts.find((state) => state.host.name === 'b')?.fenced, verdict).toBeUndefined()
      expect(decide(made).plan.actions, verdict).toEqual([])
    }
    expect(decide(assemble(known, seen('lost'))).plan.actions).toMatchObject([{ kind: 'start', slot: SLOT, host: 'a' }])
  })
})

describe('case 14: a moment of silence moves nothing', () => {
  const judged = (b: HostObservation, more: readonly HostObservation[] = []) =>
    judge(observation(100_000, [b, observed('a'), ...more]), settings())[0]?.verdict
  const looks = inVain('control', 97_500, 98_500, 99_500)
  test('three looks in vain over two seconds, three seconds of silence; two hosts together wait for the hold', () => {
    expect(judged(unheard('b', 97_000, { looks }))).toBe('lost')
    expect(judged(unheard('b', 97_001, { looks }))).toBe('suspect')
    expect(judged(unheard('b', 90_000, { looks: looks.slice(1) }))).toBe('suspect')
    expect(judged(unheard('b', 90_000, { looks: inVain('control', 98_000, 98_900, 99_999) }))).toBe('suspect')
    expect(judged(unheard('b', 97_000, { looks }), [unheard('c', 96_000, { looks })])).toBe('suspect')
  })
})

describe('case 16: a host whose kernel answers is not lost, whatever else is dead', () => {
  const fence: FenceRule = { kind: 'command', argv: ['power', 'b'] }
  const failure = { kind: 'timeout', message: 'no shell', hint: null } as const
  const looks = [...reached('control', 9_999_000), ...reached('a', 9_999_000)]
  const hung = unheard('b', 0, { failure, looks, provenVantages: ['control', 'a'] })
  const seen = observation(10_000_000, [observed('a'), hung, observed('c')])
  const web = applied(job('web'))
  const hosts = (b: Partial<HostState>) => [ready('a'), silent('b', 'unmanageable', b), ready('c')]
  const made = (b: Partial<HostState> = {}) => ({
    ...input([db, web], hosts(b), [placement(SLOT, 'b'), placement('web.0', 'b')]),
    settings: settings({ hungAfterMs: 120_000 }),
  })
  test('it is unmanageable for hours, and nothing is started twice', () => {
    expect(judge(seen, settings()).map(({ verdict }) => verdict)).toEqual(['ready', 'unmanageable', 'ready'])
    expect(decide(made()).plan.actions).toEqual([])
  })
  test('a fence driver ends that after hc_hung_after: off, then lost, then replaced', () => {
    expect(toFence(made(), seen, null)).toBeNull()
    const armed = made({ host: host('b', { fence }) })
    expect(toFence(armed, seen, null)?.why).toMatch(/^b has hung for .*; 3 of 4 voters agree$/)
    const off = { ...armed, hosts: [ready('a'), silent('b', 'lost', { fenced: 'off' }), ready('c')] }
    expect(
      decide(off)
        .plan.actions.map(({ slot }) => slot)
        .sort(),
    ).toEqual(['db.0', 'web.0'])
  })
})

describe('case 19: the long lease of a loop that ends on purpose', () => {
  const away = { ...FOUR, leaseMs: 900_000 }
  const loop = { since: 0, term: TERM }
  test('is waited for in full, from the start of the next loop', () => {
    const b = (now: number) =>
      lost({
        lease: lease([FOUR, away]),
        silence: silence({ sentAt: null, reachedAt: null, rows: rows(ALL, 200, now) }),
      })
    const due = WAIT - 8000 + 900_000
    expect(may(due - 1, b(due - 1), ['a', 'c'], { loop })).toMatchObject({ allowed: false, at: due })
    expect(may(due, b(due), ['a', 'c'], { loop }).allowed).toBe(true)
  })
  test('gives way to the usual one at first contact, once its own time on the host is over', () => {
    const shown = (leftMs: number) =>
      facts({
        term: TERM,
        lease: {
          rules: 7,
          until: 1_000_000 + leftMs,
          armed: [{ slot: SLOT, placement: 1 }],
          words: [SLOT],
          stopped: [],
        },
      })
    const before = lease([FOUR, away])
    expect(acknowledge(before, shown(600_000), TERM)?.held.map(({ leaseMs }) => leaseMs)).toEqual([8000, 900_000])
    expect(acknowledge(before, shown(7000), TERM)?.held.map(({ leaseMs }) => leaseMs)).toEqual([8000])
  })
})

describe('case 17: what the loss of the control machine would stop is said beforehand', () => {
  const found = (...hosts: readonly HostState[]) =>
    clusterFindings(
      input([db], hosts),
      hosts.map((state) => state.host.name),
    ).map(({ id, host: of }) => `${id} ${of}`)
  const seen = (reach: Readonly<Record<string, readonly string[]>>, jobs = [db], more: Partial<HostState> = {}) => {
    const hosts = ['a', 'b', 'c'].map((name, n) => ({ ...at(name, `10.0.0.${n + 1}`), ...(name === 'a' ? more : {}) }))
    const names = hosts.map((state) => state.host.name)
    return reachFindings(input(jobs, hosts), names, new Map(Object.entries(reach))).map(
      ({ id, host: of }) => `${id} ${of}`,
    )
  }
  const others = { b: ['control', 'a', 'c'], c: ['control', 'a', 'b'] }
  test('by hc doctor: whose slots it would stop, and whose nobody could take over, by who was seen to reach whom', () => {
    expect(seen({ ...others, a: ['control', 'b', 'c'] })).toEqual([])
    // Behind address translation: it reaches the others, and only the control machine reaches it, through a jump. The others
    // have no majority without the control machine either: each reaches one other of four.
    expect(seen({ ...others, a: ['control'] })).toEqual(['no-take-over a', 'alone b', 'alone c'])
    // The other way round.
    expect(seen({ a: ['control', 'b', 'c'], b: ['control', 'c'], c: ['control', 'b'] })).toEqual(['alone a'])
    // Three with the control machine among the reached: half of four is not more than half.
    expect(seen({ a: ['control', 'b'], b: ['control', 'a'], c: ['control'] })).toEqual([
      'alone a',
      'alone b',
      'alone c',
      'no-take-over c',
    ])
    expect(seen({ ...others, a: ['control'] }, [])).toEqual([])
    const fenced = { host: host('a', { fence: { kind: 'command', argv: ['power'] } }) }
    expect(seen({ ...others, a: ['control'] }, [db], fenced)).toEqual(['alone b', 'alone c'])
    // No loop has seen anything yet.
    expect(seen({})).toEqual([])
  })
  test('by hc doctor: two voters, and voters that have no address for others', () => {
    expect(found(at('a', '10.0.0.1'))).toEqual(['two-voters null'])
    expect(found(at('a', '10.0.0.1'), at('b', '10.0.0.2'))).toEqual([])
    expect(found(at('a', '10.0.0.1'), at('b', '10.0.0.2'), at('nat', '127.0.0.1'))).toEqual(['voter a', 'voter b'])
  })
})
