// `hc plan`: host by host what would be done and why.
import { byName } from '../model/names.js'
import { type ActionKind, REASONS } from '../model/plan.js'
import type { ActionView, PlanView } from '../model/views.js'
import { unclaimedLines, unplacedLines, waitingLines } from './left-undone.js'
import { sanitizeLine } from './sanitize.js'
import type { Tone } from './style.js'
import { survivalLines } from './survival.js'
import { type Canvas, section, sentence } from './view.js'
import { pad, width } from './width.js'
import { count } from './words.js'

/** The sign in front of each kind of action. */
export const MARKERS: Readonly<Record<ActionKind, { readonly sign: string; readonly tone: Tone }>> = {
  start: { sign: '+', tone: 'good' },
  stop: { sign: '-', tone: 'bad' },
  restart: { sign: '~', tone: 'warn' },
  move: { sign: '>', tone: 'warn' },
  adopt: { sign: '=', tone: 'good' },
  forget: { sign: 'x', tone: 'dim' },
}

/** The plan. `verbose` adds to each action its sentence with numbers. */
export function planLines(plan: PlanView, canvas: Canvas, verbose = false): string[] {
  return [
    ...actionLines(plan.actions, canvas, verbose),
    ...blocks(plan, canvas, verbose),
    ...(plan.actions.length === 0 ? [] : ['']),
    summary(plan),
  ]
}

/** `Plan: 2 to start, 1 to move, 0 to stop`, or that nothing is to be done. */
export function summary(plan: PlanView): string {
  const unplaced = plan.unplaced.length === 0 ? '' : `; ${count(plan.unplaced.length, 'slot')} without a place`
  const waiting =
    plan.waiting.length === 0
      ? ''
      : `; ${count(plan.waiting.length, 'slot')} ${plan.waiting.length === 1 ? 'waits' : 'wait'}`
  const left = `${unplaced}${waiting}`
  if (plan.actions.length === 0) return `No changes${left === '' ? ': nothing is to be done' : left}.`
  const total = (kind: ActionKind) => plan.actions.filter((action) => action.kind === kind).length
  const rare = (['restart', 'adopt', 'forget'] as const).filter((kind) => total(kind) > 0)
  const parts = (['start', 'move', 'stop', ...rare] as const).map((kind) => `${total(kind)} to ${kind}`)
  return `Plan: ${parts.join(', ')}${left}.`
}

function actionLines(actions: readonly ActionView[], canvas: Canvas, verbose: boolean): string[] {
  const { style } = canvas
  const hosts = [...new Set(actions.map((action) => action.host))].sort(byName)
  const slots = Math.max(0, ...actions.map((action) => width(sanitizeLine(action.slot))))
  return hosts.flatMap((host) => [
    style.paint('bold', sanitizeLine(host)),
    ...actions
      .filter((action) => action.host === host)
      .flatMap((action) => {
        const { sign, tone } = MARKERS[action.kind]
        const from = action.from === null || action.from === action.host ? '' : `from ${sanitizeLine(action.from)}, `
        const head = `${sign} ${pad(sanitizeLine(action.slot), slots)}  ${pad(action.kind, 7)}`
        const line = `  ${style.paint(tone, head)}  ${from}${REASONS[action.reason]}`
        return verbose && action.text !== '' ? [line, ...sentence(action.text, canvas, '      ', 'dim')] : [line]
      }),
  ])
}

function blocks(plan: PlanView, canvas: Canvas, verbose: boolean): string[] {
  const { style } = canvas
  const images = plan.images.map(({ image, host, state }) => `${host}: ${image}: ${state}`)
  const sentences = (texts: readonly string[]) => texts.flatMap((text) => sentence(text, canvas, '  '))
  const lines = [
    ...section('Without a place', unplacedLines(plan.unplaced, canvas), style),
    ...section('Waiting', waitingLines(plan.waiting, canvas), style),
    ...section('Unclaimed: hc knows nothing of them and lets them run', unclaimedLines(plan.unclaimed, canvas), style),
    ...section('Images that hosts lack', sentences(images), style),
    ...section('Loss of one host', survivalLines(plan.survives, canvas, verbose), style),
    ...section('Warnings', sentences(plan.warnings), style),
  ]
  return plan.actions.length === 0 && lines[0] === '' ? [...lines.slice(1), ''] : lines
}
