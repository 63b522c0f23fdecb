// The near side of a program that somebody talks to: keys and bytes in, its outputs out, and the terminal as it was.
import type { SessionFar, TerminalSize } from '../ports.js'
import type { NearEnd } from './terminal.js'

/** The streams that it works on: those of the process. */
export interface Streams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Where no size can be had. */
const SIZE: TerminalSize = { rows: 24, columns: 80 }

/** Cursor shown, plain letters, a new line. */
const FRESH_LINE = '\x1b[?25h\x1b[0m\r\n'

/** Takes the streams; `lent.now` is set while a program of this machine shares them. */
export function nearEnd(streams: Streams, pty: boolean, lent: { now: boolean }): NearEnd {
  const { stdin, stdout, stderr, env } = streams
  const size = (): TerminalSize => ({ rows: stdout.rows || SIZE.rows, columns: stdout.columns || SIZE.columns })
  const undo: (() => void)[] = []
  return {
    pty: pty ? { ...size(), term: env.TERM || 'xterm' } : null,
    begin(far) {
      if (pty && stdin.isTTY) {
        stdin.setRawMode(true)
        undo.push(() => stdin.setRawMode(false))
      }
      if (pty) {
        const resized = () => far.resize(size())
        stdout.on('resize', resized)
        undo.push(() => stdout.off('resize', resized))
      }
      undo.push(feed(stdin, far))
    },
    lend() {
      lent.now = true
      undo.push(() => {
        lent.now = false
      })
    },
    stdout: (bytes) => put(stdout, bytes),
    stderr: (bytes) => put(stderr, bytes),
    stop(lost = false) {
      if (lost && pty && undo.length > 0) stdout.write(FRESH_LINE)
      for (const each of undo.splice(0).reverse()) each()
    },
  }
}

/** Passes on what comes in, one chunk after the other; the function that ends it. */
function feed(stdin: NodeJS.ReadStream, far: SessionFar): () => void {
  let over = false
  const take = (bytes: Buffer | string) => {
    stdin.pause()
    void far.write(typeof bytes === 'string' ? Buffer.from(bytes) : bytes).then(() => {
      if (!over) stdin.resume()
    })
  }
  const end = () => far.end()
  stdin.on('data', take)
  stdin.on('end', end)
  stdin.on('error', end)
  if (stdin.readableEnded || stdin.destroyed) end()
  else stdin.resume()
  return () => {
    over = true
    stdin.off('data', take)
    stdin.off('end', end)
    stdin.pause()
    // A pipe that stays open would keep the process alive.
    stdin.unref?.()
  }
}

/** Resolves when it is written, also where nobody reads any more: that is told elsewhere. */
function put(stream: NodeJS.WriteStream, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) return resolve()
    stream.write(bytes, () => resolve())
  })
}
