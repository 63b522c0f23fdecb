// Runs of a batch or cron job, as `hc job show` lists them.
import { formatMillis } from '../model/resources.js'
import type { RunEndView, RunView } from '../model/run.js'
import { type Cell, table } from './table.js'
import { localTime } from './time.js'
import type { Canvas } from './view.js'

/** So many are shown to people; --json has all that are kept. */
const SHOWN = 20

/** One line per run, the newest last. */
export function runLines(runs: readonly RunView[], canvas: Canvas): string[] {
  if (runs.length === 0) return []
  return table<RunView>(
    [
      { title: 'STARTED', value: ({ start }) => (start === null ? '' : localTime(start)) },
      { title: 'TOOK', value: tookText },
      { title: 'SLOT', value: ({ slot }) => slot },
      { title: 'HOST', value: ({ host }) => host },
      { title: 'RESULT', value: resultCell },
    ],
    runs.slice(-SHOWN),
    canvas.style,
    canvas.columns,
  )
}

function tookText({ start, end }: RunView): string {
  return start === null || end === null ? '' : formatMillis(Math.max(0, Date.parse(end) - Date.parse(start)))
}

function resultCell({ result, exitCode, signal }: RunView): Cell {
  if (result === 'success') return { text: 'success', tone: 'good' }
  if (result === 'running') return { text: 'running', tone: 'dim' }
  if (result === 'stopped' || result === 'lost') return { text: result, tone: 'warn' }
  const what = exitCode !== null ? `exit status ${exitCode}` : signal !== null ? `killed by SIG${signal}` : ''
  return { text: what === '' || result === 'signal' ? what || result : `${what} (${result})`, tone: 'bad' }
}

/** How runs of `hc job run` ended, one line each. */
export function runEndLines({ runs }: RunEndView, { style }: Canvas): string[] {
  return runs.map(({ slot, host, result, text }) => {
    return `${slot} on ${host}: ${style.paint(result === 'success' ? 'good' : 'bad', text)}`
  })
}
