// What `hc status` is made of.
import { describe, expect, test } from 'vitest'
import type { PlanInput } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import { allocationViews, isConverged, jobViews, statusView } from '../../src/planner/view.js'
import { applied, facts, input, job, PHASES, placement, ready, silent, unit, WALL } from './support/make.js'

const web = applied(job('web', { count: 2 }))

function shown(seen: PlanInput) {
  const { plan, classified } = decide(seen)
  const allocations = allocationViews(classified, plan, seen)
  return { plan, allocations, converged: isConverged(allocations, plan, seen), jobs: jobViews(allocations, seen) }
}

describe('allocations', () => {
  test('that run, since when by the account of their host', () => {
    const seen = facts({ monotonicMs: 100_000, units: [unit('web.0', { activeSinceMs: 40_000, restarts: 3 })] })
    const hosts = [ready('n1', [], { facts: seen }), ready('n2', [unit('web.1')])]
    const { allocations, converged, jobs } = shown(
      input([web], hosts, [placement('web.0', 'n1'), placement('web.1', 'n2')]),
    )
    const since = new Date(Date.parse(WALL) - 60_000).toISOString()
    expect(allocations[0]).toMatchObject({ slot: 'web.0', host: 'n1', state: 'running', restarts: 3, since })
    expect([converged, jobs[0]?.running, jobs[0]?.wanted]).toEqual([true, 2, 2])
  })
  test('that failed say why, and nothing is converged', () => {
    const hosts = [ready('n1', [unit('web.0', PHASES.failed)]), ready('n2', [unit('web.1')])]
    const { allocations, converged } = shown(input([web], hosts, [placement('web.0', 'n1'), placement('web.1', 'n2')]))
    expect(allocations[0]?.state).toBe('failed')
    expect(allocations[0]?.note).not.toBeNull()
    expect(converged).toBe(false)
  })
  test('on a silent host are unknown, and show where they were', () => {
    const hosts = [silent('n1', 'suspect'), ready('n2', [unit('web.1')])]
    const { allocations, converged } = shown(input([web], hosts, [placement('web.0', 'n1'), placement('web.1', 'n2')]))
    expect(allocations[0]).toMatchObject({ host: 'n1', state: 'unknown' })
    expect(converged).toBe(false)
  })
  test('without a place show neither host nor port', () => {
    const huge = applied(job('huge', { resources: { cpu: 0, memory: 2 ** 50, disk: 0, devices: {} } }))
    const { allocations, plan } = shown(input([huge], [ready('n1')]))
    expect(plan.unplaced.map(({ slot }) => slot)).toEqual(['huge.0'])
    expect(allocations[0]).toMatchObject({ host: null, state: 'pending', ports: {}, since: null })
  })
})

test('what runs another version than was applied and waits for its next try is told, and nothing is converged', () => {
  const hosts = [ready('n1', [unit('web.0', { hash: 'old', version: 0 })]), ready('n2', [unit('web.1')])]
  const places = [placement('web.0', 'n1'), placement('web.1', 'n2')]
  const until = new Date(Date.parse(WALL) + 4000).toISOString()
  const backOffs = { 'web.0': { slot: 'web.0', failures: 1, until, failedOn: ['n1'], error: 'no space' } }
  const { plan, allocations, converged } = shown({ ...input([web], hosts, places), backOffs })
  expect(plan.actions).toEqual([])
  expect(allocations.map(({ slot, state, outdated }) => [slot, state, outdated])).toEqual([
    ['web.0', 'running', true],
    ['web.1', 'running', undefined],
  ])
  expect(allocations[0]?.note).toContain('next try in 4s')
  expect(converged).toBe(false)
})

test('a system slot on a lost host keeps nothing from being converged', () => {
  const each = applied(job('each', { type: 'system' }))
  const hosts = [silent('n1', 'lost'), ready('n2', [unit('each.n2')])]
  const placements = [placement('each.n1', 'n1'), placement('each.n2', 'n2')]
  expect(shown(input([each], hosts, placements)).converged).toBe(true)
})

test('status says what is unclaimed, and which command takes it over', () => {
  const seen = input([], [ready('n1', [unit('old.0')])])
  const { plan, classified } = decide(seen)
  const view = statusView(seen, plan, classified, { ticking: true, lastTick: WALL }, new Map([['n1', WALL]]))
  expect(view.unclaimed).toEqual([{ slot: 'old.0', host: 'n1' }])
  expect(view.hints.join(' ')).toContain('hc apply')
  expect(view.hosts[0]).toMatchObject({ name: 'n1', verdict: 'ready', lastContact: WALL })
})

test('what was measured: use and times, and what stands in for it', () => {
  const ran = facts({
    monotonicMs: 100_000,
    uptimeMs: 90_000,
    load: 1.5,
    units: [unit('web.0', { activeSinceMs: 40_000 })],
  })
  const seen = input(
    [web],
    [ready('n1', [], { facts: ran }), ready('n2', [unit('web.1')], { facts: null })],
    [placement('web.0', 'n1'), placement('web.1', 'n2')],
  )
  const { plan, classified } = decide(seen)
  const at = Date.parse('2026-01-01T00:00:00.000Z')
  const measures = new Map([['n1', { cpu: 700, slots: { 'web.0': 120 }, bootedAtMs: at, zeroMs: at + 5000 }]])
  const status = (more: typeof measures) =>
    statusView(seen, plan, classified, { ticking: true, lastTick: WALL }, new Map(), more)
  const view = status(measures)
  expect(view.hosts[0]).toMatchObject({ bootedAt: '2026-01-01T00:00:00.000Z', used: { cpu: 700 } })
  expect(view.allocations[0]).toMatchObject({ cpu: 120, since: '2026-01-01T00:00:45.000Z' })
  // A host that answers, but said what it said before its steps had ended: that suffices for showing.
  expect(view.hosts[1]?.used).toMatchObject({ cpu: 100 })
  const once = status(new Map())
  expect(once.hosts[0]?.used?.cpu).toBe(1500)
  expect(once.allocations[0]?.cpu).toBeNull()
})

test('a run of a cron job counts from its own start', () => {
  const job1 = applied(job('nightly', { type: 'cron' }))
  const running = { active: 'activating', sub: 'start', activeSinceMs: null, activatingSinceMs: 90_000 }
  const seen = facts({
    monotonicMs: 100_000,
    units: [
      unit('nightly.0', { ...running, inactiveSinceMs: 10_000, timer: { active: 'active', lastTriggerMs: null } }),
    ],
  })
  const { allocations } = shown(input([job1], [ready('n1', [], { facts: seen })], [placement('nightly.0', 'n1')]))
  expect(allocations[0]?.since).toBe(new Date(Date.parse(WALL) - 10_000).toISOString())
})

test('a host that is not ready has nothing free, however well its last facts are known', () => {
  const seen = input([], [ready('n1', [], { cordoned: true }), silent('n2', 'lost', { lastFacts: facts() })])
  const { plan, classified } = decide(seen)
  const { hosts } = statusView(seen, plan, classified, { ticking: true, lastTick: WALL }, new Map())
  expect(hosts.map(({ capacity, free }) => [capacity !== null, free !== null])).toEqual([
    [true, true],
    [true, false],
  ])
})
