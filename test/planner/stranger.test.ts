// Another machine answers at the address of a host that is silent: no sign of life, and never kept quiet.
import { describe, expect, test } from 'vitest'
import type { FailureKind, HostObservation, Look } from '../../src/model/observation.js'
import { judge } from '../../src/planner/verdicts.js'
import { inVain, observation, observed, reached, settings, unheard } from './support/make.js'

const AT = 100_000
const OTHER = '02:00:00:00:00:99'
const row = inVain('control', AT - 2500, AT - 1500, AT - 500)
const strange: readonly Look[] = row.map((look) => ({ ...look, stranger: OTHER }))

/** b, silent for so long, by these looks. */
function silentFor(ms: number, looks: readonly Look[], kind: FailureKind = 'timeout'): HostObservation {
  return unheard('b', AT - ms, { looks, failure: { kind, message: `it is ${kind}`, hint: null } })
}

const of = (hosts: readonly HostObservation[]) => judge(observation(AT, hosts, null), settings())[0]
const judged = (host: HostObservation) => {
  const belief = of([host, observed('a')])
  return `${belief?.verdict}: ${belief?.reason}`
}

describe('case 16: another machine at the address of a silent host', () => {
  const lost = `lost: no answer for 3s, neither for the control machine: another machine (${OTHER}) answers at its address: find that`
  test.each([
    ['answers pings', silentFor(3000, strange), lost],
    ['has an sshd with a key of its own', silentFor(3000, strange, 'host-key'), lost],
    ['refuses connections', silentFor(3000, strange, 'refused'), lost],
    ['is not taken for anything before hc_lost_after', silentFor(2999, strange, 'refused'), 'suspect'],
    ['did not refuse the login: its own key was shown', silentFor(3000, strange, 'auth'), 'unmanageable: it is auth'],
    ['has to be heard three times', silentFor(9000, strange.slice(1)), 'suspect: silent, and control has not yet'],
    [
      'does not drown the host itself',
      silentFor(9000, [...strange, ...reached('control', AT - 100)]),
      'unmanageable: it answers pings',
    ],
  ])('%s', (_, host, says) => expect(judged(host).slice(0, says.length)).toBe(says))

  test('is named where the host is lost, for those who must not rely on its silence', () => {
    expect(of([silentFor(9000, strange), observed('a')])).toMatchObject({ stranger: OTHER })
    expect(of([silentFor(9000, row), observed('a')])).not.toHaveProperty('stranger')
  })
  test('is company for the control machine: its network works', () => {
    expect(of([silentFor(9000, strange)])).toMatchObject({ verdict: 'lost' })
    expect(of([silentFor(9000, row)])).toMatchObject({ verdict: 'unknown' })
  })
  test('heard by its neighbours alone is what the control machine has heard across a router', () => {
    const byA = row.map((look) => ({ ...look, vantage: 'a', stranger: OTHER }))
    const pings = reached('control', AT - 2500, AT - 1500, AT - 500)
    const across = silentFor(3000, [...byA, ...pings], 'host-key')
    expect(of([across, observed('a')])).toMatchObject({ verdict: 'lost', stranger: OTHER })
    const own = pings.map((look) => ({ ...look, own: true as const }))
    expect(judged(silentFor(3000, [...byA, ...own]))).toContain('unmanageable: it answers pings')
    const later = [...byA.slice(-1), ...pings]
    expect(judged(silentFor(3000, later))).toContain('suspect')
    const byB = reached('c', AT - 500)
    expect(of([silentFor(3000, [...byA, ...pings, ...byB]), observed('a'), observed('c')])).toMatchObject({
      verdict: 'unmanageable',
    })
  })
  test('does not hide the host from whoever hears itself', () => {
    const seen = silentFor(9000, [...strange, ...reached('a', AT - 100)])
    expect(of([seen, observed('a')])).toMatchObject({ verdict: 'cut-off' })
  })
})
