// What applying records, where the records have changed since it was worked out.
import { describe, expect, test } from 'vitest'
import { appliedTo } from '../../src/controller/applied.js'
import type { AppliedJob } from '../../src/model/job.js'
import type { Records } from '../../src/model/records.js'
import { applied, job, placement, WALL } from '../planner/support/make.js'
import { records } from './support/records.js'

const byJob = (...jobs: readonly AppliedJob[]): Records['jobs'] =>
  Object.fromEntries(jobs.map((each) => [each.job.name, each]))

const old = { web: applied(job('web')), db: applied(job('db')) }
const next = applied(job('web'), { version: 2, hash: 'h2' })
/** `web` changed, worked out while `db` was there. */
const prepared = { wanted: { jobs: [old.db, next], removed: {} }, changed: ['web'], applied: ['web'], removed: [] }

describe('while a person thought about the plan', () => {
  test('a job that was removed stays so, and is still known to be', () => {
    const meanwhile = records({ jobs: byJob(old.web), removed: { db: WALL } })
    const after = appliedTo(meanwhile, prepared, WALL)
    expect(after.jobs).toEqual({ web: next })
    expect(after.removed).toEqual({ db: WALL })
  })

  test('restarts that were asked for are not forgotten', () => {
    const restarted = applied(job('web'), { generation: 3, slotGenerations: { 'web.1': 4 } })
    const after = appliedTo(records({ jobs: byJob(restarted, old.db) }), prepared, WALL)
    expect(after.jobs.web).toEqual({ ...next, generation: 3, slotGenerations: { 'web.1': 4 } })
  })

  test('another apply of the job keeps its version: this one is above it', () => {
    const crossed = applied(job('web'), { version: 2, hash: 'other' })
    const after = appliedTo(records({ jobs: byJob(crossed, old.db) }), prepared, WALL)
    expect(after.jobs.web).toEqual({ ...next, version: 3 })
  })

  test('what is applied and was removed comes back, and is no longer known as removed', () => {
    const unchanged = { ...prepared, wanted: { jobs: [old.db, old.web], removed: {} }, changed: [] }
    const after = appliedTo(records({ jobs: byJob(old.db), removed: { web: WALL } }), unchanged, WALL)
    expect(after.jobs).toEqual({ web: old.web, db: old.db })
    expect(after.removed).toEqual({})
  })

  test('what had failed for good is tried again, and so is forgotten; what is not applied stays failed', () => {
    const failed = { failed: 'exit status 3' }
    const places = { 'web.0': placement('web.0', 'n1', failed), 'db.0': placement('db.0', 'n1', failed) }
    const after = appliedTo(records({ jobs: byJob(old.web, old.db), placements: places }), prepared, WALL)
    expect(after.placements['web.0']).not.toHaveProperty('failed')
    expect(after.placements['db.0']).toMatchObject(failed)
  })

  test('what is pruned is known as removed, and its places are free unless it is exclusive', () => {
    const one = applied(job('one', { exclusive: true }))
    const held = { 'db.0': placement('db.0', 'n1'), 'one.0': placement('one.0', 'n1') }
    const before = records({ jobs: byJob(old.web, old.db, one), placements: held, removed: { gone: WALL } })
    const after = appliedTo(before, { ...prepared, removed: ['db', 'one'] }, WALL)
    expect(Object.keys(after.jobs)).toEqual(['web'])
    expect(Object.keys(after.placements)).toEqual(['one.0'])
    expect(Object.keys(after.removed).sort()).toEqual(['db', 'gone', 'one'])
  })
})
