// hc_survive: 1: what is refused, and what is said.
import { expect, test } from 'vitest'
import { refuseUnsurvivable, surviveWarnings } from '../../src/controller/survive.js'
import { UserError } from '../../src/model/errors.js'
import type { Survival } from '../../src/model/plan.js'

const on = { survive: 1 }
const fine: Survival = { ok: true, unplaced: [] }
const fatal: Survival = {
  ok: false,
  unplaced: ['db.0'],
  remedies: { 'db.0': 'it would fit on c with 1 GiB more memory' },
}
const unknown: Survival = { ok: null, unplaced: ['db.0'] }
const control: Survival = { ok: false, unplaced: [], waiting: ['web.0'], control: true }

function refusal(survives: Record<string, Survival>, before: Record<string, Survival> = {}): UserError | null {
  try {
    refuseUnsurvivable({ settings: on, survives }, before)
    return null
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
}

test('a loss that would not be survived: exit 4, with the host, the slot, what would mend it, and --force', () => {
  const error = refusal({ a: fatal, b: fine }, { a: fine, b: fine })
  expect(error).toMatchObject({
    code: 'not-survived',
    exitCode: 4,
    message: 'this would not survive the loss of a, and hc_survive is 1: nothing was recorded',
    faults: [{ message: 'after the loss of a db.0 would have no place: it would fit on c with 1 GiB more memory' }],
  })
  expect(error?.hint).toContain('--force')
})

test('what was so before is refused too, and said to be no worse; more slots than before are worse', () => {
  expect(refusal({ a: fatal }, { a: fatal })?.message).toContain('that was so before, and this makes it no worse')
  expect(refusal({ a: { ok: false, unplaced: ['db.0', 'web.0'] } }, { a: fatal })?.message).not.toContain('no worse')
})

test('what is not known is refused: it is a promise', () => {
  const error = refusal({ a: unknown, b: fine })
  expect(error?.message).toContain('it is not known that this would survive the loss of a')
  expect(error?.hint).toContain('--effort')
})

test('what merely waits is not refused, but told', () => {
  const survives = { a: control, b: { ...fine, waiting: ['data.0'] } }
  expect(refusal(survives)).toBeNull()
  expect(surviveWarnings({ settings: on, survives }, false)).toEqual([
    'web.0 would wait for a, on which hc itself runs: hc_survive does not count that',
    'data.0 would wait for b: hc_survive does not count that',
  ])
})

test('without hc_survive nothing is refused or told; by force it is told', () => {
  expect(() => refuseUnsurvivable({ settings: { survive: 0 }, survives: { a: fatal } }, {})).not.toThrow()
  expect(surviveWarnings({ settings: { survive: 0 }, survives: { a: fatal } }, false)).toEqual([])
  expect(surviveWarnings({ settings: on, survives: { a: fatal } }, true)[0]).toContain('applied by --force')
  expect(surviveWarnings({ settings: on, survives: { a: fatal } }, false)[0]).toContain('without --force')
})
