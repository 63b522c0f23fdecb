// `hc rebalance`: the moves with what each gains, how full the hosts are before and after, and how it ended.
import type { RebalanceMoveView, RebalanceView } from '../model/rebalance.js'
import type { PlannedHostView } from '../model/views.js'
import { failedLines } from './left-undone.js'
import { pointsText } from './points.js'
import { table } from './table.js'
import { type Canvas, sentence } from './view.js'
import { wrap } from './width.js'
import { count, list } from './words.js'

/** The moves, the hosts that they touch, and one sentence that sums it up. */
export function rebalancePlanLines(view: RebalanceView, canvas: Canvas): string[] {
  if (view.moves.length === 0) return nothingLines(view, canvas)
  const touched = new Set(view.moves.flatMap(({ from, to }) => [from, to]))
  return [
    ...moveLines(view.moves, canvas),
    '',
    ...hostLines(
      view.hosts.filter(({ host }) => touched.has(host)),
      canvas,
    ),
    '',
    ...keptLines(view, canvas),
    ...wrap(summary(view), canvas.columns),
  ]
}

/** What speaks for a move takes a line for each reason. */
function moveLines(moves: readonly RebalanceMoveView[], { style, columns }: Canvas): string[] {
  const rows = moves.flatMap((move) => move.text.split('; ').map((why, index) => ({ move, why, isFirst: index === 0 })))
  type Row = (typeof rows)[number]
  const once = (of: (move: RebalanceMoveView) => string) => (row: Row) => (row.isFirst ? of(row.move) : '')
  const lines = table<Row>(
    [
      { title: 'SLOT', value: once(({ slot }) => slot) },
      { title: 'FROM', value: once(({ from }) => from) },
      { title: 'TO', value: once(({ to }) => to) },
      { title: 'GAIN', value: once(({ gain }) => pointsText(gain, 2)) },
      { title: 'WHY', value: ({ why }) => why, shrink: true },
    ],
    rows,
    style,
    columns,
  )
  // Nothing is missing where a line goes on.
  return lines.map((line) => line.replace(/^(?:- +){4}/, (filler) => ' '.repeat(filler.length)))
}

function hostLines(hosts: readonly PlannedHostView[], { style, columns }: Canvas): string[] {
  const share = (part: number, whole: number | undefined) => (whole ? `${Math.round((part / whole) * 100)} %` : '?')
  const change = (before: string, after: string) => (before === after ? before : `${before} -> ${after}`)
  return table<PlannedHostView>(
    [
      { title: 'HOST', value: ({ host }) => host },
      { title: 'SLOTS', value: ({ before, after }) => change(`${before.slots}`, `${after.slots}`) },
      {
        title: 'CPU',
        value: ({ before, after, capacity }) =>
          change(share(before.reserved.cpu, capacity?.cpu), share(after.reserved.cpu, capacity?.cpu)),
      },
      {
        title: 'MEMORY',
        value: ({ before, after, capacity }) =>
          change(share(before.reserved.memory, capacity?.memory), share(after.reserved.memory, capacity?.memory)),
      },
    ],
    hosts,
    style,
    columns,
  )
}

function keptLines({ kept }: RebalanceView, canvas: Canvas): string[] {
  if (kept.length === 0) return []
  const [stays, its] = kept.length === 1 ? ['stays', 'its move'] : ['stay', 'their moves']
  return sentence(
    `${list(kept)} ${stays}: after ${its} the loss of some host would no longer be survived.`,
    canvas,
    '',
    'warn',
  )
}

function summary({ moves, more }: RebalanceView): string {
  const rest = more ? ' More would gain after that: run it again, or with a larger --moves.' : ''
  return `${count(moves.length, 'move')}, one at a time: each stops a slot and starts it elsewhere.${rest}`
}

function nothingLines(view: RebalanceView, canvas: Canvas): string[] {
  const least = pointsText(view.minGain, 2)
  return [
    ...keptLines(view, canvas),
    ...wrap(`Nothing to move: no move gains more than ${least} points.`, canvas.columns),
  ]
}

/** What failed, and how it ended. Progress has told the rest. */
export function rebalancedLines(view: RebalanceView, canvas: Canvas): string[] {
  if (view.moves.length === 0) return nothingLines(view, canvas)
  const failed = view.results.filter(({ ok }) => !ok)
  const lines = failedLines(failed, canvas)
  const done = view.moves.filter(({ slot, to }) =>
    view.results.some((each) => each.ok && each.slot === slot && each.host === to),
  ).length
  const parts = [`${done} moved`, ...(failed.length > 0 ? [`${failed.length} failed`] : [])]
  const left = view.moves.length - done - failed.length
  if (left > 0) parts.push(`${left} not begun`)
  const tone = view.converged ? 'good' : 'warn'
  return [...(failed.length > 0 ? [...lines, ''] : []), canvas.style.paint(tone, `${list(parts)}.`)]
}
