// Which losses would be survived is worked out once for what it rests on, and by the loop only while it is quiet.
import { expect, test } from 'vitest'
import type { Tick } from '../../src/controller/controller.js'
import { Survivals } from '../../src/controller/survival.js'
import type { AppliedJob } from '../../src/model/job.js'
import type { Placement } from '../../src/model/plan.js'
import type { KeptSurvival } from '../../src/model/records.js'
import type { HostState, PlanInput } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import {
  applied,
  facts,
  GIB,
  input,
  job,
  observation,
  observed,
  placement,
  ready,
  silent,
  unheard,
  unit,
} from '../planner/support/make.js'

/** A store that counts, and a clock that stands still. */
function doors(kept: KeptSurvival[] = []) {
  const store = {
    reads: 0,
    writes: 0,
    readSurvival: async () => {
      store.reads += 1
      return [...kept]
    },
    writeSurvival: async (next: readonly KeptSurvival[]) => {
      store.writes += 1
      kept.splice(0, kept.length, ...next)
    },
  }
  const clock = { at: 0, now: () => clock.at }
  return { store, clock }
}

const web = applied(job('web', { resources: { cpu: 100, memory: 2 * GIB, disk: 0, devices: {} } }))

function host(name: string, gib: number, slots: readonly string[] = []): HostState {
  const units = slots.map((slot) => unit(slot))
  const seen = facts({ units, capacity: { cpu: 4000, memory: gib * GIB, disk: 0, devices: {} } })
  return ready(name, units, { facts: seen, lastFacts: seen })
}

function tickOf(hosts: readonly HostState[], jobs: readonly AppliedJob[] = [web], more: readonly Placement[] = []) {
  const plan: PlanInput = input(jobs, hosts, [placement('web.0', 'a'), ...more])
  const seen = observation(
    0,
    hosts.map((state) => (state.facts ? observed(state.host.name) : unheard(state.host.name, -60_000))),
  )
  const tick: Pick<Tick, 'input' | 'decision' | 'observation' | 'results'> = {
    input: plan,
    decision: decide(plan),
    observation: seen,
    results: [],
  }
  return tick as Tick
}

const well = () => tickOf([host('a', 8, ['web.0']), host('b', 8)])

test('commands: worked out once, also by another process', async () => {
  const kept: KeptSurvival[] = []
  const first = doors(kept)
  const one = new Survivals(first)
  const found = await one.after(well())
  expect(found).toEqual({ a: { ok: true, unplaced: [] }, b: { ok: true, unplaced: [] } })
  expect(await one.after(well())).toBe(found)
  const second = doors(kept)
  expect(await new Survivals(second).after(well())).toEqual(found)
  expect([first.store.writes, second.store.writes]).toEqual([1, 0])
})

test('another capacity, cordon, verdict or version is another question; what listens elsewhere is not', async () => {
  const { store, clock } = doors()
  const survivals = new Survivals({ store, clock })
  await survivals.after(well())
  const b = host('b', 8)
  const port = { protocol: 'tcp', address: '0.0.0.0', port: 41_000 } as const
  const other = b.facts && { ...b.facts, listening: [port] }
  await survivals.after(tickOf([host('a', 8, ['web.0']), { ...b, facts: other, lastFacts: other }]))
  expect(store.writes).toBe(1)
  await survivals.after(tickOf([host('a', 8, ['web.0']), host('b', 7)]))
  await survivals.after(tickOf([host('a', 8, ['web.0']), { ...host('b', 8), cordoned: true }]))
  await survivals.after(tickOf([host('a', 8, ['web.0']), silent('b', 'unmanageable')]))
  expect(store.writes).toBe(4)
  await survivals.after(tickOf([host('a', 8, ['web.0']), host('b', 8)], [{ ...web, version: 2 }]))
  expect(store.writes).toBe(5)
})

test('what is not known within a small budget is looked for again with a larger one', async () => {
  const { store, clock } = doors()
  const survivals = new Survivals({ store, clock })
  // Room for web.0 on b is made by moving side.0 to c.
  const side = applied(job('side', { resources: { cpu: 100, memory: GIB, disk: 0, devices: {} } }))
  const hosts = [host('a', 8, ['web.0']), host('b', 2.25, ['side.0']), host('c', 1.25)]
  const tight = tickOf(hosts, [web, side], [placement('side.0', 'b')])
  expect((await survivals.after(tight, 0)).a?.ok).toBeNull()
  expect((await survivals.after(tight, 0)).a?.ok).toBeNull()
  expect(store.writes).toBe(1)
  expect((await survivals.after(tight)).a).toEqual({ ok: true, unplaced: [] })
  expect((await survivals.after(tight, 0)).a?.ok).toBe(true)
  expect(store.writes).toBe(2)
})

