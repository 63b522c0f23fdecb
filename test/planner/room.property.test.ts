// Clusters so full that room has to be made: what each plan does to each host, step by step, is judged by someone else.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jobOfSlot } from '../../src/model/names.js'
import type { Action, Plan } from '../../src/model/plan.js'
import { check } from '../../src/planner/check.js'
import type { PlanInput } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import { clusterDraw, misplaced, overloads } from './support/full.js'
import { applied, job, MIB } from './support/make.js'
import { carriedOut } from './support/world.js'

const SEED = Number(process.env.HC_SEED ?? Math.floor(Math.random() * 2 ** 31))
/** So many times the usual number of clusters. */
const TIMES = Number(process.env.HC_RUNS ?? 1)
interface Task {
  readonly slot: string
  readonly host: string
  readonly wave: number
  readonly kind: 'stop' | 'start'
  readonly after: readonly string[]
}

function tasksOf({ actions }: Plan): readonly Task[] {
  const stopped = new Set(actions.filter(({ kind }) => kind === 'stop').map(({ slot }) => slot))
  return actions.flatMap(({ kind, slot, host, from, wave, needs = [] }: Action): Task[] => {
    if (kind === 'stop') return [{ slot, host, wave, kind: 'stop', after: needs }]
    if (kind === 'move') {
      return [
        { slot, host: from ?? '', wave, kind: 'stop', after: needs },
        { slot, host, wave: wave + 1, kind: 'start', after: [slot, ...needs] },
      ]
    }
    return kind === 'start'
      ? [{ slot, host, wave, kind: 'start', after: stopped.has(slot) ? [slot, ...needs] : needs }]
      : []
  })
}

/** Carries a plan out as slowly as can be: what starts in a wave is there before what stops in it has gone. */
function replay(plan: Plan, seen: PlanInput, fails: (slot: string) => boolean): string[] {
  const there = new Map(
    seen.hosts.map(({ host, facts: now }) => [host.name, new Set((now?.units ?? []).map(({ slot }) => slot))]),
  )
  const room = new Map(seen.hosts.map(({ host, facts: now }) => [host.name, (now?.capacity.memory ?? 0) / MIB - 256]))
  const tasks = tasksOf(plan)
  const unstopped = new Set<string>()
  const faults: string[] = []
  for (const wave of [...new Set(tasks.map((task) => task.wave))].sort((a, b) => a - b)) {
    const before = new Set(unstopped)
    const now = tasks.filter((task) => task.wave === wave)
    const held = (task: Task) => task.after.some((slot) => before.has(slot))
    for (const task of now.filter(({ kind }) => kind === 'start')) {
      const slots = there.get(task.host)
      if (held(task) || !slots) continue
      for (const [host, others] of there) {
        if (host !== task.host && others.has(task.slot)) faults.push(`${task.slot} runs twice`)
      }
      slots.add(task.slot)
      faults.push(...misplaced(task.slot, task.host, there, seen.jobs))
      faults.push(
        ...overloads([...slots], seen.jobs, room.get(task.host) ?? 0).map(
          (text) => `wave ${wave} ${task.host} ${text}`,
        ),
      )
    }
    for (const task of now.filter(({ kind }) => kind === 'stop')) {
      if (held(task) || fails(task.slot)) unstopped.add(task.slot)
      else there.get(task.host)?.delete(task.slot)
    }
  }
  return faults
}

function spoken({ actions, unplaced }: Plan): string {
  const lines = actions.map(({ wave, kind, slot, from, host, reason, needs = [] }) =>
    [wave, kind, slot, from, host, reason, ...needs].join(' '),
  )
  return [...lines, `unplaced ${unplaced.map(({ slot }) => slot).join(' ')}`].join('\n')
}

function brief({ jobs, hosts }: PlanInput): string {
  const lines = jobs.map(({ job: each }) => {
    const { resources, count, priority, update, conflictGroup, ports, exclusive, volumes } = each
    const about = [resources.memory / MIB, `disk ${resources.disk / MIB}`, `count ${count}`, `priority ${priority}`]
    const flags = [
      exclusive && 'exclusive',
      volumes.length > 0 && 'pinned',
      conflictGroup,
      each.distinct,
      each.conflicts.length > 0 && 'conflicts with a',
      each.with.length > 0 && 'with b',
      resources.devices.gpu !== undefined && `gpu ${resources.devices.gpu}`,
      Object.keys(ports).length > 0 && 'port',
    ]
    return `job ${each.name} ${about.join(' ')} x${update.maxParallel} ${flags.filter(Boolean).join(' ')}`
  })
  const shown = hosts.map(({ host, facts: now, lastFacts }) => {
    const units = (now ?? lastFacts)?.units.map(({ slot }) => slot) ?? []
    return `host ${host.name} ${now ? now.capacity.memory / MIB - 256 : 'lost'}: ${units.join(' ')}`
  })
  return [...lines, ...shown].join('\n')
}

