// `hc plan`: host by host what would be done and why.
import { byName } from '../model/names.js'
import type { ActionKind } from '../model/plan.js'
import type { ActionView, PlanView } from '../model/views.js'
import { unclaimedLines, unplacedLines, waitingLines } from './left-undone.js'
import { hostsOfPlan } from './plan-hosts.js'
import { type Canvas, section, sentence } from './view.js'
import { count, list } from './words.js'

/** The plan. `verbose` adds to each action its sentence with numbers, its score and what speaks for its host. */
export function planLines(plan: PlanView, canvas: Canvas, verbose = false): string[] {
  return [
    ...outranked(plan.actions, canvas),
    ...hostsOfPlan(plan, canvas, verbose),
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

/** What runs and is stopped for what is more important comes first of all. */
function outranked(actions: readonly ActionView[], canvas: Canvas): string[] {
  const stopped = actions.filter(({ kind, reason }) => kind === 'stop' && reason === 'outranked')
  if (stopped.length === 0) return []
  const lines = stopped.flatMap(({ slot, host, text }) =>
    sentence(`${slot} on ${host}${text === '' ? '' : `: ${text}`}`, canvas, '  ', 'warn'),
  )
  return [canvas.style.paint('bold', 'Runs, and is stopped for what has a higher priority'), ...lines, '']
}

function blocks(plan: PlanView, canvas: Canvas, verbose: boolean): string[] {
  const { style } = canvas
  const images = plan.images.map(({ image, host, state }) => `${host}: ${image}: ${state}`)
  const sentences = (texts: readonly string[]) => texts.flatMap((text) => sentence(text, canvas, '  '))
  const lines = [
    ...section('Without a place', unplacedLines(plan.unplaced, canvas, '  ', plan.remedy), style),
    ...section('Waiting', waitingLines(plan.waiting, canvas), style),
    ...section('Unclaimed: hc knows nothing of them and lets them run', unclaimedLines(plan.unclaimed, canvas), style),
    ...section('Images that hosts lack', sentences(images), style),
    ...section('Loss of one host', survivalLines(plan, canvas, verbose), style),
    ...section('Warnings', sentences(plan.warnings), style),
  ]
  return plan.actions.length === 0 && lines[0] === '' ? [...lines.slice(1), ''] : lines
}

function survivalLines(plan: PlanView, canvas: Canvas, verbose: boolean): string[] {
  const entries = Object.entries(plan.survives).sort(([a], [b]) => byName(a, b))
  const hosts = (ok: boolean | null) => entries.filter(([, survival]) => survival.ok === ok).map(([host]) => host)
  const [survived, unknown] = [hosts(true), hosts(null)]
  // Nothing known of any host is nothing to say.
  if (unknown.length === entries.length) return []
  const lines: string[] = []
  if (survived.length > 0)
    lines.push(...sentence(`all would run elsewhere after the loss of ${list(survived, 'or')}`, canvas, '  '))
  for (const [host, survival] of entries) {
    if (survival.ok !== false) continue
    const slots = verbose ? survival.unplaced : survival.unplaced.slice(0, 5)
    const rest = survival.unplaced.length - slots.length
    const named = list([...slots, ...(rest > 0 ? [`${rest} more`] : [])])
    lines.push(
      ...sentence(`the loss of ${host} would leave ${named || 'something'} without a place`, canvas, '  ', 'warn'),
    )
  }
  if (unknown.length > 0) lines.push(...sentence(`not known for ${list(unknown)}`, canvas, '  '))
  return lines
}
