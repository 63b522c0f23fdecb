// A change is looked at when there may be something to see.
import { describe, expect, test } from 'vitest'
import { pauseAfter } from '../../src/controller/pause.js'
import type { UnitFacts } from '../../src/model/host.js'
import type { JobType } from '../../src/model/job.js'
import type { ResultView } from '../../src/model/views.js'
import { decide } from '../../src/planner/plan.js'
import { progressOf } from '../../src/planner/progress.js'
import { applied, input, job, placement, ready, unit } from '../planner/support/make.js'

const SOON = 150

/** How long until the next look at one slot that shows this. The host's clock stands at 1,000,000 ms. */
function pause(seen: Partial<UnitFacts>, results?: readonly ResultView[], type: JobType = 'service'): number {
  const web = applied(job('web', { type }))
  const asked = input([web], [ready('a', [unit('web.0', seen)])], [placement('web.0', 'a')])
  const decision = decide(asked)
  const slots = progressOf(decision, new Set(['web']))
  return pauseAfter({ decision, input: asked, ...(results && { results }) }, slots)
}

const started = (ok: boolean): readonly ResultView[] => [{ slot: 'web.0', host: 'a', ok, error: ok ? null : 'no' }]

describe('after a start', () => {
  test('what has been started is looked at when it has held for a second', () => {
    expect(pause({ activeSinceMs: 999_900 }, started(true))).toBe(1000)
  })
  test('what could not be started is looked at soon', () => {
    expect(pause({ activeSinceMs: 999_900 }, started(false))).toBe(SOON)
  })
  test('a batch job may end at any moment', () => {
    expect(pause({ activeSinceMs: 999_900 }, started(true), 'batch')).toBe(SOON)
  })
})

describe('after a look', () => {
  test('what runs for less than a second is looked at when the second is over', () => {
    expect(pause({ activeSinceMs: 999_900 })).toBe(900)
    expect(pause({ activeSinceMs: 999_400 }, [])).toBe(400)
  })
  test('hardly any time left is no look at once', () => {
    expect(pause({ activeSinceMs: 999_001 })).toBe(20)
  })
  test('what is being started or waits for a restart is looked at soon', () => {
    expect(pause({ active: 'activating', sub: 'start-pre', activeSinceMs: null })).toBe(SOON)
    expect(pause({ active: 'activating', sub: 'auto-restart', activeSinceMs: 999_900 })).toBe(SOON)
  })
  test('a port that does not listen yet is looked at soon', () => {
    expect(pause({ ports: { http: 80 } })).toBe(SOON)
  })
})

describe('several slots', () => {
  /** Slots that run since then, each by a job of its own. */
  function pauseOf(...since: readonly number[]): number {
    const names = since.map((_, at) => `web${at}`)
    const asked = input(
      names.map((name) => applied(job(name))),
      [
        ready(
          'a',
          since.map((activeSinceMs, at) => unit(`web${at}.0`, { activeSinceMs })),
        ),
      ],
      names.map((name) => placement(`${name}.0`, 'a')),
    )
    const decision = decide(asked)
    return pauseAfter({ decision, input: asked }, progressOf(decision, new Set(names)))
  }
  test('those that settle within a little are looked at once', () => {
    expect(pauseOf(999_100, 999_180, 999_250)).toBe(250)
  })
  test('the first of them waits for no later one', () => {
    expect(pauseOf(999_100, 999_180, 999_900)).toBe(180)
  })
})
