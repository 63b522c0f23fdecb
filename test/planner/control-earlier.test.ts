// What an earlier etcd left is gone on with as a whole, or not at all.
import { describe, expect, test } from 'vitest'
import type { MemberState } from '../../src/model/control-group.js'
import { areMembers, type FoundMember, leftBehind, sameBeginning } from '../../src/planner/control-earlier.js'

const NAMES = ['nuc1', 'nuc2', 'nuc3']
const wanted = { cluster: 'c1', initial: 'all three' }

const memberOf = (name: string) => ({ name, address: `10.0.0.${name.slice(3)}` })
const said = (...names: readonly string[]) => names.map((name) => ({ ...memberOf(name) }) as unknown as MemberState)

function found(over: Partial<FoundMember['etcd']> = {}, says: FoundMember['says'] = null) {
  return { etcd: { cluster: 'c1', token: 'c1.1', initial: 'all three', data: true, ...over }, says }
}
const NONE = found({ cluster: null, token: null, initial: null, data: false })

function decide(...three: readonly ReturnType<typeof found>[]): string | null {
  return sameBeginning(
    three.map((one, index) => ({ ...one, member: memberOf(NAMES[index] ?? '') })),
    wanted,
  )
}

describe('it is gone on with', () => {
  const up = found({}, said(...NAMES))
  test.each([
    ['all of them answer, and are the members', [up, up, up]],
    ['one has fallen silent', [up, up, found()]],
    ['one has joined later', [up, up, found({ initial: 'two and itself' }, said(...NAMES))]],
    ['an add was interrupted: none has a majority yet', [found(), found(), found()]],
    ['the same a moment earlier: one has no data yet', [found(), found({ data: false }), found()]],
  ])('%s', (_, three) => {
    expect(decide(...three)).toBe('c1.1')
  })
})

describe('all begin anew', () => {
  const up = found({}, said(...NAMES))
  const alone = found({}, said('nuc1'))
  test.each([
    ['nothing is there', [NONE, NONE, NONE]],
    ['two were taken out of it, and it runs on', [alone, NONE, NONE]],
    ['an add was killed when it had set up one of them', [found(), NONE, NONE]],
    ['two were taken out while they were off, and are back', [alone, found(), found()]],
    ['an add was killed when it had begun one of them anew', [up, found({ token: 'c1.2' }, null), up]],
    ['two run on, and the disk of one is new', [up, up, NONE]],
    ['two run on, and the data of one is gone', [up, up, found({ data: false })]],
    ['one more is in it', [found({}, said(...NAMES, 'nuc4')), found(), found()]],
    ['none answers, and they began as others', [found({ initial: 'five' }), found(), found()]],
    ['it is of another cluster', [found({ cluster: 'c2' }), found(), found()]],
  ])('%s', (_, three) => {
    expect(decide(...three)).toBeNull()
  })
})

test('members are known by their addresses: one that has not come yet has no name', () => {
  const waiting = [...said('nuc1', 'nuc2'), { ...memberOf('nuc3'), name: '' } as unknown as MemberState]
  expect(areMembers(waiting, NAMES.map(memberOf))).toBe(true)
  expect(areMembers(said('nuc1', 'nuc2'), NAMES.map(memberOf))).toBe(false)
  expect(areMembers([], NAMES.map(memberOf))).toBe(false)
})

test('its members on other hosts are told of', () => {
  const of = (says: FoundMember['says']) => leftBehind([{ ...found({}, says), member: memberOf('nuc1') }])
  expect(of(said('nuc9', 'nuc1', 'nuc4'))).toEqual(['nuc4', 'nuc9'])
  expect(of([{ ...memberOf('nuc1'), name: 'earlier' } as unknown as MemberState])).toEqual([])
  expect(of(null)).toEqual([])
})
