// hc rebalance on clusters of all shapes: what it finds is carried out as hc job move does, one move at a time.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withWish } from '../../src/controller/move.js'
import { jobOfSlot } from '../../src/model/names.js'
import type { Records } from '../../src/model/records.js'
import { check } from '../../src/planner/check.js'
import { controlHost } from '../../src/planner/control.js'
import { candidatesOf, demand, occupant } from '../../src/planner/demands.js'
import type { PlanInput } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import { minGainOf, rebalance } from '../../src/planner/rebalance.js'
import { survivalInput } from '../../src/planner/survival.js'
import { unsettled } from '../../src/planner/unsettled.js'
import { explain } from '../../src/scheduler/explain.js'
import { survivals } from '../../src/scheduler/survival.js'
import { clusterDraw, overloads } from './support/full.js'
import { MIB } from './support/make.js'
import { carriedOut } from './support/world.js'

const SEED = Number(process.env.HC_SEED ?? Math.floor(Math.random() * 2 ** 31))
const TIMES = Number(process.env.HC_RUNS ?? 1)
const STEPS = 50_000

const draw = fc
  .record({ seen: clusterDraw, strategy: fc.constantFrom('balanced', 'pack', 'spread') })
  .map(({ seen, strategy }) => ({ ...seen, searchSteps: STEPS, settings: { ...seen.settings, strategy } }) as PlanInput)

function find(seen: PlanInput, moves = 20) {
  const { classified } = decide(seen)
  return rebalance({ classified, input: seen, moves, control: controlHost(seen, null), steps: STEPS })
}

/** Carries plans out until nothing is to be done; null: some slot has no place. */
function atRest(start: PlanInput): PlanInput | null {
  let now = start
  for (let round = 0; round < 30; round += 1) {
    const decision = decide(now)
    expect(check(decision.plan, decision.classified, now)).toEqual([])
    if (decision.plan.actions.length === 0) return decision.plan.unplaced.length > 0 ? null : now
    now = carriedOut(now, decision)
  }
  throw new Error('no rest')
}

function fill({ hosts, jobs }: PlanInput): string[] {
  return hosts.flatMap(({ facts }) => {
    const slots = (facts?.units ?? []).map(({ slot }) => slot)
    return facts ? overloads(slots, jobs, facts.capacity.memory / MIB - 256) : []
  })
}

function points(seen: PlanInput, slot: string) {
  const { classified } = decide(seen)
  const item = classified.find(({ subject }) => subject.slot === slot && subject.unit !== null)
  if (!item) throw new Error(`${slot} is not there`)
  const { strategy } = seen.settings
  const occupants = classified.flatMap((each) => occupant(each))
  return explain({ demand: demand(item, null), candidates: candidatesOf(classified, seen), occupants, strategy })
}

/** The worth of all hosts by the formulas of docs/rebalance.md, each slot where its wish is, else where it is. WHOLEs. `unit`: host. */
function worth({ hosts, jobs, placements, settings }: PlanInput, unit?: string): number {
  const ready = hosts.flatMap(({ host, facts, lastFacts }) => {
    const capacity = (facts ?? lastFacts)?.capacity
    if (!capacity) return []
    const { cpu, memory, disk, devices } = capacity
    return [{ name: host.name, has: [cpu, memory - 256 * MIB, disk, devices.gpu ?? 0] }]
  })
  const asked = new Map(jobs.map(({ job: { name, resources } }) => [name, resources]))
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)
  const each = ready.map(({ name, has }) => {
    const here = Object.values(placements).filter(({ host, wish }) => (wish ?? host) === name)
    const load = has.map((capacity, dimension) => {
      const used = sum(
        here.map(({ slot }) => {
          const wanted = asked.get(jobOfSlot(slot))
          const { cpu = 0, memory = 0, disk = 0, devices = {} } = wanted ?? {}
          return [cpu, memory, disk, devices.gpu ?? 0][dimension] ?? 0
        }),
      )
      const units = ready.filter((other) => other.name === (unit ?? other.name))
      const mean = sum(units.map((other) => other.has[dimension] ?? 0)) / units.length
      return (used / capacity) ** 2 * (capacity / mean)
    })
    const harmonic = sum(here.map((_, index) => 1 / (index + 1)))
    switch (settings.strategy) {
      case 'balanced':
        return 0 - sum(load)
      case 'pack':
        return sum(load) / 2 - (here.length > 0 ? 0.5 : 0)
      default:
        return 0.999 * harmonic - sum(load) / 1000
    }
  })
  return 1_000_000 * sum(each)
}

