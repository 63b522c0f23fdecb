import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UserError } from '../../src/model/errors.js'
import { errorLines } from '../../src/ui/faults.js'
import { planLines } from '../../src/ui/plan.js'
import { sanitize, sanitizeLine } from '../../src/ui/sanitize.js'
import { statusLines } from '../../src/ui/status.js'
import { makeStyle } from '../../src/ui/style.js'
import { canvas, UNPLACED } from './samples.js'
import { PLAN } from './samples-done.js'

const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/

test.each([
  ['colour', '\x1b[31mred\x1b[0m', 'red'],
  ['cursor and clear', 'a\x1b[2J\x1b[1;1Hb', 'ab'],
  ['window title', '\x1b]0;owned\x07text', 'text'],
  ['window title, ended by ST', '\x1b]0;owned\x1b\\text', 'text'],
  ['clipboard, never ended', 'a\x1b]52;c;ZXZpbA==', 'a'],
  ['never ended, the next line stays', 'a\x1b]0;x\nnext', 'a\nnext'],
  ['hyperlink', '\x1b]8;;http://evil\x07here\x1b]8;;\x07', 'here'],
  ['device control', '\x1bPq#0;2;0\x1b\\text', 'text'],
  ['C1 CSI and OSC', '\x9b31mred\x9d0;t\x9ctext', 'redtext'],
  ['reset of the terminal', 'a\x1bcb', 'ab'],
  ['character set', 'a\x1b(0b', 'ab'],
  ['backspaces that overwrite', 'rm -rf /\b\b\b\b', 'rm -rf /'],
  ['carriage return that overwrites', 'failed\rall is well', 'failed\nall is well'],
  ['direction of text', 'abc\u202etxt.exe', 'abctxt.exe'],
  ['bell, null and delete', 'a\x07b\x00c\x7fd', 'abcd'],
  ['tab and newline', 'a\tb\nc', 'a  b\nc'],
  ['other scripts and emoji', 'größe 大小 🎉', 'größe 大小 🎉'],
  ['a lone escape at the end', 'a\x1b', 'a'],
])('%s', (_, dirty, clean) => {
  expect(sanitize(dirty)).toBe(clean)
})

const nasty = fc.array(
  fc.constantFrom(
    '\x1b',
    '[',
    ']',
    '0;',
    '\x07',
    '\x9b',
    '\x9c',
    '\x9d',
    'P',
    '\\',
    'm',
    'a',
    '\n',
    '\r',
    '\u202e',
    '\x90',
  ),
)

test('nothing that steers a terminal is left, and it is stable', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        nasty.map((parts) => parts.join('')),
        fc.string({ unit: 'binary' }),
      ),
      (text) => {
        expect(sanitize(text)).not.toMatch(CONTROL)
        expect(sanitize(sanitize(text))).toBe(sanitize(text))
        expect(sanitizeLine(text)).not.toContain('\n')
      },
    ),
  )
})

/** Fields whose values are of closed lists. */
const CLOSED = new Set(['kind', 'verdict', 'state'])

/** The same with every string made hostile, but times and closed lists. */
function poisoned<T>(view: T): T {
  return JSON.parse(
    JSON.stringify(view, (key, value) => {
      const kept = typeof value !== 'string' || CLOSED.has(key) || /^\d{4}-/.test(value)
      return kept ? value : `${value}\x1b]0;owned\x07\x1b[2J\n\x9b31m`
    }),
  )
}

test('whole screens stay free of control characters when hosts lie', () => {
  const status = poisoned(UNPLACED)
  const actions = PLAN.actions.map((action) => ({ ...action, slot: `${action.slot}\x1b[2J`, text: 'x\x1b]0;t\x07' }))
  const plan = { ...poisoned(PLAN), actions }
  const lines = [...statusLines(status, canvas(80), true), ...planLines(plan, canvas(80), true)]
  for (const line of lines) expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
})

test('with colour, only colour codes of our own are left', () => {
  const style = makeStyle({ isTTY: true, noColor: false, env: { LANG: 'C.UTF-8' } })
  const lines = statusLines(poisoned(UNPLACED), canvas(80, style), true)
  for (const line of lines)
    expect(line.replace(/\x1b\[(?:1|2|22|31|32|33|39)m/g, '')).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
})

test('an error that quotes what was typed shows its control characters, and eats no text', () => {
  const [line] = errorLines(new UserError('"nu\x1b]0;x\x07c" is no host\r\nat all'), canvas(80))
  expect(line).toBe('error: "nu\\x1b]0;x\\x07c" is no host at all')
})
