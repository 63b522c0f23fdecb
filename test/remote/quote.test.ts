import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { base64, bytesWord, number, quote, words } from '../../src/remote/quote.js'
import { runIn, SHELLS } from './support.js'

/** Text that shells trip over, and any other. */
const odd = fc.string({
  unit: fc.constantFrom(...[...'ab \t\n\'"\\$`!#&|;<>(){}[]*?~=%^-é😀\u0001\u007f\u0081\u0088\r']),
  maxLength: 24,
})
const text = fc.oneof(odd, fc.string({ unit: 'grapheme', maxLength: 24 })).filter((value) => !value.includes('\0'))

describe.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))('in $name', ({ shell }) => {
  test('a quoted word is exactly its text', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 40 }), (values) => {
        const output = runIn(shell, `printf '%s\\0' ${words(values)}`)
        expect(output.split('\0').slice(0, -1)).toEqual(values)
      }),
      { numRuns: 40 },
    )
  })

  test('bytes arrive whole, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 10 }), (list) => {
        const script = list.map((bytes) => {
          const { encoding, word } = bytesWord(bytes)
          return `printf '%s' ${word} ${encoding === 'base64' ? '| base64 -d ' : ''}| base64 | tr -d '\\n'; echo`
        })
        expect(runIn(shell, script.join('\n')).split('\n').slice(0, -1)).toEqual(list.map(base64))
      }),
      { numRuns: 15 },
    )
  })
})

describe('refusals', () => {
  test('NUL is no word', () => expect(() => quote('a\0b')).toThrow(/NUL/))
  test.each([-1, 1.5, Number.NaN, 2 ** 60])('%s is no number for a shell', (value) =>
    expect(() => number(value)).toThrow(/bug/),
  )
  test('a BOM is kept', () =>
    expect(bytesWord(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toEqual({ encoding: 'text', word: "'\ufeffa'" }))
})
