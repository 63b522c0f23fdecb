// Rolling replacement: who goes now, and who waits for whose turn.
import { describe, expect, test } from 'vitest'
import type { UnitFacts } from '../../src/model/host.js'
import type { Job } from '../../src/model/job.js'
import type { PlanInput } from '../../src/planner/input.js'
import { decide } from '../../src/planner/plan.js'
import { applied, input, job, PHASES, placement, ready, silent, unit } from './support/make.js'
import { carriedOut } from './support/world.js'

const NEW = 'h2'

/** Three hosts, one slot of web on each; `web` was applied with a new hash. */
function rolling(maxParallel: number, units: readonly Partial<UnitFacts>[], about: Partial<Job> = {}): PlanInput {
  const update = { ...job('x').update, maxParallel }
  const web = applied(job('web', { count: units.length, update, ...about }), { hash: NEW, version: 2 })
  return input(
    [web],
    units.map((each, index) => ready(`n${index + 1}`, [unit(`web.${index}`, each)])),
    units.map((_, index) => placement(`web.${index}`, `n${index + 1}`)),
  )
}

const old = {}
const done = { hash: NEW, version: 2 }
const starting = { ...done, ...PHASES.starting }
const failed = { ...done, ...PHASES.failed }
const oldFailed = { ...PHASES.failed }

/** `now web.0 / later web.1 web.2`. */
function turns(plan: PlanInput): string {
  const { actions, waiting } = decide(plan).plan
  const names = (list: readonly { readonly slot: string }[]) => list.map(({ slot }) => slot).join(' ')
  return `now ${names(actions)} / later ${names(waiting)}`
}

