// Silence is not death: each rule of judge() with the moments at which it begins and ends to hold.
import { describe, expect, test } from 'vitest'
import type { Settings } from '../../src/model/host.js'
import type { Failure, FailureKind, HostObservation, Observation, Verdict } from '../../src/model/observation.js'
import { isIsolated, judge, speaks } from '../../src/planner/verdicts.js'
import { inVain, observation, observed, reached, settings, unheard } from './support/make.js'

const AT = 100_000

function failure(kind: FailureKind, hint: string | null = null): Failure {
  return { kind, message: `it is ${kind}`, hint }
}

/** Verdict and reason of the first host, beside a ready `a`. */
function judged(host: HostObservation, more: readonly HostObservation[] = [], changes: Partial<Settings> = {}) {
  const seen = observation(AT, [host, observed('a'), ...more])
  const [belief] = judge(seen, settings(changes))
  return `${belief?.verdict}: ${belief?.reason}`
}

/** b, silent for so long, with a full row of looks in vain by the control machine. */
function silentFor(ms: number, overrides: Partial<HostObservation> = {}): HostObservation {
  const looks = inVain('control', AT - 2500, AT - 1500, AT - 500)
  return unheard('b', AT - ms, { looks, ...overrides })
}

const row = inVain('control', AT - 2500, AT - 1500, AT - 500)

describe('what one host shows', () => {
  const cases: readonly (readonly [name: string, host: HostObservation, says: string])[] = [
    ['it answers', observed('b'), 'ready: '],
    ['it answers, whatever failed before', observed('b', { failure: failure('auth'), looks: row }), 'ready: '],
    ['its login is refused', silentFor(9000, { failure: failure('auth') }), 'unmanageable: it is auth'],
    [
      'its key has changed, and what mends it',
      silentFor(9000, { failure: failure('host-key', 'remove line 3') }),
      'unmanageable: it is host-key; remove line 3',
    ],
    ['no root there', silentFor(9000, { failure: failure('no-privileges') }), 'unmanageable: it is no-privileges'],
    ['its probe makes no sense', silentFor(0, { failure: failure('broken') }), 'unmanageable: it is broken'],
    [
      'unmanageable at once, also where it was never managed',
      unheard('b', AT, { everReached: false, failure: failure('auth') }),
      'unmanageable: it is auth',
    ],
    ['never reached', silentFor(60_000, { everReached: false }), 'unknown: no answer yet'],
    [
      'never reached, and why',
      silentFor(60_000, { everReached: false, failure: failure('unreachable', 'is it on?') }),
      'unknown: has never answered: it is unreachable; is it on?',
    ],
    ['not heard yet', silentFor(0), 'suspect: no answer yet; lost at the earliest after 3s'],
    ['silent for less than hc_lost_after', silentFor(2999), 'suspect: no answer for 3s; lost at the earliest after 3s'],
    ['silent for hc_lost_after', silentFor(3000), 'lost: no answer for 3s, neither for the control machine'],
    ['a refused connection for less than hc_lost_after', silentFor(2999, { failure: failure('refused') }), 'suspect'],
    [
      'a refused connection for longer',
      silentFor(3000, { failure: failure('refused') }),
      'unmanageable: it refuses connections: start its sshd (systemctl start ssh)',
    ],
    [
      'it answers pings, ssh hangs',
      silentFor(60_000, { looks: [...row, ...reached('control', AT - 100)] }),
      'unmanageable: it answers pings, but ssh has not answered for 1m',
    ],
    ['a lost reply is no death', silentFor(500, { failure: failure('reply-lost') }), 'suspect'],
    ['a time-out counts as silence', silentFor(3000, { failure: failure('timeout') }), 'lost'],
    ['unreachable counts as silence', silentFor(3000, { failure: failure('unreachable') }), 'lost'],
    ['it answers, though what it shows is half done', observed('b', { facts: null }), 'ready: '],
  ]
  for (const [name, host, says] of cases) {
    test(name, () => expect(judged(host).startsWith(says), judged(host)).toBe(true))
  }
})

describe('rows of looks', () => {
  const rows: readonly (readonly [name: string, looks: HostObservation['looks'], verdict: Verdict])[] = [
    ['none', [], 'suspect'],
    ['two', inVain('control', AT - 2500, AT - 100), 'suspect'],
    ['three in less than two seconds', inVain('control', AT - 2099, AT - 1100, AT - 100), 'suspect'],
    ['three in two seconds', inVain('control', AT - 2100, AT - 1100, AT - 100), 'lost'],
    ['an answer between starts the row anew', mixed('nnynn'), 'suspect'],
    ['three after the last answer', mixed('nynnn'), 'lost'],
    ['the last look had an answer', mixed('nnnny'), 'unmanageable'],
    ['looks of a vantage that is not proven do not help', inVain('c', AT - 2500, AT - 1500, AT - 500), 'suspect'],
  ]
  for (const [name, looks, verdict] of rows) {
    test(name, () => {
      const [belief] = judge(
        observation(AT, [unheard('b', AT - 10_000, { looks }), observed('a'), observed('c')]),
        settings(),
      )
      expect(belief?.verdict).toBe(verdict)
    })
  }

  function mixed(pattern: string): HostObservation['looks'] {
    return [...pattern].map((sign, index) => ({
      vantage: 'control',
      at: AT - (pattern.length - index) * 1000,
      reached: sign === 'y',
    }))
  }

  test('says who has not looked yet', () => {
    expect(judged(silentFor(3000, { looks: [] }))).toBe(
      'suspect: silent, and control has not yet looked 3 times in vain',
    )
  })
})

