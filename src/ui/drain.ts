// `hc host drain`: what would move where, and what came of it.
import type { HostName } from '../model/names.js'
import type { ActionView, ApplyView, PlanView, ResultView, UnplacedView } from '../model/views.js'
import { failedLines, stayingLines, unclaimedLines, unplacedLines, waitingLines } from './left-undone.js'
import { table } from './table.js'
import { type Canvas, section } from './view.js'
import { wrap } from './width.js'
import { count, list } from './words.js'

/** So many slots are named in one sentence. */
const NAMED = 6

/** What would leave the hosts, what finds no other place, what stays, and one sentence that sums it up. */
export function drainPlanLines(plan: PlanView, names: readonly HostName[], canvas: Canvas): string[] {
  const { style } = canvas
  const lines = [
    ...table<ActionView>(
      [
        { title: 'SLOT', value: ({ slot }) => slot },
        { title: 'FROM', value: ({ from, host }) => from ?? host },
        { title: 'TO', value: ({ kind, host }) => (kind === 'stop' ? '' : host) },
        { title: 'NOTE', value: noteOf, shrink: true },
      ],
      plan.actions,
      style,
      canvas.columns,
    ),
    ...leftLines(plan, names, canvas),
    ...section('Unclaimed: hc knows nothing of them and lets them run', unclaimedLines(plan.unclaimed, canvas), style),
  ]
  const shown = lines[0] === '' ? lines.slice(1) : lines
  return [...shown, ...(shown.length === 0 ? [] : ['']), ...wrap(planned(plan, names), canvas.columns)]
}

/** Of an exclusive slot how it leaves; that its host is drained is no news. */
function noteOf({ kind, text }: ActionView): string {
  return kind === 'move' ? '' : text.replace(/^[^;]*; /, '')
}

function leftLines(plan: PlanView, names: readonly HostName[], canvas: Canvas): string[] {
  const { style } = canvas
  return [
    ...section('No other place: they stay and run on', unplacedLines(elsewhere(plan.unplaced, names), canvas), style),
    ...section('Stays where it is', stayingLines(plan.staying ?? [], canvas), style),
    ...section('Waiting', waitingLines(plan.waiting, canvas), style),
  ]
}

/** That the host itself is drained is no news. */
function elsewhere(unplaced: readonly UnplacedView[], names: readonly HostName[]): UnplacedView[] {
  return unplaced.map((each) => ({ ...each, reasons: each.reasons.filter(({ host }) => !names.includes(host)) }))
}

function planned(plan: PlanView, names: readonly HostName[]): string {
  const parts = [
    ...(plan.actions.length > 0 ? [`${plan.actions.length} to move`] : []),
    ...(plan.unplaced.length > 0 ? [`${plan.unplaced.length} without another place`] : []),
    ...(plan.staying?.length ? [`${plan.staying.length} to stay`] : []),
    ...(plan.waiting.length > 0 ? [`${plan.waiting.length} waiting`] : []),
  ]
  const turns = plan.actions.length > 1 ? ' As things stand now: each is placed anew when its turn comes.' : ''
  return `Drain of ${list(names)}: ${parts.length === 0 ? 'nothing is there' : parts.join(', ')}.${turns}`
}

/** What failed, what is left on the hosts and why, and one sentence that says how it ended. Progress has told the rest. */
export function drainedLines(view: ApplyView, names: readonly HostName[], canvas: Canvas): string[] {
  const failed = view.results.filter(({ ok, slot }) => !ok && !view.unplaced.some((each) => each.slot === slot))
  const lines = [...failedLines(failed, canvas), ...leftLines(view, names, canvas)]
  const shown = lines[0] === '' ? lines.slice(1) : lines
  return [...shown, ...(shown.length === 0 ? [] : ['']), ...wrap(ending(view, failed, names, canvas), canvas.columns)]
}

function ending(view: ApplyView, failed: readonly ResultView[], names: readonly HostName[], { style }: Canvas): string {
  const moved = view.results.filter(({ ok, host }) => ok && !names.includes(host))
  const parts = [
    ...(moved.length > 0 ? [`${moved.length} moved`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
  ]
  const open = view.actions.filter(({ slot }) => !view.results.some((result) => result.slot === slot))
  if (open.length > 0) parts.push(`${open.length} to go`)
  const left = [
    ...open.map(({ slot }) => slot),
    ...view.unplaced.map(({ slot }) => slot),
    ...(view.staying ?? []).map(({ slot }) => slot),
    ...failed.filter(({ host }) => names.includes(host)).map(({ slot }) => slot),
  ]
  const away = view.outOfReach.filter((host) => names.includes(host))
  const unclaimed = view.unclaimed.some(({ host }) => names.includes(host))
  const what = parts.length === 0 ? nothing(view) : parts.join(', ')
  return `${what}: ${state({ left: [...new Set(left)], away, names, failed: failed.length > 0, unclaimed }, style)}.`
}

function nothing({ unplaced, outOfReach }: ApplyView): string {
  return unplaced.length > 0 || outOfReach.length > 0 ? 'Nothing could be moved' : 'Nothing was to be moved'
}

interface Left {
  readonly left: readonly string[]
  readonly away: readonly HostName[]
  readonly names: readonly HostName[]
  readonly failed: boolean
  readonly unclaimed: boolean
}

function state({ left, away, names, failed, unclaimed }: Left, style: Canvas['style']): string {
  const hosts = list(names)
  const [is, holds] = names.length === 1 ? ['is', 'still holds'] : ['are', 'still hold']
  if (away.length > 0) {
    const them = `${list(away)} ${away.length === 1 ? 'is' : 'are'} out of reach`
    return style.paint(
      'warn',
      `${them}: what is there is moved as soon as ${away.length === 1 ? 'it answers' : 'they answer'}`,
    )
  }
  if (left.length === 0 && unclaimed) return style.paint('warn', `on ${hosts} only what is unclaimed is left`)
  if (left.length === 0) {
    return failed ? style.paint('warn', `nothing is left on ${hosts}`) : style.paint('good', `${hosts} ${is} empty`)
  }
  const named = list([
    ...left.slice(0, NAMED),
    ...(left.length > NAMED ? [`${count(left.length - NAMED, 'other')}`] : []),
  ])
  return style.paint('warn', `${hosts} ${holds} ${named}`)
}
