// The cases of the rule for exclusive slots, each by the number that it has in the list of cases that break naive versions.
import { describe, expect, test } from 'vitest'
import { check } from '../../src/planner/check.js'
import { isUnderRule, waitMs } from '../../src/planner/exclusive.js'
import type { HostState } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import { survivalInput } from '../../src/planner/survival.js'
import { asked, CONTROL, lease, local, lost, may, rows, rules, SLOT, silence, TERM } from './support/leases.js'
import { applied, job, PHASES, placement, ready, silent, unit } from './support/make.js'

const FOUR = rules(['a', 'c', CONTROL])
const ALL = ['control', 'a', 'c']
const WAIT = waitMs(FOUR)

/** `b` with the default rules, silent since 0, looked for in vain by everyone since 200 ms. */
function gone(now: number, more: Partial<HostState> = {}, quiet = {}): HostState {
  return lost({ lease: lease([FOUR]), silence: silence({ rows: rows(ALL, 200, now), ...quiet }), ...more })
}

describe('the wait', () => {
  test('is lease, look interval, look, stop bound and a margin: 17 seconds by default', () => {
    expect(WAIT).toBe(8000 + 2000 + 1000 + 5000 + 1000)
    expect(may(WAIT - 1, gone(WAIT - 1), ['a', 'c']).allowed).toBe(false)
    expect(may(WAIT, gone(WAIT), ['a', 'c']).allowed).toBe(true)
  })

  test('is told with numbers, and says when it ends', () => {
    expect(may(8000, gone(8000), ['a', 'c'])).toEqual({
      allowed: false,
      text: 'exclusive: b may still run it: 3 of 4 voters agree; 9s left of 17s',
      at: WAIT,
    })
    expect(may(WAIT, gone(WAIT), ['a', 'c']).text).toBe(
      'b is lost and has stopped it by its lease: 3 of 4 voters agree',
    )
  })

  test('case 1: counts from the last renewal or start that was sent, not from the last reply', () => {
    const late = (now: number) => gone(now, {}, { sentAt: 4000 })
    expect(may(WAIT + 3999, late(WAIT + 3999), ['a', 'c']).allowed).toBe(false)
    expect(may(WAIT + 4000, late(WAIT + 4000), ['a', 'c']).allowed).toBe(true)
  })

  test('case 1: a lease that the host showed and that holds for longer is waited for', () => {
    const long = (now: number) => gone(now, {}, { leaseUntil: 60_000 })
    expect(may(60_000, long(60_000), ['a', 'c']).allowed).toBe(false)
    expect(may(52_000 + WAIT, long(52_000 + WAIT), ['a', 'c']).allowed).toBe(true)
  })

  test('case 16: is none while another machine answers at its address: nobody can tell that it is silent itself', () => {
    const now = 10 * WAIT
    const strange = { ...gone(now).belief, stranger: '02:00:00:00:00:99' }
    const found = may(now, gone(now, { belief: strange }), ['a', 'c'])
    expect(found).toMatchObject({ allowed: false, at: null })
    expect(found.text).toContain('another machine (02:00:00:00:00:99) answers at its address')
    expect(found.text).toContain('hc host confirm-lost b')
    const said = gone(now, { belief: strange, confirmedLost: 'b is off' })
    expect(may(now, said, ['a', 'c']).allowed).toBe(true)
  })

  test('case 2: begins anew when anyone has reached the host, counted or not', () => {
    const seen = (now: number) => gone(now, {}, { reachedAt: 9000 })
    expect(may(WAIT + 8999, seen(WAIT + 8999), ['a', 'c']).allowed).toBe(false)
    expect(may(WAIT + 9000, seen(WAIT + 9000), ['a', 'c']).allowed).toBe(true)
  })

  test('case 2: a vantage that comes back late has no row over the whole wait, and does not count yet', () => {
    // Control loses b at 0, and both vantages at 0.5 s; at 16 s it gets `a` back, which looks in vain once.
    const at = (now: number) =>
      lost({
        lease: lease([FOUR]),
        silence: silence({ rows: [...rows(['control'], 200, now), ...rows(['a'], 16_000, now)] }),
      })
    expect(may(WAIT, at(WAIT), ['a'])).toMatchObject({ allowed: false, at: 16_000 - 2500 + WAIT })
    expect(may(16_000 - 2501 + WAIT, at(16_000 - 2501 + WAIT), ['a']).allowed).toBe(false)
    expect(may(16_000 - 2500 + WAIT, at(16_000 - 2500 + WAIT), ['a']).allowed).toBe(true)
  })

  test('case 2: a row that has ended counts no more, nor that of a vantage that is silent itself', () => {
    const old = lost({ lease: lease([FOUR]), silence: silence({ rows: rows(ALL, 200, WAIT - 2501) }) })
    expect(may(WAIT, old, ['a', 'c'])).toMatchObject({ allowed: false, at: null })
    expect(may(WAIT, gone(WAIT), [])).toMatchObject({ allowed: false, at: null })
  })

  test('case 10: is of hc’s own monotonic clock and never from before its own start', () => {
    const loop = { since: 30_000, term: TERM }
    const now = 30_000 + WAIT
    const quiet = { sentAt: null, reachedAt: null }
    expect(may(now - 1, gone(now - 1, {}, quiet), ['a', 'c'], { loop }).allowed).toBe(false)
    expect(may(now, gone(now, {}, quiet), ['a', 'c'], { loop }).allowed).toBe(true)
    // Wall clocks say nothing.
    expect(may(now - 1, gone(now - 1), ['a', 'c'], { loop, wall: '2035-01-01T00:00:00.000Z' }).allowed).toBe(false)
  })
})

