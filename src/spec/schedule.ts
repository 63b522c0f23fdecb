// Cron expressions: read, checked, and turned into systemd's OnCalendar.
import { nearest } from './nearest.js'

/** A cron expression taken apart: each field as the sorted list of its values. */
export interface Schedule {
  readonly second: readonly number[]
  readonly minute: readonly number[]
  readonly hour: readonly number[]
  readonly day: readonly number[]
  readonly month: readonly number[]
  /** 0 is Sunday. */
  readonly weekday: readonly number[]
  /** Both day fields are restricted: either one fires (crontab(5)). */
  readonly eitherDay: boolean
  /** Six fields, seconds first, without names or nicknames. */
  readonly text: string
}

/** A schedule, or what is wrong with it. */
export type ReadSchedule =
  | { readonly ok: true; readonly schedule: Schedule }
  | { readonly ok: false; readonly message: string; readonly hint: string | null }

interface FieldKind {
  readonly name: 'second' | 'minute' | 'hour' | 'day' | 'month' | 'weekday'
  readonly title: string
  readonly least: number
  readonly most: number
  readonly names: readonly string[]
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const FIELDS: readonly FieldKind[] = [
  { name: 'second', title: 'second', least: 0, most: 59, names: [] },
  { name: 'minute', title: 'minute', least: 0, most: 59, names: [] },
  { name: 'hour', title: 'hour', least: 0, most: 23, names: [] },
  { name: 'day', title: 'day of the month', least: 1, most: 31, names: [] },
  { name: 'month', title: 'month', least: 1, most: 12, names: ['', ...MONTHS] },
  // 7 is Sunday too.
  { name: 'weekday', title: 'day of the week', least: 0, most: 7, names: WEEKDAYS },
]

const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}
const FORM = 'write five fields: minute hour day month weekday, as in "0 3 * * *"; with six, seconds come first'
/** Longest day number of each month, February in leap years. */
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

class FieldFault extends Error {
  readonly hint: string | null
  constructor(message: string, hint: string | null = null) {
    super(message)
    this.hint = hint
  }
}

