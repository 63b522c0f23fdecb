// Who may write: claims, lost stores, take-overs, and the rule that hosts go by.
import { describe, expect, test } from 'vitest'
import { newHostRecord, recordHosts } from '../../src/controller/record.js'
import {
  adoptTerm,
  claim,
  olderEvents,
  olderText,
  outranks,
  ownerName,
  raised,
  takenOver,
  takeOverTerm,
} from '../../src/controller/term.js'
import type { Term } from '../../src/model/host.js'
import { facts, observation, observed, unheard, WALL } from '../planner/support/make.js'
import { records } from './support/records.js'

const showing = (...terms: (Term | null)[]) =>
  observation(
    0,
    terms.map((term, index) => observed(`n${index}`, { facts: facts({ term }) })),
  )
const ours = (number: number): Term => ({ number, owner: 'desk-aaaa' })
const theirs = (number: number): Term => ({ number, owner: 'laptop-bbbb' })

describe('the name of an owner', () => {
  const cases: readonly (readonly [hostname: string, name: string])[] = [
    ['desk', 'desk-1'],
    ['Desk.LAN', 'desk-lan-1'],
    ['--odd__name--', 'odd-name-1'],
    ['日本', 'control-1'],
    ['', 'control-1'],
    ['x'.repeat(100), `${'x'.repeat(40)}-1`],
  ]
  test.each(cases)('%s -> %s', (hostname, name) => expect(ownerName(hostname, '1')).toBe(name))
})

describe('a claim', () => {
  test('of its own store changes nothing', () => {
    const own = records()
    expect(claim(own, 'desk-aaaa')).toBe(own)
  })
  test('of a store whose machine was renamed keeps the old name: hosts know it by that', () => {
    const own = records()
    expect(claim(own, 'newname-aaaa')).toBe(own)
  })
  test('case 5: of a copied store carries the copy’s own name: hosts tell the two apart', () => {
    expect(claim(records(), 'laptop-bbbb')?.term).toEqual({ number: 4, owner: 'laptop-bbbb' })
  })
  test('of no store is none', () => expect(claim(null, 'desk-aaaa')).toBeNull())
})

describe('a store that was lost', () => {
  const fresh = records({ term: ours(1) })
  test('goes on above the highest term of its own, so that what was sent before the loss is refused', () => {
    expect(adoptTerm(fresh, showing(ours(3), ours(7), null)).term).toEqual(ours(8))
  })
  test('also under a former name of the machine', () => {
    expect(adoptTerm(fresh, showing({ number: 7, owner: 'oldname-aaaa' })).term).toEqual(ours(8))
    expect(adoptTerm(records({ term: ours(7) }), showing({ number: 7, owner: 'oldname-aaaa' })).term).toEqual(ours(8))
  })
  test('keeps what hosts already hold of it', () => {
    const same = records({ term: ours(7) })
    expect(adoptTerm(same, showing(ours(7), ours(3)))).toBe(same)
  })
  test('never takes up that of another', () => expect(adoptTerm(fresh, showing(theirs(9)))).toBe(fresh))
  test('never goes back', () => {
    const high = records({ term: ours(9) })
    expect(adoptTerm(high, showing(ours(3)))).toBe(high)
  })
  test('learns nothing from silence', () => expect(adoptTerm(fresh, observation(0, [unheard('n1', 0)]))).toBe(fresh))
})

describe('a store that was made anew', () => {
  test('is above the same number too, where that was of the store before it', () => {
    const seen = observation(0, [observed('n1', { facts: facts({ term: ours(4), cluster: 'c0' }) })])
    expect(adoptTerm(records(), seen)).toMatchObject({ term: ours(5), doubt: 5 })
  })
  test('with the cluster id that a host still keeps it is no older copy', () => {
    const seen = observation(0, [
      observed('n1', { facts: facts({ term: ours(7), cluster: 'c1', orders: { term: 7, order: 30 } }) }),
      observed('n2', { facts: facts({ term: ours(6), cluster: 'c1', orders: { term: 6, order: 99 } }) }),
    ])
    const anew = raised(records({ term: ours(1) }), seen)
    expect(anew).toMatchObject({ term: ours(8), doubt: 8 })
    expect(adoptTerm(anew, seen)).toBe(anew)
  })
  test('goes above what a host was told before, also where it had the number already', () => {
    const shown = { term: ours(5), cluster: 'c1', orders: { term: 5, order: 2 } }
    const seen = observation(0, [observed('n1', { facts: facts(shown) })])
    const before = { ...newHostRecord(WALL), seenInTerm: 4 }
    const anew = records({ term: ours(5), cluster: 'c1', doubt: 5, hosts: { n1: before } })
    expect(adoptTerm(anew, seen)).toMatchObject({ term: ours(6), doubt: 6 })
    expect(adoptTerm({ ...anew, hosts: {} }, seen)).toMatchObject({ term: ours(6) })
    // Where it has taken up the term since, it was told by these records: they are an older copy.
    expect(adoptTerm({ ...anew, hosts: { n1: { ...before, seenInTerm: 5 } } }, seen).older).toBeDefined()
  })
  test('where hosts know nothing of it there is no doubt', () => {
    expect(raised(records(), showing(null, theirs(9)))).toEqual(records())
  })
})

