import { describe, expect, it } from 'vitest'
import { place } from '../../src/scheduler/place.js'
import { breaches } from './support/check.js'
import { inputOf, instances } from './support/dataset.js'

/** Of the 99 that have a placement. The one that is missed has no slack at all: it needs a complete search. */
const AT_LEAST_PLACED = 98

describe('place, on 150 tight clusters whose answer is known', () => {
  const answers = instances().map((instance) => {
    const input = inputOf(instance)
    return { instance, input, result: place(input) }
  })

  it('breaks no rule on any of them', () => {
    for (const { instance, input, result } of answers)
      expect([instance.id, breaches(input, result)]).toEqual([instance.id, []])
  })

  it('places everything on nearly all that have a placement, and on none that has not', () => {
    const whole = answers.filter(({ result }) => result.unplaced.length === 0)
    expect(whole.filter(({ instance }) => !instance.feasible)).toEqual([])
    expect(answers.filter(({ instance }) => instance.feasible)).toHaveLength(99)
    expect(whole.length).toBeGreaterThanOrEqual(AT_LEAST_PLACED)
  })

  it('leaves out few where there is no placement of all', () => {
    for (const { instance, result } of answers.filter((each) => !each.instance.feasible)) {
      expect([instance.id, result.placed.length > instance.tasks.length / 2]).toEqual([instance.id, true])
    }
  })
})
