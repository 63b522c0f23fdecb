// Why a move is worth it, in words and numbers.
import type { Strategy } from '../model/host.js'
import { jobOfSlot } from '../model/names.js'
import type { ScorePart } from '../model/plan.js'
import type { Board } from '../scheduler/board.js'
import type { Item } from '../scheduler/problem.js'

/** A move, not made yet. */
export interface Gain {
  readonly item: Item
  readonly from: number
  readonly to: number
  readonly gain: number
  readonly parts: Readonly<Record<ScorePart, number>>
}

const ORDER: readonly ScorePart[] = ['spread', 'affinity', 'home', 'apart', 'fit']

/** What gains, most first; what weighs less than a tenth of the most is left out, but for how full the hosts are. */
export function gainText(board: Board, move: Gain, strategy: Strategy): string {
  const gaining = ORDER.filter((part) => move.parts[part] > 0).sort((a, b) => move.parts[b] - move.parts[a])
  const most = move.parts[gaining[0] ?? 'fit']
  return gaining
    .filter((part) => part === 'fit' || move.parts[part] * 10 >= most)
    .map((part) => words(part, board, move, strategy))
    .join('; ')
}

function words(part: ScorePart, board: Board, { item, from, to }: Gain, strategy: Strategy): string {
  const [here, there] = [nameOf(board, from), nameOf(board, to)]
  switch (part) {
    case 'spread':
      return `it is spread better on ${there}`
    case 'affinity':
      return `its wishes are better met on ${there}`
    case 'home':
      return `it belongs on ${there}`
    case 'apart': {
      const of = (host: number) => board.host(host).jobs.get(item.shape.jobId) ?? 0
      const job = jobOfSlot(item.slot)
      return `slots of ${job}: ${here} ${of(from)} -> ${of(from) - 1}, ${there} ${of(to)} -> ${of(to) + 1}`
    }
    default:
      return strategy === 'spread' ? slotsText(board, { from, to }) : fillText(board, { item, from, to })
  }
}

function slotsText(board: Board, { from, to }: Pick<Gain, 'from' | 'to'>): string {
  const of = (host: number) => board.counts[host] ?? 0
  return `slots: ${nameOf(board, from)} ${of(from)} -> ${of(from) - 1}, ${nameOf(board, to)} ${of(to)} -> ${of(to) + 1}`
}

/** Of what the slot asks for, that of which the fuller of the two hosts has most in use. */
function fillText(board: Board, { item, from, to }: Pick<Gain, 'item' | 'from' | 'to'>): string {
  const { dimensions } = board.problem
  const used = (host: number, dimension: number, more: number) => {
    const capacity = board.capacity(host, dimension)
    return capacity <= 0 ? 0 : ((board.used[host * dimensions.length + dimension] ?? 0) + more) / capacity
  }
  const amountOf = (dimension: number) => item.shape.amounts[dimension] ?? 0
  let tightest = item.shape.needs[0] ?? 0
  const peak = (dimension: number) => Math.max(used(from, dimension, 0), used(to, dimension, amountOf(dimension)))
  for (const dimension of item.shape.needs) if (peak(dimension) > peak(tightest)) tightest = dimension
  const amount = amountOf(tightest)
  const percent = (share: number) => `${Math.round(share * 100)} %`
  const line = (host: number, before: number, after: number) =>
    `${nameOf(board, host)} ${percent(used(host, tightest, before))} -> ${percent(used(host, tightest, after))}`
  return `${dimensions[tightest]} in use: ${line(from, 0, 0 - amount)}, ${line(to, 0, amount)}`
}

function nameOf(board: Board, host: number): string {
  return board.problem.hosts[host]?.name ?? ''
}
