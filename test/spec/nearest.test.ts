import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { didYouMean, editDistance, nearest } from '../../src/spec/nearest.js'

describe('nearest', () => {
  it.each([
    ['memroy', 'memory', 1],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
    ['abc', 'abc', 0],
  ])('%s to %s', (a, b, distance) => expect(editDistance(a, b)).toBe(distance))

  it('is the same in both directions, and 0 for the same word only', () => {
    const word = fc.string({ maxLength: 12 })
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a))
        expect(editDistance(a, b) === 0).toBe(a === b)
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
  })

  it('suggests what is meant, and nothing where nothing is near', () => {
    expect(nearest('memroy', ['cpu', 'memory', 'disk'])).toBe('memory')
    expect(nearest('Env-File', ['env', 'env_file'])).toBe('env_file')
    expect(nearest('zzz', ['cpu', 'memory'])).toBeNull()
    expect(nearest('x'.repeat(1000), ['cpu'])).toBeNull()
    expect(didYouMean('prots', ['ports'])).toBe('did you mean "ports"?')
  })
})
