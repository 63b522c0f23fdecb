// What `hc reconcile` says of a tick: what was done, what changed, what is wrong.
import { type ActionKind, REASONS } from '../model/plan.js'
import type { TickView } from '../model/views.js'
import { unplacedLines, waitingLines } from './left-undone.js'
import { MARKERS } from './plan-hosts.js'
import { sanitizeLine } from './sanitize.js'
import { type Canvas, sentence, verdictTone } from './view.js'
import { count } from './words.js'

/** What of a tick is news: actions with their results, verdicts that changed since `before` (null: the first tick). */
export function tickNews(tick: TickView, before: TickView | null, canvas: Canvas): string[] {
  return [...verdictLines(tick, before, canvas), ...actionLines(tick, canvas), ...undoneLines(tick, before, canvas)]
}

function verdictLines(tick: TickView, before: TickView | null, canvas: Canvas): string[] {
  return tick.hosts.flatMap(({ name, verdict, reason }) => {
    const old = before?.hosts.find((host) => host.name === name)?.verdict ?? null
    if (old === verdict || (old === null && verdict === 'ready')) return []
    const why = verdict === 'ready' || reason === '' ? '' : `: ${reason}`
    return sentence(
      `${name} is ${verdict}${old === null ? '' : ` (was ${old})`}${why}`,
      canvas,
      '',
      verdictTone(verdict),
    )
  })
}

function actionLines(tick: TickView, canvas: Canvas): string[] {
  return tick.plan.actions.map((action) => {
    const result = tick.results.find((each) => each.slot === action.slot && each.host === action.host)
    const { sign, tone } = MARKERS[action.kind]
    const head = canvas.style.paint(
      tone,
      `${sign} ${verb(action.kind)} ${sanitizeLine(action.slot)} on ${sanitizeLine(action.host)}`,
    )
    const line = `${head}: ${REASONS[action.reason]}`
    if (result === undefined || result.ok) return line
    return `${line}; ${canvas.style.paint('bad', 'FAILED')}: ${sanitizeLine(result.error ?? 'unknown')}`
  })
}

function verb(kind: ActionKind): string {
  return kind === 'forget' ? 'forget copy of' : kind
}

/** Slots without a place and slots that wait, when they were not the same in the tick before. */
function undoneLines(tick: TickView, before: TickView | null, canvas: Canvas): string[] {
  const key = (each: TickView | null) =>
    JSON.stringify([
      each?.plan.unplaced.map(({ slot }) => slot) ?? [],
      each?.plan.waiting.map(({ slot }) => slot) ?? [],
    ])
  if (key(tick) === key(before)) return []
  return [...unplacedLines(tick.plan.unplaced, canvas, ''), ...waitingLines(tick.plan.waiting, canvas, '')]
}

/** The last line of a single tick. */
export function tickSummary(tick: TickView): string {
  const { actions, unplaced, waiting } = tick.plan
  const failed = tick.results.filter((result) => !result.ok).length
  const what = actions.length === 0 ? 'nothing to do' : `${count(actions.length, 'action')}, ${failed} failed`
  const homeless = unplaced.length === 0 ? '' : `, ${count(unplaced.length, 'slot')} without a place`
  const waits =
    waiting.length === 0 ? '' : `, ${count(waiting.length, 'slot')} ${waiting.length === 1 ? 'waits' : 'wait'}`
  const under = actions.length === 0 && !tick.converged ? ' now, not everything runs yet' : ''
  const left = `${homeless}${waits}` || under
  return `${tick.converged ? 'Converged' : 'Not converged'}: ${what}${left}; ${count(tick.hosts.length, 'host')}, ${tick.tookMs} ms.`
}
