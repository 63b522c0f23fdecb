// A loop waits but a moment for a search: what fits starts at once, and the rest is searched in full beside it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  Decider,
  type FullAnswer,
  type FullQuestion,
  type FullSolver,
  HASTY_STEPS,
} from '../../src/controller/decider.js'
import { check } from '../../src/planner/check.js'
import type { HostState, PlanInput } from '../../src/planner/input.js'
import { type Decision, decide } from '../../src/planner/plan.js'
import { clusterDraw } from '../planner/support/full.js'
import { applied, facts, input, job, MIB, placement, ready, silent, unit } from '../planner/support/make.js'
import { carriedOut } from '../planner/support/world.js'

const LOST = 'h4'
/** Of all hosts together over what all jobs take, before one is lost. */
const ROOM = 1.12

interface Size {
  readonly memory: number
  readonly cpu: number
}

function host(name: string, slots: readonly string[], { memory, cpu }: Size): HostState {
  const bytes = (memory + 256) * MIB
  const capacity = { cpu, memory: bytes, disk: 0, devices: {} }
  const seen = facts({ units: slots.map((slot) => unit(slot)), capacity, memoryAvailable: bytes })
  return { ...ready(name), facts: seen, lastFacts: seen }
}

/** Twelve hosts and 110 jobs of odd sizes that leave little free, one host lost: a search that ends at its budget. */
function nearlyFull(): PlanInput {
  let state = 7
  const draw = (most: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * most)
  }
  const sizes = Array.from({ length: 110 }, (_, index) => {
    return { name: `j${String(index).padStart(3, '0')}`, memory: 300 + draw(2400), cpu: 100 + draw(1200) }
  })
  const share = (what: keyof Size) => Math.ceil((sizes.reduce((sum, each) => sum + each[what], 0) * ROOM) / 12)
  const room = { memory: share('memory'), cpu: share('cpu') }
  const open = Array.from({ length: 12 }, (_, index) => ({ name: `h${index}`, ...room, slots: [] as string[] }))
  for (const { name, memory, cpu } of [...sizes].sort((a, b) => b.memory + b.cpu - a.memory - a.cpu)) {
    const fitting = open.filter((each) => each.memory >= memory && each.cpu >= cpu)
    const roomiest = fitting.sort((a, b) => b.memory + b.cpu - a.memory - a.cpu)[0]
    if (!roomiest) throw new Error(`${name} fits nowhere to begin with`)
    roomiest.memory -= memory
    roomiest.cpu -= cpu
    roomiest.slots.push(`${name}.0`)
  }
  const jobs = sizes.map(({ name, memory, cpu }) =>
    applied(job(name, { resources: { cpu, memory: memory * MIB, disk: 0, devices: {} } })),
  )
  const hosts = open.map(({ name, slots }) => (name === LOST ? silent(name, 'lost') : host(name, slots, room)))
  return input(
    jobs,
    hosts,
    open.flatMap(({ name, slots }) => slots.map((slot) => placement(slot, name))),
  )
}

/** Of what was decided, what the next tick sees. */
function next(decided: { readonly input: PlanInput; readonly decision: Decision }): FullQuestion {
  const { vain: _, searched: __, hasty: ___, searchSteps: ____, ...seen } = carriedOut(decided.input, decided.decision)
  return seen
}

/** A solver that answers when it is told to. */
function solverByHand() {
  const asked: FullQuestion[] = []
  const given: { resolve: (answer: FullAnswer | null) => void; reject: (error: Error) => void; signal: AbortSignal }[] =
    []
  const solver: FullSolver = {
    solve: (question, signal) => {
      asked.push(question)
      return new Promise((resolve, reject) => given.push({ resolve, reject, signal }))
    },
    close: () => {},
  }
  return { solver, asked, given }
}

function decider(solver: FullSolver | null) {
  const news = { count: 0, said: [] as string[] }
  const made = new Decider({
    solver,
    onAnswer: () => {
      news.count += 1
    },
    debug: (line) => news.said.push(line),
  })
  return { made, news }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))
const seen = nearlyFull()
const rest = next(decider(solverByHand().solver).made.decide(seen))
/** What a search in full finds of what haste leaves. */
const full = decide(rest)
const lostSlots = Object.values(seen.placements).filter(({ host: on }) => on === LOST).length

