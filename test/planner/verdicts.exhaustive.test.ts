// Every combination of what three hosts may show in a small domain: whatever judge() says, it never takes a life for a death.
import { expect, test } from 'vitest'
import type { FailureKind, HostObservation, Look, Observation } from '../../src/model/observation.js'
import { judge } from '../../src/planner/verdicts.js'
import { observation, observed, settings, unheard } from './support/make.js'

const AT = 100_000
const LOST_AFTER = 3000
const HOLD = 30_000
/** Looks at the silent host `b`, newest last, a second apart: y reached, n in vain, - none made. */
const ROWS = ['', 'nn', 'nnn', 'ynnn', 'nnny', 'nyn', 'yn--nn', 'nnn---', 'y--'] as const
const SILENCES = [0, LOST_AFTER - 1, LOST_AFTER, HOLD - 1, HOLD] as const
const FAILURES: readonly (FailureKind | null)[] = [null, 'timeout', 'refused', 'auth']
/** The other hosts: silent for so long (null: it answers; 'acted': so it does, but what it said is half done; 'here': hc runs there). */
const OTHERS = [null, 'acted', 'here', 1000, HOLD + 20_000] as const
const PROVEN: readonly (readonly string[])[] = [['control'], ['control', 'c'], ['control', 'c', 'd']]

function looksOf(vantage: string, row: string): readonly Look[] {
  return [...row].flatMap((sign, index) =>
    sign === '-' ? [] : [{ vantage, at: AT - 500 - (row.length - 1 - index) * 1000, reached: sign === 'y' }],
  )
}

function other(name: string, how: (typeof OTHERS)[number]): HostObservation {
  if (how === null) return observed(name)
  if (how === 'acted') return observed(name, { facts: null })
  if (how === 'here') return observed(name, { here: true })
  return unheard(name, AT - how)
}

function* all(): Generator<Observation> {
  for (const everReached of [true, false])
    for (const silence of SILENCES)
      for (const kind of FAILURES)
        for (const provenVantages of PROVEN)
          for (const control of ROWS)
            for (const byC of ROWS)
              for (const c of OTHERS)
                for (const d of OTHERS)
                  for (const witness of [null, true] as const) {
                    const looks = [...looksOf('control', control), ...looksOf('c', byC)].sort((a, b) => a.at - b.at)
                    const failure = kind === null ? null : { kind, message: kind, hint: null }
                    const b = unheard('b', AT - silence, { everReached, failure, provenVantages, looks })
                    yield observation(AT, [b, other('c', c), other('d', d)], witness)
                  }
}

function isThere({ answering }: HostObservation): boolean {
  return answering
}

/** Why `b` must not be called lost; null where it may. */
function alive(b: HostObservation, { hosts, witness }: Observation): string | null {
  const others = hosts.filter(({ host }) => host !== 'b')
  const counted = ['control', ...others.filter(isThere).map(({ host }) => host)]
  const since = b.silentSince ?? AT
  if (!b.everReached) return 'never reached'
  if (AT - since < LOST_AFTER) return 'silent for too short a time'
  if (b.failure && ['auth', 'refused'].includes(b.failure.kind)) return 'it speaks'
  const company = others.some((one) => isThere(one) && !one.here)
  if (!company && b.looks.findLast((look) => look.vantage === 'control')?.reached !== true && witness !== true)
    return 'the control machine is isolated'
  if (others.some((one) => one.silentSince !== null && Math.abs(one.silentSince - since) < HOLD && AT - since < HOLD)) {
    return 'another host is silent with it'
  }
  for (const vantage of new Set(b.looks.map((look) => look.vantage))) {
    const own = b.looks.filter((look) => look.vantage === vantage)
    if (counted.includes(vantage) && own.at(-1)?.reached) return `${vantage} reaches it`
    if (own.some(({ reached, at }) => reached && AT - at < LOST_AFTER)) return `${vantage} has just reached it`
  }
  for (const vantage of b.provenVantages.filter((name) => counted.includes(name))) {
    const own = b.looks.filter((look) => look.vantage === vantage)
    const row = own.slice(own.map(({ reached }) => reached).lastIndexOf(true) + 1)
    const span = (row.at(-1)?.at ?? 0) - (row[0]?.at ?? 0)
    if (row.length < 3 || span < 2000) return `${vantage} has not looked in vain long enough`
  }
  return null
}

test('lost is said exactly where nothing speaks for life', () => {
  const seen = { lost: 0, other: 0 }
  for (const each of all()) {
    const [belief] = judge(each, settings())
    const [b] = each.hosts
    const why = b ? alive(b, each) : null
    if ((belief?.verdict === 'lost') !== (why === null)) {
      expect.fail(`${belief?.verdict}, though: ${why}\n${JSON.stringify({ ...each, hosts: each.hosts.map(brief) })}`)
    }
    if (belief?.reason === '') expect.fail('a verdict without a reason')
    seen[why === null ? 'lost' : 'other'] += 1
  }
  expect(seen.lost).toBeGreaterThan(500)
  expect(seen.other).toBeGreaterThan(100_000)
})

function brief(host: HostObservation) {
  return { ...host, facts: host.facts && 'yes', lastFacts: null }
}

test('two that fall silent together are never judged at different moments of the hold', () => {
  const row = looksOf('control', 'nnnn')
  for (let gap = 0; gap < 3000; gap += 250) {
    for (let silence = LOST_AFTER; silence < HOLD; silence += 500) {
      const hosts = [
        unheard('b', AT - silence, { looks: row }),
        unheard('c', AT - Math.max(0, silence - gap), { looks: row }),
        observed('d'),
      ]
      const verdicts = judge(observation(AT, hosts), settings()).map(({ verdict }) => verdict)
      expect(verdicts, `${silence} ms, ${gap} ms apart`).toEqual(['suspect', 'suspect', 'ready'])
    }
  }
})
