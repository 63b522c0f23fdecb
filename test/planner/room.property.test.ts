// Clusters so full that room has to be made: what each plan does to each host, step by step, is judged by someone else.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AppliedJob } from '../../src/model/job.js'
import { jobOfSlot } from '../../src/model/names.js'
import type { Action, Plan } from '../../src/model/plan.js'
import { check } from '../../src/planner/check.js'
import type { HostState, PlanInput } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import { applied, facts, input, job, MIB, placement, ready, silent, unit } from './support/make.js'
import { carriedOut } from './support/world.js'

const SEED = Number(process.env.HC_SEED ?? Math.floor(Math.random() * 2 ** 31))
/** So many times the usual number of clusters. */
const TIMES = Number(process.env.HC_RUNS ?? 1)
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'] as const
const HOSTS = ['n1', 'n2', 'n3', 'n4'] as const

interface Drawn {
  readonly memory: number
  readonly disk: number
  readonly count: number
  readonly priority: number
  readonly maxParallel: number
  readonly group: string | null
  readonly port: number | null
  readonly kind: 'plain' | 'exclusive' | 'pinned'
}

const jobDraw: fc.Arbitrary<Drawn> = fc.record({
  memory: fc.constantFrom(100, 200, 300, 500, 800),
  disk: fc.constantFrom(0, 0, 100, 400),
  count: fc.constantFrom(1, 1, 2, 3),
  priority: fc.constantFrom(20, 50, 50, 90),
  maxParallel: fc.constantFrom(1, 1, 2),
  group: fc.constantFrom(null, null, null, 'g'),
  port: fc.constantFrom(null, null, null, 8080),
  kind: fc.constantFrom('plain', 'plain', 'plain', 'exclusive', 'pinned'),
})

function toJob(name: string, drawn: Drawn): AppliedJob {
  const local = { source: 'data', target: '/data', readOnly: false, shared: false }
  return applied(
    job(name, {
      count: drawn.count,
      priority: drawn.priority,
      resources: { cpu: 10, memory: drawn.memory * MIB, disk: drawn.disk * MIB, devices: {} },
      update: { ...job('x').update, maxParallel: drawn.maxParallel },
      conflictGroup: drawn.group,
      ports: drawn.port === null ? {} : { http: { host: drawn.port, container: null } },
      exclusive: drawn.kind === 'exclusive',
      volumes: drawn.kind === 'pinned' ? [local] : [],
    }),
  )
}

/** Some jobs run where they fit, in the order of the dice; others are new; a host may be lost. */
const clusterDraw: fc.Arbitrary<PlanInput> = fc
  .record({
    jobs: fc.array(jobDraw, { minLength: 2, maxLength: 6 }),
    sizes: fc.array(fc.constantFrom(500, 800, 1000, 1300), { minLength: 2, maxLength: 4 }),
    dice: fc.array(fc.nat({ max: 3 }), { minLength: 18, maxLength: 18 }),
    fresh: fc.integer({ min: 1, max: 2 }),
    lost: fc.constantFrom(null, null, 0, 1),
  })
  .map(({ jobs, sizes, dice, fresh, lost }) => {
    const all = jobs.map((drawn, index) => toJob(NAMES[index] ?? 'z', drawn))
    const held = sizes.map((): string[] => [])
    const roll = [...dice]
    for (const { job: wanted } of all.slice(0, -fresh)) {
      for (let place = 0; place < wanted.count; place += 1) {
        const at = (roll.shift() ?? 0) % sizes.length
        const slots = held[at] ?? []
        if (overloads([...slots, `${wanted.name}.${place}`], all, sizes[at] ?? 0).length === 0) {
          slots.push(`${wanted.name}.${place}`)
        }
      }
    }
    const hosts = sizes.map((size, index): HostState => {
      const name = HOSTS[index] ?? 'n9'
      const capacity = { cpu: 4000, memory: (size + 256) * MIB, disk: 800 * MIB, devices: {} }
      const seen = facts({
        capacity,
        units: (held[index] ?? []).map((slot) => unit(slot, { ports: portsOf(slot, all) })),
      })
      return index === lost
        ? { ...silent(name, 'lost'), lastFacts: seen }
        : { ...ready(name), facts: seen, lastFacts: seen }
    })
    const records = held.flatMap((slots, index) =>
      slots.map((slot) => placement(slot, HOSTS[index] ?? 'n9', { ports: portsOf(slot, all) })),
    )
    return input(all, hosts, records)
  })

function portsOf(slot: string, all: readonly AppliedJob[]): Record<string, number> {
  const ports = all.find((each) => each.job.name === jobOfSlot(slot))?.job.ports ?? {}
  return Object.fromEntries(Object.entries(ports).flatMap(([name, { host }]) => (host === null ? [] : [[name, host]])))
}

/** The judge: what these slots ask of a host together that it has not. */
function overloads(slots: readonly string[], all: readonly AppliedJob[], mib: number, diskMib = 800): string[] {
  const jobs = slots.flatMap((slot) => all.filter((each) => each.job.name === jobOfSlot(slot))).map((each) => each.job)
  const sum = (of: (each: (typeof jobs)[number]) => number) => jobs.reduce((total, each) => total + of(each), 0)
  const faults: string[] = []
  if (sum(({ resources }) => resources.memory) > mib * MIB) faults.push(`memory: ${slots.join(' ')} in ${mib} MiB`)
  if (sum(({ resources }) => resources.disk) > diskMib * MIB) faults.push(`disk: ${slots.join(' ')}`)
  if (jobs.filter(({ conflictGroup }) => conflictGroup !== null).length > 1) faults.push(`group: ${slots.join(' ')}`)
  if (jobs.filter(({ ports }) => Object.keys(ports).length > 0).length > 1) faults.push(`port: ${slots.join(' ')}`)
  return faults
}

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
