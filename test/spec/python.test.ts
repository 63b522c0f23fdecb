// Values as Python reads and prints them, for machines without Ansible; ansible.test.ts compares many more.
import { describe, expect, it } from 'vitest'
import { readLiteral } from '../../src/spec/python-literal.js'
import { floatText, pythonText } from '../../src/spec/python-text.js'
import { Report, Source } from '../../src/spec/source.js'
import { toJson } from '../../src/spec/value.js'

const place = { source: new Source('hosts.ini', ''), offset: 0 }
const read = (text: string) => readLiteral(text, place, new Report())

describe('a literal of Python', () => {
  it.each([
    ['80', 80],
    ['010', '010'],
    ['0x1F', 31],
    ['1_000', 1000],
    ['1.5e3', 1500],
    ['True', true],
    ['true', 'true'],
    ['None', null],
    ["'80'", '80'],
    [String.raw`'it\'s\x41'`, "it'sA"],
    ['80,443', [80, 443]],
    ["{'a': [1, (2,)], 3: None}", { a: [1, [2]], 3: null }],
    ['[1, two]', '[1, two]'],
    ['{{ x }}', '{{ x }}'],
    ['1 # one', 1],
    ['text # kept', 'text # kept'],
    ['', ''],
  ])('%s', (text, json) => expect(toJson(read(text))).toEqual(json))

  it('that Python itself fails on is a fault', () => {
    const report = new Report()
    readLiteral('{{1}}', place, report)
    expect(report.faults[0]?.message).toBe('a list or mapping can be no key and no part of a set')
  })
})

describe('as Python prints it', () => {
  it.each([
    [1, '1.0'],
    [0.1, '0.1'],
    [1e16, '1e+16'],
    [0.00001, '1e-05'],
    [0.0001, '0.0001'],
    [123456789.125, '123456789.125'],
    [Number.NEGATIVE_INFINITY, '-inf'],
  ])('%d', (number, text) => expect(floatText(number)).toBe(text))

  it.each([
    ["{'a': [1, 1.0, True, None, \"it's\"]}", "{'a': [1, 1.0, True, None, \"it's\"]}"],
    ["'plain'", 'plain'],
    [String.raw`['\n', 'é']`, String.raw`['\n', 'é']`],
  ])('%s', (text, shown) => expect(pythonText(read(text))).toBe(shown))
})
