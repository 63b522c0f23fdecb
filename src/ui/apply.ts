// What `hc apply` and the commands that act on one job did.
import { type ActionKind, REASONS } from '../model/plan.js'
import type { ActionView, ApplyView, ResultView } from '../model/views.js'
import { failedLines, unplacedLines, waitingLines } from './left-undone.js'
import { type Canvas, section } from './view.js'
import { list } from './words.js'

const DONE: Readonly<Record<ActionKind, string>> = {
  start: 'started',
  stop: 'stopped',
  restart: 'restarted',
  move: 'moved',
  adopt: 'adopted',
  forget: 'forgotten',
  run: 'run',
}

const KINDS: readonly ActionKind[] = ['start', 'restart', 'move', 'adopt', 'stop', 'forget', 'run']

interface Row {
  readonly result: ResultView
  readonly action: ActionView | null
}

function rows(view: ApplyView): Row[] {
  return view.results.map((result) => {
    const actions = view.actions.filter((action) => action.slot === result.slot)
    return { result, action: actions.find((action) => action.host === result.host) ?? actions[0] ?? null }
  })
}

function withWhy({ result, action }: Row): ResultView {
  return { ...result, error: result.error ?? (action === null ? '' : REASONS[action.reason]) }
}

/** What failed and what was left, and one sentence that says how it ended: progress has told the rest slot by slot. */
export function applyLines(view: ApplyView, canvas: Canvas): string[] {
  const failed = rows(view).filter(({ result }) => !result.ok)
  const lines = failedLines(failed.map(withWhy), canvas)
  const undone = [...unplacedLines(view.unplaced, canvas), ...waitingLines(view.waiting, canvas)]
  const left = section('Left undone', undone, canvas.style)
  const shown = [...lines, ...left]
  return [...(shown[0] === '' ? shown.slice(1) : shown), ...(shown.length === 0 ? [] : ['']), ending(view, canvas)]
}

function ending(view: ApplyView, canvas: Canvas): string {
  const done = rows(view).filter(({ result }) => result.ok)
  const parts = KINDS.map((kind) => ({ kind, total: done.filter(({ action }) => action?.kind === kind).length }))
    .filter(({ total }) => total > 0)
    .map(({ kind, total }) => `${total} ${DONE[kind]}`)
  const failed = view.results.filter((result) => !result.ok).length
  const all = [...parts, ...(failed > 0 ? [`${failed} failed`] : [])]
  const what = all.length === 0 ? (view.changes ? 'The change is recorded' : 'No changes') : all.join(', ')
  // Where all that was asked for is that something ends, nothing runs as asked.
  const onlyStopped = view.converged && parts.length > 0 && all.every((part) => part.endsWith(` ${DONE.stop}`))
  return onlyStopped ? `${what}.` : `${what}: ${state(view, canvas)}.`
}

function state(view: ApplyView, canvas: Canvas): string {
  const { style } = canvas
  if (view.unplaced.length > 0) return style.paint('bad', 'not everything could be placed')
  if (view.converged) return style.paint('good', 'everything runs as asked')
  if (view.outOfReach.length > 0)
    return style.paint('warn', `${list(view.outOfReach)} out of reach, the rest is done as soon as they answer`)
  return style.paint('warn', 'not everything runs yet')
}
