// Updates: first the canaries, after what a job depends on, and back where the new version is bad.
import { describe, expect, test } from 'vitest'
import type { UnitFacts } from '../../src/model/host.js'
import type { Job } from '../../src/model/job.js'
import type { JobVersion } from '../../src/model/records.js'
import { runOf } from '../../src/planner/health.js'
import type { PlanInput } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import { badUpdates, healthyJobs } from '../../src/planner/revert.js'
import { applied, facts, input, job, PHASES, placement, ready, unit, WALL } from './support/make.js'

const NEW = 'new'
const old: Partial<UnitFacts> = {}
const done: Partial<UnitFacts> = { hash: NEW, version: 2 }
const fresh: Partial<UnitFacts> = { hash: NEW, version: 2, activeSinceMs: 990_000 }

/** web in version 2, one slot per host; what each shows. */
function rolling(overrides: Partial<Job>, units: readonly Partial<UnitFacts>[], since = WALL): PlanInput {
  const web = applied(job('web', { count: units.length, ...overrides }), { hash: NEW, version: 2 })
  const hosts = units.map((seen, index) => ready(`n${index + 1}`, [unit(`web.${index}`, seen)]))
  const placements = units.map((seen, index) => {
    const is = seen.hash === NEW ? { hash: NEW, version: 2 } : {}
    return placement(`web.${index}`, `n${index + 1}`, { since, ...is })
  })
  return input([web], hosts, placements)
}

const told = (plan: PlanInput) => {
  const { actions, waiting } = decide(plan).plan
  return [...actions.map(({ slot }) => `now ${slot}`), ...waiting.map(({ slot, reason }) => `${slot} ${reason}`)]
}

describe('canaries', () => {
  const update: Job['update'] = { ...job('web').update, maxParallel: 2, canary: 1 }
  test('one is changed, and the others once it has run well for half a minute', () => {
    expect(told(rolling({ update }, [old, old, old]))).toEqual([
      'now web.0',
      'web.1 takes its turn after web.0 (update.max_parallel 2)',
      'web.2 takes its turn after web.0 (update.max_parallel 2)',
    ])
    expect(told(rolling({ update }, [fresh, old, old]))).toEqual([
      'web.1 takes its turn once the first have run well (update.canary)',
      'web.2 takes its turn once the first have run well (update.canary)',
    ])
    expect(told(rolling({ update }, [done, old, old]))).toEqual(['now web.1', 'now web.2'])
  })
  test('a restart that was asked for has none', () => {
    const plan = rolling({ update }, [done, done, done])
    const asked = plan.jobs.map((each) => ({ ...each, generation: 1 }))
    expect(told({ ...plan, jobs: asked }).filter((line) => line.startsWith('now'))).toHaveLength(2)
  })
})

describe('what runs already, and is not recorded since the store was lost', () => {
  const health: Job['health'] = {
    check: { kind: 'tcp', port: 'http' },
    intervalMs: 5000,
    timeoutMs: 2000,
    failures: 3,
    successes: 1,
    startMs: 30_000,
  }
  const lost = { ...rolling({ health }, [done, old]), placements: {} }
  test('may be as bad as what was begun a moment ago: no other is changed before it is healthy', () => {
    const kinds = (plan: PlanInput) => decide(plan).plan.actions.map(({ kind, slot }) => `${kind} ${slot}`)
    expect(kinds(lost)).toEqual(['adopt web.0', 'adopt web.1'])
    expect(told(lost)).toContain('web.1 takes its turn after web.0 (update.max_parallel 1)')
    const run = runOf(unit('web.0', done), facts(), health)
    const well = { slot: 'web.0', host: 'n1', run, healthy: true, text: 'tcp port 80 answers' }
    expect(kinds({ ...lost, health: { 'web.0': well } })).toEqual(['adopt web.0', 'restart web.1'])
  })
})

describe('a version that is applied while the one before is rolled out', () => {
  test('changes first what does not serve', () => {
    const before: Partial<UnitFacts> = { hash: 'before', version: 2 }
    const waits = 'web.0 takes its turn after web.1 (update.max_parallel 1)'
    expect(told(rolling({}, [old, { ...before, activeSinceMs: 999_900 }]))).toEqual(['now web.1', waits])
    expect(told(rolling({}, [old, before]))[0]).toBe('now web.0')
  })
  test('changes what serves only after what is restarted since it is unhealthy', () => {
    const health: Job['health'] = {
      check: { kind: 'tcp', port: 'http' },
      intervalMs: 5000,
      timeoutMs: 2000,
      failures: 3,
      successes: 1,
      startMs: 0,
    }
    const plan = rolling({ health }, [old, done])
    const run = runOf(unit('web.1', done), facts(), health)
    const sick = { slot: 'web.1', host: 'n2', run, healthy: false, text: 'refused' }
    expect(told({ ...plan, health: { 'web.1': sick } })).toEqual([
      'now web.1',
      'web.0 takes its turn after web.1 (update.max_parallel 1)',
    ])
  })
})

