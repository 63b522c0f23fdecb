import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDuration } from '../../src/ui/flags.js'
import { unknownCommand } from '../../src/ui/hooks/command-not-found.js'
import { makeStyle, PLAIN } from '../../src/ui/style.js'
import { type Column, table } from '../../src/ui/table.js'
import { age, ago, localTime } from '../../src/ui/time.js'
import { cut, pad, width, wrap } from '../../src/ui/width.js'
import { list } from '../../src/ui/words.js'

process.env.TZ = 'UTC'

describe('colour', () => {
  test.each([
    ['a terminal', { isTTY: true, noColor: false, env: {} }, true],
    ['a pipe', { isTTY: false, noColor: false, env: {} }, false],
    ['--no-color', { isTTY: true, noColor: true, env: { FORCE_COLOR: '1' } }, false],
    ['NO_COLOR', { isTTY: true, noColor: false, env: { NO_COLOR: '1', FORCE_COLOR: '1' } }, false],
    ['NO_COLOR but empty', { isTTY: true, noColor: false, env: { NO_COLOR: '' } }, true],
    ['FORCE_COLOR in a pipe', { isTTY: false, noColor: false, env: { FORCE_COLOR: '1' } }, true],
    ['FORCE_COLOR=0', { isTTY: true, noColor: false, env: { FORCE_COLOR: '0' } }, false],
    ['a dumb terminal', { isTTY: true, noColor: false, env: { TERM: 'dumb' } }, false],
  ])('%s', (_, input, colour) => {
    const style = makeStyle(input)
    expect(style.colour).toBe(colour)
    expect(style.paint('bad', 'x')).toBe(colour ? '\x1b[31mx\x1b[39m' : 'x')
  })

  test('characters beyond ASCII only where the locale has them', () => {
    const unicode = (env: Record<string, string>) => makeStyle({ isTTY: true, noColor: false, env }).unicode
    expect([
      unicode({ LANG: 'en_US.UTF-8' }),
      unicode({ LANG: 'C.utf8' }),
      unicode({ LC_ALL: 'C', LANG: 'x.UTF-8' }),
      unicode({}),
    ]).toEqual([true, true, false, false])
  })
})

describe('width', () => {
  test('counts columns, not characters', () => {
    expect([width('abc'), width('大小'), width('e\u0301'), width('\x1b[31mred\x1b[39m'), width('🎉')]).toEqual([
      3, 4, 1, 3, 2,
    ])
  })

  test('cuts and pads to columns', () => {
    const unicode = makeStyle({ isTTY: false, noColor: true, env: { LANG: 'C.UTF-8' } })
    expect([
      cut('abcdef', 6, PLAIN),
      cut('abcdefg', 6, PLAIN),
      cut('abcdefg', 6, unicode),
      cut('abc', 2, PLAIN),
    ]).toEqual(['abcdef', 'abc...', 'abcde…', '..'])
    expect(pad('大', 4)).toBe('大  ')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, columns) => {
        expect(width(cut(text, columns, PLAIN))).toBeLessThanOrEqual(columns)
      }),
    )
  })

  test('takes a word apart after its commas only where no line holds it', () => {
    expect(wrap('in etcd://nuc1,nuc2,nuc3 now', 20)).toEqual(['in etcd://nuc1,nuc2,', 'nuc3 now'])
    expect(wrap('in etcd://nuc1,nuc2,nuc3 now', 22)).toEqual(['in', 'etcd://nuc1,nuc2,nuc3', 'now'])
  })

  test('wraps words, keeps all of them, and keeps to the width where words allow it', () => {
    expect(wrap('one two three', 9, '  ', '    ')).toEqual(['  one two', '    three'])
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,10}$/), { minLength: 1 }), (words) => {
        const lines = wrap(words.join(' '), 20, '- ', '  ')
        expect(lines.flatMap((line) => line.slice(2).split(' '))).toEqual(words)
        for (const line of lines) expect(width(line)).toBeLessThanOrEqual(20)
      }),
    )
  })
})