describe('the other hosts', () => {
  const b = (looks: HostObservation['looks'], proven: readonly string[]) =>
    silentFor(10_000, { looks, provenVantages: ['control', ...proven] })
  const cRow = inVain('c', AT - 2500, AT - 1500, AT - 500)
  const c = observed('c')

  test('a proven vantage has to look in vain too', () => {
    expect(judged(b(row, ['c']), [c])).toBe('suspect: silent, and c has not yet looked 3 times in vain')
    expect(judged(b([...row, ...cRow], ['c']), [c])).toBe(
      'lost: no answer for 10s, neither for the control machine, nor for c',
    )
  })
  test('a proven vantage that is silent itself is not waited for', () => {
    const looks = inVain('control', AT - 2500, AT - 1500, AT - 500)
    const held = judged(b(looks, ['c']), [unheard('c', AT - 60_000, { looks })])
    expect(held).toBe('lost: no answer for 10s, neither for the control machine')
  })
  test('an unproven vantage is not waited for', () => {
    expect(judged(b(row, []), [c])).toBe('lost: no answer for 10s, neither for the control machine')
  })
  test('whoever reaches it, proven or not, is believed: cut off', () => {
    const seen =
      'cut-off: c reaches it, the control machine does not: look at the way between them; hc tries to manage it through c'
    expect(judged(b([...row, ...reached('c', AT - 500)], []), [c])).toBe(seen)
    expect(judged(b([...row, ...reached('c', AT - 500)], ['c']), [c])).toBe(seen)
  })
  // A firewall that drops all that comes in leaves the host alive, and what runs there running: safety case 6.
  test('who answers through another is managed, and still cut off', () => {
    expect(judged(observed('b', { through: 'c' }), [observed('c')])).toBe(
      'cut-off: c reaches it, the control machine does not: look at the way between them; it is managed through c',
    )
  })

  test('case 6: whoever hears only its network card is believed too: it lives, behind a filter', () => {
    const [heard] = reached('c', AT - 500)
    const behind = heard ? [{ ...heard, only: 'neighbour' as const }] : []
    expect(judged(b([...row, ...behind], ['c']), [c])).toMatch(
      /^unmanageable: it answers neither ssh nor pings, but c hears its network card \(ARP\)/,
    )
    const more = [...row, ...behind, ...reached('d', AT - 500)]
    expect(judged(b(more, ['c', 'd']), [c, observed('d')])).toBe(
      'cut-off: d reaches it, the control machine does not: look at the way between them; hc tries to manage it through d',
    )
  })
  test('the last look of each counts', () => {
    const looks = [...row, ...reached('c', AT - 9000), ...cRow]
    expect(judged(b(looks, ['c']), [c])).toMatch(/^lost/)
  })
  test('a vantage that falls silent was right when it looked: the wait begins anew', () => {
    const seen = (ago: number) =>
      judged(b([...row, ...reached('c', AT - ago)], ['c']), [unheard('c', AT - 60_000, { looks: row })])
    expect(seen(2999)).toBe('suspect: c reached it 3s ago')
    expect(seen(3000)).toMatch(/^lost/)
  })
  test('a vantage where steps have just been carried out is one all the same', () => {
    const acted = observed('c', { facts: null })
    expect(judged(b([...row, ...reached('c', AT - 500)], []), [acted])).toMatch(/^cut-off/)
    expect(judged(b(row, ['c']), [acted])).toMatch(/^suspect: silent, and c has not yet looked/)
  })
})

