// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose
import { describe, expect, test } from 'vitest'
import { parseDotenv } from '../../../src/spec/compose/dotenv.js'
import { interpolate } from '../../../src/spec/compose/interpolate.js'

const variables = new Map([
  ['A', 'one'],
  ['EMPTY', ''],
])

describe('${NAME}, as Compose has it', () => {
  test.each([
    ['plain', 'plain'],
    ['$A/${A}', 'one/one'],
    ['$$A and $${A}', '$A and ${A}'],
    ['${EMPTY:-d}|${EMPTY-d}|${NONE-d}|${NONE:-d}', 'd||d|d'],
    ['${A:+x}|${A+x}|${EMPTY:+x}|${EMPTY+x}|${NONE+x}', 'x|x||x|'],
    ['${NONE:-${A}-${NONE:-two}}', 'one-two'],
    ['${NONE-:2283:2283}', ':2283:2283'],
    ['${A:?must}', 'one'],
  ])('%s -> %s', (text, wanted) => expect(interpolate(text, variables)).toEqual({ ok: true, text: wanted, unset: [] }))

  test('what has no value is empty, and named', () => {
    expect(interpolate('$NONE-${OTHER}', variables)).toEqual({ ok: true, text: '-', unset: ['NONE', 'OTHER'] })
  })

  test.each([
    ['${NONE:?set it}', 'the variable NONE must be set: set it'],
    ['${EMPTY:?}', 'the variable EMPTY must be set'],
    ['${A', 'a "${" is left open'],
    ['${A!b}', '"${A!b}" is no variable'],
    ['costs $5', '"$5" is no variable'],
  ])('%s is wrong: %s', (text, message) => expect(interpolate(text, variables)).toEqual({ ok: false, message }))
})

test('.env, as Compose reads it', () => {
  const text = [
    '\uFEFF# a comment',
    'PLAIN=a b # not this',
    'HASH=a#b',
    'export SAID=yes',
    "SINGLE='$PLAIN # as it is'",
    'DOUBLE="line\\nnext ${PLAIN} \\$5"',
    'MANY="first',
    'second"',
    'EMPTY=',
    'OVER=mine',
    'USES=${OVER}-${EMPTY:-none}',
    'no line of ours',
  ].join('\r\n')
  expect(Object.fromEntries(parseDotenv(text, new Map([['OVER', 'theirs']])))).toEqual({
    PLAIN: 'a b',
    HASH: 'a#b',
    SAID: 'yes',
    SINGLE: '$PLAIN # as it is',
    DOUBLE: 'line\nnext a b $5',
    MANY: 'first\nsecond',
    EMPTY: '',
    OVER: 'mine',
    USES: 'theirs-none',
  })
})