describe('table', () => {
  const columns = [
    { title: 'NAME', value: (row: readonly string[]) => row[0] ?? '' },
    { title: 'NOTE', value: (row: readonly string[]) => row[1] ?? '', shrink: true },
    { title: 'LAST', value: (row: readonly string[]) => row[2] ?? '' },
  ]

  test('aligns, fills gaps, leaves out columns without anything', () => {
    expect(
      table(
        columns,
        [
          ['a', 'note', ''],
          ['longer', '', ''],
        ],
        PLAIN,
        null,
      ),
    ).toEqual(['NAME    NOTE', 'a       note', 'longer  -'])
    expect(table(columns, [], PLAIN, 80)).toEqual([])
  })

  test('what must not be lost stands below its row where the line has no room for it', () => {
    type Row = readonly [string, string]
    const ports: Column<Row> = { title: 'PORTS', value: ([, text]) => text, below: true }
    const two: readonly Column<Row>[] = [{ title: 'SLOT', value: ([slot]) => slot }, ports]
    const rows: readonly Row[] = [
      ['web.0', 'http 8080, admin 8081, metrics 9090'],
      ['db.0', ''],
    ]
    expect(table(two, rows, PLAIN, 42)[1]).toBe('web.0  http 8080, admin 8081, metrics 9090')
    expect(table(two, rows, PLAIN, 30)).toEqual([
      'SLOT',
      'web.0',
      '  ports: http 8080, admin',
      '    8081, metrics 9090',
      'db.0',
    ])
  })

  test('aligns wide characters and keeps colour out of the sum', () => {
    const style = makeStyle({ isTTY: true, noColor: false, env: {} })
    const cells = [
      { title: 'A', value: (row: string) => ({ text: row, tone: 'bad' as const }) },
      { title: 'B', value: () => 'x' },
    ]
    const lines = table(cells, ['大', 'abc'], style, null)
    expect(lines.map((line) => width(line))).toEqual([6, 6, 6])
    expect(lines[1]).toBe('\x1b[31m大\x1b[39m   x')
  })

  test('shrinks the column that may, then cuts the rest', () => {
    const lines = table(columns, [['name', 'a note that is rather long', 'end']], PLAIN, 30)
    expect(lines).toEqual(['NAME  NOTE                LAST', 'name  a note that is...   end'])
    for (const line of table(columns, [['n'.repeat(50), 'x'.repeat(50), 'y'.repeat(50)]], PLAIN, 30))
      expect(width(line)).toBeLessThanOrEqual(30)
  })
  test('a column that may give way goes where the others have no room beside it', () => {
    type Row = readonly string[]
    const wide = (title: string, at: number, shrink: boolean) => ({ title, value: (row: Row) => row[at] ?? '', shrink })
    const four = [wide('HOST', 0, false), wide('NOTE', 1, true), wide('ADDRESS', 2, false), wide('TAIL', 3, true)]
    const row = ['nuc1', 'a long note', '10.85.0.11', 'a long tail']
    const lines = table(four, [row], PLAIN, 26)
    expect(lines).toEqual(['HOST  ADDRESS     TAIL', 'nuc1  10.85.0.11  a lon...'])
    expect(table(four, [row], PLAIN, 36)[0]).toContain('NOTE')
  })
})

describe('time', () => {
  const now = Date.parse('2026-11-22T10:00:00Z')
  test('relative', () => {
    expect([
      ago('2026-11-22T09:59:56Z', now),
      ago('2026-11-22T10:00:05Z', now),
      ago(null, now),
      ago('?', now),
      age('2026-11-21T09:00:00Z', now),
    ]).toEqual(['4s ago', '0s ago', 'never', 'unknown', '1d 1h'])
  })
  test('local', () => {
    expect(localTime('2026-11-22T09:05:06Z')).toBe('2026-11-22 09:05:06')
    expect(localTime('nonsense')).toBe('nonsense')
  })
  test('spans of time in flags', () => {
    expect(['30s', '500ms', '2m', '1h', '7', '1.5s'].map(parseDuration)).toEqual([
      30_000, 500, 120_000, 3_600_000, 7000, 1500,
    ])
    expect(() => parseDuration('soon')).toThrow('no span of time')
    expect(() => parseDuration('-1s')).toThrow('no span of time')
  })
})

describe('a command that is none', () => {
  const commands = ['apply', 'job list', 'job show', 'status', 'host run']
  const topics = ['host', 'job']
  test.each([
    [['aply'], 'hc has no command "aply"', 'did you mean hc apply?'],
    [['aply', 'jobs/'], 'hc has no command "aply"', 'did you mean hc apply?'],
    [['job', 'shwo', 'web'], 'hc has no command "job shwo"', 'did you mean hc job show?'],
    [['job', 'zzzzzz', 'web'], 'hc has no command "job zzzzzz"', 'did you mean hc job?'],
    [['frobnicate', 'web'], 'hc has no command "frobnicate"', 'hc --help lists the commands'],
    [['job', 'shwo'], 'hc has no command "job shwo"', 'did you mean hc job show?'],
    [['jbo', 'list'], 'hc has no command "jbo list"', 'did you mean hc job list?'],
    [['jbo'], 'hc has no command "jbo"', 'did you mean hc job?'],
    [['frobnicate'], 'hc has no command "frobnicate"', 'hc --help lists the commands'],
    [['job', 'list', 'web'], 'hc job list takes no "web"', 'hc job list --help shows what it takes'],
    [['-i'], 'flags stand after the command: -i', 'hc COMMAND FLAGS; hc --help lists the commands'],
  ])('%j', (words, message, hint) => {
    expect(unknownCommand(words, commands, topics)).toMatchObject({ message, hint, code: 'usage', exitCode: 2 })
  })
})

test('lists in words', () => {
  expect([list([]), list(['a']), list(['a', 'b']), list(['a', 'b', 'c'], 'or')]).toEqual([
    '',
    'a',
    'a and b',
    'a, b or c',
  ])
})
