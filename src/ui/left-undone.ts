// What has no place, what waits and what is nobody's: shown by status, plan, apply and job show alike.
import type { Unclaimed, Waiting } from '../model/plan.js'
import type { UnplacedView } from '../model/views.js'
import { type Canvas, sentence } from './view.js'
import { list } from './words.js'

/** So many slots are named where several have no place for the same reasons. */
const NAMED = 6

/** Slots without a place, and why each host cannot take them; slots with the same reasons together. */
export function unplacedLines(unplaced: readonly UnplacedView[], canvas: Canvas, indent = '  '): string[] {
  const groups = new Map<string, UnplacedView[]>()
  for (const each of unplaced) {
    const key = JSON.stringify(each.reasons)
    groups.set(key, [...(groups.get(key) ?? []), each])
  }
  return [...groups.values()].flatMap((members) => {
    const reasons = members[0]?.reasons ?? []
    const slots = members.map(({ slot }) => slot)
    const rest = slots.length > NAMED ? [`${slots.length - NAMED} more`] : []
    const none = reasons.length === 0 ? ': no host takes jobs' : ''
    const text = `${list([...slots.slice(0, NAMED), ...rest])} ${slots.length === 1 ? 'has' : 'have'} no place${none}`
    return [
      ...sentence(text, canvas, indent),
      ...reasons.flatMap(({ host, reason }) => sentence(`${host}: ${reason}`, canvas, `${indent}  `)),
    ]
  })
}

/** Slots that wait, and for what. */
export function waitingLines(waiting: readonly Waiting[], canvas: Canvas, indent = '  '): string[] {
  return waiting.flatMap(({ slot, host, reason }) =>
    sentence(`${slot}${host === null ? '' : ` on ${host}`} waits: ${reason}`, canvas, indent),
  )
}

/** Allocations that stay on hosts that are being drained, and why. */
export function stayingLines(staying: readonly Waiting[], canvas: Canvas, indent = '  '): string[] {
  return staying.flatMap(({ slot, host, reason }) => sentence(`${slot} stays on ${host}: ${reason}`, canvas, indent))
}

/** Units of hc that the store knows nothing of. */
export function unclaimedLines(unclaimed: readonly Unclaimed[], canvas: Canvas): string[] {
  return unclaimed.flatMap(({ slot, host }) => sentence(`${slot} on ${host}`, canvas, '  '))
}
