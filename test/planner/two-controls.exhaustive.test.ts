// Two control machines: one has taken over, and the other has not heard of it. Whichever hosts have taken up the new term, and
// whichever each of the two reaches: what both want to start, hosts start once at most.
import { describe, expect, test } from 'vitest'
import type { HostState } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import { asked, CONTROL, lease, lost, rows, rules, SLOT, silence, TERM } from './support/leases.js'
import { ready, silent } from './support/make.js'

/** Long after every wait. */
const LATE = 60_000
const NEW = { number: 4, owner: 'desk-2' }

/** A host besides `b`, which holds the slot and is silent for both. */
interface Other {
  readonly name: string
  /** It was written to under the new term, and refuses the old one. */
  readonly told: boolean
  readonly reachedByOld: boolean
  readonly reachedByNew: boolean
}

/** Every combination for so many hosts. */
function* situations(names: readonly string[]): Generator<readonly Other[]> {
  for (let bits = 0; bits < 8 ** names.length; bits += 1) {
    yield names.map((name, index) => {
      const own = Math.floor(bits / 8 ** index) % 8
      return { name, told: (own & 1) > 0, reachedByOld: (own & 2) > 0, reachedByNew: (own & 4) > 0 }
    })
  }
}

/** `b`, silent for long, with the lease that was armed under this term; everybody who is asked has looked in vain. */
function gone(others: readonly Other[], term: typeof TERM, more: Partial<HostState> = {}): HostState {
  const held = [rules([...others.map(({ name }) => name), CONTROL])]
  const vantages = ['control', ...others.map(({ name }) => name)]
  return lost({ lease: lease(held, { term }), silence: silence({ rows: rows(vantages, 200, LATE) }), ...more })
}

/** Where the machine that was deposed would start the slot, as far as hosts let it. */
function startsOfOld(others: readonly Other[]): readonly string[] {
  // By what one host shows it knows that it was deposed, and acts on none.
  const isTold = others.some(({ told, reachedByOld }) => told && reachedByOld)
  const blocked = { kind: 'foreign', text: 'another control machine acts' } as const
  const hosts = others.map(({ name, reachedByOld }) =>
    reachedByOld ? ready(name, [], isTold ? { blocked } : {}) : silent(name, 'lost'),
  )
  const input = asked(LATE, lost(), [], { hosts: [gone(others, TERM), ...hosts] })
  return startsOf(input).filter((name) => others.some((other) => other.name === name && !other.told))
}

/** The same of the one that took over. `bTold`: `b` had taken up its term before it fell silent. */
function startsOfNew(others: readonly Other[], bTold: boolean): readonly string[] {
  const doubt = (told: boolean) => (told ? {} : { unsure: true as const })
  const hosts = others.map(({ name, told, reachedByNew }) =>
    reachedByNew ? ready(name, [], doubt(told)) : silent(name, 'lost', doubt(told)),
  )
  const b = gone(others, NEW, doubt(bTold))
  return startsOf(asked(LATE, b, [], { hosts: [b, ...hosts], loop: { since: -100_000, term: NEW } }))
}

function startsOf(input: Parameters<typeof decide>[0]): readonly string[] {
  return decide(input).plan.actions.flatMap(({ kind, slot, host }) =>
    slot === SLOT && kind !== 'stop' && kind !== 'adopt' ? [host] : [],
  )
}

describe('two control machines, one of which does not know', () => {
  for (const names of [['a'], ['a', 'c'], ['a', 'c', 'd']]) {
    test(`${names.length + 1} hosts: in every situation one of them at most starts an exclusive slot`, () => {
      let [byOld, byNew] = [0, 0]
      for (const others of situations(names)) {
        const old = startsOfOld(others)
        byOld += old.length
        for (const bTold of [false, true]) {
          const anew = startsOfNew(others, bTold)
          byNew += anew.length
          if (old.length > 0 && anew.length > 0) expect.fail(`${old} and ${anew}: ${JSON.stringify(others)}`)
        }
      }
      // Each of them does it where nothing is in the way.
      expect(byOld).toBeGreaterThan(0)
      expect(byNew).toBeGreaterThan(0)
    })
  }
})