describe('half of the voters', () => {
  test('without them it waits, and says how many are missing', () => {
    const five = lost({
      lease: lease([rules(['a', 'c', 'd', CONTROL])]),
      silence: silence({ rows: rows(['control', 'a'], 200, WAIT) }),
    })
    expect(may(WAIT, five, ['a'])).toEqual({
      allowed: false,
      text: 'exclusive: b may still run it: 2 of 5 voters agree that it is gone, 3 have to: it waits for them, or until b is back',
      at: null,
    })
  })

  test('case 3: under every list of voters that the host may hold, with the longest times', () => {
    // b holds a, b, c, d and control; `hc host forget c` has been sent to a only.
    const held = [rules(['a', 'c', 'd', CONTROL], { id: 7 }), rules(['a', 'd', CONTROL], { id: 8 })]
    const cut = lost({ lease: lease(held), silence: silence({ rows: rows(['control', 'a'], 200, WAIT) }) })
    expect(may(WAIT, cut, ['a']).allowed).toBe(false)
    const known = lost({ lease: lease(held.slice(1)), silence: silence({ rows: rows(['control', 'a'], 200, WAIT) }) })
    expect(may(WAIT, known, ['a']).allowed).toBe(true)
    const long = [FOUR, rules(['a', 'c', CONTROL], { id: 8, leaseMs: 20_000 })]
    const slow = (now: number) => gone(now, { lease: lease(long) })
    expect(may(WAIT, slow(WAIT), ['a', 'c']).allowed).toBe(false)
    expect(may(WAIT + 12_000, slow(WAIT + 12_000), ['a', 'c']).allowed).toBe(true)
  })

  test('case 3: a host whose list lets it run alone is never taken over from', () => {
    const alone = lost({ lease: lease([FOUR, rules([], { id: 8 })]), silence: silence({ rows: rows(ALL, 200, WAIT) }) })
    expect(may(9 * WAIT, alone, ['a', 'c'])).toMatchObject({ allowed: false, at: null })
    expect(may(9 * WAIT, alone, ['a', 'c']).text).toMatch(/knows of no other voter/)
  })

  test('a control machine that is a host counts once', () => {
    const b = lost({
      lease: lease([rules(['a', 'c', 'd'])]),
      silence: silence({ rows: rows(['control', 'a'], 200, WAIT) }),
    })
    const made = (more: readonly string[]) => {
      const base = asked(WAIT, b, more)
      return { hosts: [...base.hosts, local('a')] }
    }
    expect(may(WAIT, b, [], made([]))).toMatchObject({ allowed: false })
    const two = { ...b, silence: silence({ rows: rows(['control', 'a', 'c'], 200, WAIT) }) }
    expect(may(WAIT, two, ['c'], made(['c']))).toMatchObject({ allowed: true })
  })

  test('case 8: of two voters the control machine’s host takes over alone', () => {
    const b = lost({ lease: lease([rules(['a'])]), silence: silence({ rows: rows(['control'], 200, WAIT) }) })
    expect(may(WAIT, b, [], { hosts: [b, local('a')] })).toMatchObject({ allowed: true })
  })
})

