// How work that takes a while is shown: live on a terminal, plain lines elsewhere. Always on stderr.
import type { Progress } from '../model/views.js'
import { changeLine } from './live/lines.js'
import { sanitizeLine } from './sanitize.js'
import type { Style } from './style.js'
import type { Output, Terminal } from './terminal.js'

/** Takes progress as it is told. */
export interface ProgressReporter {
  onProgress(progress: Progress): void
  /** Says something meanwhile: one line that stays. */
  note(line: string): void
  /** Ends the view; what stays, stays. Can be called more than once. */
  stop(): Promise<void>
}

/**
 * Phases and warnings as they come, and one line per slot once it is settled: the plan has told what is to be done, and a
 * log gains nothing from the steps on the way.
 */
export function plainProgress(err: Output, style: Style): ProgressReporter {
  const told = new Map<string, string>()
  return {
    onProgress(progress) {
      if (progress.kind === 'phase') return err.write(`${sanitizeLine(progress.text)}\n`)
      if (progress.kind === 'warning')
        return err.write(`${style.paint('warn', 'warning:')} ${sanitizeLine(progress.text)}\n`)
      if (progress.state !== 'done' && progress.state !== 'failed') {
        told.delete(progress.slot)
        return
      }
      const key = `${progress.state} ${progress.host} ${progress.text}`
      if (told.get(progress.slot) === key) return
      told.set(progress.slot, key)
      err.write(`${changeLine(progress, style)}\n`)
    },
    note: (line) => err.write(`${line}\n`),
    stop: async () => undefined,
  }
}

/** Can frames be drawn there? Not in a pipe, on a dumb terminal or in CI, where a log is read afterwards. */
export function canDraw(terminal: Terminal): boolean {
  const { TERM, CI } = terminal.env
  return terminal.err.isTTY && TERM !== 'dumb' && (CI === undefined || CI === '' || CI === 'false')
}

/**
 * Progress on stderr. The live view is loaded and started with the first slot: questions and phases before it are plain
 * lines.
 */
export function progressOn(terminal: Terminal, style: Style): ProgressReporter {
  const plain = plainProgress(terminal.err, style)
  if (!canDraw(terminal)) return plain
  let live: Promise<ProgressReporter> | null = null
  let told: Promise<void> = Promise.resolve()
  let stopped = false
  const start = () =>
    import('./live/live.js').then(
      ({ startLive }) => startLive(terminal.errStream, style),
      () => plain,
    )
  const tell = (view: Promise<ProgressReporter>, say: (reporter: ProgressReporter) => void) => {
    told = told.then(async () => say(await view))
  }
  return {
    onProgress(progress) {
      if (live === null && progress.kind !== 'slot') return plain.onProgress(progress)
      live ??= start()
      tell(live, (reporter) => reporter.onProgress(progress))
    },
    note(line) {
      if (live === null) plain.note(line)
      else tell(live, (reporter) => reporter.note(line))
    },
    async stop() {
      if (stopped) return
      stopped = true
      await told
      await (await live)?.stop()
    },
  }
}
