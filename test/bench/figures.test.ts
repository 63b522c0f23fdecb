// The pure parts of the benchmarks: what they make of their figures, and where they write it.
import { describe, expect, test } from 'vitest'
import { applyRows } from '../../bench/apply/main.js'
import { floorScript, services, template, templateValues, unitText } from '../../bench/apply/services.js'
import { table } from '../../bench/benchmark.js'
import { withPart } from '../../bench/document.js'
import { bytes, mean, median, spread, statSeconds } from '../../bench/measure.js'
import { startTable } from '../../bench/start.js'

describe('figures', () => {
  test('the median is the middle one, or lies between the two in the middle', () => {
    expect(median([3, 1, 100])).toBe(3)
    expect(median([4, 1, 2, 100])).toBe(3)
    expect(median([7])).toBe(7)
    expect(median([])).toBeNaN()
    expect(mean([1, 2, 6])).toBe(3)
  })
  test('a spread tells the least and the most', () => {
    expect(spread([0.5, 0.25, 1.129], 2)).toBe('0.50 (0.25 to 1.13)')
    expect(spread([], 2)).toBe('-')
  })
  test('bytes are told as people tell them', () => {
    expect([999, 1000, 12_345, 4_500_000].map(bytes)).toEqual(['999 B', '1.0 kB', '12.3 kB', '4.5 MB'])
  })
  test('processor time is read from /proc, also of a process with brackets and spaces in its name', () => {
    const line = '12 (a) b (c) S 1 12 12 0 -1 4194304 500 0 0 0 150 50 30 20 20 0 1 0 100'
    expect(statSeconds(line)).toEqual({ own: 2, children: 0.5 })
  })
})

test('a table has padded columns and a rule below its head', () => {
  const text = table([
    ['a', 'long head'],
    ['longer', 'b'],
  ])
  expect(text).toBe('| a      | long head |\n|--------|-----------|\n| longer | b         |')
})

test('the first command of the start is what the others are compared with', () => {
  const runs = (...seconds: number[]) => seconds.map((each) => ({ seconds: each, cpu: each / 2 }))
  const text = startTable(
    new Map([
      ['node', runs(0.1, 0.2, 0.12)],
      ['hc', runs(0.2, 0.22, 0.3)],
    ]),
  )
  const [, , node = '', hc = ''] = text.split('\n').map((line) => line.replaceAll(/ +/g, ' '))
  expect(node).toBe('| node | 120 (100 to 200) | | 70 | |')
  expect(hc).toBe('| hc | 220 (200 to 300) | 100 | 120 | 50 |')
})

describe('docs/performance.md', () => {
  const whole = '# Performance\n\nWords of people.\n'
  test('a new part comes last', () => {
    const once = withPart(whole, 'start', '## Start\n\none\n')
    expect(once).toBe(`${whole}\n<!-- written by npm run bench -- start -->\n## Start\n\none\n<!-- end of start -->\n`)
  })
  test('a part is replaced by itself alone', () => {
    const both = withPart(withPart(whole, 'start', 'one'), 'scale', 'two')
    const after = withPart(both, 'start', 'three')
    expect(after).toBe(both.replace('one', 'three'))
    expect(withPart(after, 'start', 'three')).toBe(after)
  })
})

describe('apply', () => {
  test('a row has medians of the clock and means of the rest', () => {
    const rest = { hostCpu: 2, bytes: 1500, packets: 10 }
    const run = (ended: number, answered: number | null) => ({ answered, ended, cpu: ended / 10, ...rest })
    const found = new Map([
      ['hc: from nothing', [run(1, 0.5), run(4, 3), run(2, 1)]],
      ['hc: nothing changed', [run(1, null)]],
    ])
    expect(applyRows(found)).toEqual([
      ['hc: from nothing', '3', '1.00 (0.50 to 3.00)', '2.00 (1.00 to 4.00)', '0.23', '2.00', '1.5 kB', '10'],
      ['hc: nothing changed', '1', '-', '1.00 (1.00 to 1.00)', '0.10', '2.00', '1.5 kB', '10'],
    ])
  })
  test('one service of thirty is changed, ten are on each host, no port twice', () => {
    const [before, after] = [services(false), services(true)]
    expect(after.filter((service, at) => unitText(service) !== unitText(before[at] ?? service))).toHaveLength(1)
    expect([0, 1, 2].map((host) => before.filter((service) => service.host === host).length)).toEqual([10, 10, 10])
    expect(new Set(before.map(({ port }) => port)).size).toBe(30)
    expect(floorScript(before.slice(0, 2)).match(/cmp -s/g)).toHaveLength(2)
  })
  test('what Ansible fills in gives the same unit', () => {
    const [first] = services(false)
    if (first === undefined) throw new Error('no service')
    for (const service of [first, { ...first, revision: 2 }]) {
      const values = templateValues(service)
      const filled = template().replace(/\{\{ item\.(\w+) \}\}/g, (_, key: string) => String(values[key]))
      expect(filled).toBe(unitText(service))
    }
    expect(unitText(first)).not.toBe(unitText({ ...first, revision: 2 }))
  })
})
