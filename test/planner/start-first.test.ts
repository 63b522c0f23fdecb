// update.order: start-first: the new copy is begun beside the old one, which stops once it is well.
import { describe, expect, test } from 'vitest'
import { recordDecision, recordSeen } from '../../src/controller/record.js'
import type { Job } from '../../src/model/job.js'
import type { Records } from '../../src/model/records.js'
import { check } from '../../src/planner/check.js'
import type { PlanInput } from '../../src/planner/input.js'
import { type Decision, decide } from '../../src/planner/plan.js'
import { applied, input, job, PHASES, placement, ready, unit } from './support/make.js'
import { carriedOut } from './support/world.js'

const NEW = 'h2'
const update: Job['update'] = { ...job('web').update, order: 'start-first' }

/** web runs by its old version, slot N on host N+1 of three. */
function changed(count: number, about: Partial<Job> = {}, hosts = 3): PlanInput {
  const web = applied(job('web', { count, update, ...about }), { hash: NEW, version: 2 })
  const names = Array.from({ length: hosts }, (_, at) => at)
  return input(
    [web],
    names.map((at) => ready(`n${at + 1}`, at < count ? [unit(`web.${at}`)] : [])),
    names.filter((at) => at < count).map((at) => placement(`web.${at}`, `n${at + 1}`)),
  )
}

/** Decides, and has the plan proved lawful. */
function lawful(plan: PlanInput): Decision {
  const decision = decide(plan)
  expect(check(decision.plan, decision.classified, plan)).toEqual([])
  return decision
}

const steps = ({ plan }: Decision) => plan.actions.map(({ kind, slot, host }) => `${kind} ${slot} ${host}`)

/** As it is after the plan, with what the next look writes down of it. */
function looked(plan: PlanInput, decision: Decision): PlanInput {
  const next = carriedOut(plan, decision)
  const records = { placements: next.placements, backOffs: {}, inventory: null } as unknown as Records
  const seen = recordSeen(records, { decision: decide(next), input: next }, {})
  return { ...next, placements: recordDecision(seen, [], []).placements }
}

const copies = ({ hosts }: PlanInput, slot: string) =>
  hosts.filter(({ facts }) => facts?.units.some((each) => each.slot === slot)).map(({ host }) => host.name)

describe('start-first', () => {
  test('the new copy is begun elsewhere, the old one runs on until it is well, then stops', () => {
    const first = changed(1)
    const begun = lawful(first)
    expect(steps(begun)).toEqual(['start web.0 n2'])
    expect(begun.plan.actions[0]?.text).toContain('beside the copy on n1')
    expect(begun.plan.actions[0]?.placement).toMatchObject({ host: 'n2', beside: 'n1', number: 2 })
    const both = carriedOut(first, begun)
    expect(copies(both, 'web.0')).toEqual(['n1', 'n2'])
    // Before anything is written down of the new one, nothing is stopped.
    const waits = lawful(both)
    expect(steps(waits)).toEqual([])
    expect(waits.plan.waiting[0]?.reason).toContain('serves until the new copy on n2 is well')
    const well = looked(first, begun)
    const end = lawful(well)
    expect(steps(end)).toEqual(['stop web.0 n1'])
    const rest = looked(well, end)
    expect(copies(rest, 'web.0')).toEqual(['n2'])
    expect(steps(lawful(rest))).toEqual([])
  })

  test('a slot is never without a copy, and at most max_parallel are on their way, to the end', () => {
    let now = changed(2, { ports: { http: { host: 8080, container: null } as never } })
    for (let tick = 0; tick < 12; tick += 1) {
      const decision = lawful(now)
      if (decision.plan.actions.length === 0 && decision.plan.waiting.length === 0) break
      expect(decision.plan.actions.filter(({ kind }) => kind === 'start').length).toBeLessThanOrEqual(1)
      now = looked(now, decision)
      for (const slot of ['web.0', 'web.1']) expect(copies(now, slot).length).toBeGreaterThan(0)
    }
    expect(steps(lawful(now))).toEqual([])
    const hashes = now.hosts.flatMap(({ facts }) => (facts?.units ?? []).map(({ hash }) => hash))
    expect(hashes).toEqual([NEW, NEW])
  })

  test('where no other host can take it, the old copy is stopped first, and the plan says why', () => {
    const alone = lawful(changed(1, {}, 1))
    expect(steps(alone)).toEqual(['restart web.0 n1'])
    expect(alone.plan.actions[0]?.text).toContain('no other host can take a copy beside it')
    expect(steps(lawful(changed(3, { maxPerHost: 1 })))).toEqual(['restart web.0 n1'])
  })

  test('both copies count: what another new job asks for beside them is not promised twice', () => {
    const big = { resources: { cpu: 100, memory: 5 * 2 ** 30, disk: 0, devices: {} } }
    const plan = changed(1, big, 2)
    const other = applied(job('zeta', big), {})
    const decision = lawful({ ...plan, jobs: [...plan.jobs, other] })
    expect(steps(decision)).toEqual(['start web.0 n2'])
    expect(decision.plan.unplaced.map(({ slot }) => slot)).toEqual(['zeta.0'])
  })

  test('a step that was recorded, but never sent, is made again beside the old copy', () => {
    const first = changed(1)
    const begun = lawful(first)
    const [action] = begun.plan.actions
    if (!action?.placement) throw new Error('nothing was begun')
    const killed = { ...first, placements: { 'web.0': action.placement } }
    expect(steps(lawful(killed))).toEqual(['start web.0 n2'])
  })

  test('a version that fails beside the old copy leaves it alone, and the next version takes its place there', () => {
    const first = changed(1)
    const begun = lawful(first)
    const both = carriedOut(first, begun)
    const failing = {
      ...both,
      hosts: both.hosts.map((state) =>
        state.host.name === 'n2'
          ? ready('n2', [unit('web.0', { ...PHASES.failed, hash: NEW, version: 2, placement: 2 })])
          : state,
      ),
    }
    expect(steps(lawful(failing)).filter((step) => step.includes('n1'))).toEqual([])
    const next = applied(job('web', { update }), { hash: 'h3', version: 3 })
    expect(steps(lawful({ ...both, jobs: [next] }))).toEqual(['restart web.0 n2'])
  })

  test('the host of the new copy is lost, and back before its replacement was well: its copy stays, and so does the old one', () => {
    const web = applied(job('web', { update }), { hash: NEW, version: 2 })
    const fresh = { hash: NEW, version: 2 }
    const back = input(
      [web],
      [
        ready('n1', [unit('web.0')]),
        ready('n2', [unit('web.0', { ...fresh, placement: 2 })]),
        ready('n3', [unit('web.0', { ...PHASES.starting, ...fresh, placement: 3 })]),
      ],
      [placement('web.0', 'n3', { ...fresh, number: 3, instead: 'n2', beside: 'n1' })],
    )
    const decision = lawful(back)
    expect(steps(decision)).toEqual(['adopt web.0 n2', 'stop web.0 n3'])
    expect(decision.plan.actions[0]?.placement).toMatchObject({ host: 'n2', beside: 'n1' })
  })

  test('jobs of which no two copies may run are changed as ever', () => {
    const pinned = { volumes: [{ source: '/d', target: '/d', readOnly: false, shared: false }] } as Partial<Job>
    expect(steps(lawful(changed(1, pinned)))).toEqual(['restart web.0 n1'])
  })
})
