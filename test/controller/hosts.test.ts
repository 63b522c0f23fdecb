import { describe, expect, test } from 'vitest'
import { type HostVerb, intend } from '../../src/controller/hosts.js'
import type { Records } from '../../src/model/records.js'
import { placement, WALL } from '../planner/support/make.js'
import { records } from './support/records.js'

const HELD: Records = records({
  placements: { 'a.0': placement('a.0', 'n1'), 'a.1': placement('a.1', 'n1'), 'b.0': placement('b.0', 'n2') },
})

/** The records after several words about n1, the last one's sentence, and whether it changed anything. */
function told(from: Records, ...verbs: readonly HostVerb[]) {
  let now = from
  let text = ''
  let changed = false
  for (const verb of verbs) {
    const said = intend(now, ['n1'], verb, WALL)
    now = said.records
    text = said.words[0]?.text ?? ''
    changed = said.words[0]?.changed ?? false
  }
  const { cordoned = false, draining = false } = now.hosts.n1 ?? {}
  return { cordoned, draining, text, changed, records: now }
}

describe('what is said of a host', () => {
  test.each([
    [['cordon'], { cordoned: true, draining: false, changed: true }],
    [['cordon', 'cordon'], { cordoned: true, draining: false, changed: false }],
    [['drain'], { cordoned: true, draining: true, changed: true }],
    [['drain', 'cordon'], { cordoned: true, draining: true, changed: false }],
    [['cordon', 'drain'], { cordoned: true, draining: true, changed: true }],
    [['drain', 'drain'], { cordoned: true, draining: true, changed: false }],
    [['drain', 'uncordon'], { cordoned: false, draining: false, changed: true }],
    [['cordon', 'uncordon'], { cordoned: false, draining: false, changed: true }],
    [['uncordon'], { cordoned: false, draining: false, changed: false }],
  ] as const)('%j', (verbs, expected) => {
    expect(told(HELD, ...verbs)).toMatchObject(expected)
  })

  test('the sentences say what is there and what was so already', () => {
    expect(told(HELD, 'cordon').text).toBe('n1 is cordoned: it takes no new allocations; the 2 allocations there stay')
    expect(told(records({}), 'cordon').text).toBe('n1 is cordoned: it takes no allocations')
    expect(told(HELD, 'cordon', 'cordon').text).toBe('n1 is cordoned already')
    expect(told(HELD, 'drain', 'cordon').text).toBe('n1 is being drained, and so is cordoned already')
    expect(told(HELD, 'uncordon').text).toBe('n1 is not cordoned')
    expect(told(HELD, 'drain', 'uncordon').text).toContain('what has left it stays where it is now')
  })

  test('nothing said leaves the very same records', () => {
    expect(intend(HELD, ['n1', 'n2'], 'uncordon', WALL).records).toBe(HELD)
  })

  test('of several hosts each has its own sentence, with the slots that are there', () => {
    const { words } = intend(HELD, ['n1', 'n2', 'n3'], 'cordon', WALL)
    expect(words.map(({ host, slots }) => [host, slots])).toEqual([
      ['n1', ['a.0', 'a.1']],
      ['n2', ['b.0']],
      ['n3', []],
    ])
  })
})
