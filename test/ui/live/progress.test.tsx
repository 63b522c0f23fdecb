import { render } from 'ink-testing-library'
import { expect, test, vi } from 'vitest'
import type { Progress } from '../../../src/model/views.js'
import { changeLine, finalLines, frameLines } from '../../../src/ui/live/lines.js'
import { type ProgressSource, ProgressView } from '../../../src/ui/live/progress-view.js'
import { advance, NO_PROGRESS, noted, type ProgressState, type SlotProgress } from '../../../src/ui/live/state.js'
import { canDraw, plainProgress } from '../../../src/ui/progress.js'
import { makeStyle, PLAIN } from '../../../src/ui/style.js'
import { width } from '../../../src/ui/width.js'
import { FakeTerminal } from '../fake-terminal.js'

const slot = (name: string, state: SlotProgress['state'], atMs: number, text = ''): SlotProgress => ({
  kind: 'slot',
  slot: name,
  host: 'nuc1',
  state,
  text,
  atMs,
})
const stateOf = (...told: readonly Progress[]): ProgressState => told.reduce(advance, NO_PROGRESS)
const SIZE = { rows: 24, columns: 80 }

test('a frame has a line per slot with state, host and time; the time stands still at the end', () => {
  const state = stateOf(
    { kind: 'phase', text: 'starting' },
    slot('web.10', 'waiting', 0),
    slot('web.2', 'acting', 100),
    slot('web.1', 'acting', 100),
    slot('web.1', 'done', 1600, 'port 80 listens'),
    slot('db.0', 'failed', 400, 'exit status 1'),
  )
  expect(frameLines(state, 2100, SIZE, PLAIN)).toEqual([
    'starting',
    'x db.0    nuc1  failed      0.0s  exit status 1',
    '+ web.1   nuc1  done        1.5s  port 80 listens',
    '\\ web.2   nuc1  acting      2.0s',
    '  web.10  nuc1  waiting',
  ])
  expect(finalLines(state, PLAIN, 80)[2]).toBe('  web.2   nuc1  acting      0.0s')
})

test('the spinner turns ten times a second and is braille where the locale has it', () => {
  const style = makeStyle({ isTTY: true, noColor: true, env: { LANG: 'C.UTF-8' } })
  const state = stateOf(slot('web.0', 'acting', 0))
  const signs = [0, 50, 100, 200].map((at) => frameLines(state, at, SIZE, style)[0]?.[0])
  expect(signs).toEqual(['⠋', '⠋', '⠙', '⠹'])
})

test('more slots than rows: what failed and what is at work is shown, the rest is counted', () => {
  const told = Array.from({ length: 40 }, (_, index) => slot(`web.${index}`, index < 30 ? 'done' : 'waiting', 10))
  const state = stateOf(...told, slot('web.3', 'failed', 20, 'no'), slot('web.35', 'acting', 20))
  const lines = frameLines(state, 100, { rows: 8, columns: 80 }, PLAIN)
  expect(lines.length).toBeLessThan(8)
  expect(lines[0]).toContain('web.3 ')
  expect(lines.slice(1, 5).map((line) => line.trim().split(/ +/)[0])).toContain('web.30')
  expect(lines.join('\n')).toContain('web.35')
  expect(lines.at(-1)).toBe('  35 more: 6 waiting, 29 done')
  expect(finalLines(state, PLAIN, 80)).toHaveLength(40)
})

test('no line is as wide as the terminal: it would wrap', () => {
  const state = stateOf({ kind: 'phase', text: 'p'.repeat(200) }, slot('web.0', 'starting', 0, 't'.repeat(200)))
  for (const line of frameLines(state, 0, { rows: 24, columns: 60 }, PLAIN)) expect(width(line)).toBeLessThan(60)
})

test('what hosts say cannot steer the terminal', () => {
  const state = stateOf(slot('web.0', 'failed', 0, 'bad\x1b[2J\nline'))
  expect(frameLines(state, 0, SIZE, PLAIN)).toHaveLength(1)
  expect(finalLines(state, PLAIN, null)[0]).toMatch(/bad line$/)
  expect(changeLine(slot('web.0', 'failed', 1234, 'bad\x1b[2J'), PLAIN)).toBe('   1.2s  web.0 on nuc1 failed: bad')
})

test('the view follows what is told, keeps notes above the frame, and ends its timer', async () => {
  let state = stateOf(slot('web.0', 'acting', 0))
  let changed: () => void = () => undefined
  const source: ProgressSource = {
    current: () => state,
    subscribe: (onChange) => {
      changed = onChange
      return () => undefined
    },
    elapsed: () => 500,
    size: () => SIZE,
  }
  const view = render(<ProgressView source={source} style={PLAIN} />)
  expect(view.lastFrame()).toContain('web.0  nuc1  acting      0.5s')
  state = advance(
    noted(advance(state, { kind: 'warning', text: 'disk is nearly full' }), { warning: false, text: 'Interrupted' }),
    slot('web.0', 'done', 600),
  )
  changed()
  await vi.waitFor(() => expect(view.lastFrame()).toContain('+ web.0  nuc1  done        0.6s'), 2000)
  expect(view.lastFrame()).toContain('warning: disk is nearly full\nInterrupted')
  view.unmount()
  const frames = view.frames.length
  await new Promise((resolve) => setTimeout(resolve, 250))
  expect(view.frames.length).toBe(frames)
})

test('elsewhere: one line per slot once it is settled, none twice, and another when that is no longer so', () => {
  const terminal = new FakeTerminal()
  const plain = plainProgress(terminal.err, PLAIN)
  plain.onProgress({ kind: 'phase', text: 'looking at 3 hosts' })
  plain.onProgress(slot('web.0', 'acting', 100))
  plain.onProgress(slot('web.0', 'acting', 200))
  plain.onProgress(slot('web.0', 'done', 1500))
  plain.onProgress(slot('web.0', 'done', 1600))
  plain.onProgress({ kind: 'warning', text: 'slow\x07' })
  plain.onProgress(slot('web.0', 'starting', 2000))
  plain.onProgress(slot('web.0', 'failed', 2500))
  expect(terminal.stderr).toBe(
    'looking at 3 hosts\n   1.5s  web.0 on nuc1 done\nwarning: slow\n   2.5s  web.0 on nuc1 failed\n',
  )
})

test.each([
  ['a terminal', { TERM: 'xterm' }, true, true],
  ['a pipe', { TERM: 'xterm' }, false, false],
  ['a dumb terminal', { TERM: 'dumb' }, true, false],
  ['CI', { CI: 'true' }, true, false],
  ['not CI', { CI: 'false' }, true, true],
])('%s draws or not', (_, env, tty, draws) => {
  expect(canDraw(new FakeTerminal({ env, tty }))).toBe(draws)
})
