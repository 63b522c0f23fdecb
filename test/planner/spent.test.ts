// A service whose tries have all failed: nothing of it runs, and the loss of its host changes nothing about that.
import { describe, expect, test } from 'vitest'
import { tryAgain } from '../../src/controller/prepare.js'
import { recordSeen } from '../../src/controller/record.js'
import type { UnitFacts } from '../../src/model/host.js'
import type { AppliedJob } from '../../src/model/job.js'
import type { Placement } from '../../src/model/plan.js'
import { check } from '../../src/planner/check.js'
import { decide } from '../../src/planner/plan.js'
import { records } from '../controller/support/records.js'
import { applied, input, job, PHASES, placement, ready, silent, unit } from './support/make.js'

describe('a service that has failed for good', () => {
  const base = job('web')
  const never = applied(job('web', { reschedule: { ...base.reschedule, attempts: 0 } }))
  const record = placement('web.0', 'a', { failed: 'exit status 3' })
  const buckets = (placed: Placement, asked = never) => {
    const given = input([asked], [silent('a', 'lost'), ready('b')], [placed])
    const { plan, classified } = decide(given)
    expect(check(plan, classified, given)).toEqual([])
    return [...classified.map(({ bucket }) => bucket), ...plan.actions.map(({ kind }) => kind)]
  }
  const seen = (unitFacts: Partial<UnitFacts> = {}, before: Partial<Placement> = {}, asked = never) => {
    const given = input([asked], [ready('a', [unit('web.0', unitFacts)])], [placement('web.0', 'a', before)])
    const kept = records({ jobs: { web: asked }, placements: given.placements })
    return recordSeen(kept, { decision: decide(given), input: given }, {}).placements['web.0']?.failed
  }

  test('is not begun elsewhere when its host is lost, but by a word or in a new version', () => {
    expect(buckets(record)).toEqual(['failed'])
    expect(buckets(placement('web.0', 'a')).at(-1)).toBe('start')
    expect(buckets(record, { ...never, generation: 1 }).at(-1)).toBe('start')
    expect(buckets(record, { ...never, hash: 'other', version: 2 }).at(-1)).toBe('start')
  })
  test('is recorded as such, not while it is tried elsewhere, and no more once it runs', () => {
    expect(seen(PHASES.failed)).toBe('ended with a failure, exit status 1')
    expect(seen(PHASES.failed, {}, applied(base))).toBeUndefined()
    expect(seen(PHASES.failed, { failed: 'exit status 3' })).toBe('exit status 3')
    expect(seen(PHASES.running, { failed: 'exit status 3' })).toBeUndefined()
  })
  test('is tried again by an apply of its job, which a batch job is not', () => {
    const kept = (web: AppliedJob) =>
      tryAgain(records({ jobs: { web }, placements: { 'web.0': record } }), ['web']).placements['web.0']
    expect(kept(never)?.failed).toBeUndefined()
    expect(kept(applied(job('web', { type: 'batch' })))?.failed).toBe('exit status 3')
    expect(tryAgain(records({ placements: { 'web.0': record } }), ['other']).placements['web.0']).toEqual(record)
  })
})
