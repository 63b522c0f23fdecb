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
) {
  const holder = (slot: string) => ({
    slot,
    applied: applied(job(slot.split('.')[0] ?? '', { resources: SIZE })),
    ports: [],
  })
  const ledger = new Ledger()
  for (const [slot, host] of Object.entries(running)) ledger.put(host, holder(slot))
  const { actions: all, deferred } = order(actions, {
    ledger,
    capacities: new Map(['n1', 'n2', 'n3', 'n4'].map((name) => [name, ROOM])),
    turns: new Map(Object.entries(turns)),
    awaited: new Set<string>(),
    alike: (host) => [host],
    holder: ({ slot }) => holder(slot),
    hindrance: () => null,
  })
  const told = all.map(({ wave, kind, slot, host, needs }) =>
    `${wave} ${kind} ${slot} ${host} ${(needs ?? []).join(' ')}`.trim(),
  )
  return { told, waits: [...deferred.keys()].map(({ slot }) => slot).sort() }
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
})
