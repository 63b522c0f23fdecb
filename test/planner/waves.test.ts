// The order of steps: chains go one after the other, rings stop all before any starts.
import { describe, expect, test } from 'vitest'
import type { Action } from '../../src/model/plan.js'
import { Ledger } from '../../src/planner/ledger.js'
import { order } from '../../src/planner/waves.js'
import { applied, job, MIB, placement } from './support/make.js'

const SIZE = { cpu: 10, memory: 600 * MIB, disk: 0, devices: {} }
const ROOM = { cpu: 4000, memory: 1000 * MIB, disk: 0, devices: {} }

/** Each host has room for one slot. */
function ordered(
  running: Readonly<Record<string, string>>,
  actions: readonly Action[],
  turns: Record<string, number> = {},
  rules: { distinct?: string; with?: (name: string) => readonly string[]; memory?: number } = {},
) {
  const size = rules.memory === undefined ? SIZE : { ...SIZE, memory: rules.memory * MIB }
  const about = (name: string) => ({
    resources: size,
    distinct: rules.distinct ?? null,
    with: rules.with?.(name) ?? [],
  })
  const holder = (slot: string) => ({
    slot,
    applied: applied(job(slot.split('.')[0] ?? '', about(slot.split('.')[0] ?? ''))),
    ports: [],
  })
  const ledger = new Ledger()
  for (const [slot, host] of Object.entries(running)) ledger.put(host, holder(slot))
  const { actions: all, deferred } = order(actions, {
    ledger,
    capacities: new Map(['n1', 'n2', 'n3', 'n4'].map((name) => [name, ROOM])),
    turns: new Map(Object.entries(turns)),
    awaited: new Set<string>(),
    // n2 and n3 are in one zone.
    alike: (host) => (host === 'n2' || host === 'n3' ? ['n2', 'n3'] : [host]),
    holder: ({ slot }) => holder(slot),
    hindrance: () => null,
  })
  const told = all.map(({ wave, kind, slot, host, needs }) =>
    `${wave} ${kind} ${slot} ${host} ${(needs ?? []).join(' ')}`.trim(),
  )
  const waits = [...deferred.keys()].map(({ slot }) => slot).sort()
  const said = [...deferred].sort(([a], [b]) => (a.slot < b.slot ? -1 : 1)).map(([, text]) => text)
  return { told, waits, said }
}

function act(kind: Action['kind'], slot: string, host: string, from: string | null = null): Action {
  const base = { slot, job: slot.split('.')[0] ?? '', host, from, text: 'x', wave: 0 }
  const reason = kind === 'move' ? 'made-room' : 'new-job'
  return { ...base, kind, reason, placement: kind === 'stop' ? null : placement(slot, host) }
}

