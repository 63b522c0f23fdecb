import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineSplitter } from '../../src/remote/line-splitter.js'

test('lines are put together however the stream was cut', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-c]{0,5}$/), { minLength: 1 }), fc.array(fc.nat(3)), (lines, cuts) => {
      const seen: string[] = []
      const splitter = new LineSplitter((line) => seen.push(line))
      let rest = `${lines.join('\n')}\n`
      for (const size of cuts) {
        splitter.push(rest.slice(0, size))
        rest = rest.slice(size)
      }
      splitter.push(rest)
      splitter.end()
      expect(seen).toEqual(lines)
    }),
  )
  const seen: string[] = []
  const splitter = new LineSplitter((line) => seen.push(line))
  splitter.push('a\r\nno end')
  splitter.end()
  expect(seen).toEqual(['a', 'no end'])
})
