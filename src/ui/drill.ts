// `hc drill lose`: what it would do, and what came of it.
import type { DrillPlan, DrillView } from '../model/drill.js'
import { someOf } from '../model/names.js'
import { sanitizeLine } from './sanitize.js'

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

/** Said before anything is done. */
export function drillPlanLines({ host, moves, exclusive, waits, boundMs, despite }: DrillPlan): string[] {
  const bound = Math.round(boundMs / 1000)
  return [
    ...despite.map((why) => `! ${why}`),
    `${host} will seem to have lost its power: all of hc's there is killed, and nobody hears the host.`,
    `It comes back by itself after ${bound} s at the most, by a timer of its own that is set first.`,
    moves.length === 0 ? 'Nothing there has to answer elsewhere.' : `To answer elsewhere: ${moves.join(', ')}.`,
    ...(exclusive.length > 0
      ? [`Of these, exclusive, and so only once the host's lease is over: ${exclusive.join(', ')}.`]
      : []),
    ...(waits.length > 0 ? [`Down until the host is back: ${waits.join(', ')}.`] : []),
    'What has moved stays where it is then (failback: stay).',
  ].map(sanitizeLine)
}

/** The table, and the rest. `verdict`: the sentence of the controller. */
export function drillLines(view: DrillView, verdict: string): string[] {
  const width = Math.max(4, ...view.slots.map(({ slot }) => slot.length))
  const there = Math.max(4, ...view.slots.map(({ host }) => host?.length ?? 0))
  const rows = view.slots.map(
    ({ slot, host, afterMs }) =>
      `${slot.padEnd(width)}  ${(host ?? '-').padEnd(there)}  ${afterMs === null ? 'did not' : seconds(afterMs)}`,
  )
  return [
    ...(rows.length > 0 ? [`${'SLOT'.padEnd(width)}  ${'HOST'.padEnd(there)}  ANSWERED AFTER`, ...rows, ''] : []),
    view.lostMs === null
      ? `${view.host} was not found lost.`
      : `${view.host} was found lost after ${seconds(view.lostMs)}.`,
    `It was silent for ${seconds(view.silentMs)}. ${
      view.convergedMs === null
        ? 'Not all is well again yet: hc status.'
        : `All was as it was applied ${seconds(view.convergedMs)} after its return.`
    }`,
    `${verdict}.`,
  ].map(sanitizeLine)
}

/** One line for the question. */
export function drillQuestion({ host, moves }: DrillPlan): string {
  return `Let ${host} seem lost now?${moves.length > 0 ? ` It interrupts ${someOf(moves)}.` : ''}`
}
