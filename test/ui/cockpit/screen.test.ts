// The screen as lines: it always fits, nothing is hidden, and nothing is told by colour alone.
import { describe, expect, test } from 'vitest'
import { bar, barCell, bytesNumbers, bytesShort, cpuNumbers } from '../../../src/ui/cockpit/bars.js'
import { bare, clip, fold, highlight } from '../../../src/ui/cockpit/clip.js'
import { screenLines } from '../../../src/ui/cockpit/screen.js'
import type { Message, Size } from '../../../src/ui/cockpit/state.js'
import { makeStyle, PLAIN } from '../../../src/ui/style.js'
import { width } from '../../../src/ui/width.js'
import { allocation, before, HOST_LOST, host, job, NOW, UNPLACED } from '../samples.js'
import { PLAN } from '../samples-done.js'
import { bigView, event, keys, live, play, SMALL, view } from './fakes.js'

const COLOUR = makeStyle({ isTTY: true, noColor: false, env: { TERM: 'xterm', LANG: 'C.UTF-8' } })
const INVERSE = /\x1b\[27?m|\x1b\[7m/g

function screen(messages: readonly Message[], size: Size = SMALL, style = PLAIN): readonly string[] {
  return screenLines(play(messages, size).state, style)
}
const text = (messages: readonly Message[], size?: Size) => screen(messages, size).map(bare).join('\n')

const unwell = live({ ...UNPLACED, loop: { ticking: true, lastTick: before(1) } })
const wide = live({
  hosts: [host('nuc1', { verdict: 'suspect', reason: '漢字'.repeat(60) }), host('家'.repeat(20))],
  allocations: [allocation('web.0', '家'.repeat(20), { note: '\x1b[2J\x1b[31m漢字 \u202eevil\n'.repeat(30) })],
  jobs: [job('web')],
})
const situations: readonly (readonly [string, readonly Message[]])[] = [
  ['nothing yet', []],
  ['nothing yet, and trouble', [{ kind: 'trouble', text: 'inventory.yml:3:1: not a mapping '.repeat(8) }]],
  ['all is well', [view(live())]],
  ['not well', [view(unwell)]],
  [
    'wide and hostile texts',
    [view(wide), { kind: 'events', events: [event(1, { text: '\x1b]0;x\x07漢'.repeat(99) })] }],
  ],
  ['many', [view(bigView(100, 1000))]],
  ['out of date', [view(live({ seenAt: before(60) }))]],
  ['a question', [view(unwell), ...keys('3', 'r')]],
  ['the list alone', [view(bigView(100, 1000)), ...keys('3', 'z', 'G')]],
  ['a filter being typed', [view(live()), ...keys('/', ...'x'.repeat(90))]],
  ['help', [view(live()), ...keys('?', 'ctrl-d')]],
  ['what is wrong', [view(unwell), ...keys('!')]],
  ['the plan', [view(unwell), ...keys('p'), { kind: 'plan', plan: { state: 'there', value: PLAN } }]],
  ['a host', [view(unwell), ...keys('j', 'd')]],
  ['an allocation', [view(wide), ...keys('3', 'enter')]],
  ['an event', [view(live()), { kind: 'events', events: [event(1)] }, ...keys('4', 'enter')]],
  ['logs', [view(live()), ...keys('3', 'l'), { kind: 'log-lines', id: 1, lines: hostile() }]],
]

function hostile() {
  return Array.from({ length: 50 }, (_, at) => ({
    slot: 'db.0',
    host: 'nuc3',
    time: before(50 - at),
    text: `${at} \x1b[2J${'漢字 and more '.repeat(at)}`,
  }))
}

describe('it always fits', () => {
  const sizes: readonly Size[] = [
    SMALL,
    { rows: 40, columns: 120 },
    { rows: 60, columns: 200 },
    { rows: 25, columns: 81 },
  ]
  for (const [name, messages] of situations) {
    test.each(sizes)(`${name} in $columns x $rows`, (size) => {
      for (const style of [PLAIN, COLOUR]) {
        const lines = screen(messages, size, style)
        expect(lines).toHaveLength(size.rows - 1)
        for (const line of lines) {
          expect(width(line), line).toBeLessThan(size.columns)
          expect(line).not.toMatch(/[\n\r\t]|\x1b(?!\[[0-9;]*m)/)
        }
      }
    })
  }

  test('too small: a sentence, and q still leaves', () => {
    for (const size of [
      { rows: 23, columns: 80 },
      { rows: 24, columns: 79 },
      { rows: 2, columns: 9 },
      { rows: 1, columns: 1 },
    ]) {
      const { state, effects } = play([view(live()), ...keys('r', 'q')], size)
      const lines = screenLines(state, PLAIN)
      expect(lines).toHaveLength(Math.max(1, size.rows - 1))
      for (const line of lines) expect(width(line)).toBeLessThanOrEqual(Math.max(1, size.columns - 1))
      expect(effects).toEqual([{ kind: 'quit' }])
    }
    expect(text([view(live())], { rows: 12, columns: 60 })).toContain('needs 80 columns and 24 rows')
  })
})

describe('without colour', () => {
  test.each(situations)('%s: no code but inverse, and the same words', (_, messages) => {
    const plain = screen(messages)
    expect(plain.join('').replace(INVERSE, '')).not.toContain('\x1b')
    const unicode = makeStyle({ isTTY: true, noColor: true, env: { LANG: 'C.UTF-8' } })
    expect(screen(messages, SMALL, COLOUR).map(bare)).toEqual(screen(messages, SMALL, unicode).map(bare))
  })

  test('what is selected has a mark and is turned round', () => {
    const row = screen([view(live()), ...keys('j')]).find((line) => line.includes('nuc2') && line.includes('ready'))
    expect(row).toMatch(/^> \x1b\[7mnuc2/)
  })
})

describe('what it says', () => {
  test('all is well, who told it and when', () => {
    const shown = text([view(live(), NOW + 2000)])
    expect(shown).toContain('All is well: 3 hosts (1 cordoned), 2 jobs, 3 of 3 running.')
    expect(shown).toContain('The loop ticks, last 2s ago. Seen 2s ago.')
    expect(text([view(live({ source: 'own' }))])).toContain('Seen 0s ago by hc ui itself.')
  })

  test('what is out of date is said to be, and dim, not hidden', () => {
    const messages: Message[] = [view(live()), { kind: 'time', now: NOW + 20_000 }]
    expect(text(messages)).toContain('Out of date: what is shown was seen 20s ago.')
    const row = screen(messages, SMALL, COLOUR).find((line) => line.includes('nuc2'))
    expect(row).toContain('\x1b[2mnuc2')
    expect(text(messages)).toContain('web.0')
  })

  test('a loop that is there but does not tick', () => {
    const shown = text([view(live({ loop: { ticking: true, lastTick: before(40) } }))])
    expect(shown).toContain('The loop is there, but its last tick was 40s ago.')
    expect(shown).toContain('All runs, but not all is well: 3 hosts')
    expect(text([view(live()), { kind: 'trouble', text: 'the loop hangs' }, ...keys('!')])).not.toContain(
      'Nothing is wrong',
    )
    expect(text([view(live({ loop: { ticking: false, lastTick: null } }))])).toContain('No loop ticks')
  })

  test('before the first snapshot: what it waits for, and why it does not come', () => {
    expect(text([])).toContain('Looking at the hosts of inventory.yml')
    expect(text([{ kind: 'trouble', text: 'inventory.yml:3:1: not a mapping' }])).toContain('3:1: not a mapping')
  })

  test('lost and unknown are words of their own; a job says what is worst', () => {
    const shown = text([view(live({ ...HOST_LOST }))])
    expect(shown).toMatch(/nuc2 +lost/)
    const unknown = live({ jobs: [job('db', { running: 0, healthy: 0 })], allocations: UNPLACED.allocations })
    expect(text([view(unknown), ...keys('2')])).toMatch(/db +1 unknown +1 +0 +0/)
  })

  test('problems are counted under the head, and ! shows all of them with each host and its reason', () => {
    expect(text([view(unwell)])).toMatch(/and \d+ more: ! shows all/)
    const page = text([view(unwell), ...keys('!')], { rows: 40, columns: 100 })
    for (const part of [
      'web.1 has no place',
      'nuc1: needs 512 MiB memory, 300 MiB free',
      'nuc3: port 8080 is taken by a program that is not of hc',
      'db.0 on nuc2 waits: its data is on nuc2',
      'api.0 on nuc3 failed: exit status 1',
      'stray.0 on nuc3: unclaimed, hc lets it run',
      'hc logs api.0',
    ])
      expect(page).toContain(part)
  })

  test('the detail of a slot without a place says why of each host', () => {
    const shown = text([view(unwell), ...keys('3', '/', ...'web.1', 'enter', 'd')])
    expect(shown).toContain('none: it has no place')
    expect(shown).toContain('nuc1: needs 512 MiB memory, 300 MiB free')
  })

  test('the sorted column has an arrow, filters and hidden rows are said', () => {
    expect(text([view(live()), ...keys('V')])).toMatch(/VERDICT\^/)
    expect(text([view(live()), ...keys('3', '/', ...'web', 'enter')], { rows: 30, columns: 120 })).toContain(
      '2 (3) /web',
    )
    expect(text([view(bigView(100, 1000)), ...keys('3', 'G')], { rows: 30, columns: 160 })).toContain(
      '991-1000 of 1000',
    )
  })

  test('with more room there are more columns', () => {
    expect(text([view(live())])).not.toContain('ADDRESS')
    const large = text([view(live())], { rows: 60, columns: 200 })
    for (const title of ['CPU used/reserved/total', 'ADDRESS', 'ALLOCS', 'PORTS', 'DRIVER'])
      expect(large).toContain(title)
    expect(large).toContain('1.9/0.5/7.5G')
  })
})

describe('bars', () => {
  test.each([
    [{ used: 0, reserved: 0, total: 100 }, '........'],
    [{ used: 50, reserved: 25, total: 100 }, '##==....'],
    [{ used: 25, reserved: 50, total: 100 }, '##--....'],
    [{ used: null, reserved: 50, total: 100 }, '----    '],
    [{ used: 1, reserved: 1, total: 1000 }, '#.......'],
    [{ used: 999, reserved: 0, total: 1000 }, '=======.'],
    [{ used: 4000, reserved: 1000, total: 1000 }, '########'],
    [{ used: 5, reserved: 5, total: null }, '        '],
    [{ used: 5, reserved: 5, total: 0 }, '        '],
  ])('%j', (amounts, expected) => {
    expect(bar(amounts, 8, false)).toBe(expected)
  })

  test('cells have their width, numbers only with room for them', () => {
    const amounts = { used: 250, reserved: 400, total: 4000 }
    expect(barCell(amounts, 12, false, cpuNumbers(amounts))).toBe('#......   6%')
    expect(barCell(amounts, 24, false, cpuNumbers(amounts))).toBe('#..........    0.3/0.4/4')
    expect(barCell({ ...amounts, used: null }, 12, true, '')).toBe('▀          ?')
    expect(barCell({ ...amounts, total: null }, 12, true, '')).toBe('?           ')
    expect(bytesNumbers({ used: 2 ** 30, reserved: 2 ** 29, total: 2 ** 33 })).toBe('1/0.5/8G')
    expect(bytesNumbers({ used: null, reserved: 0, total: null })).toBe('?/0/?B')
    expect([0, 380 * 1024, 48 * 2 ** 20, 3 * 2 ** 29].map(bytesShort)).toEqual(['0B', '380K', '48M', '1.5G'])
  })
})

describe('lines with colour codes', () => {
  test('are cut by what is seen, and colour ends', () => {
    const red = COLOUR.paint('bad', 'abcdef')
    expect(bare(clip(red, 4, COLOUR))).toBe('abc…')
    expect(clip(red, 4, COLOUR).endsWith('\x1b[39m')).toBe(true)
    expect(clip(red, 6, COLOUR)).toBe(red)
    expect(width(clip('漢字漢字', 5, PLAIN))).toBeLessThanOrEqual(5)
    expect(clip('abc', 2, PLAIN)).toBe('..')
  })

  test('are folded anywhere and highlighted whatever the case', () => {
    expect(fold('abcdefg', 3)).toEqual(['abc', 'def', 'g'])
    expect(fold('漢字漢', 5)).toEqual(['漢字', '漢'])
    expect(fold('', 3)).toEqual([''])
    expect(highlight('Error and error', 'ERR')).toBe('\x1b[7mErr\x1b[27mor and \x1b[7merr\x1b[27mor')
    expect(highlight('abc', '')).toBe('abc')
  })
})
