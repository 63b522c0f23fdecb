// Keys in the lists: moving, filters, sorting, the selection that follows its row, and questions before anything is done.
import { describe, expect, test } from 'vitest'
import { allocationRows, hostRows } from '../../../src/ui/cockpit/rows.js'
import type { State } from '../../../src/ui/cockpit/state.js'
import { allocation, host, job } from '../samples.js'
import { bigView, event, keys, live, play, view } from './fakes.js'

const selected = ({ lists, focus }: State) => lists[focus].selected

describe('moving', () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ['the first is selected at the beginning', [], 'node1'],
    ['j', ['j'], 'node2'],
    ['down', ['down', 'down'], 'node3'],
    ['k stops at the top', ['j', 'k', 'k'], 'node1'],
    ['G', ['G'], 'node100'],
    ['g', ['G', 'g'], 'node1'],
    ['end, home', ['end', 'home', 'j'], 'node2'],
    ['j stops at the end', ['G', 'j'], 'node100'],
    ['ctrl-d and ctrl-u are half a screen', ['ctrl-d', 'ctrl-d', 'ctrl-u'], 'node4'],
    ['page-down', ['page-down'], 'node7'],
  ]
  test.each(cases)('%s', (_, pressed, expected) => {
    const { state } = play([view(bigView(100, 1000)), ...keys(...pressed)])
    expect(selected(state)).toBe(expected)
    const { index, top } = state.lists.hosts
    expect(index).toBeGreaterThanOrEqual(top)
  })

  test('tab, numbers and arrows go from list to list', () => {
    const at = (...pressed: readonly string[]) => play([view(live()), ...keys(...pressed)]).state.focus
    expect(at()).toBe('hosts')
    expect(at('tab', 'tab')).toBe('allocations')
    expect(at('shift-tab')).toBe('events')
    expect(at('right', 'left')).toBe('hosts')
    expect(at('4')).toBe('events')
    expect(at('h')).toBe('events')
  })
})

describe('the selection', () => {
  test('stays on its row by name when rows come and go and the order changes', () => {
    const few = live({ hosts: [host('nuc2'), host('nuc3')] })
    const more = live({ hosts: [host('nuc1'), host('nuc2'), host('nuc3')] })
    const { state } = play([view(few), ...keys('j'), view(more)])
    expect(selected(state)).toBe('nuc3')
    expect(state.lists.hosts.index).toBe(2)
    expect(selected(play(keys('O'), undefined, state).state)).toBe('nuc3')
  })

  test('goes to the next row where its own is gone', () => {
    const { state } = play([view(live()), ...keys('j'), view(live({ hosts: [host('nuc1'), host('nuc3')] }))])
    expect(selected(state)).toBe('nuc3')
  })

  test('follows a slot to another host, and tells two copies of it apart', () => {
    const moved = live({ allocations: [allocation('web.0', 'nuc1'), allocation('web.0', 'nuc2')] })
    const { state } = play([view(moved), ...keys('3', 'j')])
    expect(selected(state)).toBe('web.0 2')
  })

  test('of events stays on the newest, or on the one that was chosen', () => {
    const first = play([view(live()), { kind: 'events', events: [event(1), event(2)] }, ...keys('4')]).state
    expect(selected(first)).toMatch(/^2 /)
    const newest = play([{ kind: 'events', events: [event(3)] }], undefined, first).state
    expect(selected(newest)).toMatch(/^3 /)
    const chosen = play([...keys('j'), { kind: 'events', events: [event(4)] }], undefined, newest).state
    expect(selected(chosen)).toMatch(/^2 /)
  })
})

describe('filter', () => {
  const shown = (...typed: readonly string[]) => play([view(live()), ...keys('3', '/', ...typed)]).state
  const slots = (...typed: readonly string[]) => allocationRows(shown(...typed)).items.map(({ slot }) => slot)

  test('shows its effect while it is typed; all words must be there, !word must not', () => {
    expect(slots('w', 'e', 'b')).toEqual(['web.0', 'web.1'])
    expect(slots(...'WEB nuc2')).toEqual(['web.1'])
    expect(slots(...'!web')).toEqual(['db.0'])
    expect(slots(...'!')).toHaveLength(3)
    expect(slots('x', 'backspace', 'd', 'b')).toEqual(['db.0'])
    expect(slots(...'zzz')).toEqual([])
  })

  test('Enter keeps it, Esc while typing brings the old one back, Esc in the list takes it away', () => {
    const kept = play([view(live()), ...keys('3', '/', 'w', 'enter')]).state
    expect(kept.input).toBeNull()
    expect(kept.lists.allocations.filter).toBe('w')
    const undone = play(keys('/', 'x', 'esc'), undefined, kept).state
    expect(undone.lists.allocations.filter).toBe('w')
    expect(play(keys('esc'), undefined, kept).state.lists.allocations.filter).toBe('')
  })

  test('letters are text while a filter is typed', () => {
    const { state, effects } = play([view(live()), ...keys('/', 'q', 'S', 'D', '?')])
    expect(state.lists.hosts.filter).toBe('qSD?')
    expect(effects).toEqual([])
    expect(state.ask).toBeNull()
  })
})

