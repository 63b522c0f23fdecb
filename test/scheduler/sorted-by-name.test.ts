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

/** What byName says it does, run by run. */
function runByRun(a: string, b: string): number {
  const [left, right] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []]
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const [one = '', other = ''] = [left[index], right[index]]
    if (one === other) continue
    const numeric = /^\d/.test(one) && /^\d/.test(other)
    if (numeric && Number(one) !== Number(other)) return Number(one) - Number(other)
    return one < other ? -1 : 1
  }
  return left.length - right.length
}

it('compares runs of digits by their number and all else by its bytes, however the runs meet', () => {
  const text = fc.oneof(name, fc.string({ maxLength: 8 }), fc.stringMatching(/^[a0.:9\n]{0,8}$/))
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(byName(a, b))).toBe(Math.sign(runByRun(a, b)))
    }),
    { numRuns: 3000 },
  )
})