function survived(seen: PlanInput): readonly string[] {
  const found = survivals({ ...survivalInput(seen, decide(seen), null), steps: STEPS, tells: false })
  return Object.entries(found).flatMap(([name, { ok }]) => (ok === true ? [name] : []))
}

function moved(seen: PlanInput, slot: string, to: string): PlanInput {
  const { placements } = withWish({ placements: seen.placements } as Records, [slot], to)
  return { ...seen, placements }
}

function always(numRuns: number, holds: (rested: PlanInput) => void) {
  fc.assert(
    fc.property(draw, (drawn) => {
      const rested = atRest(drawn)
      fc.pre(rested !== null)
      if (rested) holds(rested)
    }),
    { seed: SEED, numRuns: numRuns * TIMES, interruptAfterTimeLimit: 12_000 * TIMES },
  )
}

describe('a rebalance', () => {
  test('gains by every move, fits at every step, breaks no survival, and has nothing to do when it is done', () =>
    always(40, (rested) => {
      const { moves, more } = find(rested)
      let now = rested
      const before = survived(rested)
      for (const { slot, from, to, gain } of moves) {
        const hosts = points(now, slot)
        const scoreOn = (name: string) => {
          const score = hosts.find((each) => each.host === name)?.score
          if (!score) throw new Error(`${slot} does not fit on ${name}`)
          return score
        }
        const total = (name: string) => scoreOn(name).total - scoreOn(name).parts.stay
        expect(total(to)).toBeGreaterThan(total(from))
        const others = total(to) - total(from) - scoreOn(to).parts.fit + scoreOn(from).parts.fit
        const then = moved(now, slot, to)
        expect(Math.abs(others + worth(then, from) - worth(now, from) - gain)).toBeLessThan(10)
        expect(others + worth(then) - worth(now)).toBeGreaterThan(0)
        expect(gain).toBeGreaterThan(minGainOf(now.settings.strategy))
        const { job } = rested.jobs.find((each) => each.job.name === jobOfSlot(slot)) ?? {}
        expect([job?.exclusive, job?.volumes.length]).toEqual([false, 0])
        const next = atRest(moved(now, slot, to))
        expect(next?.placements[slot]).toMatchObject({ host: to })
        expect(next?.placements[slot]).not.toHaveProperty('wish')
        if (!next) throw new Error('something has lost its place')
        now = next
        expect(fill(now)).toEqual([])
        expect(unsettled(decide(now), now)).toBeNull()
      }
      expect(new Set(moves.map(({ slot }) => slot)).size).toBe(moves.length)
      expect(survived(now)).toEqual(expect.arrayContaining([...before]))
      if (!more) expect(find(now).moves).toEqual([])
    }))

  test('does not depend on the order of what it is told', () =>
    always(20, (rested) => {
      const turned = {
        ...rested,
        jobs: [...rested.jobs].reverse(),
        hosts: rested.hosts.map((state) => {
          const facts = state.facts && { ...state.facts, units: [...state.facts.units].reverse() }
          return { ...state, facts }
        }),
        placements: Object.fromEntries(Object.entries(rested.placements).reverse()),
      }
      expect(find({ ...turned, hosts: [...turned.hosts].reverse() }).moves).toEqual(find(rested).moves)
    }))

  test('told to make few moves it makes the first of many, and comes to rest when it is asked again and again', () =>
    always(20, (rested) => {
      expect(find(rested, 1).moves).toEqual(find(rested).moves.slice(0, 1))
      let now = rested
      for (let round = 0; ; round += 1) {
        expect(round).toBeLessThan(60)
        const [first] = find(now, 1).moves
        if (!first) break
        now = atRest(moved(now, first.slot, first.to)) ?? now
      }
    }))
})
