// What has no place, what waits and what is nobody's: shown by status, plan, apply and job show alike.
import type { Unclaimed, Waiting } from '../model/plan.js'
import type { UnplacedView } from '../model/views.js'
import { type Canvas, sentence } from './view.js'

/** A slot without a place, and why each host cannot take it. */
export function rejectionLines(unplaced: UnplacedView, canvas: Canvas, indent = '  '): string[] {
  const none = unplaced.reasons.length === 0 ? ': no host takes jobs' : ''
  return [
    ...sentence(`${unplaced.slot} has no place${none}`, canvas, indent),
    ...unplaced.reasons.flatMap(({ host, reason }) => sentence(`${host}: ${reason}`, canvas, `${indent}  `)),
  ]
}

/** Slots that wait, and for what. */
export function waitingLines(waiting: readonly Waiting[], canvas: Canvas, indent = '  '): string[] {
  return waiting.flatMap(({ slot, host, reason }) =>
    sentence(`${slot}${host === null ? '' : ` on ${host}`} waits: ${reason}`, canvas, indent),
  )
}

/** Units of hc that the store knows nothing of. */
export function unclaimedLines(unclaimed: readonly Unclaimed[], canvas: Canvas): string[] {
  return unclaimed.flatMap(({ slot, host }) => sentence(`${slot} on ${host}`, canvas, '  '))
}