test('the loop: nothing while a host is suspected or something is done, once afterwards, then not again', async () => {
  const { store, clock } = doors()
  const survivals = new Survivals({ store, clock })
  await survivals.advance(tickOf([host('a', 8, ['web.0']), silent('b', 'suspect')]))
  await survivals.advance(tickOf([host('a', 8), host('b', 8)]))
  await survivals.advance({ ...well(), results: [{ slot: 'web.0', host: 'a', ok: true, error: null }] })
  expect([survivals.last, store.writes, store.reads]).toEqual([{}, 0, 0])
  expect(await survivals.advance(well())).toEqual([])
  expect(survivals.last).toMatchObject({ a: { ok: true }, b: { ok: true } })
  for (let tick = 1; tick <= 20; tick += 1) {
    clock.at = tick * 1000
    await survivals.advance(well())
  }
  expect([store.writes, store.reads]).toEqual([1, 1])
})

test('the loop: a control machine that is cut off tells nothing of hosts that it does not see', async () => {
  const { store, clock } = doors()
  const survivals = new Survivals({ store, clock })
  await survivals.advance(well())
  clock.at += 60_000
  expect(await survivals.advance(tickOf([silent('a', 'unknown'), silent('b', 'unknown')]))).toEqual([])
  clock.at += 60_000
  expect(await survivals.advance(well())).toEqual([])
  expect(store.writes).toBe(1)
})

test('the loop: in pieces, a host at a time where time is short', async () => {
  const { store } = doors()
  let now = 0
  // Each look at the clock finds it 40 ms later: two pieces per tick at most.
  const clock = {
    now: () => {
      now += 40
      return now
    },
  }
  const survivals = new Survivals({ store, clock })
  const many = () => tickOf([host('a', 8, ['web.0']), host('b', 8), host('c', 8), host('d', 8)])
  let ticks = 0
  for (; store.writes === 0 && ticks < 10; ticks += 1) await survivals.advance(many())
  expect(ticks).toBeGreaterThan(1)
  expect(Object.keys(survivals.last)).toEqual(['a', 'b', 'c', 'd'])
})

test('the loop tells when a loss would no longer be survived, and when it would be again', async () => {
  const { store, clock } = doors()
  const survivals = new Survivals({ store, clock })
  const advance = (tick: Tick) => {
    clock.at += 60_000
    return survivals.advance(tick)
  }
  expect(await advance(well())).toEqual([])
  const small = tickOf([host('a', 8, ['web.0']), host('b', 2)])
  expect(await advance(small)).toMatchObject([
    { kind: 'survival', host: 'a', text: 'the loss of a would leave web.0 without a place' },
  ])
  expect(await advance(small)).toEqual([])
  expect(await advance(well())).toMatchObject([
    { kind: 'survival', host: 'a', text: 'the loss of a would be survived again' },
  ])
})

test('the loss of the host that hc runs on is survived where another machine leads on, and etcd has members to spare', async () => {
  const here = 'a'
  const machine = (name: string) => ({ name, pid: 1, since: '' })
  const shown = (standbys: readonly string[], trouble: string | null = null) => ({
    show: async () => ({ leader: machine('a'), standbys: standbys.map(machine), trouble }),
  })
  const ask = async (control: ReturnType<typeof shown> | null, storeName: string) => {
    const { store, clock } = doors()
    const tick = well()
    const asks = { ...tick, input: { ...tick.input, here } }
    const given = { clock, store: { ...store, ...(control && { control }) }, storeName }
    return (await new Survivals(given).after(asks))[here]?.ok
  }
  expect(await ask(null, '.hc')).toBe(false)
  expect(await ask(shown(['b']), 'etcd://a,b,c')).toBe(true)
  expect(await ask(shown([]), 'etcd://a,b,c')).toBe(false)
  expect(await ask(shown(['a']), 'etcd://a,b,c')).toBe(false)
  expect(await ask(shown(['b']), 'etcd://a')).toBe(false)
  expect(await ask(shown(['b'], 'etcd has no quorum'), 'etcd://a,b,c')).toBe(false)
})
