// Opens the cockpit on a terminal and gives the terminal back as it was, however it ends.
import { render } from 'ink'
import type { Style } from '../style.js'
import { openScreen } from './alternate-screen.js'
import type { Cockpit } from './cockpit.js'
import { Runner } from './runner.js'
import { screenLines } from './screen.js'
import { type ScreenSource, ScreenView } from './screen-view.js'
import type { Size, State } from './state.js'

/** What the cockpit is opened with. */
export interface StartOptions {
  readonly stdout: NodeJS.WriteStream
  readonly stdin: NodeJS.ReadStream
  readonly style: Style
  /** Where the inventory lies. */
  readonly title: string
  /** Ends the cockpit. */
  readonly signal: AbortSignal
  now(): number
}

/** The cockpit while it is open. */
export interface Started {
  /** One line of what happened that is nobody's answer. */
  note(text: string): void
  /** The last state, once the operator has left and the terminal is as before. */
  readonly ended: Promise<State>
}

/** Opens it. `ended` rejects on a bug of the view; the terminal is given back then too. */
export function startCockpit(cockpit: Cockpit, options: StartOptions): Started {
  const { stdout, stdin, style, signal, title, now } = options
  const screen = openScreen(stdout)
  const size = (): Size => ({ rows: stdout.rows ?? 24, columns: stdout.columns ?? 80 })
  const redraw = () => {
    screen.forget()
    runner.tell({ kind: 'resized', size: size() })
  }
  const runner = new Runner(cockpit, { title, size: size(), now, redraw: () => redraw() })
  // Its debug mode: each frame is given out whole, and drawn by the screen.
  const view = render(<ScreenView source={sourceOf(runner, style)} />, {
    stdout: screen.stream,
    stdin,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  })
  const stop = () => runner.stop()
  stdout.on('resize', redraw)
  signal.addEventListener('abort', stop, { once: true })
  runner.start()
  if (signal.aborted) stop()
  const close = () => {
    stdout.off('resize', redraw)
    signal.removeEventListener('abort', stop)
    runner.stop()
    screen.mute()
    view.unmount()
    screen.close()
  }
  return { note: (text) => runner.tell({ kind: 'note', text }), ended: ending(runner, view.waitUntilExit(), close) }
}

async function ending(runner: Runner, broken: Promise<unknown>, close: () => void): Promise<State> {
  try {
    await Promise.race([runner.left, broken])
    return runner.state
  } finally {
    close()
  }
}

function sourceOf(runner: Runner, style: Style): ScreenSource {
  let drawn: { state: State; lines: readonly string[] } | null = null
  return {
    lines: () => {
      if (drawn?.state !== runner.state) drawn = { state: runner.state, lines: screenLines(runner.state, style) }
      return drawn.lines
    },
    subscribe: (onChange) => runner.subscribe(onChange),
    onKeys: (keys) => runner.press(keys),
  }
}
