// Texts over the lists: opening, scrolling, searching, and journals that go on while they are read.
import { describe, expect, test } from 'vitest'
import { UserError } from '../../../src/model/errors.js'
import { bare } from '../../../src/ui/cockpit/clip.js'
import { LOG_BUFFER } from '../../../src/ui/cockpit/logs.js'
import { screenLines } from '../../../src/ui/cockpit/screen.js'
import { type LogsPage, type Message, pageOf, type State } from '../../../src/ui/cockpit/state.js'
import { PLAIN } from '../../../src/ui/style.js'
import { before } from '../samples.js'
import { DETAIL } from '../samples-done.js'
import { EXPLAINED } from '../samples-explain.js'
import { event, keys, live, play, view } from './fakes.js'

const shown = (state: State) => screenLines(state, PLAIN).map(bare)
const body = (state: State) => shown(state).slice(3, -2)
const lines = (from: number, to: number, text = 'line'): Message => ({
  kind: 'log-lines',
  id: 1,
  lines: Array.from({ length: to - from }, (_, at) => ({
    slot: 'db.0',
    host: 'nuc3',
    time: before(0),
    text: `${text} ${from + at}.`,
  })),
})
const logs = (state: State): LogsPage => {
  const page = pageOf(state)
  if (page?.kind !== 'logs') throw new Error('no logs are shown')
  return page
}
const opened = play([view(live()), ...keys('3', 'l')])
const hundred = play([lines(0, 100)], undefined, opened.state).state
const last = (state: State) => body(state).findLast((line) => line !== '')

