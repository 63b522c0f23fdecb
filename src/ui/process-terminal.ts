// The terminal of the running process.
import { nearEnd } from './near-end.js'
import { ask, askHidden } from './prompt.js'
import type { EndSignal, Output, Terminal } from './terminal.js'

const END_SIGNALS: readonly EndSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** The real terminal. Call once. */
export function processTerminal(): Terminal {
  const readerGone = new Set<() => void>()
  // A program that shares the terminal gets Ctrl-C itself; that it ends is for it to decide.
  const lent = { now: false }
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
    ask: (question, signal) => ask(process.stdin, process.stderr, question, signal),
    askHidden: (question, signal) =>
      askHidden(process.stdin, process.stderr, question, signal, () => process.kill(process.pid, 'SIGINT')),
    sleep,
    nearEnd: (pty) => nearEnd(process, pty, lent),
    onEnd(handler) {
      const heed = (signal: EndSignal) => {
        if (!lent.now || signal !== 'SIGINT') handler(signal)
      }
      for (const signal of END_SIGNALS) process.on(signal, heed)
      return {
        stop: () => {
          for (const signal of END_SIGNALS) process.off(signal, heed)
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
