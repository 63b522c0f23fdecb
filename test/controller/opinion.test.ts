// A command that only shows borrows the verdict of the loop, or that which was written down last.
import { describe, expect, test } from 'vitest'
import { borrow, type Opinion, surely, unreached } from '../../src/controller/opinion.js'
import type { Verdict } from '../../src/model/observation.js'
import type { LoopSnapshot } from '../../src/model/records.js'
import { belief } from '../planner/support/make.js'
import { records } from './support/records.js'

const WALL = '2025-03-01T12:00:00.000Z'
const ago = (ms: number) => new Date(Date.parse(WALL) - ms).toISOString()

function loop(verdict: Verdict, lastTick: string): LoopSnapshot {
  const hosts = { n1: { verdict, reason: `the loop says ${verdict}`, lastContact: null } }
  return { pid: 1, startedAt: WALL, lastTick, lastTickMs: 5, hosts }
}

function written(verdict: Verdict): Opinion['records'] {
  const host = { cordoned: false, draining: false, lastContact: WALL, bootId: null, machineId: null }
  return records({ hosts: { n1: { ...host, verdict, verdictSince: ago(60_000), provenVantages: [] } } })
}

/** What is shown of n1 where this process believes `own` of it. */
function shown(own: Verdict, opinion: Partial<Opinion>, isSilent = true): string {
  const silent = new Set(isSilent ? ['n1'] : [])
  const [result] = borrow([belief('n1', own)], silent, { loop: null, records: null, wall: WALL, ...opinion })
  return `${result?.verdict}: ${result?.reason}`
}

const own = 'suspect: the test says suspect'

describe('of a silent host', () => {
  test('the loop knows better', () => {
    for (const verdict of ['lost', 'cut-off', 'unmanageable', 'suspect', 'unknown'] as const) {
      expect(shown('suspect', { loop: loop(verdict, ago(1000)) })).toBe(`${verdict}: the loop says ${verdict}`)
    }
  })
  test('but that the loop has heard from it is no more than our suspicion', () => {
    expect(shown('suspect', { loop: loop('ready', ago(1000)) })).toBe(own)
    expect(shown('suspect', { loop: loop('ready', ago(1000)), records: written('lost') })).toBe(own)
  })
  test('a snapshot of fifteen seconds ago says nothing', () => {
    expect(shown('suspect', { loop: loop('lost', ago(14_999)) })).toMatch(/^lost/)
    expect(shown('suspect', { loop: loop('lost', ago(15_000)) })).toBe(own)
  })
  test('nor does one without a time', () => expect(shown('suspect', { loop: loop('lost', '') })).toBe(own))
  test('without a loop, a loss that was written down', () => {
    expect(shown('suspect', { records: written('lost') })).toBe(`lost: no answer; found lost on ${ago(60_000)}`)
    expect(shown('unknown', { loop: loop('ready', ago(99_000)), records: written('lost') })).toMatch(/^lost/)
  })
  test('and no other verdict that was', () => {
    for (const verdict of ['ready', 'unmanageable', 'cut-off', 'unknown'] as const) {
      expect(shown('suspect', { records: written(verdict) })).toBe(own)
    }
  })
  test('what this process was told itself stays', () => {
    expect(shown('unmanageable', { loop: loop('lost', WALL), records: written('lost') })).toMatch(
      /^unmanageable: the test/,
    )
  })
  test('without anybody’s opinion our own', () => expect(shown('suspect', {})).toBe(own))
})

test('of a host that answers nothing is borrowed', () => {
  expect(shown('ready', { loop: loop('lost', WALL), records: written('lost') }, false)).toBe('ready: ')
})

describe('hosts that are not waited for', () => {
  test('are those that the loop does not reach', () => {
    expect([...unreached(loop('lost', ago(1000)), WALL)]).toEqual(['n1'])
    expect([...unreached(loop('ready', ago(1000)), WALL)]).toEqual([])
  })
  test('are none where no loop has ticked lately', () => {
    expect([...unreached(loop('lost', ago(60_000)), WALL)]).toEqual([])
    expect([...unreached(null, WALL)]).toEqual([])
  })
})

describe('what is acted upon', () => {
  const sure = (opinion: Partial<Opinion>, verdict: Verdict = 'lost') =>
    surely([belief('n1', verdict)], { loop: null, records: null, wall: WALL, ...opinion })[0]?.verdict
  test('is a loss that the loop has just found', () => {
    expect(sure({ loop: loop('lost', ago(1400)) })).toBe('lost')
    expect(sure({ loop: loop('lost', ago(1500)) })).toBe('suspect')
    expect(sure({ loop: loop('unmanageable', ago(100)) })).toBe('suspect')
    // The clock was set back by an hour since that loop ticked last.
    expect(sure({ loop: loop('lost', ago(-3_600_000)) })).toBe('suspect')
  })
  test('no loss that was written down, but for one that is confirmed', () => {
    expect(sure({ records: written('lost') })).toBe('suspect')
    const before = written('lost')?.hosts.n1
    if (!before) throw new Error('no host')
    const said = { ...before, confirmedLost: { at: WALL, bootId: null } }
    expect(sure({ records: records({ hosts: { n1: said } }) })).toBe('lost')
  })
  test('all other verdicts stay', () => {
    for (const verdict of ['ready', 'unmanageable', 'cut-off', 'unknown'] as const)
      expect(sure({}, verdict)).toBe(verdict)
  })
})

describe('for how long a host hangs', () => {
  const hangs = (lastTick: string, verdict: Verdict = 'unmanageable'): LoopSnapshot => {
    const told = loop(verdict, lastTick)
    return { ...told, hosts: { n1: { verdict, reason: 'it hangs', lastContact: null, hungMs: 130_000 } } }
  }
  const told = (own: Verdict, from: LoopSnapshot) =>
    borrow([belief('n1', own)], new Set(['n1']), { loop: from, records: null, wall: WALL })
  test('is told by the loop, whatever this process found out itself', () => {
    expect(told('suspect', hangs(ago(1000)))).toEqual([
      { host: 'n1', verdict: 'unmanageable', reason: 'it hangs', hungMs: 130_000 },
    ])
    expect(told('unmanageable', hangs(ago(1000)))[0]).toMatchObject({
      reason: 'the test says unmanageable',
      hungMs: 130_000,
    })
  })
  test('is not known of old, nor of a host that hangs no more', () => {
    expect(told('unmanageable', hangs(ago(15_000)))[0]).not.toHaveProperty('hungMs')
    expect(told('unmanageable', hangs(ago(1000), 'ready'))[0]).not.toHaveProperty('hungMs')
  })
  test('is shown, and never acted upon', () => {
    const opinion = { loop: hangs(ago(100)), records: null, wall: WALL }
    expect(surely(told('suspect', opinion.loop), opinion)).toEqual([
      { host: 'n1', verdict: 'unmanageable', reason: 'it hangs' },
    ])
  })
})

test('case 16: what refuses this process is another machine, where the loop has heard a strange card', () => {
  const stranger = '02:00:00:00:00:99'
  const hosts = { n1: { verdict: 'lost' as const, reason: 'another one answers', lastContact: null, stranger } }
  const opinion = { loop: { ...loop('lost', ago(1000)), hosts }, records: null, wall: WALL }
  expect(borrow([belief('n1', 'unmanageable')], new Set(['n1']), opinion)).toEqual([
    { host: 'n1', verdict: 'lost', reason: 'another one answers', stranger },
  ])
})
