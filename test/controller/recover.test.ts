// Is a look still what is there when the lock of the store is held at last?
import { expect, it } from 'vitest'
import { isOutdated } from '../../src/controller/recover.js'

const LOOK = { observation: { at: 50_000, hosts: [], witness: null }, records: null }

it('is for two seconds; then what was silent may answer since, and it is looked at again', () => {
  expect(isOutdated(LOOK, null, 50_040)).toBe(false)
  expect(isOutdated(LOOK, null, 52_000)).toBe(false)
  expect(isOutdated(LOOK, null, 52_001)).toBe(true)
})

it('is not as soon as the records tell of more, however short the wait was', () => {
  expect(isOutdated({ ...LOOK, records: { term: { number: 1, owner: 'desk-1' } } as never }, null, 50_001)).toBe(true)
})