describe('depends_on', () => {
  const web = applied(job('web', { dependsOn: ['db'] }))
  const of = (db: Partial<UnitFacts> | null, more: PlanInput['jobs'] = [applied(job('db'))]) => {
    const units = db === null ? [] : [unit('db.0', db)]
    return told(
      input([web, ...more], [ready('n1', units), ready('n2', [])], db === null ? [] : [placement('db.0', 'n1')]),
    )
  }
  test('a new job waits until the other runs', () => {
    expect(of(null)).toEqual(['now db.0', 'web.0 db has to be healthy first (depends_on), and db.0 does not run yet'])
    expect(of({ activeSinceMs: 999_900 })).toEqual([
      'web.0 db has to be healthy first (depends_on), and is not healthy yet',
    ])
    expect(of({})).toEqual(['now web.0'])
  })
  test('says what is missing', () => {
    expect(of(null, [])).toEqual(['web.0 db has to be healthy first (depends_on), and is not applied'])
    expect(of(null, [applied(job('db'), { stopped: true })])).toEqual([
      'web.0 db has to be healthy first (depends_on), and is stopped',
    ])
  })
  test('what has ended by itself waits for nobody', () => {
    const ended = ready('n2', [unit('web.0', PHASES.ended ?? {})])
    const plan = input([web, applied(job('db'))], [ready('n1', []), ended], [placement('web.0', 'n2')])
    expect(told(plan)).toContain('now web.0')
  })
})

const version = (number: number, hash: string, healthy: boolean, more: Partial<JobVersion> = {}): JobVersion => ({
  version: number,
  hash,
  appliedAt: WALL,
  healthyAt: healthy ? WALL : null,
  image: null,
  blob: `of ${hash}`,
  files: [],
  ...more,
})

describe('a bad version', () => {
  const update: Job['update'] = { ...job('web').update, autoRevert: true, healthyDeadlineMs: 60_000 }
  const kept = [version(1, 'h', true), version(2, NEW, false)]
  const bad = (plan: PlanInput, versions = kept) =>
    badUpdates(decide(plan).classified, plan, { web: versions }).map(({ to, why }) => `${to.version}: ${why}`)
  const failed = { ...PHASES.failed, hash: NEW, version: 2 }

  test('is none for a slot that ends since the count was lowered, nor for one that is being stopped', () => {
    // Its files are the same: a count is no part of them.
    const ending = { ...PHASES.ended, hash: NEW, version: 2, activeSinceMs: 100_000 }
    const plan = rolling({ update }, [done, ending])
    const fewer = { ...plan, jobs: plan.jobs.map((each) => ({ ...each, job: { ...each.job, count: 1 } })) }
    expect(bad(fewer)).toEqual([])
    expect(bad(rolling({ update }, [done, { ...ending, active: 'deactivating', sub: 'stop-sigterm' }]))).toEqual([])
    expect(bad(plan)).toEqual(['1: web.1 on n2 was not healthy within 1m (update.healthy_deadline): ended'])
  })

  test('goes back when a slot fails, is unhealthy, or is not healthy in time', () => {
    expect(bad(rolling({ update }, [failed, old]))).toEqual([
      '1: web.0 on n1 failed: ended with a failure, exit status 1',
    ])
    const health: Job['health'] = {
      check: { kind: 'tcp', port: 'http' },
      intervalMs: 1000,
      timeoutMs: 1000,
      failures: 1,
      successes: 1,
      startMs: 0,
    }
    const plan = rolling({ update, health }, [fresh])
    const run = runOf(unit('web.0', fresh), facts(), health)
    const said = (healthy: boolean | null) => ({
      ...plan,
      health: { 'web.0': { slot: 'web.0', host: 'n1', run, healthy, text: 'http 500' } },
    })
    expect(bad(said(false))).toEqual(['1: web.0 on n1 is unhealthy: http 500'])
    expect(bad(said(null))).toEqual([])
    const slow = { ...fresh, activeSinceMs: 930_000 }
    const late = {
      ...rolling({ update, health }, [slow]),
      health: {
        'web.0': {
          slot: 'web.0',
          host: 'n1',
          run: runOf(unit('web.0', slow), facts(), health),
          healthy: null,
          failing: true as const,
          text: 'http 500',
        },
      },
    }
    expect(bad(late)).toEqual(['1: web.0 on n1 was not healthy within 1m (update.healthy_deadline): http 500'])
    // Nobody has asked it in all the time, since hc was away: then the first answer tells, and not the deadline.
    expect(bad({ ...late, health: {} })).toEqual([])
    const { failing: _failing, ...answered } = late.health['web.0']
    expect(bad({ ...late, health: { 'web.0': { ...answered, text: 'http 200' } } })).toEqual([])
  })

  test('not where it was healthy once, is a step back itself, or nothing earlier was healthy', () => {
    const plan = rolling({ update }, [failed, old])
    expect(bad(plan, [version(1, 'h', true), version(2, NEW, true)])).toEqual([])
    expect(bad(plan, [version(1, 'h', true), version(2, NEW, false, { revertOf: 1 })])).toEqual([])
    expect(bad(plan, [version(1, 'h', false), version(2, NEW, false)])).toEqual([])
    expect(bad(plan, [version(1, NEW, true), version(2, NEW, false)])).toEqual([])
    expect(bad(rolling({ update: { ...update, autoRevert: false } }, [failed, old]))).toEqual([])
  })

  test('healthy is a job of which every slot runs the present version', () => {
    const names = (plan: PlanInput) => healthyJobs(decide(plan).classified, plan).map((each) => each.job.name)
    expect(names(rolling({}, [done, done]))).toEqual(['web'])
    expect(names(rolling({}, [done, old]))).toEqual([])
    expect(names(rolling({}, [done, { ...done, activeSinceMs: 999_900 }]))).toEqual([])
    const check = { kind: 'tcp', port: 'http' } as const
    const health = { check, intervalMs: 1000, timeoutMs: 1000, failures: 1, successes: 1, startMs: 0 }
    expect(names(rolling({ health }, [done]))).toEqual([])
    // While that is not known the next has to wait.
    expect(told(rolling({ health }, [done, old]))).toEqual(['web.1 takes its turn after web.0 (update.max_parallel 1)'])
  })
})
