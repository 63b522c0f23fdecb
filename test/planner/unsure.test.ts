// Records that may know less than hosts which have not answered since: no copy of exclusive work is begun.
import { describe, expect, test } from 'vitest'
import { decide } from '../../src/planner/plan.js'
import { applied, input, job, PHASES, placement, ready, silent, unit } from './support/make.js'

const db = applied(job('db', { exclusive: true }))
const web = applied(job('web'))
const unsure = silent('b', 'lost', { unsure: true })

const planned = (
  units: Parameters<typeof ready>[1],
  placements = [placement('db.0', 'a')],
  other = unsure,
  jobs = [db],
) => decide(input(jobs, [ready('a', units), other], placements)).plan

describe('while a host has not answered since the store was made anew or taken over with, exclusive work', () => {
  test.each(['ended', 'fresh', 'broken', 'failed'])(
    'that is %s is not started: neither where it is recorded nor where its unit lies',
    (phase) => {
      for (const placements of [[placement('db.0', 'a')], []]) {
        const plan = planned([unit('db.0', PHASES[phase])], placements)
        // Its record may be taken up: nothing is sent for that.
        expect(plan.actions.filter(({ kind }) => kind !== 'adopt')).toEqual([])
        if (phase === 'failed' || placements.length === 0) continue
        expect(plan.waiting[0]?.reason).toBe(
          'exclusive, and it might run on b, not seen since the store was made anew or taken over; hc host confirm-lost b says that it is off',
        )
      }
    },
  )

  test('whose unit is gone is not started', () => expect(planned([]).actions).toEqual([]))

  test('that runs is adopted, kept and restarted: it is the one copy', () => {
    expect(planned([unit('db.0')]).actions).toEqual([])
    expect(planned([unit('db.0')], []).actions).toMatchObject([{ kind: 'adopt' }])
    expect(planned([unit('db.0', { hash: 'older' })]).actions).toMatchObject([{ kind: 'restart' }])
  })

  test('is not started while that host answers, but would still obey whoever acted before; that is told the term', () => {
    const plan = planned([], [placement('db.0', 'a')], ready('b', [], { unsure: true }))
    expect(plan).toMatchObject({ actions: [], greet: ['b'] })
    expect(plan.waiting[0]?.reason).toContain('it might run on b')
  })

  test('is started once that host has taken up the term, is fenced or confirmed lost, and other work at once', () => {
    const fine = [ready('b'), { ...unsure, fenced: 'off' }, { ...unsure, confirmedLost: 'said' }]
    for (const other of fine)
      expect(planned([], [placement('db.0', 'a')], other).actions).toMatchObject([{ kind: 'start' }])
    expect(planned([], [placement('web.0', 'a')], unsure, [web]).actions).toMatchObject([{ kind: 'start' }])
  })
})

describe('while a host of the inventory has never answered, exclusive work that was stopped', () => {
  const stopped = { ...db, generation: 1 }
  const never = silent('b', 'unknown', { everReached: false })
  const started = (other: typeof never, phase: 'ended' | 'broken' | null = 'ended') => {
    const units = phase === null ? [] : [unit('db.0', PHASES[phase])]
    return decide(input([stopped], [ready('a', units), other], [placement('db.0', 'a')])).plan
  }
  test('and whose unit is left waits, for ever if need be, and says which word helps', () => {
    const plan = started(never)
    expect(plan.actions).toEqual([])
    expect(plan.waiting[0]?.reason).toBe(
      'exclusive, and it might run on b, not seen yet; hc host confirm-lost b says that it is off',
    )
    expect(started({ ...never, confirmedLost: 'said' }).actions).toHaveLength(1)
  })
  test('and whose unit is gone by that stop starts where it was', () => {
    expect(started(never, null).actions).toMatchObject([{ kind: 'start', host: 'a' }])
  })
})
