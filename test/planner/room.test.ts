// What runs makes room for what wants a place: as little as possible, in order, and never what must stay.
import { describe, expect, test } from 'vitest'
import type { AppliedJob, Job } from '../../src/model/job.js'
import type { Placement } from '../../src/model/plan.js'
import { check } from '../../src/planner/check.js'
import type { HostState, PlanInput } from '../../src/planner/input.js'
import { type Decision, decide } from '../../src/planner/plan.js'
import { survivalInput } from '../../src/planner/survival.js'
import { allocationViews } from '../../src/planner/view.js'
import { applied, facts, input, job, MIB, placement, ready, settings, silent, unit } from './support/make.js'
import { carriedOut } from './support/world.js'

/** A job whose slots take so many MiB. */
function sized(name: string, mib: number, about: Partial<Job> = {}): AppliedJob {
  return applied(job(name, { resources: { cpu: 10, memory: mib * MIB, disk: 0, devices: {} }, ...about }))
}

/** A host with so many MiB for jobs, on which these run. */
function host(name: string, mib: number, slots: readonly string[] = [], about: Partial<HostState> = {}): HostState {
  const state = ready(name)
  const seen = facts({
    units: slots.map((slot) => unit(slot)),
    capacity: { cpu: 4000, memory: (mib + 256) * MIB, disk: 0, devices: {} },
  })
  return { ...state, facts: seen, lastFacts: seen, ...about }
}

function cluster(jobs: readonly AppliedJob[], hosts: readonly HostState[], about: Partial<PlanInput> = {}): PlanInput {
  const placements: Placement[] = hosts.flatMap((state) =>
    (state.facts?.units ?? []).map(({ slot }) => placement(slot, state.host.name)),
  )
  return input(jobs, hosts, placements, about)
}

function told({ plan }: Decision): string[] {
  return plan.actions.map(({ wave, kind, slot, from, host: to, reason, needs }) => {
    const where = from === null ? to : `${from} > ${to}`
    return `${wave} ${kind} ${slot} ${where} ${reason}${needs ? ` after ${needs.join(' ')}` : ''}`
  })
}

function lawful(seen: PlanInput): Decision {
  const decision = decide(seen)
  expect(check(decision.plan, decision.classified, seen)).toEqual([])
  return decision
}

/** Plans until nothing is to be done; the steps of each plan. */
function ticks(start: PlanInput, most = 20): { readonly end: PlanInput; readonly told: string[][] } {
  let now = start
  const all: string[][] = []
  for (let round = 0; round < most; round += 1) {
    const decision = lawful(now)
    if (decision.plan.actions.length === 0) return { end: now, told: all }
    all.push(told(decision))
    now = carriedOut(now, decision)
  }
  throw new Error(`no rest: ${JSON.stringify(all)}`)
}

const web = sized('web', 400)
const db = sized('db', 700, { priority: 90 })
const fragmented = (about: Partial<PlanInput> = {}, mover: AppliedJob = web) =>
  cluster([mover, sized('log', 400), db], [host('n1', 1000, ['web.0']), host('n2', 1000, ['log.0'])], about)