describe('in process', () => {
  test('the same question is answered with the same plan without searching again', () => {
    const { made } = decider(null)
    const first = made.decide(rest)
    expect(first.decision.plan).toEqual(full.plan)
    expect(first.decision.open).toBeNull()
    const again = made.decide(rest)
    expect(again.decision.plan).toEqual(first.decision.plan)
    const { searched: [one] = [] } = first.decision
    expect(one).toBeDefined()
    // The very results, not equal ones that were worked out anew.
    expect(again.decision.searched?.find(({ key }) => key === one?.key)).toBe(one)
  })
  test('another amount, sentence or slot is another question', () => {
    const { searched = [] } = full
    const keys = (about: Partial<PlanInput>) =>
      decide({ ...rest, ...about, searched, searchSteps: 2000 })
        .searched?.slice(0, 1)
        .map(({ key }) => key)
    const known = searched.slice(0, 1).map(({ key }) => key)
    expect(keys({})).toEqual(known)
    const [first, ...others] = rest.hosts
    if (!first) throw new Error('there are hosts')
    expect(keys({ settings: { ...rest.settings, moves: 3 } })).not.toEqual(known)
    expect(keys({ hosts: [{ ...first, cordoned: true }, ...others] })).not.toEqual(known)
    const smaller = first.facts && { ...first.facts, capacity: { ...first.facts.capacity, cpu: 1000 } }
    expect(keys({ hosts: [{ ...first, facts: smaller }, ...others] })).not.toEqual(known)
  })
})

describe('beside the loop', () => {
  test('what fits starts at once and touches nothing that runs; the rest is asked for once, when nothing is under way', async () => {
    const { solver, asked, given } = solverByHand()
    const { made, news } = decider(solver)
    const first = made.decide(seen)
    expect(first.input.searchSteps).toBe(HASTY_STEPS)
    expect(check(first.decision.plan, first.decision.classified, first.input)).toEqual([])
    expect(first.decision.open).toBeTruthy()
    expect(first.decision.plan.actions.length).toBeGreaterThan(0)
    expect(first.decision.plan.actions.every(({ reason }) => reason === 'host-lost')).toBe(true)
    expect(first.decision.plan.actions.length + first.decision.plan.unplaced.length).toBe(lostSlots)
    made.pursue(first.input, first.decision)
    expect(asked).toHaveLength(0)

    expect(next(first)).toEqual(rest)
    const second = made.decide(rest)
    expect(second.decision.plan.actions).toEqual([])
    made.pursue(second.input, second.decision)
    const third = made.decide(rest)
    made.pursue(third.input, third.decision)
    expect(asked).toEqual([rest])
    expect(given[0]?.signal.aborted).toBe(false)

    given[0]?.resolve(structuredClone({ searched: full.searched ?? [], vain: full.vain ?? null }))
    await turn()
    expect(news.count).toBe(1)
    const last = made.decide(rest)
    expect(last.decision.open).toBeNull()
    expect(last.decision.plan).toEqual(full.plan)
    made.pursue(last.input, last.decision)
    expect(asked).toHaveLength(1)
  })
  test('an answer to what is no longer asked is given up, and changes nothing', async () => {
    const { solver, asked, given } = solverByHand()
    const { made, news } = decider(solver)
    const second = made.decide(rest)
    made.pursue(second.input, second.decision)
    const closed = { ...rest, hosts: rest.hosts.map((each) => ({ ...each, cordoned: each.host.name === 'h1' })) }
    const other = made.decide(closed)
    made.pursue(other.input, other.decision)
    expect(given.map(({ signal }) => signal.aborted)).toEqual([true, false])
    given[0]?.resolve({ searched: [], vain: null })
    await turn()
    expect([asked.length, news.count]).toEqual([2, 0])
    made.close()
    expect(given[1]?.signal.aborted).toBe(true)
  })
  test('where there is no thread to be had, the loop searches by itself', async () => {
    const { solver, given } = solverByHand()
    const { made, news } = decider(solver)
    const second = made.decide(rest)
    made.pursue(second.input, second.decision)
    given[0]?.reject(new Error('no threads'))
    await turn()
    expect(news).toEqual({ count: 1, said: ['searching beside the loop: Error: no threads'] })
    const last = made.decide(rest)
    expect([last.decision.open, last.input.searchSteps]).toEqual([null, undefined])
    expect(last.decision.plan).toEqual(full.plan)
  })
})

test('however full a cluster is, each plan of a loop is lawful, and it comes to rest', async () => {
  const draw = clusterDraw.map((drawn) => ({ ...drawn, settings: { ...drawn.settings, moves: 2 } }))
  await fc.assert(
    fc.asyncProperty(draw, async (drawn) => {
      const solver: FullSolver = {
        solve: async () => {
          const { searched = [], vain = null } = decide({ ...now, searchSteps: 50_000 })
          return structuredClone({ searched, vain })
        },
        close: () => {},
      }
      const { made } = decider(solver)
      let now: FullQuestion = drawn
      for (let round = 0; round < 30; round += 1) {
        const decided = made.decide(now, 100)
        const { plan, classified, open } = decided.decision
        expect(check(plan, classified, decided.input)).toEqual([])
        if (plan.actions.length === 0 && !open) return
        made.pursue(decided.input, decided.decision)
        await turn()
        if (plan.actions.length > 0) now = next(decided)
      }
      throw new Error('no rest')
    }),
    { seed: 1, numRuns: 60 },
  )
})
