// Ctrl-C: the first ends the work in good order, the second ends the process.
import { EXIT } from './exit-codes.js'
import type { EndSignal, Terminal } from './terminal.js'

/** Watches for signals while a command works. */
export interface Interrupt {
  /** Aborted by the first signal, and when the reader of stdout has gone away. */
  readonly signal: AbortSignal
  /** The signal that came; null: none. */
  readonly by: EndSignal | null
  stop(): void
}

/**
 * Aborts at the first signal and says on stderr what that leaves; exits with 130 at the second. Where the reader of
 * stdout goes away, a command that follows has nothing left to do; others end their work.
 */
export function watchInterrupt(
  terminal: Terminal,
  options: { leaves: string; follows: boolean; say(line: string): void },
): Interrupt {
  const controller = new AbortController()
  let by: EndSignal | null = null
  const ends = terminal.onEnd((signal) => {
    if (by !== null) return terminal.exit(EXIT.interrupted)
    by = signal
    if (options.leaves !== '') options.say(`Interrupted: ${options.leaves} Once more to leave at once.`)
    controller.abort(new Error('interrupted'))
  })
  const gone = terminal.onReaderGone(() => {
    if (options.follows) controller.abort(new Error('nobody reads'))
  })
  return {
    signal: controller.signal,
    get by() {
      return by
    },
    stop() {
      ends.stop()
      gone.stop()
    },
  }
}