describe('logs', () => {
  test('are asked for and ended with the page', () => {
    expect(opened.effects).toEqual([{ kind: 'open-logs', id: 1, targets: ['db.0'] }])
    expect(play(keys('q'), undefined, opened.state).effects).toEqual([{ kind: 'close-logs', id: 1 }])
  })

  test.each([
    [['2', 'l'], ['db']],
    [['l'], ['web.0']],
    [['3', 'j', 'l'], ['web.0']],
  ] as const)('of %j are those of %j', (pressed, targets) => {
    expect(play([view(live()), ...keys(...pressed)]).effects).toEqual([{ kind: 'open-logs', id: 1, targets }])
  })

  test('follow the newest line', () => {
    expect(last(hundred)).toContain('line 99.')
    expect(last(play([lines(100, 120)], undefined, hundred).state)).toContain('line 119.')
    expect(shown(hundred)[2]).toContain('following')
  })

  test('stay where they are once scrolled up, whatever comes, and follow again at the end', () => {
    const up = play(keys('k', 'k'), undefined, hundred).state
    expect(last(up)).toContain('line 97.')
    const more = play([lines(100, 300)], undefined, up).state
    expect(last(more)).toContain('line 97.')
    expect(shown(more)[2]).toContain('paused, 202 below')
    for (const key of ['G', 'f']) {
      const again = play([...keys(key), lines(300, 310)], undefined, more).state
      expect(last(again)).toContain('line 309.')
    }
    expect(play(keys('f'), undefined, hundred).state.pages.at(-1)).toMatchObject({ follow: false })
  })

  test('keep a bounded number of lines; what is read stays in place', () => {
    const full = play([lines(0, LOG_BUFFER), ...keys('k')], undefined, opened.state).state
    const before = last(full)
    const over = play([lines(LOG_BUFFER, LOG_BUFFER + 50)], undefined, full).state
    expect(logs(over).lines).toHaveLength(LOG_BUFFER)
    expect(last(over)).toBe(before)
    expect(shown(over)[2]).toContain('the first 50 let go')
  })

  test('search: n and N go from place to place, paused', () => {
    const found = play(keys('/', ...'line 5.', 'enter'), undefined, hundred).state
    expect(logs(found)).toMatchObject({ follow: false, pager: { at: 5 } })
    const many = play(keys('/', ...'LINE 2', 'enter'), undefined, hundred).state
    const at = (state: State) => logs(state).pager.at
    const next = play(keys('n'), undefined, many).state
    expect(at(next)).not.toBe(at(many))
    expect(at(play(keys('N'), undefined, next).state)).toBe(at(many))
    expect(screenLines(next, PLAIN).filter((line) => line.startsWith('\x1b[7m')).length).toBe(2)
    const none = play(keys('/', ...'nowhere', 'enter'), undefined, hundred).state
    expect(shown(none).join('\n')).toContain('"nowhere" is not there.')
    expect(logs(play(keys('esc'), undefined, many).state).pager.search).toBe('')
  })

  test('wrap, scroll sideways, and show dates', () => {
    const long = play([lines(0, 1, `${'x'.repeat(100)} tail`)], undefined, opened.state).state
    expect(body(long).filter((line) => line !== '')).toHaveLength(2)
    const cut = play(keys('w'), undefined, long).state
    expect(body(cut).filter((line) => line !== '')).toHaveLength(1)
    expect(body(cut)[0]).not.toContain('tail')
    expect(body(play(keys('l', 'l', 'right'), undefined, cut).state)[0]).toContain('tail')
    expect(body(play(keys('t'), undefined, long).state)[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:/)
  })

  test('say why they ended, and what went wrong', () => {
    const warned = play([{ kind: 'log-warning', id: 1, text: 'nuc3: no route' }], undefined, hundred).state
    expect(shown(warned)[2]).toContain('nuc3: no route')
    const ended = play([{ kind: 'log-end', id: 1, text: 'the journal has ended' }], undefined, warned).state
    expect(shown(ended)[2]).toContain('the journal has ended')
    expect(last(ended)).toContain('line 99.')
    const elsewhere = play([{ kind: 'log-lines', id: 7, lines: [] }], undefined, hundred).state
    expect(logs(elsewhere).lines).toHaveLength(100)
  })
})

describe('texts', () => {
  test('scroll and stop at the ends; q goes back page by page', () => {
    const help = play([view(live()), ...keys('?')]).state
    expect(body(help)[0]).toBe('Everywhere')
    expect(body(play(keys('j'), undefined, help).state)[0]).toContain('this help')
    const end = play(keys('G', 'j', 'j'), undefined, help).state
    expect(shown(end)[2]).toContain('the end')
    expect(body(play(keys('g'), undefined, end).state)[0]).toBe('Everywhere')
    const two = play(keys('!'), undefined, help).state
    expect(two.pages.map(({ kind }) => kind)).toEqual(['help', 'problems'])
    expect(play(keys('?'), undefined, two).state.pages.map(({ kind }) => kind)).toEqual(['problems', 'help'])
    expect(play(keys('q', 'esc'), undefined, two).state.pages).toEqual([])
  })

  test('search goes there', () => {
    const found = play([
      view(live()),
      ...keys('?', '/', ...'synonym', 'backspace', 'ctrl-u', ...'dim and', 'enter'),
    ]).state
    expect(body(found).some((line) => line.startsWith('>') && line.includes('Dim and'))).toBe(true)
  })

  test('a job: asked for, and live beside it', () => {
    const asked = play([view(live()), { kind: 'events', events: [event(1)] }, ...keys('2', 'j', 'enter')])
    expect(asked.effects).toEqual([{ kind: 'fetch-job', name: 'web' }])
    expect(shown(asked.state).join('\n')).toContain('Asking for the rest')
    expect(shown(asked.state).join('\n')).toContain('web.1')
    const there: Message = { kind: 'job', name: 'web', detail: { state: 'there', value: DETAIL } }
    const known = play([there], { rows: 40, columns: 100 }, asked.state).state
    expect(shown({ ...known, size: { rows: 40, columns: 100 } }).join('\n')).toContain('event 1')
    const other = play([{ ...there, name: 'db' }], undefined, asked.state).state
    expect(shown(other).join('\n')).toContain('Asking for the rest')
    const gone = play([view(live({ jobs: [] }))], undefined, known).state
    expect(shown(gone).join('\n')).toContain('The job web is not applied any more.')
  })

  test('explained: asked for a job, and not for a host', () => {
    const asked = play([view(live()), ...keys('2', 'j', 'x')])
    expect(asked.effects).toEqual([{ kind: 'fetch-explained', target: 'web' }])
    expect(shown(asked.state).join('\n')).toContain('Looking at the hosts')
    const there: Message = { kind: 'explained', target: 'web', explained: { state: 'there', value: EXPLAINED } }
    const text = shown(play([there], undefined, asked.state).state).join('\n')
    expect(text).toContain('Why web is where it is')
    expect(text).toContain('chosen over nuc2')
    expect(play([view(live()), ...keys('1', 'x')]).effects).toEqual([])
  })

  test('a host: failing to ask for it shows why and leaves what is known', () => {
    const asked = play([view(live()), ...keys('enter')])
    expect(asked.effects).toEqual([{ kind: 'fetch-host', name: 'nuc1' }])
    const error = new UserError('the store cannot be read', { hint: 'look at .hc' })
    const { state } = play([{ kind: 'host', name: 'nuc1', detail: { state: 'failed', error } }], undefined, asked.state)
    const all = shown(state).join('\n')
    for (const part of ['the store cannot be read', 'look at .hc', 'web.0', '192.168.1.11']) expect(all).toContain(part)
  })

  test('the plan: faults with their place', () => {
    const at = { file: 'jobs/web.yml', line: 3, column: 7 }
    const fault = { message: 'unknown field', at, lineText: 'imgae: x', hint: 'image?' }
    const error = new UserError('there is a fault', { faults: [fault] })
    const { state, effects } = play([view(live()), ...keys('p'), { kind: 'plan', plan: { state: 'failed', error } }])
    expect(effects).toEqual([{ kind: 'fetch-plan' }])
    expect(shown(state).join('\n')).toContain('jobs/web.yml:3:7')
  })
})