function numberOf(word: string, kind: FieldKind): number {
  const named = word === '' ? -1 : kind.names.indexOf(word.toLowerCase())
  if (named >= 0) return named
  if (!/^\d{1,2}$/.test(word)) {
    const near =
      kind.names.length > 0
        ? nearest(
            word,
            kind.names.filter((name) => name !== ''),
          )
        : null
    const hint =
      /[LW#?]/i.test(word) && near === null ? 'L, W, # and ? are of other programs: cron has none of them' : null
    throw new FieldFault(`"${word}" is no ${kind.title}`, near === null ? hint : `did you mean "${near}"?`)
  }
  const number = Number(word)
  if (number < kind.least || number > kind.most) {
    throw new FieldFault(`${kind.title} must be from ${kind.least} to ${kind.most}, not ${word}`)
  }
  return number
}

function partValues(part: string, kind: FieldKind): number[] {
  const [range = '', stepText, ...more] = part.split('/')
  if (more.length > 0) throw new FieldFault(`"${part}" has two steps`)
  const all = range === '*'
  const [from = '', to, ...ends] = range.split('-')
  if (ends.length > 0 || to === '') throw new FieldFault(`"${part}" is no range`)
  const first = all ? kind.least : numberOf(from, kind)
  const last = all ? kind.most : to === undefined ? first : numberOf(to, kind)
  if (first > last)
    throw new FieldFault(
      `the range ${range} runs backwards`,
      `write it as two: ${from}-${kind.most},${kind.least}-${to}`,
    )
  if (stepText !== undefined && !all && to === undefined) {
    throw new FieldFault(`the step of "${part}" has no range`, `write ${from}-${kind.most}/${stepText}`)
  }
  const step = stepText === undefined ? 1 : Number(stepText)
  if (stepText !== undefined && (!/^\d{1,2}$/.test(stepText) || step < 1))
    throw new FieldFault(`"${stepText}" is no step`)
  const values: number[] = []
  for (let value = first; value <= last; value += step) values.push(value)
  return values
}

function fieldValues(field: string, kind: FieldKind): readonly number[] {
  const values = field.split(',').flatMap((part) => partValues(part, kind))
  const folded = kind.name === 'weekday' ? values.map((value) => value % 7) : values
  return [...new Set(folded)].sort((a, b) => a - b)
}

function neverFires(schedule: Schedule): boolean {
  if (schedule.eitherDay) return false
  return !schedule.month.some((month) => schedule.day.some((day) => day <= (MONTH_DAYS[month - 1] ?? 31)))
}

/** Reads five fields, six with seconds first, or a nickname (`@daily`). */
export function parseSchedule(written: string): ReadSchedule {
  const line = written.trim().replace(/\s+/g, ' ')
  if (line.startsWith('@')) {
    const known = NICKNAMES[line.toLowerCase()]
    if (known !== undefined) return parseSchedule(known)
    if (line === '@reboot')
      return {
        ok: false,
        message: '@reboot is no point in time',
        hint: 'a job of type service or system starts with its host',
      }
    const near = nearest(line, Object.keys(NICKNAMES))
    return { ok: false, message: `"${line}" is no schedule`, hint: near === null ? FORM : `did you mean "${near}"?` }
  }
  const words = line.split(' ')
  if (words.length !== 5 && words.length !== 6) {
    return {
      ok: false,
      message: `"${line}" has ${words.length} ${words.length === 1 ? 'field' : 'fields'}`,
      hint: FORM,
    }
  }
  const fields = words.length === 5 ? ['0', ...words] : words
  try {
    const values = (index: number): readonly number[] => {
      const kind = FIELDS[index]
      return kind === undefined ? [] : fieldValues(fields[index] ?? '', kind)
    }
    const starred = (index: number) => (fields[index] ?? '').startsWith('*')
    const schedule: Schedule = {
      second: values(0),
      minute: values(1),
      hour: values(2),
      day: values(3),
      month: values(4),
      weekday: values(5),
      eitherDay: !starred(3) && !starred(5),
      text: fields.join(' ').toLowerCase(),
    }
    if (neverFires(schedule))
      return { ok: false, message: `"${line}" never comes: no such day in that month`, hint: null }
    return { ok: true, schedule }
  } catch (error) {
    if (!(error instanceof FieldFault)) throw error
    return { ok: false, message: error.message, hint: error.hint ?? null }
  }
}

function calendarField(values: readonly number[], kind: FieldKind, show: (value: number) => string): string {
  const most = kind.name === 'weekday' ? 6 : kind.most
  if (values.length === most - kind.least + 1) return '*'
  const parts: string[] = []
  for (let start = 0; start < values.length; ) {
    let end = start
    while (values[end + 1] === (values[end] ?? 0) + 1) end += 1
    const [first, last] = [values[start] ?? 0, values[end] ?? 0]
    if (end - start >= 2) parts.push(`${show(first)}..${show(last)}`)
    else for (const value of values.slice(start, end + 1)) parts.push(show(value))
    start = end + 1
  }
  return parts.join(',')
}

const WEEKDAY_NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

// systemd counts the week from Monday, so that a range over Sunday must end with it.
function calendarWeekdays(values: readonly number[]): string {
  const kind = { name: 'weekday', title: '', least: 1, most: 7, names: [] } as const
  const fromMonday = values.map((value) => (value === 0 ? 7 : value)).sort((a, b) => a - b)
  if (fromMonday.length === 7) return ''
  return `${calendarField(fromMonday, { ...kind, least: 0 }, (value) => WEEKDAY_NAMES[value % 7] ?? '')} `
}

/**
 * The values of `OnCalendar=` that fire when the cron expression does: one, or two where both day fields are restricted
 * (crontab(5) takes either, systemd.time(7) both). `timezone`: an IANA name, null for the host's own. The expression must
 * have been accepted by parseSchedule.
 */
export function onCalendar(expression: string, timezone: string | null): string[] {
  const read = parseSchedule(expression)
  if (!read.ok) throw new Error(`bug: schedule "${expression}": ${read.message}`)
  const { schedule } = read
  const field = (name: FieldKind['name']): string => {
    const kind = FIELDS.find((each) => each.name === name)
    return kind === undefined ? '*' : calendarField(schedule[name], kind, (value) => String(value).padStart(2, '0'))
  }
  const time = `${field('hour')}:${field('minute')}:${field('second')}`
  const zone = timezone === null ? '' : ` ${timezone}`
  const line = (weekdays: string, day: string) => `${weekdays}*-${field('month')}-${day} ${time}${zone}`
  const weekdays = calendarWeekdays(schedule.weekday)
  if (!schedule.eitherDay) return [line(weekdays, field('day'))]
  return [line('', field('day')), line(weekdays, '*')]
}

/** Null for a time zone that Intl and systemd know by this name, else what is wrong. */
export function timezoneFault(name: string): { readonly message: string; readonly hint: string | null } | null {
  const hint = 'write an IANA name such as Europe/Paris or UTC'
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/.test(name))
    return { message: `"${name}" is no time zone`, hint }
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
    const otherCase = known !== name && known.toLowerCase() === name.toLowerCase()
    return otherCase ? { message: `"${name}" is no time zone`, hint: `did you mean "${known}"?` } : null
  } catch {
    const near = nearest(name, Intl.supportedValuesOf('timeZone'))
    return { message: `"${name}" is no time zone`, hint: near === null ? hint : `did you mean "${near}"?` }
  }
}