describe('room for a new job', () => {
  test('is made by one move, which comes first and says for whom', () => {
    const decision = lawful(fragmented())
    expect(told(decision)).toEqual(['0 move log.0 n2 > n1 made-room', '1 start db.0 n2 new-job after log.0'])
    expect(decision.plan.actions[0]?.text).toBe('makes room on n2 for db.0, which needs 700 MiB memory')
    expect(ticks(fragmented()).told).toHaveLength(1)
  })
  test('is not made where hc_moves is 0, and what has no place is proved', () => {
    const { plan } = lawful(
      fragmented({ settings: settings({ moves: 0 }), jobs: [web, sized('log', 400), sized('db', 700)] }),
    )
    expect([plan.actions, plan.unplaced.map(({ slot, proof }) => `${slot} ${proof}`)]).toEqual([
      [],
      ['db.0 impossible'],
    ])
  })
  const fixed: readonly (readonly [string, Partial<Job>])[] = [
    ['exclusive', { exclusive: true }],
    ['pinned', { volumes: [{ source: 'data', target: '/data', readOnly: false, shared: false }] }],
    ['batch', { type: 'batch' }],
  ]
  for (const [name, about] of fixed) {
    test(`is not made by what is ${name}`, () => {
      const jobs = [sized('web', 400, about), sized('log', 400, about), sized('db', 700, { priority: 90 })]
      const { plan } = lawful(cluster(jobs, [host('n1', 1000, ['web.0']), host('n2', 1000, ['log.0'])]))
      expect([plan.actions, plan.unplaced.map(({ slot }) => slot)]).toEqual([[], ['db.0']])
    })
  }
  test('is not made by what another stands with', () => {
    const jobs = [web, sized('log', 300), sized('aid', 100, { with: ['log'] }), sized('db', 650)]
    const seen = cluster(jobs, [host('n1', 1000, ['web.0']), host('n2', 1000, ['log.0', 'aid.0'])])
    expect(told(lawful(seen))).toEqual(['0 move web.0 n1 > n2 made-room', '1 start db.0 n1 new-job after web.0'])
  })
  test('is not made where others use so much that what leaves frees nothing', () => {
    const n1 = host('n1', 1000, ['web.0'])
    const pinnedTo = (name: string) => [
      { attribute: 'host', op: '==', values: [name], text: `host == ${name}` } as const,
    ]
    const jobs = [web, sized('db', 400, { constraints: pinnedTo('n1'), priority: 90 })]
    const seen = facts({ ...n1.facts, memoryAvailable: 0 })
    const calm = lawful(cluster(jobs, [host('n1', 700, ['web.0']), host('n2', 500)]))
    expect(told(calm)).toEqual(['0 move web.0 n1 > n2 made-room', '1 start db.0 n1 new-job after web.0'])
    const busy = lawful(cluster(jobs, [{ ...n1, facts: seen, lastFacts: seen }, host('n2', 500)]))
    expect([busy.plan.actions, busy.plan.unplaced.map(({ slot }) => slot)]).toEqual([[], ['db.0']])
  })
  test('is waited for also where only what others use stands in the way', () => {
    // By its size the host would have room at once; 1100 MiB are in use by others.
    const n2 = host('n2', 2000, ['log.0'])
    const seen = facts({ ...n2.facts, memoryAvailable: 1156 * MIB })
    const jobs = [sized('log', 400), sized('db', 900, { priority: 90 })]
    const decision = lawful(cluster(jobs, [host('n1', 500), { ...n2, facts: seen, lastFacts: seen }]))
    expect(told(decision)).toEqual(['0 move log.0 n2 > n1 made-room', '1 start db.0 n2 new-job after log.0'])
  })
  test('takes no more of a job down at a time than its max_parallel: the next takes its turn', () => {
    const jobs = [sized('web', 300, { count: 2 }), sized('log', 800), sized('db', 900)]
    const hosts = [host('n1', 1000, ['web.0', 'web.1']), host('n2', 1000, ['log.0']), host('n3', 650)]
    const seen = cluster(jobs, hosts)
    const first = lawful(seen)
    expect(first.plan.actions.map(({ kind, slot }) => `${kind} ${slot}`)).toEqual(['move web.0'])
    expect(first.plan.waiting.map(({ slot, reason }) => `${slot}: ${reason}`)).toEqual([
      'db.0: there is no room on n1 yet: what makes it takes its turn',
      'web.1: takes its turn to go from n1 to n3 and make room, after others of web (update.max_parallel)',
    ])
    expect(first.plan.unplaced).toEqual([])
    // What a loss would mean goes by where they will be.
    expect(survivalInput(seen, first, null).placements.map(({ slot, host }) => `${slot} ${host}`)).toEqual(
      expect.arrayContaining(['db.0 n1', 'web.1 n3', 'web.0 n3', 'log.0 n2']),
    )
    const { told: all } = ticks(seen)
    expect(all).toEqual([
      ['0 move web.0 n1 > n3 made-room'],
      ['0 move web.1 n1 > n3 made-room', '1 start db.0 n1 new-job after web.1'],
    ])
  })
})

describe('after a loss', () => {
  const small = (name: string) => sized(name, 300)
  const jobs = [small('a'), small('b'), small('c'), sized('big', 900), sized('new', 900)]
  const hosts = [
    host('n1', 1000, ['a.0', 'b.0', 'c.0']),
    host('n2', 350),
    host('n3', 350),
    host('n4', 350),
    silent('n5', 'lost'),
  ]
  const lost = cluster(jobs.slice(0, 4), hosts)
  const placements = { ...lost.placements, 'big.0': placement('big.0', 'n5') }
  test('as many move as are needed for what it ran', () => {
    const decision = lawful({ ...lost, placements })
    expect(decision.plan.actions.filter(({ reason }) => reason === 'made-room')).toHaveLength(3)
    expect(decision.plan.actions.at(-1)).toMatchObject({
      kind: 'start',
      slot: 'big.0',
      host: 'n1',
      reason: 'host-lost',
    })
    expect(ticks({ ...lost, placements }).told).toHaveLength(1)
  })
  test('but not for the sake of what is new', () => {
    const { plan } = lawful(cluster([...jobs.slice(0, 3), sized('new', 900)], hosts))
    expect([plan.actions, plan.unplaced.map(({ slot }) => slot)]).toEqual([[], ['new.0']])
  })
})

