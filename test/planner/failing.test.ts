// What fails although its host is well: where it is, then elsewhere, then told.
import { describe, expect, test } from 'vitest'
import { recordDecision, recordFailures, recordResults } from '../../src/controller/record.js'
import type { SlotHealth } from '../../src/model/health.js'
import type { UnitFacts } from '../../src/model/host.js'
import type { Job } from '../../src/model/job.js'
import type { Records } from '../../src/model/records.js'
import { runOf } from '../../src/planner/health.js'
import type { PlanInput } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import { applied, facts, input, job, PHASES, placement, ready, unit, WALL } from './support/make.js'

const health: Job['health'] = {
  check: { kind: 'tcp', port: 'http' },
  intervalMs: 5000,
  timeoutMs: 2000,
  failures: 3,
  successes: 1,
  startMs: 30_000,
}

/** Ticks of one slot on two hosts: what is seen, what is decided, and what of it is recorded. */
class Life {
  records: Pick<Records, 'backOffs' | 'unwell' | 'placements' | 'jobs'>
  wall = Date.parse(WALL)
  on = 'a'
  unit: UnitFacts
  healthy: boolean | null = null

  constructor(overrides: Partial<Job>, seen: Partial<UnitFacts> = {}) {
    this.records = {
      backOffs: {},
      placements: { 'web.0': placement('web.0', 'a') },
      jobs: { web: applied(job('web', overrides)) },
    }
    this.unit = unit('web.0', seen)
  }

  input(): PlanInput {
    const hosts = ['a', 'b'].map((name) => ready(name, name === this.on ? [this.unit] : []))
    const run = runOf(this.unit, facts(), this.records.jobs.web?.job.health)
    const said: SlotHealth = { slot: 'web.0', host: this.on, run, healthy: this.healthy, text: 'tcp port 80: refused' }
    const { placements, backOffs, unwell } = this.records
    return {
      ...input(Object.values(this.records.jobs), hosts, Object.values(placements)),
      backOffs,
      ...(unwell && { unwell }),
      health: { 'web.0': said },
      wall: new Date(this.wall).toISOString(),
    }
  }

  /** One tick; what it starts runs at once, as a new start. Returns what is told of the slot. */
  tick(then: Partial<UnitFacts> = this.unit): string {
    const plan = this.input()
    const { plan: decided, classified } = decide(plan)
    const before = recordFailures(this.records as Records, classified, plan.wall)
    this.records = recordDecision(before, decided.actions, [])
    for (const { kind, slot, host, placement: next } of decided.actions) {
      const results = [{ slot, host, ok: true, error: null, unknown: false, step: 'start' as const }]
      this.records = recordResults(this.records as Records, results as never, plan.wall)
      if (kind === 'stop') continue
      this.on = host
      this.unit = {
        ...unit('web.0', then),
        placement: next?.number ?? 1,
        activeSinceMs: then.activeSinceMs ?? this.wall % 1_000_000,
      }
    }
    const action = decided.actions[0]
    if (action) return `${action.kind} on ${action.host}: ${action.reason}`
    return classified.map(({ bucket, text }) => (text === '' ? bucket : `${bucket}: ${text}`)).join('; ')
  }

  pass(ms: number): this {
    this.wall += ms
    return this
  }
}

const failed = PHASES.failed ?? {}

describe('given up by systemd', () => {
  test('tried on another host after the delay, which doubles, and the host where it failed is shunned', () => {
    const life = new Life({}, failed)
    expect(life.tick()).toBe('wait: it failed: ended with a failure, exit status 1')
    expect(life.tick()).toBe('wait: it failed: ended with a failure, exit status 1; next try in 5s')
    expect(life.pass(5000).tick(failed)).toBe('move on b: failing')
    expect(life.tick()).toContain('wait: it failed')
    expect(life.pass(9000).tick()).toMatch(/\(on a, b\); next try in 1s/)
    expect(life.pass(1000).tick({ activeSinceMs: 990_000 })).toMatch(/^(move on a|restart on b): failing/)
    // It runs, but is not forgiven at once.
    expect(life.tick()).toBe('keep')
    expect(life.records.backOffs['web.0']?.failures).toBe(2)
  })

  test('tried at once where more than all of its wait is left: the clock was set back', () => {
    const life = new Life({}, failed)
    life.tick()
    expect(life.tick()).toMatch(/next try in 5s$/)
    expect(life.pass(-1).tick()).toBe('move on b: failing')
  })

  test('exclusive: seen to be stopped first, and not begun again where it failed', () => {
    const life = new Life({ exclusive: true }, failed)
    life.tick()
    expect(life.pass(5000).tick()).toBe('stop on a: failing')
    life.on = 'nowhere'
    expect(life.tick({})).toBe('start on b: failing')
  })

  test('attempts are obeyed exactly, and never means never', () => {
    const reschedule = { delayMs: 5000, maxDelayMs: 60_000, attempts: 1 }
    const life = new Life({ reschedule }, failed)
    life.tick()
    expect(life.pass(5000).tick(failed)).toBe('move on b: failing')
    life.tick()
    expect(life.pass(1e6).tick()).toMatch(/^failed: .*given up after 2 failures \(reschedule\.attempts 1\)/)
    expect(new Life({ reschedule: { ...reschedule, attempts: 0 } }, failed).tick()).toMatch(/^failed: /)
    expect(new Life({ type: 'batch' }, failed).tick()).toMatch(/^failed: /)
  })

  test('what has run for the whole window is forgiven', () => {
    const life = new Life({ restart: { attempts: 10, windowMs: 300_000, delayMs: 200 } }, failed)
    life.tick()
    life.pass(5000).tick({ activeSinceMs: 900_000 })
    life.tick()
    expect(life.records.backOffs['web.0']).toBeDefined()
    life.unit = { ...life.unit, activeSinceMs: 700_000 }
    life.tick()
    expect(life.records.backOffs['web.0']).toBeUndefined()
  })
})

describe('unhealthy', () => {
  test('restarted where it is, three times in a row at most, then tried elsewhere', () => {
    const life = new Life({ health })
    expect(life.tick()).toBe('keep')
    life.healthy = false
    for (let times = 1; times <= 3; times += 1) {
      expect(life.pass(60_000).tick({})).toBe('restart on a: unhealthy')
      expect(life.records.placements['web.0']?.number).toBe(times + 1)
    }
    expect(life.pass(60_000).tick()).toBe('wait: it failed: unhealthy: tcp port 80: refused, restarted 3 times')
    expect(life.pass(5000).tick({})).toBe('move on b: failing')
    expect(life.records.unwell).toEqual({})
  })

  test('restart.attempts never: not restarted where it is', () => {
    const life = new Life({ health, restart: { attempts: 0, windowMs: 300_000, delayMs: 0 } })
    life.healthy = false
    expect(life.tick()).toBe('wait: it failed: unhealthy: tcp port 80: refused')
  })

  test('what was asked of an earlier start says nothing', () => {
    const life = new Life({ health })
    life.healthy = false
    const plan = life.input()
    const old = { ...plan.health?.['web.0'], run: 'another' } as SlotHealth
    expect(decide({ ...plan, health: { 'web.0': old } }).plan.actions).toEqual([])
  })
})
