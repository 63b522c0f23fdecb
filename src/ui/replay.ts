// `hc explain --tick`: a tick that acted, and whether planning it again gives the same.

import { REASONS } from '../model/plan.js'
import type { KeptTicksView, KeptTickView, ReplayHostView, ReplayView } from '../model/replay-view.js'
import { formatBytes } from '../model/resources.js'
import { eventLines } from './events.js'
import { unplacedLines, waitingLines } from './left-undone.js'
import { sanitizeLine } from './sanitize.js'
import { table } from './table.js'
import { localTime } from './time.js'
import { type Canvas, section, sentence, verdictTone } from './view.js'
import { count, list } from './words.js'

/** So many slots are named. */
const NAMED = 4

/** The ticks that are kept, oldest first. */
export function ticksLines({ ticks }: KeptTicksView, { style, columns }: Canvas): string[] {
  if (ticks.length === 0) return ['No tick is kept: none has acted yet.']
  return table<KeptTickView>(
    [
      { title: 'TICK', value: ({ id }) => id },
      { title: 'TIME', value: ({ time }) => localTime(time) },
      { title: 'SIZE', value: ({ bytes }) => formatBytes(bytes) },
      { title: 'DECIDED', value: decidedText, shrink: true },
    ],
    ticks,
    style,
    columns,
  )
}

function decidedText({ decided }: KeptTickView): string {
  const [first] = decided
  if (!first) return ''
  if (decided.length === 1) return `${first.slot} on ${first.host}: ${first.text}`
  const rest = decided.length - NAMED
  const slots = decided.slice(0, NAMED).map(({ slot }) => slot ?? '')
  return `${count(decided.length, 'action')}: ${list([...slots, ...(rest > 0 ? [`${rest} more`] : [])])}`
}

/** One tick. */
export function replayLines(view: ReplayView, canvas: Canvas): string[] {
  const { style } = canvas
  return [
    ...sentence(`Tick ${view.id}, ${localTime(view.time)}`, canvas, '', 'bold'),
    ...(view.same
      ? [`${style.paint('good', 'Planned again, it is the same')}, byte for byte.`]
      : sentence(
          `Planned again, it is not the same: it differs first at ${view.differsAt}. Another version of hc decided it, or hc has a bug: send what --json prints.`,
          canvas,
          '',
          'bad',
        )),
    ...section('What was seen', hostLines(view.hosts, canvas), style),
    ...section('What was decided', decisionLines(view, canvas), style),
    ...(view.now === null
      ? []
      : section('What is decided now from the same', actionLines(view.now.actions, canvas), style)),
    ...section(
      'What became of it',
      eventLines(
        view.events.map(({ tick: _, ...event }) => event),
        canvas,
      ),
      style,
    ),
  ]
}

function hostLines(hosts: readonly ReplayHostView[], { style, columns }: Canvas): string[] {
  return table<ReplayHostView>(
    [
      { title: 'HOST', value: ({ name }) => name },
      {
        title: 'VERDICT',
        value: ({ verdict, cordoned }) => ({
          text: cordoned ? `${verdict}, cordoned` : verdict,
          tone: verdictTone(verdict),
        }),
      },
      { title: 'UNITS', value: unitsText, shrink: true },
      {
        title: 'WHY',
        value: ({ blocked, reason, verdict }) => blocked ?? (verdict === 'ready' ? '' : reason),
        shrink: true,
      },
    ],
    hosts,
    style,
    columns,
  )
}

function unitsText({ units }: ReplayHostView): string {
  if (units === null) return 'not seen'
  return units.length === 0 ? 'none' : units.map(({ slot, active, sub }) => `${slot} ${active} (${sub})`).join(', ')
}

function decisionLines(view: ReplayView, canvas: Canvas): string[] {
  const words = view.told.length === 0 ? [] : sentence(`told a word or a lease: ${list(view.told)}`, canvas, '  ')
  return [
    ...actionLines(view.actions, canvas),
    ...words,
    ...unplacedLines(view.unplaced, canvas),
    ...waitingLines(view.waiting, canvas),
  ]
}

function actionLines(actions: ReplayView['actions'], canvas: Canvas): string[] {
  return actions.flatMap(({ kind, slot, host, from, reason, text }) => {
    const where = from === null ? `on ${host}` : `on ${host}, from ${from}`
    const why = text === '' || text === REASONS[reason] ? '' : ` (${text})`
    return sentence(`${kind} ${sanitizeLine(slot)} ${where}: ${REASONS[reason]}${why}`, canvas, '  ')
  })
}
