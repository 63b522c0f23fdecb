import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readJson } from '../../src/spec/json-text.js'
import { Report } from '../../src/spec/source.js'
import { toJson } from '../../src/spec/value.js'

function read(text: string) {
  const report = new Report()
  const value = readJson('a.json', text, report)
  return { value, faults: report.faults.map(({ at, message }) => `${at?.line}:${at?.column}: ${message}`) }
}

describe('JSON with places', () => {
  test('it reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.constantFrom(0, 2), (json, indent) => {
        const { value, faults } = read(JSON.stringify(json, null, indent))
        expect(faults).toEqual([])
        expect(value === null ? null : JSON.stringify(toJson(value))).toBe(JSON.stringify(json))
      }),
    )
  })

  test('it refuses what JSON.parse refuses', () => {
    const damaged = fc.tuple(fc.jsonValue(), fc.nat(), fc.constantFrom('', '{', '"', ',', '\\', '1', 'x'))
    fc.assert(
      fc.property(damaged, ([json, where, put]) => {
        const whole = JSON.stringify(json)
        const at = where % (whole.length + 1)
        const text = whole.slice(0, at) + put + whole.slice(at + 1)
        let good = true
        try {
          JSON.parse(text)
        } catch {
          good = false
        }
        const { value, faults } = read(text)
        // A key that stands twice is a fault here only.
        if (good && faults.length > 0) expect(faults.join()).toContain('a second time')
        else expect(value !== null).toBe(good)
      }),
    )
  })

  test.each([
    ['{"a": 1,}', '1:8: this "," has no field after it'],
    ['[1 2]', '1:4: this is not JSON: "," or "]" is expected, not "2"'],
    ['{a: 1}', '1:2: this is not JSON: a field name in double quotes is expected, not "a"'],
    ['{"a": 512Mi}', '1:7: "512Mi" is no number of JSON'],
    ['[01]', '1:2: "01" is no number of JSON'],
    ['["a\n"]', '1:2: this text has no closing quote in its line'],
    ['', '1:1: the JSON ends where a value is expected'],
    ['[]\n[]', '2:1: more follows after the end of the JSON value'],
    ['["\\q"]', '1:2: a "\\" in this text begins no escape of JSON'],
    ['{"a": 1,\n "a": 2}', '2:2: "a" stands here a second time; the first is in line 1, column 2'],
    ['['.repeat(200), '1:101: the JSON is nested too deeply'],
  ])('%s', (text, fault) => {
    expect(read(text).faults).toEqual([fault])
  })

  test.each([
    ['1e9', '1000000000'],
    ['1.5E3', '1500'],
    ['25e-2', '0.25'],
    ['-1e1', '-10'],
    ['0e5', '0'],
    ['0.30000000000000004', '0.3'],
    ['0.1', '0.1'],
    ['9007199254740991', '9007199254740991'],
    ['2.50', '2.50'],
  ])('the number %s is read as %s', (written, text) => {
    expect(read(written).value).toMatchObject({ kind: 'scalar', text, value: Number(written) })
  })
})