describe('mass loss', () => {
  const full = (since: number) => ({ looks: inVain('control', since + 500, since + 1500, since + 2500) })
  const pair = (one: number, other: number, changes: Partial<Settings> = {}) =>
    judge(
      observation(AT, [
        unheard('b', AT - one, full(AT - one)),
        unheard('c', AT - other, full(AT - other)),
        observed('a'),
      ]),
      settings(changes),
    ).map(({ verdict }) => verdict)

  const cases: readonly (readonly [name: string, one: number, other: number, b: Verdict, c: Verdict])[] = [
    ['neither goes at once', 4000, 4000, 'suspect', 'suspect'],
    ['nor does the later one', 4000, 3500, 'suspect', 'suspect'],
    ['a suspicion of the other is enough', 4000, 100, 'suspect', 'suspect'],
    ['the hold of each counts from its own silence', 30_000, 29_999, 'lost', 'suspect'],
    ['after the hold both go', 30_000, 30_000, 'lost', 'lost'],
    ['a loss long ago holds nobody', 34_000, 4000, 'lost', 'lost'],
    ['a loss just within the hold does', 33_999, 4000, 'lost', 'suspect'],
  ]
  for (const [name, one, other, b, c] of cases) {
    test(`case 14: ${name}`, () => expect(pair(one, other)).toEqual([b, c, 'ready']))
  }
  test('says with whom, and until when', () => {
    const [belief] = judge(
      observation(AT, [
        unheard('b', AT - 4000, full(AT - 4000)),
        unheard('c', AT - 4000, full(AT - 4000)),
        observed('a'),
      ]),
      settings(),
    )
    expect(belief?.reason).toBe('silent together with c: held for 30s (hc_mass_loss_hold), then looked at again')
  })
  test('hc_mass_loss_hold sets it', () => {
    expect(pair(5000, 5000, { massLossHoldMs: 5000 })).toEqual(['lost', 'lost', 'ready'])
  })
  test('a host that was never reached holds nobody', () => {
    const never = unheard('c', AT - 4000, { everReached: false })
    expect(judged(silentFor(4000), [never])).toMatch(/^lost/)
  })
})

describe('the control machine is the one cut off', () => {
  const b = silentFor(60_000)
  const alone = (hosts: readonly HostObservation[], witness: Observation['witness']) => {
    const seen = observation(AT, hosts, witness)
    expect(isIsolated(seen)).toBe(judge(seen, settings())[0]?.verdict === 'unknown')
    return judge(seen, settings())[0]?.verdict
  }
  test('case 15: nobody answers, and there is no witness', () => expect(alone([b], null)).toBe('unknown'))
  test('who has just begun to ask says no more than that', () => {
    const [belief] = judge(
      observation(AT, [{ ...b, silentSince: null, failure: null, missed: 0, looks: [] }], null),
      settings(),
    )
    expect([belief?.verdict, belief?.reason]).toEqual(['unknown', 'no answer yet'])
  })
  test('nor does the witness', () => expect(alone([b], false)).toBe('unknown'))
  test('a witness answers', () => expect(alone([b], true)).toBe('lost'))
  test('another host answers', () => expect(alone([b, observed('a')], null)).toBe('lost'))
  test('another host at least speaks, or has just spoken', () => {
    const c = (overrides: Partial<HostObservation>) => unheard('c', AT - 99_000, overrides)
    const auth = failure('auth')
    expect(alone([b, c({ failure: auth, spokeAt: AT - 1999 })], null)).toBe('lost')
    expect(alone([b, c({ failure: auth, spokeAt: AT - 2000 })], null)).toBe('unknown')
    expect(alone([b, c({ failure: auth })], null)).toBe('unknown')
    expect(alone([b, c({ failure: failure('other-machine') })], null)).toBe('lost')
  })
  test('another host answers pings', () => {
    const c = unheard('c', AT - 99_000, { looks: reached('control', AT - 1000) })
    expect(alone([b, c], null)).toBe('lost')
    const gone = unheard('c', AT - 99_000, { looks: [...c.looks, ...inVain('control', AT - 100)] })
    expect(alone([b, gone], null)).toBe('unknown')
  })
  test('its own answer is no company', () => {
    expect(alone([b, observed('a', { here: true })], null)).toBe('unknown')
    expect(alone([b, observed('a', { here: true })], true)).toBe('lost')
    expect(alone([b, observed('a', { here: true }), observed('c')], null)).toBe('lost')
  })
  test('what speaks for a host', () => {
    for (const kind of ['auth', 'host-key', 'no-privileges', 'broken', 'refused'] as const) {
      expect(speaks(failure(kind)), kind).toBe(true)
      expect(speaks({ ...failure(kind), unheard: true }), kind).toBe(false)
    }
    for (const kind of ['timeout', 'unreachable', 'reply-lost', 'aborted'] as const) {
      expect(speaks(failure(kind)), kind).toBe(false)
    }
  })
  test('silence of others is no company', () => {
    for (const kind of ['timeout', 'unreachable', 'reply-lost', 'aborted'] as const) {
      expect(alone([b, unheard('c', AT - 99_000, { failure: failure(kind) })], null), kind).toBe('unknown')
    }
  })
  test('hosts that answer, but where steps have just been carried out, are company', () => {
    const acted = observed('a', { facts: null, lastContactAt: AT - 100 })
    expect(isIsolated(observation(AT, [acted]))).toBe(false)
    expect(alone([b, acted], null)).toBe('lost')
  })
})