describe('an older copy that was put back', () => {
  const lease = (rules: number) => ({ rules, until: null, armed: [], words: [], stopped: [] })
  const seen = (...shown: Partial<ReturnType<typeof facts>>[]) =>
    observation(
      0,
      shown.map((each, n) => observed(`n${n}`, { facts: facts({ term: ours(4), cluster: 'c1', ...each }) })),
    )
  const own = records({ order: 9, leaseRules: 3 })

  test.each([
    ['a higher order of the same term', seen({}, { orders: { term: 4, order: 10 } }), 'n1'],
    ['a higher term of its own', seen({ term: ours(5) }, {}), 'n0'],
    ['an order of a higher term', seen({ term: ours(5), orders: { term: 5, order: 1 } }), 'n0'],
    ['lease rules that it never gave out', seen({ lease: lease(4) }), 'n0'],
  ] as const)('is known by %s', (_, observation, host) => {
    const known = adoptTerm(own, observation)
    expect(known).toEqual({ ...own, older: expect.objectContaining({ host }) })
    expect(olderText(known)).toContain('hc reconcile --take-over')
    expect(olderEvents(own, known)).toHaveLength(1)
    expect(olderEvents(known, known)).toEqual([])
    // Also when nobody shows it any more.
    expect(adoptTerm(known, showing(null))).toBe(known)
  })

  test.each([
    ['its own last order', seen({ orders: { term: 4, order: 9 }, lease: lease(3) })],
    ['an order of an earlier term', seen({ orders: { term: 3, order: 40 } })],
    ['nothing, as hosts of an earlier hc do', seen({})],
    ['what another control machine was told', seen({ term: theirs(4), orders: { term: 4, order: 40 } })],
  ] as const)('is not suspected by %s', (_, observation) => expect(adoptTerm(own, observation)).toBe(own))

  test('acts again after a take-over, above all that was seen, and in doubt of hosts that have not answered since', () => {
    const shown = seen({ orders: { term: 4, order: 40 }, lease: lease(7) })
    const lost = { term: ours(4), held: [], acknowledged: 3 }
    const known = adoptTerm({ ...own, hosts: { n0: { ...newHostRecord(WALL), lease: lost } } }, shown)
    const after = takenOver(known, shown)
    expect(after).toMatchObject({ term: ours(5), doubt: 5, leaseRules: 7 })
    expect(after.older).toBeUndefined()
    // What it holds was perhaps told by a newer copy: it is armed anew.
    expect(after.hosts.n0).toMatchObject({ lease: { term: null, held: [], acknowledged: null }, seenInTerm: 4 })
    expect(adoptTerm(after, shown)).toBe(after)
  })
})

describe('in doubt', () => {
  const before = { ...newHostRecord(WALL), verdict: 'ready', lastContact: WALL, seenInTerm: 4 } as const
  const own = records({ term: ours(5), doubt: 5, hosts: { n1: before } })
  const recorded = (term: Term | null) => {
    const seen = observation(0, [observed('n1', { facts: facts({ term }) })])
    return recordHosts(own, seen, [{ host: 'n1', verdict: 'ready', reason: '' }], WALL).records
  }
  test('an answer counts once the host has taken up the term: until then it obeys whoever acted before', () => {
    for (const term of [null, ours(4), theirs(4)])
      expect(recorded(term)).toMatchObject({ doubt: 5, hosts: { n1: { seenInTerm: 4 } } })
    expect(recorded(ours(5)).hosts.n1).toMatchObject({ seenInTerm: 5 })
  })
})

describe('a take-over', () => {
  test('is above all that were seen, whoever’s they are', () => {
    expect(takeOverTerm(records(), showing(theirs(9), ours(5), null))).toEqual(ours(10))
  })
  test('is above its own where nothing was seen', () => {
    expect(takeOverTerm(records(), showing(null))).toEqual(ours(5))
  })
  test('outranks what it was made from', () => {
    const seen = showing(theirs(9), theirs(4))
    const term = takeOverTerm(records(), seen)
    for (const { facts: shown } of seen.hosts) expect(shown?.term && outranks(shown.term, term)).toBe(false)
  })
})

describe('a host refuses', () => {
  const cases: readonly (readonly [name: string, held: Term, carried: Term, refuses: boolean])[] = [
    ['a lower number', ours(5), ours(4), true],
    ['a lower number of another', theirs(5), ours(4), true],
    ['the same number of another', theirs(4), ours(4), true],
    ['not the same of the same', ours(4), ours(4), false],
    ['not a higher number', ours(3), ours(4), false],
    ['not a higher number of another', theirs(3), ours(4), false],
  ]
  test.each(cases)('%s', (_, held, carried, refuses) => expect(outranks(held, carried)).toBe(refuses))
  test('case 5: one of two that differ, never both, unless their numbers are equal', () => {
    for (const a of [ours(3), ours(4), theirs(3), theirs(4)]) {
      for (const b of [ours(3), ours(4), theirs(3), theirs(4)]) {
        const [one, other] = [outranks(a, b), outranks(b, a)]
        expect(one && other).toBe(a.number === b.number && a.owner !== b.owner)
        if (a.number !== b.number) expect(one).not.toBe(other)
      }
    }
  })
})
