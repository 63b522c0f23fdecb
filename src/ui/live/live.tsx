// Starts and ends the live view on a terminal.
import { render } from 'ink'
import type { Progress } from '../../model/views.js'
import type { ProgressReporter } from '../progress.js'
import type { Style } from '../style.js'
import { finalLines } from './lines.js'
import { type ProgressSource, ProgressView } from './progress-view.js'
import { advance, NO_PROGRESS, noted, type ProgressState } from './state.js'

/** Size of a terminal that does not tell its own. */
const [ROWS, COLUMNS] = [24, 80]

/** Live progress on `stream`. At its end the frame goes and every slot stays in the scrollback as a plain line. */
export function startLive(stream: NodeJS.WriteStream, style: Style): ProgressReporter {
  let state = NO_PROGRESS
  let began = performance.now()
  const watchers = new Set<() => void>()
  const source: ProgressSource = {
    current: () => state,
    subscribe: (onChange) => {
      watchers.add(onChange)
      return () => watchers.delete(onChange)
    },
    elapsed: () => performance.now() - began,
    size: () => ({ rows: stream.rows ?? ROWS, columns: stream.columns ?? COLUMNS }),
  }
  // Not incremental: with Static above the frame, ink 6.8 leaves old lines standing.
  const view = render(<ProgressView source={source} style={style} />, {
    stdout: stream,
    stderr: stream,
    exitOnCtrlC: false,
    patchConsole: false,
    maxFps: 10,
  })
  const change = (next: ProgressState) => {
    state = next
    for (const watcher of watchers) watcher()
  }
  return {
    onProgress(progress: Progress) {
      if (progress.kind === 'slot') began = Math.min(began, performance.now() - progress.atMs)
      change(advance(state, progress))
    },
    note: (text) => change(noted(state, { warning: false, text })),
    async stop() {
      view.clear()
      view.unmount()
      view.clear()
      await view.waitUntilExit()
      const lines = finalLines(state, style, stream.columns ?? COLUMNS)
      if (lines.length > 0) stream.write(`${lines.join('\n')}\n`)
    },
  }
}
