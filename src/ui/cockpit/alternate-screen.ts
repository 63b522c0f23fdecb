// The alternate screen, taken and given back by hand, and frames on it: only lines that have changed are written, each at its
// place. ink 6.8 has no option for the first, and its own way of doing the second moves the cursor relatively, so that one
// line too many or a resize leaves a screen that is never mended.

/** Alternate screen, no cursor, no wrapping at the edge, empty; and back. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J\x1b[H'
const LEAVE = '\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l'
const [ERASE_REST, PLAIN_TEXT, CLEAR] = ['\x1b[K', '\x1b[0m', '\x1b[2J']
/** A frame appears at once where the terminal knows synchronized output; others ignore it. */
const [BEGIN, END] = ['\x1b[?2026h', '\x1b[?2026l']

/** The screen while it is taken. */
export interface AlternateScreen {
  /** The terminal for ink in its debug mode: each write is a whole frame. */
  readonly stream: NodeJS.WriteStream
  /** Nothing that was drawn before counts: the next frame is drawn whole. */
  forget(): void
  /** Nothing is drawn any more. */
  mute(): void
  /** Gives the terminal back. Can be called more than once; happens at the end of the process at the latest. */
  close(): void
}

/** Takes the screen of a terminal. */
export function openScreen(stdout: NodeJS.WriteStream): AlternateScreen {
  let [muted, closed] = [false, false]
  let drawn: readonly string[] | null = null
  const write = (text: string, ...rest: readonly unknown[]): boolean => {
    const done = rest.find((one): one is () => void => typeof one === 'function')
    if (done) setImmediate(done)
    if (muted || text === '') return true
    const lines = text.split('\n')
    const changes = changedLines(drawn, lines)
    drawn = lines
    return changes === '' || stdout.write(`${BEGIN}${changes}${END}`)
  }
  const nothing = () => stream
  const stream: NodeJS.WriteStream = Object.create(stdout, {
    write: { value: write },
    on: { value: nothing },
    off: { value: nothing },
  })
  const close = () => {
    if (closed) return
    closed = true
    muted = true
    process.off('exit', close)
    stdout.write(LEAVE)
  }
  process.on('exit', close)
  stdout.write(ENTER)
  return {
    stream,
    forget: () => {
      drawn = null
    },
    mute: () => {
      muted = true
    },
    close,
  }
}

/** What makes one frame of the other; null before: an unknown screen. */
export function changedLines(before: readonly string[] | null, after: readonly string[]): string {
  const rows = Math.max(before?.length ?? 0, after.length)
  let text = before === null ? `${PLAIN_TEXT}${CLEAR}` : ''
  for (let row = 0; row < rows; row += 1) {
    const line = after[row] ?? ''
    if (line === (before?.[row] ?? '')) continue
    text += `\x1b[${row + 1};1H${PLAIN_TEXT}${line}${PLAIN_TEXT}${ERASE_REST}`
  }
  return text
}
