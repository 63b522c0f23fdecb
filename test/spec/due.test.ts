import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lastDue } from '../../src/spec/due.js'

const at = (text: string): number => Date.parse(text)
const due = (schedule: string, zone: string, after: string, until: string): string | null => {
  const found = lastDue(schedule, zone, at(after), at(until))
  return found === null ? null : new Date(found).toISOString()
}

describe('when a schedule was due last', () => {
  test.each([
    ['0 3 * * *', 'UTC', '2026-01-01T02:00:00Z', '2026-01-01T04:00:00Z', '2026-01-01T03:00:00.000Z'],
    ['0 3 * * *', 'UTC', '2026-01-01T03:00:00Z', '2026-01-01T04:00:00Z', null],
    ['0 3 * * *', 'UTC', '2026-01-01T04:00:00Z', '2026-01-02T02:59:59Z', null],
    ['0 3 * * *', 'Europe/Paris', '2026-01-01T01:00:00Z', '2026-01-01T04:00:00Z', '2026-01-01T02:00:00.000Z'],
    ['*/10 * * * * *', 'UTC', '2026-01-01T00:00:00Z', '2026-01-01T00:00:25Z', '2026-01-01T00:00:20.000Z'],
    ['0 0 29 2 *', 'UTC', '2023-12-01T00:00:00Z', '2024-12-01T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['0 0 13 * fri', 'UTC', '2026-11-01T00:00:00Z', '2026-11-12T00:00:00Z', '2026-11-06T00:00:00.000Z'],
    ['nonsense', 'UTC', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', null],
    ['0 3 * * *', 'Mars/Olympus', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', null],
  ])('%s in %s after %s until %s: %s', (schedule, zone, after, until, wanted) => {
    expect(due(schedule, zone, after, until)).toBe(wanted)
  })

  test('what a change to summer time leaves out is no time', () => {
    expect(due('30 2 * * *', 'Europe/Paris', '2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z')).toBeNull()
    expect(due('30 3 * * *', 'Europe/Paris', '2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z')).toBe(
      '2026-03-29T01:30:00.000Z',
    )
  })

  test('of what comes twice in autumn the first counts', () => {
    expect(due('30 2 * * *', 'Europe/Paris', '2026-10-24T12:00:00Z', '2026-10-25T12:00:00Z')).toBe(
      '2026-10-25T00:30:00.000Z',
    )
    expect(due('30 2 * * *', 'Europe/Paris', '2026-10-25T00:30:00Z', '2026-10-25T12:00:00Z')).toBeNull()
  })

  test('is after the one bound, not after the other, and on the schedule', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }),
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 0, max: 23 }),
        (from, span, minute, hour) => {
          const found = lastDue(`${minute} ${hour} * * *`, 'America/New_York', from * 1000, (from + span) * 1000)
          if (found === null) return span < 27 * 3600 || hour === 2
          const local = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/New_York', timeStyle: 'short' })
          const text = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
          return found > from * 1000 && found <= (from + span) * 1000 && local.format(found) === text
        },
      ),
      { numRuns: 200 },
    )
  })
})