describe('a changed job', () => {
  const cases: readonly (readonly [
    name: string,
    parallel: number,
    units: readonly Partial<UnitFacts>[],
    says: string,
  ])[] = [
    ['one at a time, by name', 1, [old, old, old], 'now web.0 / later web.1 web.2'],
    ['two at a time', 2, [old, old, old], 'now web.0 web.1 / later web.2'],
    ['more than there are', 9, [old, old, old], 'now web.0 web.1 web.2 / later '],
    ['the next when the one before is up', 1, [done, old, old], 'now web.1 / later web.2'],
    ['not while the one before is starting', 1, [starting, old, old], 'now  / later web.1 web.2'],
    ['beside one that is starting', 2, [starting, old, old], 'now web.1 / later web.2'],
    ['not after one has failed: a bad version takes one slot', 1, [failed, old, old], 'now  / later web.0 web.1 web.2'],
    ['with two at a time one goes on', 2, [failed, old, old], 'now web.1 / later web.0 web.2'],
    ['and no further', 2, [failed, failed, old], 'now  / later web.0 web.1 web.2'],
    ['what is down anyway first, and it takes a turn', 1, [old, old, oldFailed], 'now web.2 / later web.0 web.1'],
    ['what is down waits for nobody', 1, [oldFailed, oldFailed, old], 'now web.0 web.1 / later web.2'],
  ]
  for (const [name, parallel, units, says] of cases) {
    test(name, () => expect(turns(rolling(parallel, units))).toBe(says))
  }

  const drained = (plan: PlanInput, name: string): PlanInput => ({
    ...plan,
    hosts: [...plan.hosts.map((state) => ({ ...state, draining: state.host.name === name })), ready('n9')],
  })

  test('what is to leave and does not serve yet goes before one that serves', () => {
    expect(turns(drained(rolling(1, [starting, old]), 'n1'))).toBe('now web.0 / later web.1')
    expect(turns(drained(rolling(1, [done, old]), 'n1'))).toBe('now web.1 / later web.0')
  })

  test('one that the store does not know and that has failed holds up the others', () => {
    const plan = rolling(1, [failed, old])
    const { 'web.0': _, ...placements } = plan.placements
    expect(turns({ ...plan, placements })).toBe('now web.0 / later web.1')
    expect(decide({ ...plan, placements }).plan.actions.map(({ kind }) => kind)).toEqual(['adopt'])
  })

  test('a canary that was sent to a host which takes its time is one', () => {
    const update: Job['update'] = { ...job('x').update, maxParallel: 2, canary: 1 }
    const plan = rolling(2, [old, old, old], { update })
    expect(turns(plan)).toBe('now web.0 / later web.1 web.2')
    const blocked = { kind: 'busy' as const, text: 'n1 is busy with earlier steps' }
    const hosts = plan.hosts.map((state) => (state.host.name === 'n1' ? { ...state, blocked } : state))
    const placements = { ...plan.placements, 'web.0': placement('web.0', 'n1', { ...done, number: 2 }) }
    expect(turns({ ...plan, hosts, placements })).toBe('now  / later web.0 web.1 web.2')
  })

  test('says after whom', () => {
    expect(decide(rolling(1, [starting, old])).plan.waiting).toEqual([
      { slot: 'web.1', host: 'n2', reason: 'takes its turn after web.0 (update.max_parallel 1)' },
    ])
  })
  test('a slot out of sight takes a turn', () => {
    const seen = rolling(1, [old, old, old])
    const hosts = seen.hosts.map((state) => (state.host.name === 'n3' ? silent('n3', 'suspect') : state))
    expect(turns({ ...seen, hosts })).toBe('now  / later web.0 web.1 web.2')
  })
  test('jobs do not wait for each other', () => {
    const seen = rolling(1, [old, old])
    const api = applied(job('api'), { hash: NEW })
    const placed = { ...seen.placements, 'api.0': placement('api.0', 'n3') }
    const hosts = [...seen.hosts, ready('n3', [unit('api.0')])]
    expect(turns({ ...seen, jobs: [...seen.jobs, api], hosts, placements: placed })).toBe(
      'now api.0 web.0 / later web.1',
    )
  })
  test('a version that never comes up costs max_parallel slots and no more', () => {
    for (const parallel of [1, 2]) {
      let seen = rolling(parallel, [old, old, old, old])
      for (let round = 0; round < 10; round += 1) seen = failing(carriedOut(seen, decide(seen)))
      const down = seen.hosts.flatMap(({ facts }) => facts?.units ?? []).filter(({ active }) => active === 'failed')
      expect(down).toHaveLength(parallel)
    }
  })
  test('a good one takes all, one after the other', () => {
    let seen = rolling(1, [old, old, old])
    let rounds = 0
    while (decide(seen).plan.actions.length > 0) {
      expect(decide(seen).plan.actions).toHaveLength(1)
      seen = carriedOut(seen, decide(seen))
      rounds += 1
    }
    expect(rounds).toBe(3)
    expect(seen.hosts.flatMap(({ facts }) => facts?.units.map(({ hash }) => hash))).toEqual([NEW, NEW, NEW])
  })

  /** All that runs by the new hash has failed. */
  function failing(seen: PlanInput): PlanInput {
    const fail = (each: UnitFacts): UnitFacts => (each.hash === NEW ? { ...each, ...PHASES.failed } : each)
    const hosts = seen.hosts.map((state) =>
      state.facts ? { ...state, facts: { ...state.facts, units: state.facts.units.map(fail) } } : state,
    )
    return { ...seen, hosts }
  }
})

test('a slot that is begun anew since its host is lost has the turn: none that serves is taken beside it', () => {
  const given = (maxParallel: number) => {
    const { jobs, placements } = rolling(maxParallel, [old, old, old])
    const hosts = [ready('n1', [unit('web.0', old)]), ready('n2', [unit('web.1', old)]), silent('n3', 'lost')]
    return input(jobs, hosts, Object.values(placements))
  }
  expect(turns(given(1))).toBe('now web.2 / later web.0 web.1')
  expect(turns(given(2))).toBe('now web.0 web.2 / later web.1')
})
