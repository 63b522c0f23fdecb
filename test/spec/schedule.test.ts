import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { onCalendar, parseSchedule, timezoneFault } from '../../src/spec/schedule.js'

describe('schedules', () => {
  // The right sides were accepted by systemd-analyze calendar of systemd 252.
  it.each([
    ['0 3 * * *', ['*-*-* 03:00:00']],
    ['*/15 * * * *', ['*-*-* *:00,15,30,45:00']],
    ['*/1 * * * * *', ['*-*-* *:*:*']],
    ['0 0 * * 1-5', ['Mon..Fri *-*-* 00:00:00']],
    ['0 0 * * 5-7', ['Fri..Sun *-*-* 00:00:00']],
    ['0 0 * * 0', ['Sun *-*-* 00:00:00']],
    ['0 12 * * sun,WED', ['Wed,Sun *-*-* 12:00:00']],
    ['10 0 0 1-10/3 jan-mar *', ['*-01..03-01,04,07,10 00:00:10']],
    ['@yearly', ['*-01-01 00:00:00']],
    ['@daily', ['*-*-* 00:00:00']],
  ])('%s', (cron, calendar) => expect(onCalendar(cron, null)).toEqual(calendar))

  it('takes either day field where both are restricted, both where one begins with a star', () => {
    expect(onCalendar('0 0 13 * 5', 'Europe/Paris')).toEqual([
      '*-*-13 00:00:00 Europe/Paris',
      'Fri *-*-* 00:00:00 Europe/Paris',
    ])
    expect(onCalendar('0 0 */10 * 1', null)).toEqual(['Mon *-*-01,11,21,31 00:00:00'])
  })

  it.each([
    ['* * *', '"* * *" has 3 fields'],
    ['60 * * * *', 'minute must be from 0 to 59, not 60'],
    ['0 0 30 2 *', '"0 0 30 2 *" never comes: no such day in that month'],
    ['0 0 * * mo', '"mo" is no day of the week'],
    ['5-1 * * * *', 'the range 5-1 runs backwards'],
    ['5/15 * * * *', 'the step of "5/15" has no range'],
    ['*/0 * * * *', '"0" is no step'],
    ['0 0 L * *', '"L" is no day of the month'],
    ['@reboot', '@reboot is no point in time'],
    ['@dayly', '"@dayly" is no schedule'],
  ])('refuses %s', (cron, message) => expect(parseSchedule(cron)).toMatchObject({ ok: false, message }))

  it('reads every list of numbers back, whatever its order', () => {
    const minutes = fc.array(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(minutes, (list) => {
        const read = parseSchedule(`${list.join(',')} * * * *`)
        expect(read.ok && read.schedule.minute).toEqual([...new Set(list)].sort((a, b) => a - b))
      }),
    )
  })

  it('the calendar says the same minutes as the cron expression', () => {
    const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 59 })
    fc.assert(
      fc.property(minutes, (list) => {
        const [calendar = ''] = onCalendar(`${list.join(',')} * * * *`, null)
        const field = calendar.split(':')[1] ?? ''
        const read = field.split(',').flatMap((part) => {
          const [from = '', to = from] = part.split('..')
          return Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => Number(from) + index)
        })
        expect(read).toEqual([...list].sort((a, b) => a - b))
      }),
    )
  })

  it('knows time zones by the names that systemd takes', () => {
    expect(timezoneFault('Europe/Paris')).toBeNull()
    expect(timezoneFault('UTC')).toBeNull()
    expect(timezoneFault('europe/paris')).toMatchObject({ hint: 'did you mean "Europe/Paris"?' })
    expect(timezoneFault('Europe/Pariss')).toMatchObject({ hint: 'did you mean "Europe/Paris"?' })
    expect(timezoneFault('+02:00')).toMatchObject({ message: '"+02:00" is no time zone' })
  })
})
