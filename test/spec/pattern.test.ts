import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasPattern, readPattern } from '../../src/spec/pattern.js'

function matches(pattern: string, text: string): boolean {
  const read = readPattern(pattern)
  if (!read.ok) throw new Error(`${pattern} ${read.message}`)
  return hasPattern(read.pattern, text)
}

const PATTERNS = [
  '',
  'a',
  '^nuc[0-9]+$',
  'a|b|',
  '^(?:ab|a)(c|bcd)$',
  '^(a|b)*?c{2,3}$',
  '^a{0}b{2}$',
  '^a{2,}b?$',
  '(a*)*b',
  '[^a-b]',
  '[\\]a]$',
  '\\bab\\b',
  '\\Bb',
  '^\\d\\.\\d+\\w\\s?$',
  '\\p{L}\\x61\\u0062\\u{63}',
  '^.$',
  '()',
  '^(a?){3}b$',
]

describe('patterns', () => {
  it('say what RegExp says', () => {
    const texts = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', 'd', '1', '.', ' ', 'nuc1', 'é', '😀'),
      maxLength: 8,
    })
    fc.assert(
      fc.property(fc.constantFrom(...PATTERNS), texts, (pattern, text) => {
        expect(matches(pattern, text)).toBe(new RegExp(pattern, 'u').test(text))
      }),
      { numRuns: 3000 },
    )
  })

  it('say what RegExp says, whatever is put together', () => {
    const { node } = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '^', '$', '\\b', '\\w', 'ab'),
        fc.tuple(tie('node'), tie('node')).map(([one, other]) => one + other),
        fc.tuple(tie('node'), tie('node')).map(([one, other]) => `(?:${one}|${other})`),
        fc
          .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{1,}', '*?'))
          .map(([one, sign]) => `(${one})${sign}`),
      ),
    }))
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 6 })
    fc.assert(
      fc.property(node, texts, (pattern, text) => {
        expect(matches(pattern, text)).toBe(new RegExp(pattern, 'u').test(text))
      }),
      { numRuns: 2000 },
    )
  })

  it.each(['^(a+)+$', '^(a|a)*$', '^(.*.*)*x$', '^(a?){20}a{20}b$', `${'a?'.repeat(30)}${'a'.repeat(30)}b`])(
    '%s takes no longer than others, on text that backtracking takes years for',
    (pattern) => {
      const before = process.cpuUsage().user
      expect(matches(pattern, `${'a'.repeat(250)}!`)).toBe(false)
      expect(process.cpuUsage().user - before).toBeLessThan(1_000_000)
    },
  )

  it.each([
    ['(', 'is not a regular expression'],
    ['a(?=b)', 'looks ahead or behind, or names a group'],
    ['(?<!a)b', 'looks ahead or behind, or names a group'],
    ['(a)\\1', 'repeats what a group has matched'],
    ['(a{1000}){1000}', 'is too long with its repetitions written out'],
    [`${'('.repeat(60)}a${')'.repeat(60)}`, 'has more than 50 groups in one another'],
  ])('refuses %s', (pattern, message) => {
    expect(readPattern(pattern)).toMatchObject({ ok: false, message })
  })
})
