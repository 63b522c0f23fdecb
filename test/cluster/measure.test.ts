// Use between two answers: by the host's own clock, of the same run only.
import { expect, test } from 'vitest'
import { Meter } from '../../src/cluster/measure.js'
import type { HostFacts, UnitFacts } from '../../src/model/host.js'
import { facts, unit } from '../planner/support/make.js'

const WALL = Date.parse('2026-03-01T12:00:00.000Z')

function said(seconds: number, more: Partial<HostFacts> = {}, ...units: readonly Partial<UnitFacts>[]): HostFacts {
  return facts({
    bootId: 'a',
    uptimeMs: seconds * 1000 + 500,
    monotonicMs: seconds * 1000,
    units: units.map((one) => unit('web.0', { pid: 7, activeSinceMs: 1, restarts: 0, ...one })),
    ...more,
  })
}

function use(first: HostFacts, second: HostFacts): { host: number | null; web: number | null } {
  const meter = new Meter()
  meter.add(first, WALL, 30)
  expect(meter.measured).toMatchObject({ cpu: null, slots: {} })
  meter.add(second, WALL + 2000, 30)
  return { host: meter.measured?.cpu ?? null, web: meter.measured?.slots['web.0'] ?? null }
}

test('half a core over two seconds is 500 millicores', () => {
  expect(use(said(10, {}, { cpuNs: 5e9 }), said(12, {}, { cpuNs: 6e9 })).web).toBe(500)
})

test.each([
  ['another boot', said(12, { bootId: 'b' }, { cpuNs: 6e9 })],
  ['a restart', said(12, {}, { cpuNs: 6e9, pid: 8, restarts: 1 })],
  ['started again', said(12, {}, { cpuNs: 6e9, activeSinceMs: 11_000 })],
  ['a counter that went back', said(12, {}, { cpuNs: 4e9 })],
  ['no longer accounted', said(12, {}, { cpuNs: null })],
  ['gone', said(12)],
])('%s is not known', (_name, second) => {
  expect(use(said(10, {}, { cpuNs: 5e9 }), second).web).toBeNull()
})

test('the host: a share of all processors, whatever a tick is', () => {
  const capacity = { cpu: 4000, memory: 1, disk: 1, devices: {} }
  const at = (seconds: number, busy: number, total: number) => said(seconds, { capacity, cpuTime: { busy, total } })
  expect(use(at(10, 100, 1000), at(12, 300, 1800)).host).toBe(1000)
  expect(use(at(10, 100, 1000), at(12, 100, 1000)).host).toBeNull()
  expect(use(at(10, 100, 1000), at(12, 90, 1800)).host).toBeNull()
  expect(use(at(10, 100, 1000), said(12, { capacity })).host).toBeNull()
})

test('answers in a burst are measured from the first of them', () => {
  const meter = new Meter()
  for (const [seconds, cpuNs] of [
    [10, 0],
    [11, 1e8],
    [11.05, 1.5e8],
    [11.1, 1.6e8],
    [12, 3e8],
  ] as const)
    meter.add(said(seconds, {}, { cpuNs }), WALL + seconds * 1000, 30)
  expect(meter.measured?.slots['web.0']).toBe(200)
})

test('times reckoned from the clocks of a host do not flicker, but follow a clock that was set', () => {
  const meter = new Meter()
  const times = (seconds: number, arrived: number, took = 40, more: Partial<HostFacts> = {}) => {
    meter.add(said(seconds, { uptimeMs: seconds * 1000, ...more }), WALL + arrived * 1000, took)
    return [(meter.measured?.bootedAtMs ?? 0) - WALL, (meter.measured?.zeroMs ?? 0) - WALL]
  }
  const first = times(10, 0)
  expect(first).toEqual([-10_000, -10_000])
  expect(times(11, 1.037)).toEqual(first)
  expect(times(13, 2.95)).toEqual(first)
  // An answer that was four seconds on its way says no more than one that came at once.
  expect(times(14, 8, 4_000)).toEqual(first)
  expect(times(24, 14)).toEqual(first)
  // The host slept, or this machine's clock was set forward, then back.
  expect(times(25, 75)).toEqual([49_960, 49_960])
  expect(times(26, 6)).toEqual([-20_000, -20_000])
  expect(times(2, 100, 40, { bootId: 'b' })[1]).toBe(98_000)
  // A first answer that came late is mended by the next one.
  const late = new Meter()
  late.add(said(10), WALL + 300, 300)
  late.add(said(11), WALL + 1000, 40)
  expect(late.measured?.zeroMs).toBe(WALL - 10_000)
})
