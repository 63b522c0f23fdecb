import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { resolvePlain } from '../../src/spec/scalars.js'
import { Report, Source } from '../../src/spec/source.js'
import { toJson, written } from '../../src/spec/value.js'
import { readYaml } from '../../src/spec/yaml.js'
import { lines } from './support.js'

const NEW = { dialect: 'yaml-1.2', duplicates: 'fault' } as const
const OLD = { dialect: 'yaml-1.1', duplicates: 'last' } as const

function read(text: string, options: typeof NEW | typeof OLD = NEW) {
  const report = new Report()
  const found = readYaml('a.yml', text, options, report)
  return { json: found === null ? undefined : toJson(found.value), faults: lines(report.faults), found }
}

describe('yaml', () => {
  it('reads job files as YAML 1.2 and inventories as PyYAML does', () => {
    const text = 'a: no\nb: 010\nc: y\nd: 1:30\ne: 1e3\nf: 0o17\ng: "010"\nh: 1_000\ni: ~\nj: 2024-01-02\nk: <<\n'
    expect(read(text).json).toEqual({
      a: 'no',
      b: 10,
      c: 'y',
      d: '1:30',
      e: 1000,
      f: 15,
      g: '010',
      h: '1_000',
      i: null,
      j: '2024-01-02',
      k: '<<',
    })
    expect(read(text, OLD).json).toEqual({
      a: false,
      b: 8,
      c: 'y',
      d: 90,
      e: '1e3',
      f: '0o17',
      g: '010',
      h: 1000,
      i: null,
      j: '2024-01-02',
      k: '<<',
    })
  })

  it('merges in YAML 1.1 only', () => {
    const text = 'x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\n'
    expect(read(text, OLD).json).toEqual({ x: { a: 1, b: 2 }, y: { b: 3, a: 1 } })
    expect(read(text).json).toEqual({ x: { a: 1, b: 2 }, y: { '<<': { a: 1, b: 2 }, b: 3 } })
    expect(read('y: {<<: 5}\n', OLD).faults).toEqual(['a.yml:1:9: "<<" merges mappings only'])
  })

  it('keeps what only Ansible can read', () => {
    expect(read('a: !vault |\n  $ANSIBLE_VAULT;1.1\nb: !unsafe "{{ x }}"\n', OLD).json).toEqual({
      a: { __ansible_vault: '$ANSIBLE_VAULT;1.1\n' },
      b: { __ansible_unsafe: '{{ x }}' },
    })
  })

  it('follows tags that say a type, and names the others', () => {
    expect(read('a: !!str 5\nb: !!int "5"\nc: !!bool "true"\n').json).toEqual({ a: '5', b: 5, c: true })
    expect(read('a: !foo 5\n').faults).toEqual(['a.yml:1:9: the tag !foo is not known here'])
    expect(read('a: !foo {b: 1}\n').faults).toEqual(['a.yml:1:9: the tag !foo is not known here'])
  })

  it('says where the syntax breaks, once per line', () => {
    expect(read('a: [1, 2\nb: 3\n').faults.length).toBeGreaterThan(0)
    expect(read('a: 1\n---\nb: 2\n').faults).toEqual([
      'a.yml:2:1: the file holds more than one YAML document: keep one, in a file of its own',
    ])
    expect(read('a: 1\nb 2\n').faults).toEqual(['a.yml:2:1: this is not YAML: a colon is missing, as in "name: value"'])
    expect(read('a:\n\t- b\n').faults).toEqual(['a.yml:2:1: tabs cannot indent in YAML: use spaces'])
  })

  it('names both places of a key that stands twice', () => {
    expect(read('a: 1\nb: 2\na: 3\n').faults).toEqual([
      'a.yml:3:1: "a" stands here a second time; the first is in line 1',
    ])
    const old = read('a: 1\nb: 2\na: 3\n', OLD)
    expect(old.json).toEqual({ a: 3, b: 2 })
    expect(old.found?.warnings).toEqual([
      'a.yml:3:1: "a" stands here a second time; the first is in line 1: this one counts',
    ])
  })

  it('bounds aliases: bombs, circles and depth', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
    for (let level = 1; level < 9; level += 1) {
      const [last, next] = [String.fromCharCode(96 + level), String.fromCharCode(97 + level)]
      bomb.push(`${next}: &${next} [${Array(10).fill(`*${last}`).join(', ')}]`)
    }
    expect(read(bomb.join('\n')).faults[0]).toMatch(/the aliases of this file unfold to far too many values$/)
    expect(read('a: &a [*a]\n').faults).toEqual(['a.yml:1:8: this alias stands inside of what it names'])
    expect(read('['.repeat(10_000)).faults.length).toBeGreaterThan(0)
  })

  it('counts lines and columns, with CRLF and a byte order mark too', () => {
    const crlf = read('a: 1\r\nb: x\r\n').found
    const entry = crlf === null || crlf === undefined ? null : written(crlf.value, 'b')
    expect(entry?.place.source.at(entry.value.place.offset)).toEqual({ file: 'a.yml', line: 2, column: 4 })
    expect(new Source('f', 'a\r\nb\n').line(1)).toBe('a')
    expect(read('\uFEFFa: 1\n').json).toEqual({ a: 1 })
  })

  it('agrees with the yaml package on plain data', () => {
    const data = fc
      .jsonValue({ maxDepth: 3 })
      .filter((json) => typeof json === 'object' && json !== null && !JSON.stringify(json).includes('__proto__'))
    fc.assert(
      fc.property(data, (json) => {
        const text = JSON.stringify(json)
        expect(read(text).json).toEqual(parse(text))
      }),
      { numRuns: 60 },
    )
  })

  it('never throws, whatever the text', () => {
    const snippet = fc.constantFrom(
      'a:',
      ' ',
      '\n',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '&x ',
      '*x',
      '!vault ',
      '|',
      '"',
      "'",
      '#',
      '<<: ',
      '\t',
      '? ',
      ',',
    )
    fc.assert(
      fc.property(fc.array(snippet, { maxLength: 30 }), (parts) => void read(parts.join(''), OLD)),
      { numRuns: 300 },
    )
  })

  it.each([
    ['+12', 12],
    ['-0x1F', '-0x1F'],
    ['1.', 1],
    ['.5', 0.5],
    ['1.2.3', '1.2.3'],
    ['-.inf', Number.NEGATIVE_INFINITY],
    ['True', true],
  ])('resolves %s in YAML 1.2', (text, value) => expect(resolvePlain(text, 'yaml-1.2')).toBe(value))

  it.each([
    ['-0x1F', -31],
    ['0b101', 5],
    ['-010', -8],
    ['09', '09'],
    ['1.5e+3', 1500],
    ['190:20:30', 685230],
    ['On', true],
    ['oN', 'oN'],
  ])('resolves %s in YAML 1.1', (text, value) => expect(resolvePlain(text, 'yaml-1.1')).toBe(value))
})
