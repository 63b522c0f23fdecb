import fc from 'fast-check'
import { expect, it } from 'vitest'
import { byName, sortedByName } from '../../src/model/names.js'

const name = fc.oneof(
  fc.stringMatching(/^[a-z0-9.-]{0,8}$/),
  fc.stringMatching(/^(web|db|web-)?0{0,2}[0-9]{0,3}(\.[0-9]{1,2})?$/),
  fc.stringMatching(/^n[0-9]{14,18}$/),
)

it('sorts as byName compares, also numbers with leading zeros and very long ones', () => {
  fc.assert(
    fc.property(fc.array(name, { maxLength: 12 }), (names) => {
      expect(sortedByName(names, (each) => each)).toEqual([...names].sort(byName))
    }),
    { numRuns: 2000 },
  )
})
