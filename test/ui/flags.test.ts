import { describe, expect, test } from 'vitest'
import { parseLines, parsePast, parseWord } from '../../src/ui/flags.js'

const NOW = new Date(2026, 10, 22, 15, 30).getTime()
const local = (...parts: [number, number, number, number?, number?]) => new Date(...parts).toISOString()

describe('times in the past', () => {
  test.each([
    ['1h', new Date(NOW - 3_600_000).toISOString()],
    ['-90s', new Date(NOW - 90_000).toISOString()],
    ['2d', new Date(NOW - 172_800_000).toISOString()],
    ['today', local(2026, 10, 22)],
    ['yesterday', local(2026, 10, 21)],
    ['10:05', local(2026, 10, 22, 10, 5)],
    ['2026-11-20', local(2026, 10, 20)],
    ['2026-11-20 08:15', local(2026, 10, 20, 8, 15)],
    ['2026-11-20T08:15:00Z', '2026-11-20T08:15:00.000Z'],
  ])('%s', (text, time) => expect(parsePast(text, NOW)).toBe(time))

  test.each(['', 'soon', '1', '99:99', '2026-99-99', '1 h ago'])('%j is none', (text) => {
    expect(() => parsePast(text, NOW)).toThrow(/is no time/)
  })
})

test('words of a closed list', () => {
  expect(parseWord('lost', ['ready', 'lost'], 'verdict')).toBe('lost')
  expect(() => parseWord('lots', ['ready', 'lost'], 'verdict')).toThrow('there is no verdict "lots"')
})

test('numbers of lines, within what can be asked for', () => {
  expect([parseLines('0'), parseLines('2147483647'), parseLines('all')]).toEqual([0, 2_147_483_647, 'all'])
  for (const much of ['2147483648', '99999999999999999999'])
    expect(() => parseLines(much)).toThrow(`${much} lines are more than can be asked for`)
  expect(() => parseLines('-1')).toThrow('"-1" is no number of lines')
})
