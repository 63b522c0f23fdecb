// `hc plan`: host by host what would be done and why.
import { someOf } from '../model/names.js'
import type { ActionKind } from '../model/plan.js'
import type { ActionView, NewImageView, PlanView } from '../model/views.js'
import { grouped } from './grouped.js'
import { unclaimedLines, unplacedLines, waitingLines } from './left-undone.js'
import { hostsOfPlan } from './plan-hosts.js'
import { survivalLines } from './survival.js'
import { type Canvas, section, sentence } from './view.js'
import { wrap } from './width.js'
import { count, list } from './words.js'

/** So many hosts are named one by one. */
const NAMED = 6

/** The plan. `verbose` adds to each action its sentence with numbers, its score and what speaks for its host. */
export function planLines(plan: PlanView, canvas: Canvas, verbose = false): string[] {
  return [
    ...outranked(plan.actions, canvas),
    ...hostsOfPlan(plan, canvas, verbose),
    ...blocks(plan, canvas, verbose),
    ...(plan.actions.length === 0 ? [] : ['']),
    ...wrap(summary(plan), canvas.columns),
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

/** A plan that changes nothing leaves every loss as it was: of that hc status tells. */
function lossLines({ actions, survives }: PlanView, canvas: Canvas, verbose: boolean): string[] {
  return actions.length === 0 && !verbose ? [] : survivalLines(survives, canvas, verbose)
}

function blocks(plan: PlanView, canvas: Canvas, verbose: boolean): string[] {
  const { style } = canvas
  const sentences = (texts: readonly string[]) => texts.flatMap((text) => sentence(text, canvas, '  '))
  const lines = [
    ...section('Without a place', unplacedLines(plan.unplaced, canvas, '  ', plan.remedy), style),
    ...section('Waiting', waitingLines(plan.waiting, canvas), style),
    ...section('Unclaimed: hc knows nothing of them and lets them run', unclaimedLines(plan.unclaimed, canvas), style),
    ...section('New images', sentences((plan.newImages ?? []).map(newImageText)), style),
    ...section('Images that hosts lack', sentences(lackedImages(plan)), style),
    ...section('Loss of one host', lossLines(plan, canvas, verbose), style),
    ...section('Warnings', sentences(plan.warnings), style),
  ]
  return plan.actions.length === 0 && lines[0] === '' ? [...lines.slice(1), ''] : lines
}

/** `nuc1, nuc2 and nuc3: docker.io/library/nginx:1: will be pulled`: hosts that lack an image alike together. */
function lackedImages({ images }: Pick<PlanView, 'images'>): readonly string[] {
  return grouped(images, ({ image, state }) => `${image}: ${state}`).map(([said, alike]) => {
    const names = alike.map(({ host }) => host)
    return `${names.length > NAMED ? someOf(names) : list(names)}: ${said}`
  })
}

/** `web: docker.io/library/nginx:1 is sha256:0123456789ab now, was sha256:ba9876543210`. */
function newImageText({ job, image, from, to }: NewImageView): string {
  return `${job}: ${image} is ${shortRef(to)} now, was ${shortRef(from)}`
}

function shortRef(ref: string | null): string {
  return ref?.replace(/^.*@/, '').replace(/^(sha256:[0-9a-f]{12})[0-9a-f]*$/, '$1') ?? 'not known'
}