describe('what is not known', () => {
  test('cases 4 and 5: a host that has not acknowledged the present term is never taken over from', () => {
    for (const term of [null, { ...TERM, number: 2 }, { ...TERM, owner: 'lap-2' }]) {
      const b = gone(9 * WAIT, { lease: lease([FOUR], { term }) })
      expect(may(9 * WAIT, b, ['a', 'c'])).toMatchObject({ allowed: false, at: null })
    }
  })

  test('case 8: nor one that was never armed, or never said that it stops this slot, nor without a loop', () => {
    const now = 9 * WAIT
    const cases: Partial<HostState>[] = [
      { lease: null },
      { lease: lease([]) },
      { lease: lease([FOUR], { acknowledged: null }) },
      { lease: lease([rules(['a', 'c', CONTROL], { slots: [{ slot: 'mail.0', placement: 1 }] })]) },
    ]
    for (const more of cases) expect(may(now, gone(now, more), ['a', 'c'])).toMatchObject({ allowed: false, at: null })
    const none = asked(now, gone(now), ['a', 'c'])
    const { loop: _, ...without } = none
    expect(decide(without).plan.actions).toEqual([])
  })

  test('a fence, or the operator’s word, is enough', () => {
    expect(may(0, lost({ fenced: 'ipmi says off' }), [])).toMatchObject({ allowed: true, text: 'ipmi says off' })
    expect(may(0, lost({ confirmedLost: 'the operator says so' }), [])).toMatchObject({ allowed: true })
  })

  test('case 4: nothing exclusive starts while a host was not observed in this term', () => {
    const jobs = [applied(job('db', { exclusive: true }))]
    const fresh = (more: Partial<HostState>) => asked(0, silent('b', 'lost', more), ['a'], { jobs, placements: {} })
    const held = decide(fresh({ everReached: true, seenInTerm: false })).plan
    expect(held.actions).toEqual([])
    expect(held.waiting[0]?.reason).toBe(
      'exclusive, and it might run on b, not seen yet; hc host confirm-lost b says that it is off',
    )
    expect(decide(fresh({ everReached: true, seenInTerm: true })).plan.actions).toHaveLength(1)
    expect(decide(fresh({ everReached: false, confirmedLost: 'said' })).plan.actions).toHaveLength(1)
  })

  test('4: nor is what stands still on a host, and may have been taken over by one that was not observed', () => {
    const on = (phase: string, more: Partial<HostState>) => {
      const { jobs } = asked(0, lost(), ['a'])
      const here = unit(SLOT, { hash: jobs[0]?.hash ?? '', ...PHASES[phase] })
      const hosts = [ready('a', [here]), lost(more)]
      return decide(asked(0, lost(), ['a'], { jobs, hosts, placements: { [SLOT]: placement(SLOT, 'a') } })).plan
    }
    expect(on('failed', { seenInTerm: false }).actions).toEqual([])
    for (const phase of ['ended', 'fresh', 'broken']) {
      expect(on(phase, { seenInTerm: false }), phase).toMatchObject({
        actions: [],
        waiting: [
          {
            slot: SLOT,
            reason: 'exclusive, and it might run on b, not seen yet; hc host confirm-lost b says that it is off',
          },
        ],
      })
    }
    expect(on('ended', { seenInTerm: true }).actions).toMatchObject([{ kind: 'start', slot: SLOT, host: 'a' }])
    expect(on('running', { seenInTerm: false })).toMatchObject({ actions: [], waiting: [] })
  })
})