/** Quick: these clusters are small, and what is not found soon is not what is tested here. */
const STEPS = 100_000

function always(numRuns: number, holds: (input: PlanInput) => void) {
  const draw = clusterDraw.map((drawn) => ({ ...drawn, searchSteps: STEPS }))
  fc.assert(
    fc.property(draw, (drawn) => {
      try {
        holds(drawn)
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        throw new Error(`${brief(drawn)}\n${spoken(decide(drawn).plan)}\n${why}`)
      }
    }),
    { seed: SEED, numRuns: numRuns * TIMES, interruptAfterTimeLimit: 12_000 * TIMES },
  )
}

/** Plans until nothing is to be done. */
function converge(start: PlanInput, watch: (now: PlanInput, plan: Plan) => void = () => {}): PlanInput {
  let now = start
  for (let round = 0; round < 30; round += 1) {
    const decision = decide(now)
    if (decision.plan.actions.length === 0) return now
    watch(now, decision.plan)
    now = carriedOut(now, decision)
  }
  throw new Error(`no rest: ${spoken(decide(now).plan)}`)
}

describe('a plan on a full cluster', () => {
  test('asks no host for more than it has at any step, also where stops fail, and is lawful', () =>
    always(150, (seen) => {
      const decision = decide(seen)
      expect(check(decision.plan, decision.classified, seen)).toEqual([])
      expect(replay(decision.plan, seen, () => false)).toEqual([])
      const moved = decision.plan.actions.filter(({ kind }) => kind !== 'start').map(({ slot }) => slot)
      for (const slot of moved) expect(replay(decision.plan, seen, (each) => each === slot)).toEqual([])
      expect(replay(decision.plan, seen, () => true)).toEqual([])
    }))

  test('comes to rest by lawful steps, and planning again does nothing', () =>
    always(100, (seen) => {
      const evicted: string[] = []
      const rest = converge(seen, (now, plan) => {
        expect(check(plan, decide(now).classified, now)).toEqual([])
        expect(replay(plan, now, () => false)).toEqual([])
        for (const { slot, reason } of plan.actions) if (reason === 'outranked') evicted.push(slot)
      })
      // Whoever was stopped for another does not take its place back, to be stopped again.
      expect(new Set(evicted).size).toBe(evicted.length)
      expect(decide(rest).plan.actions).toEqual([])
    }))

  test('touches nothing that is exclusive or pinned to make room, and moves nobody for a job that fits', () =>
    always(60, (seen) => {
      const rest = converge(seen)
      const small = job('z', { priority: 1, resources: { cpu: 1, memory: MIB, disk: 0, devices: {} } })
      const wider = rest.hosts.map((state) => {
        if (!state.facts) return state
        const capacity = { ...state.facts.capacity, memory: state.facts.capacity.memory + MIB }
        return { ...state, facts: { ...state.facts, capacity } }
      })
      const calm = converge({ ...rest, hosts: wider })
      const { plan } = decide({ ...calm, jobs: [...calm.jobs, applied(small)] })
      expect(plan.actions.filter(({ slot }) => jobOfSlot(slot) !== 'z')).toEqual([])
    }))

  test('that was broken off in the middle is carried on, without going back and forth', () =>
    always(60, (seen) => {
      const decision = decide(seen)
      const all = decision.plan.actions
      if (all.length === 0) return
      // All is recorded, only the first wave is carried out.
      const first = { ...decision, plan: { ...decision.plan, actions: all.filter(({ wave }) => wave === 0) } }
      const whole = carriedOut(seen, decision)
      const broken = { ...whole, hosts: carriedOut(seen, first).hosts }
      const moves = new Map<string, number>()
      converge(broken, (now, plan) => {
        expect(replay(plan, now, () => false)).toEqual([])
        for (const { slot, reason } of plan.actions) {
          if (reason === 'made-room') moves.set(slot, (moves.get(slot) ?? 0) + 1)
        }
      })
      for (const [slot, times] of moves) expect(`${slot} moved ${times}`).toBe(`${slot} moved 1`)
    }))
})
