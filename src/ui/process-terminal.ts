// The terminal of the running process.
import { createInterface } from 'node:readline'
import type { EndSignal, Output, Terminal } from './terminal.js'

const END_SIGNALS: readonly EndSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** The real terminal. Call once. */
export function processTerminal(): Terminal {
  const readerGone = new Set<() => void>()
  const out = output(process.stdout, () => {
    for (const handler of readerGone) handler()
  })
  return {
    env: process.env,
    out,
    err: output(process.stderr, () => undefined),
    errStream: process.stderr,
    inputIsTTY: process.stdin.isTTY === true,
    now: () => Date.now(),
    ask,
    askHidden,
    sleep,
    onEnd(handler) {
      for (const signal of END_SIGNALS) process.on(signal, handler)
      return {
        stop: () => {
          for (const signal of END_SIGNALS) process.off(signal, handler)
        },
      }
    },
    onReaderGone(handler) {
      readerGone.add(handler)
      return { stop: () => readerGone.delete(handler) }
    },
    setExitCode(code) {
      process.exitCode = code
    },
    exit: (code) => process.exit(code),
    exitWithin(ms) {
      setTimeout(() => process.exit(), ms).unref()
    },
  }
}

/** A stream whose reader may go away: `hc events | head` is no failure of hc. */
function output(stream: NodeJS.WriteStream, onGone: () => void): Output {
  let gone = false
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    if (!gone) {
      gone = true
      onGone()
    }
  })
  return {
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.isTTY ? (stream.columns ?? null) : null
    },
    get rows() {
      return stream.isTTY ? (stream.rows ?? null) : null
    },
    write(text) {
      if (!gone) stream.write(text)
    },
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}

/** In the terminal's own line mode, so that Ctrl-C stays a signal. */
function ask(question: string, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin, terminal: false })
    const finish = (answer: string | null) => {
      signal.removeEventListener('abort', abort)
      lines.close()
      process.stdin.unref()
      resolve(answer)
    }
    const abort = () => finish(null)
    process.stderr.write(question)
    process.stdin.ref()
    lines.once('line', (line) => finish(line))
    lines.once('close', () => finish(null))
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
  })
}

const [CTRL_C, CTRL_D, BACKSPACE, DELETE] = ['\x03', '\x04', '\b', '\x7f']

/** In raw mode: nothing is echoed; Ctrl-C is sent on as the signal that it would have been. */
function askHidden(question: string, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const { stdin } = process
    let typed = ''
    const finish = (answer: string | null) => {
      stdin.off('data', read)
      signal.removeEventListener('abort', abort)
      stdin.setRawMode?.(false)
      stdin.pause()
      process.stderr.write('\n')
      resolve(answer)
    }
    const abort = () => finish(null)
    const read = (chunk: Buffer) => {
      for (const key of chunk.toString('utf8')) {
        if (key === CTRL_C) process.kill(process.pid, 'SIGINT')
        if (key === CTRL_C || key === CTRL_D) return finish(null)
        if (key === '\r' || key === '\n') return finish(typed)
        typed = key === BACKSPACE || key === DELETE ? typed.slice(0, -1) : typed + key
      }
    }
    process.stderr.write(question)
    stdin.setRawMode?.(true)
    stdin.resume()
    stdin.on('data', read)
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
  })
}
