// `hc explain`: in sentences why a slot is where it is, and host by host why not elsewhere.
import type { ExplainedHostView, ExplainedSlotView, ExplainView } from '../model/explain-view.js'
import { REASONS } from '../model/plan.js'
import { formatMillis } from '../model/resources.js'
import type { UnplacedView } from '../model/views.js'
import { eventLines } from './events.js'
import { unplacedLines } from './left-undone.js'
import { digitsApart, pointsText } from './points.js'
import { sanitizeLine } from './sanitize.js'
import { ago } from './time.js'
import { type Canvas, factLines, section, sentence, stateCell } from './view.js'
import { pad, width, wrap } from './width.js'
import { count, list } from './words.js'

/** One slot in full; of several each in short, and together those that have no place. `one`: a host was asked about. */
export function explainLines({ slots }: ExplainView, canvas: Canvas, one = false): string[] {
  const full = slots.length === 1
  const told = full || one ? slots : slots.filter(isPlaced)
  const homeless = slots.filter((slot) => !told.includes(slot))
  const lines = told.flatMap((slot, index) => [
    ...(index === 0 ? [] : ['']),
    headline(slot, canvas),
    ...factLines(facts(slot, canvas), canvas),
    ...(one ? slot.hosts.flatMap((host) => refusalLines(slot, host, canvas)) : []),
    ...(full && !one ? section('Hosts', hostLines(slot.hosts, canvas), canvas.style) : []),
    ...(full ? section('What happened', eventLines(slot.events, canvas), canvas.style) : []),
  ])
  const left = section('Without a place', unplacedLines(homeless.map(asUnplaced), canvas), canvas.style)
  return lines.length === 0 ? left.slice(1) : [...lines, ...left]
}

function isPlaced({ proof, host, actions, waiting, hosts }: ExplainedSlotView): boolean {
  return (
    proof === undefined && (host !== null || waiting !== null || actions.length > 0 || hosts.some(({ fits }) => fits))
  )
}

function asUnplaced({ slot, hosts, proof, remedy }: ExplainedSlotView): UnplacedView {
  const reasons = hosts.map(({ host, text }) => ({ host, reason: text }))
  return { slot, reasons, ...(proof !== undefined && { proof }), ...(remedy !== undefined && { remedy }) }
}

/** `web.0 on nuc1: running for 3h`. */
function headline(slot: ExplainedSlotView, { style, now }: Canvas): string {
  const { text, tone } = stateCell({ state: slot.state, healthy: null })
  const where = slot.host === null ? '' : ` on ${slot.host}`
  const since = slot.since === null ? '' : ` for ${ago(slot.since, now).replace(/ ago$/, '')}`
  return `${style.paint('bold', sanitizeLine(`${slot.slot}${where}`))}: ${style.paint(tone, text)}${since}`
}

function facts(slot: ExplainedSlotView, { now }: Canvas): readonly (readonly [string, string])[] {
  return [
    ['Note', slot.proof === undefined && slot.note !== slot.waiting ? (slot.note ?? '') : ''],
    ['Why there', slot.why ?? ''],
    ...slot.actions.map(({ kind, host, reason, text }): readonly [string, string] => {
      return [
        'Next',
        `${kind} on ${host}: ${REASONS[reason]}${text === '' || text === REASONS[reason] ? '' : ` (${text})`}`,
      ]
    }),
    ['Waits', slot.waiting ?? ''],
    ['No place', slot.proof === undefined ? '' : PROOFS[slot.proof]],
    ['What helps', slot.remedy ?? ''],
    ['Tried', backOffText(slot, now)],
  ]
}

const PROOFS = {
  impossible: 'proved impossible with the hosts that are ready and all other slots placed',
  budget: 'not found within the budget: hc plan --effort 10 looks longer',
} as const

function backOffText({ backOff }: ExplainedSlotView, now: number): string {
  if (backOff === null) return ''
  const { failures, failedOn, error, until } = backOff
  const left = Date.parse(until) - now
  const where = failedOn.length === 0 ? '' : ` on ${list(failedOn)}`
  const why = error === null ? '' : `: ${error}`
  return `failed ${count(failures, 'time')}${where}${why}${left > 0 ? `; again in ${formatMillis(left)}` : ''}`
}

interface Row {
  readonly names: readonly string[]
  readonly word: 'here' | 'fits' | 'no'
  readonly points: string
  readonly text: string
}

/** So many names stand in one line. */
const NAMED = 4

/** Hosts that refuse for the same reason together. */
function rowsOf(hosts: readonly ExplainedHostView[]): readonly Row[] {
  const rows = new Map<string, Row>()
  const digits = digitsApart(hosts.flatMap(({ score }) => (score === null ? [] : [score.total])))
  for (const { host, here, fits, score, text } of hosts) {
    const word = here ? 'here' : fits ? 'fits' : 'no'
    const points = score === null ? '' : pointsText(score.total, digits)
    const key = JSON.stringify([word, points, text])
    rows.set(key, { names: [...(rows.get(key)?.names ?? []), host], word, points, text })
  }
  return [...rows.values()]
}

function hostLines(hosts: readonly ExplainedHostView[], canvas: Canvas): string[] {
  const rows = rowsOf(hosts).map((row) => {
    const rest = row.names.length > NAMED ? [`${row.names.length - NAMED} more`] : []
    return { ...row, name: sanitizeLine(list([...row.names.slice(0, NAMED), ...rest])) }
  })
  const names = Math.max(...rows.map(({ name }) => width(name)))
  const points = Math.max(...rows.map((row) => row.points.length))
  return rows.flatMap((row) => {
    const score = points === 0 ? '' : `${row.points.padStart(points)}  `
    const head = `  ${pad(row.name, names)}  ${row.word.padEnd(4)}  ${score}`
    const lines = wrap(sanitizeLine(row.text), canvas.columns, head, ' '.repeat(width(head)))
    const tone = row.word === 'here' ? 'good' : row.word === 'fits' ? 'plain' : 'dim'
    return lines.map((line) => canvas.style.paint(tone, line))
  })
}

/** Everything that speaks against one host, or what speaks for it. */
function refusalLines(
  { slot }: ExplainedSlotView,
  { host, here, fits, refusals, text }: ExplainedHostView,
  canvas: Canvas,
) {
  if (here && fits) return sentence(`${slot} stands on ${host}.`, canvas, '  ', 'good')
  if (fits) return sentence(`${host} would take ${slot}: ${text}`, canvas, '  ')
  return [
    ...sentence(`${host} ${here ? 'would not take' : 'does not take'} ${slot}${here ? ' anew' : ''}:`, canvas, '  '),
    ...refusals.flatMap(({ reason }) => sentence(reason, canvas, '    ', 'bad')),
  ]
}
