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

/** What ends within this is not worth a word on how to end it sooner, ms. */
const SOON_MS = 1000

/**
 * Aborts at the first signal and says on stderr what that leaves (`leaves`, asked then), and that a second one ends it at once
 * where it takes longer; exits with 130 at the second. Where the reader of stdout goes away, a command that follows has nothing
 * left to do; others end their work.
 */
export function watchInterrupt(
  terminal: Terminal,
  options: { leaves(): string; follows: boolean; say(text: string, by: EndSignal | null): void },
): Interrupt {
  const controller = new AbortController()
  let by: EndSignal | null = null
  let late: NodeJS.Timeout | null = null
  const ends = terminal.onEnd((signal) => {
    if (by !== null) return terminal.exit(EXIT.interrupted)
    by = signal
    const leaves = options.leaves()
    options.say(leaves === '' ? '' : `Interrupted: ${leaves}`, signal)
    late = setTimeout(() => options.say('Ctrl-C once more leaves at once.', null), SOON_MS)
    late.unref()
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
      if (late !== null) clearTimeout(late)
      ends.stop()
      gone.stop()
    },
  }
}