describe('the order of steps', () => {
  test('of a chain: the last one first, each once the one before it is gone', () => {
    const moves = [act('move', 'a.0', 'n2', 'n1'), act('move', 'b.0', 'n3', 'n2'), act('move', 'c.0', 'n4', 'n3')]
    const { told } = ordered({ 'a.0': 'n1', 'b.0': 'n2', 'c.0': 'n3' }, [...moves, act('start', 'z.0', 'n1')])
    expect(told).toEqual(['0 move c.0 n4', '1 move b.0 n3 c.0', '2 move a.0 n2 b.0', '3 start z.0 n1 a.0'])
  })
  test('of two that change places: both stop, then both start', () => {
    const { told } = ordered({ 'a.0': 'n1', 'b.0': 'n2' }, [
      act('move', 'a.0', 'n2', 'n1'),
      act('move', 'b.0', 'n1', 'n2'),
    ])
    expect(told).toEqual(['0 move a.0 n2 b.0', '0 move b.0 n1 a.0'])
  })
  test('of a ring and what waits for it: only the ring stops at once', () => {
    const ring = [act('move', 'a.0', 'n2', 'n1'), act('move', 'b.0', 'n3', 'n2'), act('move', 'c.0', 'n1', 'n3')]
    const { told } = ordered({ 'a.0': 'n1', 'b.0': 'n2', 'c.0': 'n3', 'd.0': 'n4' }, [
      ...ring,
      act('stop', 'd.0', 'n4'),
      act('start', 'z.0', 'n4'),
    ])
    expect(told).toEqual([
      '0 stop d.0 n4',
      '1 start z.0 n4 d.0',
      '2 move a.0 n2 b.0',
      '2 move b.0 n3 c.0',
      '2 move c.0 n1 a.0',
    ])
  })
  test('of a start beside an ordinary stop: only where it needs its room', () => {
    const small = ordered({ 'a.0': 'n1' }, [act('stop', 'a.0', 'n1'), act('start', 'z.0', 'n2')])
    expect(small.told).toEqual(['0 stop a.0 n1', '0 start z.0 n2'])
    const same = ordered({ 'a.0': 'n1' }, [act('stop', 'a.0', 'n1'), act('start', 'z.0', 'n1')])
    expect(same.told).toEqual(['0 stop a.0 n1', '1 start z.0 n1 a.0'])
  })
  test('leaves for the next plan what takes too much of a job down, and what waits for that', () => {
    const moves = [act('move', 'a.0', 'n3', 'n1'), act('move', 'a.1', 'n4', 'n2')]
    const starts = [act('start', 'y.0', 'n1'), act('start', 'z.0', 'n2')]
    const { told, waits } = ordered({ 'a.0': 'n1', 'a.1': 'n2' }, [...moves, ...starts], { a: 1 })
    expect(told).toEqual(['0 move a.0 n3', '1 start y.0 n1 a.0'])
    expect(waits).toEqual(['a.1', 'z.0'])
  })
  test('never has two of a ring down where their job allows one', () => {
    const { told, waits } = ordered(
      { 'a.0': 'n1', 'a.1': 'n2' },
      [act('move', 'a.0', 'n2', 'n1'), act('move', 'a.1', 'n1', 'n2')],
      { a: 1 },
    )
    expect([told, waits]).toEqual([[], ['a.0', 'a.1']])
  })
  test('says of such a ring what stands in its way', () => {
    const { said } = ordered(
      { 'a.0': 'n1', 'a.1': 'n2' },
      [act('move', 'a.0', 'n2', 'n1'), act('move', 'a.1', 'n1', 'n2')],
      { a: 1 },
    )
    expect(said).toEqual([
      'would change places with a.1, which takes 2 slots of a down at once: update.max_parallel 1 does not allow that, 2 would',
      'would change places with a.0, which takes 2 slots of a down at once: update.max_parallel 1 does not allow that, 2 would',
    ])
  })
  test('of a ring through another job says the same, but not of a ring that merely has to wait for its turn', () => {
    const ring = [act('move', 'a.0', 'n2', 'n1'), act('move', 'b.0', 'n3', 'n2'), act('move', 'a.1', 'n1', 'n3')]
    const running = { 'a.0': 'n1', 'b.0': 'n2', 'a.1': 'n3' }
    const { said } = ordered(running, ring, { a: 1, b: 1 })
    expect(said).toEqual([
      expect.stringContaining('would change places with a.1'),
      expect.stringContaining('would change places with a.0'),
      'there is no room on n3 yet: what makes it takes its turn',
    ])
    const two = ordered(
      { 'a.0': 'n1', 'b.0': 'n2' },
      [act('move', 'a.0', 'n2', 'n1'), act('move', 'b.0', 'n1', 'n2')],
      {
        a: 0,
        b: 1,
      },
    )
    expect(two.said.every((text) => text.includes('turn'))).toBe(true)
  })
  test('of slots that stand apart: the one that comes waits until the other has left the zone', () => {
    const actions = [act('move', 'a.0', 'n2', 'n1'), act('move', 'a.1', 'n4', 'n3')]
    const { told } = ordered({ 'a.0': 'n1', 'a.1': 'n3' }, actions, { a: 2 }, { distinct: 'zone' })
    expect(told).toEqual(['0 move a.1 n4', '1 move a.0 n2 a.1'])
  })
  test('of what runs with another: that comes first, and those that run with each other come together', () => {
    const starts = [act('start', 'a.0', 'n1'), act('start', 'b.0', 'n1')]
    const late = [act('stop', 'z.0', 'n1'), ...starts]
    const running = { 'z.0': 'n1' }
    const needs = ordered(running, late, {}, { with: (name) => (name === 'a' ? ['b'] : []), memory: 300 })
    expect(needs.told).toEqual(['0 stop z.0 n1', '0 start b.0 n1', '1 start a.0 n1'])
    const mutual = ordered({}, starts, {}, { with: (name) => (name === 'a' ? ['b'] : ['a']), memory: 300 })
    expect(mutual.told).toEqual(['0 start a.0 n1', '0 start b.0 n1'])
    const alone = ordered({}, [act('start', 'a.0', 'n1')], {}, { with: () => ['b'], memory: 300 })
    expect([alone.told, alone.said]).toEqual([[], ['what it runs with is not on n1 yet']])
  })
})
