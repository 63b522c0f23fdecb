// All searches of one plan share its steps: what ends at its budget takes its whole share, what is settled little.
import { describe, expect, test } from 'vitest'
import { SearchBudget } from '../../src/planner/search-budget.js'
import { AGAIN_STEPS, isVain, vainOf } from '../../src/planner/vain.js'
import { REPAIR_STEPS } from '../../src/scheduler/place.js'
import { applied, job } from './support/make.js'

describe('the budget of one plan', () => {
  test('is never exceeded by searches that end at it, however many there are, but for one look over the hosts each', () => {
    const budget = new SearchBudget(REPAIR_STEPS)
    const shares = [2, 1, 0, 1, 2, 0].map((followers) => {
      const share = budget.share(followers)
      budget.spent(share, false)
      return share
    })
    const looks = shares.filter((share) => share === AGAIN_STEPS).length
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(REPAIR_STEPS + looks * AGAIN_STEPS)
    expect(shares.slice(0, 3)).toEqual([1_666_666, 1_666_667, 1_666_667])
    expect(shares.slice(3)).toEqual([AGAIN_STEPS, AGAIN_STEPS, AGAIN_STEPS])
  })

  test('leaves most to those that come after one that was settled', () => {
    const budget = new SearchBudget(REPAIR_STEPS)
    budget.spent(budget.share(1), true)
    expect(budget.share(0)).toBeGreaterThan(REPAIR_STEPS * 0.9)
  })
})

describe('the same question', () => {
  const candidate = {
    name: 'a',
    verdict: 'ready',
    cordoned: false,
    takesJobs: true,
    capacity: { cpu: 1000, memory: 1000, disk: 0, devices: {} },
    labels: {},
    os: null,
    osVersion: null,
    arch: null,
    kernel: null,
    drivers: null,
    foreignPorts: [],
    lackingImages: {},
  } as const
  const web = applied(job('web', { ports: { http: { host: 8080, container: null } } }))
  const demands = [{ slot: 'web.0', applied: web, only: null, previous: null }]
  const question = (about: object) => ({ demands, candidates: [{ ...candidate, ...about }], occupants: [], moves: 2 })
  const before = vainOf(question({}), [])
  const same = (about: object) => isVain(question(about), before)

  test('is not another because a port comes or goes that nobody asks for, or another sentence is told of a host', () => {
    expect(same({})).toBe(true)
    expect(same({ foreignPorts: [41_000] })).toBe(true)
    expect(same({ verdictReason: 'answered 3 s ago' })).toBe(true)
  })

  test('is another where the port, the host or its room has changed', () => {
    expect(same({ foreignPorts: [8080] })).toBe(false)
    expect(same({ kernel: '6.1' })).toBe(false)
    expect(same({ cordoned: true })).toBe(false)
    expect(same({ capacity: { ...candidate.capacity, memory: 1100 } })).toBe(false)
    expect(same({ capacity: { ...candidate.capacity, memory: 900 } })).toBe(true)
  })
})
