// The thin part: ink, the screen that is taken and given back, and the command.
import { EventEmitter } from 'node:events'
import { render } from 'ink-testing-library'
import { expect, test, vi } from 'vitest'
import Ui from '../../../commands/ui.js'
import { changedLines, openScreen } from '../../../src/ui/cockpit/alternate-screen.js'
import { whyNotHere } from '../../../src/ui/cockpit/fitness.js'
import { Runner } from '../../../src/ui/cockpit/runner.js'
import { screenLines } from '../../../src/ui/cockpit/screen.js'
import { ScreenView } from '../../../src/ui/cockpit/screen-view.js'
import { PLAIN } from '../../../src/ui/style.js'
import { calls } from '../../commands/fake-hc.js'
import { run } from '../../commands/run.js'
import { FakeTerminal } from '../fake-terminal.js'
import { NOW } from '../samples.js'
import { fakeCockpit, live, play, SMALL, soon, view } from './fakes.js'

vi.mock('../../../src/hc.js', () => import('../../commands/fake-hc.js'))
const begun = vi.hoisted(() => ({ options: [] as unknown[], state: null as unknown }))
vi.mock('../../../src/ui/cockpit/start.js', () => ({
  startCockpit: (_cockpit: unknown, options: unknown) => {
    begun.options.push(options)
    return { note: () => undefined, ended: Promise.resolve(begun.state) }
  },
}))

test('keys that are typed reach the cockpit, and what they do is on the screen', async () => {
  const runner = new Runner(fakeCockpit(), {
    title: 'inventory.yml',
    size: SMALL,
    now: () => NOW,
    redraw: () => undefined,
  })
  let drawn = { state: runner.state, lines: screenLines(runner.state, PLAIN) }
  const source = {
    lines: () => {
      if (drawn.state !== runner.state) drawn = { state: runner.state, lines: screenLines(runner.state, PLAIN) }
      return drawn.lines
    },
    subscribe: (onChange: () => void) => runner.subscribe(onChange),
    onKeys: (keys: readonly string[]) => runner.press(keys),
  }
  runner.start()
  const { lastFrame, stdin, unmount } = render(<ScreenView source={source} />)
  const shows = (text: string) => soon(() => expect(lastFrame()).toContain(text))
  await shows('All is well')
  expect(lastFrame()?.split('\n').length).toBeLessThanOrEqual(SMALL.rows - 1)
  stdin.write('jj')
  await soon(() => expect(runner.state.lists.hosts.selected).toBe('nuc3'))
  stdin.write('\x1b[A')
  await soon(() => expect(runner.state.lists.hosts.selected).toBe('nuc2'))
  stdin.write('\t')
  await soon(() => expect(runner.state.focus).toBe('jobs'))
  stdin.write('\x1b[Z')
  await soon(() => expect(runner.state.focus).toBe('hosts'))
  stdin.write('/nuc1\x7f3')
  await shows('Filter /nuc3')
  stdin.write('\r')
  await shows('1 (3) /nuc3')
  stdin.write('D')
  await shows('Drain nuc3?')
  stdin.write('\x1b')
  await soon(() => expect(runner.state.ask).toBeNull())
  // What is pasted asks, but does not answer.
  stdin.write('copy\ry')
  await shows('Uncordon nuc3?')
  expect(runner.state.works).toEqual([])
  stdin.write('n')
  await soon(() => expect(runner.state.ask).toBeNull())
  stdin.write('?')
  await shows('Everywhere')
  stdin.write('\x03')
  await runner.left
  unmount()
})

test('only lines that have changed are written, each at its place', () => {
  expect(changedLines(['a', 'b', 'c'], ['a', 'x', 'c'])).toBe('\x1b[2;1H\x1b[0mx\x1b[0m\x1b[K')
  expect(changedLines(['a', 'b'], ['a', 'b'])).toBe('')
  expect(changedLines(['a', 'b'], ['a'])).toBe('\x1b[2;1H\x1b[0m\x1b[0m\x1b[K')
  expect(changedLines(null, ['', 'b'])).toBe('\x1b[0m\x1b[2J\x1b[2;1H\x1b[0mb\x1b[0m\x1b[K')
})

test('the screen is given back once, at the end of the process at the latest', () => {
  const before = process.listenerCount('exit')
  let written = ''
  const terminal: NodeJS.WriteStream = Object.assign(Object.create(new EventEmitter()), {
    isTTY: true,
    write: (text: string) => {
      written += text
      return true
    },
  })
  const screen = openScreen(terminal)
  expect(written).toContain('\x1b[?1049h')
  screen.stream.write('one\ntwo')
  expect(written).toContain('\x1b[2;1H\x1b[0mtwo')
  screen.mute()
  screen.stream.write('three')
  expect(written).not.toContain('three')
  expect(process.listenerCount('exit')).toBe(before + 1)
  screen.close()
  screen.close()
  expect(written.split('\x1b[?1049l')).toHaveLength(2)
  expect(written.endsWith('\x1b[?25h\x1b[?1049l')).toBe(true)
  expect(process.listenerCount('exit')).toBe(before)
})

test.each([
  [{ tty: false }, 'needs a terminal'],
  [{ tty: true, env: { TERM: 'dumb' } }, 'TERM=dumb'],
  [{ tty: true, env: {} }, 'TERM='],
  [{ tty: true, env: { TERM: 'xterm', CI: 'true' } }, null],
  [{ tty: true, env: { TERM: 'linux' } }, null],
])('where it can be opened: %j', (options, message) => {
  const why = whyNotHere(new FakeTerminal(options))
  if (message === null) expect(why).toBeNull()
  else expect(why?.message).toContain(message)
})

test('hc ui asks nobody while the screen is taken, and says at the end how the cluster stood', async () => {
  begun.state = play([view(live())]).state
  const { stdout, stderr, exitCode } = await run(Ui, [], { tty: true, env: { TERM: 'xterm', NO_COLOR: '1' } })
  expect(calls.opened).toMatchObject([{ askPassphrase: undefined, confirmKey: undefined }])
  expect(begun.options).toMatchObject([{ title: '/etc/hc/inventory.yml' }])
  expect(stdout).toBe('All is well: 3 hosts (1 cordoned), 2 jobs, 3 of 3 running. The loop ticks, last 0s ago.\n')
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
  expect(calls.closed).toBe(1)
})

test('hc ui without a terminal, and with --json, ends with 2 and says what to do instead', async () => {
  const piped = await run(Ui, [])
  expect(piped.exitCode).toBe(2)
  expect(piped.stderr).toContain('hc ui needs a terminal')
  expect(piped.stderr).toContain('hc status --watch')
  expect(piped.stdout).toBe('')
  const json = await run(Ui, ['--json'], { tty: true, env: { TERM: 'xterm' } })
  expect(json.exitCode).toBe(2)
  expect(json.json).toMatchObject({
    error: { code: 'usage', hint: expect.stringContaining('hc status --watch --json') },
  })
})