describe('a higher priority', () => {
  const low = sized('low', 600, { priority: 20 })
  const full = cluster(
    [low, sized('mid', 600), sized('db', 700, { priority: 90 })],
    [host('n1', 1000, ['low.0']), host('n2', 1000, ['mid.0'])],
  )
  test('takes the place of the lowest, which is told and is not forgotten', () => {
    const decision = lawful(full)
    expect(told(decision)).toEqual(['0 stop low.0 n1 outranked', '1 start db.0 n1 new-job after low.0'])
    expect(decision.plan.actions[0]?.text).toBe('makes room for db.0 (priority 90, its own is 20)')
    expect(decision.plan.unplaced.map(({ slot }) => slot)).toEqual(['low.0'])
  })
  test('keeps it: nothing goes back and forth, and the other starts by itself when there is room', () => {
    let now = carriedOut(full, lawful(full))
    for (let round = 0; round < 10; round += 1) {
      const decision = lawful(now)
      expect([told(decision), decision.plan.unplaced.map(({ slot }) => slot)]).toEqual([[], ['low.0']])
      const view = allocationViews(decision.classified, decision.plan, now).find(({ slot }) => slot === 'low.0')
      expect([view?.host, view?.note]).toEqual([
        null,
        'it makes room for db.0 (priority 90, its own is 20); no other host can take it',
      ])
      now = { ...carriedOut(now, decision), vain: decision.vain ?? null }
    }
    const more = { ...now, hosts: [...now.hosts, host('n3', 1000)] }
    const { told: all, end } = ticks(more)
    expect(all).toEqual([['0 start low.0 n1 > n3 missing']])
    expect(end.placements['low.0']).not.toHaveProperty('outranked')
  })
  test('of the same rank takes nothing', () => {
    const jobs = [sized('low', 600), sized('mid', 600), sized('db', 700)]
    const { plan } = lawful({ ...full, jobs })
    expect([plan.actions, plan.unplaced.map(({ slot }) => slot)]).toEqual([[], ['db.0']])
  })
  test('takes nothing for what runs on a host that is drained', () => {
    const seen = cluster(
      [low, sized('db', 700, { priority: 90 })],
      [host('n1', 1000, ['low.0']), host('n2', 1000, ['db.0'], { draining: true })],
    )
    const { plan } = lawful(seen)
    expect([plan.actions, plan.unplaced.map(({ slot }) => slot)]).toEqual([[], ['db.0']])
  })
  test('whose stop was lost on the way is asked for again, and nothing else', () => {
    const decision = lawful(full)
    const after = carriedOut(full, { ...decision, plan: { ...decision.plan, actions: decision.plan.actions } })
    // Recorded, but nothing was done: low.0 still runs, db.0 does not.
    const undone = { ...after, hosts: full.hosts }
    expect(told(lawful(undone)).map((line) => line.split(' after')[0])).toEqual([
      '0 stop low.0 n1 outranked',
      '1 start db.0 n1 missing',
    ])
  })
})

describe('a vain search', () => {
  const jobs = [web, sized('log', 400), sized('db', 2000)]
  const seen = cluster(jobs, [host('n1', 1000, ['web.0']), host('n2', 1000, ['log.0'])])
  test('is known by what it rested on, and said again in the same words', () => {
    const first = decide(seen)
    expect(first.vain).toBeTruthy()
    const again = decide({ ...seen, vain: first.vain ?? null })
    expect(again.plan.unplaced).toEqual(first.plan.unplaced)
    expect(again.vain).toBe(first.vain)
  })
  test('is made anew when there is more room, or something else may move', () => {
    const vain = decide(seen).vain ?? null
    const wider = { ...seen, hosts: [host('n1', 1100, ['web.0']), host('n2', 1000, ['log.0'])] }
    expect(decide({ ...wider, vain }).vain).not.toBe(vain)
    const flickering = { ...seen, hosts: [host('n1', 1001, ['web.0']), host('n2', 990, ['log.0'])] }
    expect(decide({ ...flickering, vain }).vain).toBe(vain)
    const starting = host('n1', 1000)
    const fresh = facts({ ...starting.facts, units: [unit('web.0', { active: 'activating' })] })
    const held = { ...seen, hosts: [{ ...starting, facts: fresh }, host('n2', 1000, ['log.0'])] }
    expect(decide({ ...held, vain }).vain).not.toBe(vain)
  })
})

test('nothing is stopped for what finds no place all the same, and nothing of equal rank takes its place', () => {
  const size = (memory: number) => ({ cpu: 10, memory: memory * MIB, disk: 0, devices: {} })
  const a = applied(job('a', { count: 2, priority: 90, resources: size(500), with: ['b'] }))
  const b = applied(
    job('b', { count: 3, priority: 20, resources: size(100), ports: { http: { host: 8080, container: null } } }),
  )
  const held = (name: string, slot: string) => {
    const units = [unit(slot, { ports: { http: 8080 } })]
    const seen = facts({ units, capacity: { cpu: 4000, memory: 756 * MIB, disk: 800 * MIB, devices: {} } })
    return { ...ready(name), facts: seen, lastFacts: seen }
  }
  const ports = { ports: { http: 8080 } }
  const now = input(
    [a, b],
    [held('n1', 'b.0'), held('n2', 'b.1')],
    [placement('b.0', 'n1', ports), placement('b.1', 'n2', ports)],
  )
  const { plan } = decide(now)
  expect(plan.actions).toEqual([])
  expect(plan.unplaced.map(({ slot }) => slot)).toEqual(['a.0', 'a.1', 'b.2'])
})
