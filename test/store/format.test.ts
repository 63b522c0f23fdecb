// Formats of the records: which are read, and how they are brought up to date.
import { describe, expect, test } from 'vitest'
import { FORMAT, formatRecords, MIGRATIONS, parseRecords } from '../../src/store/format.js'
import { newRecords } from '../../src/store/new-records.js'

const text = formatRecords(newRecords('laptop'))
const future = { major: FORMAT.major, minor: FORMAT.minor + 2 }
const steps = {
  ...MIGRATIONS,
  [FORMAT.minor]: (records: Readonly<Record<string, unknown>>) => ({ ...records, added: ['first'] }),
  [FORMAT.minor + 1]: (records: Readonly<Record<string, unknown>>) => ({
    ...records,
    added: [records.added, 'second'],
  }),
}

describe('the format of the records', () => {
  test('one minor version back, and further where the steps are known', () => {
    const one = parseRecords(text, 'state.json', { ...future, minor: FORMAT.minor + 1 }, steps)
    expect(one).toMatchObject({ format: { ...FORMAT, minor: FORMAT.minor + 1 }, added: ['first'] })
    expect(parseRecords(text, 'state.json', future, steps)).toMatchObject({
      format: future,
      added: [['first'], 'second'],
    })
  })

  test('a missing step is an error that says what can be read', () => {
    const missing = { [FORMAT.minor + 1]: steps[FORMAT.minor + 1] ?? (() => ({})) }
    expect(() => parseRecords(text, 'state.json', future, missing)).toThrow(
      /too old \(format 1\.0; this hc reads from 1\.1\)/,
    )
  })

  test('a newer minor is taken as it is, and keeps what it holds besides', () => {
    const newer = { ...newRecords('laptop'), format: { ...FORMAT, minor: FORMAT.minor + 1 }, besides: [1] }
    expect(parseRecords(JSON.stringify(newer), 'state.json')).toEqual(newer)
  })

  test('a spread of an older program, a label alone, is read as an even one', () => {
    const jobs = {
      old: { version: 3, job: { name: 'old', spread: 'host', kept: 1 } },
      none: { job: { name: 'none', spread: null } },
      new: { job: { name: 'new', spread: { label: 'zone', targets: { a: 2 } } } },
    }
    expect(parseRecords(JSON.stringify({ ...newRecords('laptop'), jobs }), 'state.json').jobs).toEqual({
      ...jobs,
      old: { version: 3, job: { name: 'old', spread: { label: 'host', targets: null }, kept: 1 } },
    })
  })

  test('every minor version of this major has its step', () => {
    for (let minor = Math.max(0, FORMAT.minor - 1); minor < FORMAT.minor; minor += 1)
      expect(MIGRATIONS[minor]).toBeDefined()
  })
})