describe('sorting', () => {
  const hosts = [
    host('nuc10', { verdict: 'lost' }),
    host('nuc9', { reserved: { cpu: 3000, memory: 1, disk: 1, devices: {} } }),
    host('nuc1', { verdict: 'suspect' }),
  ]
  test.each([
    [[], 'nuc1 nuc9 nuc10'],
    [['N'], 'nuc10 nuc9 nuc1'],
    [['O'], 'nuc10 nuc9 nuc1'],
    [['V'], 'nuc9 nuc1 nuc10'],
    [['V', 'V'], 'nuc10 nuc1 nuc9'],
    [['C'], 'nuc9 nuc1 nuc10'],
    [['o'], 'nuc9 nuc1 nuc10'],
  ] as const)('%j', (pressed, expected) => {
    const { state } = play([view(live({ hosts })), ...keys(...pressed)])
    expect(
      hostRows(state)
        .items.map((row) => row.host.name)
        .join(' '),
    ).toBe(expected)
  })
})

describe('what changes the cluster asks before', () => {
  const stopped = live({ jobs: [job('web', { stopped: true }), job('db')] })
  const asked = (of: State) => of.ask?.question ?? of.notice?.text ?? null
  test.each([
    [['3', 'r'], 'Restart db.0 on nuc3?'],
    [['2', 'r'], 'Restart the job db?'],
    [['2', 'S'], 'Stop the job db?'],
    [['3', 'S'], 'Stop the job db?'],
    [['c'], 'Cordon nuc1?'],
    [['G', 'c'], 'Uncordon nuc3?'],
    [['D'], 'Drain nuc1?'],
    [['r'], 'r restarts a job or an allocation: choose one under 2 or 3.'],
    [['S'], 'S stops and starts jobs: choose one under 2.'],
    [['2', 'D'], 'D is for hosts: choose one under 1.'],
    [['3', 'c'], 'c is for hosts: choose one under 1.'],
  ] as const)('%j: %s', (pressed, expected) => {
    const { state, effects } = play([view(live()), ...keys(...pressed)])
    expect(asked(state)).toBe(expected)
    expect(effects).toEqual([])
  })

  test('a job that is stopped is started, not restarted', () => {
    expect(asked(play([view(stopped), ...keys('2', 'G', 'S')]).state)).toBe('Start the job web again?')
    expect(asked(play([view(stopped), ...keys('2', 'G', 'r')]).state)).toBe('web is stopped: S on the job starts it.')
  })

  const acts = (...pressed: readonly string[]) => {
    const { state, effects } = play([view(live()), ...keys('3', 'r', ...pressed)])
    expect(state.ask).toBeNull()
    return effects
  }
  test('Cancel is chosen: Enter, Esc, n and q do nothing', () => {
    for (const key of ['enter', 'esc', 'n', 'q']) expect(acts(key)).toEqual([])
    expect(acts('tab', 'tab', 'enter')).toEqual([])
  })

  test('y, or the other button and Enter, does it', () => {
    const act = { verb: 'restart', job: 'db', slots: ['db.0'] }
    for (const pressed of [['y'], ['right', 'enter'], ['tab', 'enter'], ['h', 'enter']])
      expect(acts(...pressed)).toEqual([{ kind: 'act', id: 1, act }])
  })

  test('other keys leave the question open', () => {
    expect(play([view(live()), ...keys('3', 'r', 'x', 'j', 'S')]).state.ask?.question).toBe('Restart db.0 on nuc3?')
  })

  test('the same is not done twice at once; leaving meanwhile asks', () => {
    const { state } = play([view(live()), ...keys('3', 'r', 'y', 'r')])
    const twice = play(keys('y'), undefined, state)
    expect(twice.effects).toEqual([])
    expect(twice.state.notice?.text).toBe('restart db.0 is under way already.')
    const leaving = play(keys('q'), undefined, twice.state)
    expect(leaving.state.ask?.question).toBe('Leave while something is under way?')
    expect(play(keys('enter'), undefined, leaving.state).effects).toEqual([])
    expect(play(keys('y'), undefined, leaving.state).effects).toEqual([{ kind: 'quit' }])
  })

  test('nothing is asked before there is anything to ask about', () => {
    const { state, effects } = play(keys('r', 'S', 'D', 'c', 'l', 'enter', 'd', '3', 'r', 'l'))
    expect(effects).toEqual([])
    expect(state.ask).toBeNull()
    expect(state.pages).toEqual([])
  })
})

test('q and Ctrl-C leave', () => {
  expect(play([view(live()), ...keys('q')]).effects).toEqual([{ kind: 'quit' }])
  expect(play([view(live()), ...keys('/', 'ctrl-c')]).effects).toEqual([{ kind: 'quit' }])
})