describe('survival', () => {
  test('says that what is exclusive waits for a word where its host looks at its lease no more', () => {
    const byWord = (more: Parameters<typeof lease>[1]) => {
      const seen = asked(WAIT, ready('b', [], { lease: lease([FOUR], more) }), ['a', 'c'])
      return survivalInput(seen, decide(seen), null).byWord
    }
    expect(byWord({})).toBeUndefined()
    expect(byWord({ unwatched: true })).toEqual(['b'])
  })
})

describe('who is under the rule', () => {
  const volume = { source: 'data', target: '/data', readOnly: false, shared: false }
  test('case 8: exclusive, not pinned, free to move, not stopped', () => {
    expect(isUnderRule(applied(job('db', { exclusive: true })))).toBe(true)
    expect(isUnderRule(applied(job('db')))).toBe(false)
    expect(isUnderRule(applied(job('db', { exclusive: true, volumes: [volume] })))).toBe(false)
    expect(isUnderRule(applied(job('db', { exclusive: true, onHostLoss: 'wait' })))).toBe(false)
    expect(isUnderRule(applied(job('db', { exclusive: true }), { stopped: true }))).toBe(false)
  })
})

describe('the plan', () => {
  test('waits with the sentence, wakes up when the wait ends, and then replaces', () => {
    const early = decide(asked(8000, gone(8000), ['a', 'c'])).plan
    expect(early.actions).toEqual([])
    expect(early.waiting[0]?.reason).toMatch(/3 of 4 voters agree; 9s left of 17s/)
    expect(early.wakeAt).toBe(WAIT)
    const input = asked(WAIT, gone(WAIT), ['a', 'c'])
    const { plan, classified } = decide(input)
    expect(plan.actions).toMatchObject([{ kind: 'start', slot: SLOT, from: 'b', reason: 'host-lost' }])
    expect(check(plan, classified, input)).toEqual([])
  })

  test('case 5: with slots of several hosts lost each by its own lease', () => {
    const jobs = [applied(job('db', { exclusive: true, count: 2 }))]
    const d = silent('d', 'lost', {
      lease: lease([rules(['a', 'b', 'c', CONTROL], { slots: [{ slot: 'db.1', placement: 1 }] })]),
    })
    const made = {
      ...asked(WAIT, gone(WAIT, { lease: lease([rules(['a', 'c', 'd', CONTROL])]) }), ['a', 'c']),
      jobs,
      placements: { 'db.0': placement('db.0', 'b'), 'db.1': placement('db.1', 'd') },
    }
    const hosts = [...made.hosts, { ...d, silence: silence({ sentAt: 5000, rows: rows(ALL, 200, WAIT) }) }]
    const { plan } = decide({ ...made, hosts })
    expect(plan.actions.map(({ slot }) => slot)).toEqual(['db.0'])
    expect(plan.wakeAt).toBe(WAIT + 5000)
  })

  test('is refused by the check where it starts the slot all the same', () => {
    const input = asked(WAIT, gone(WAIT), ['a', 'c'])
    const { plan, classified } = decide(input)
    const tooEarly = asked(WAIT - 1001, gone(WAIT - 1001, {}, { sentAt: 1000 }), ['a', 'c'])
    expect(check(plan, classified, tooEarly).join()).toMatch(/exclusive db.0 would start on . while b is out of sight/)
    const alive = { ...input, hosts: input.hosts.map((state) => (state.host.name === 'b' ? ready('b') : state)) }
    expect(check(plan, classified, alive)).toEqual([])
  })
})
