// The status page: one HTML document without scripts, made from what the terminal shows. It loads itself anew.
import { createHash } from 'node:crypto'
import type { Event } from '../../model/event.js'
import type { PageFacts } from '../../model/outlook.js'
import type { LiveView } from '../../model/views.js'
import { allocationColumns, NOTE } from '../allocations.js'
import { EVENT_TONES } from '../events.js'
import { hostColumns } from '../hosts.js'
import { JOB_COLUMNS } from '../jobs.js'
import { stayingLines, unclaimedLines } from '../left-undone.js'
import { problems, standing, untold } from '../status.js'
import { type Rows, shortened } from '../status-rows.js'
import { PLAIN, type Tone } from '../style.js'
import { survivalHeadline } from '../survival.js'
import type { Column } from '../table.js'
import { ago, localTime } from '../time.js'
import type { Canvas } from '../view.js'
import { html, Markup } from './html.js'
import { SHEET } from './style.js'

/** The page loads itself anew after so many seconds. */
const REFRESH_S = 5
/** So many sentences about what is wrong are said. */
const TOLD = 60

/** The Content-Security-Policy of the page: nothing is loaded, nothing runs, nothing is sent, nobody frames it. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(SHEET).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** The page as HTML. */
export function statusPage(facts: PageFacts): string {
  const { view, health, events, now } = facts
  const canvas: Canvas = { style: PLAIN, columns: null, now }
  const title = view === null ? 'hc' : `hc: ${standing(view, canvas)}`
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="refresh" content="${REFRESH_S}">
<title>${title}</title>
<style>${new Markup(SHEET)}</style>
</head>
<body>
<header><h1>hc</h1>
${healthLine(facts)}
</header>
<main>
${view === null ? [] : body(view, canvas)}
${eventsPart(events)}
</main>
<footer>${view === null ? '' : `Seen ${localTime(view.seenAt)} by the control machine's clock.`} This page loads itself anew every ${REFRESH_S} seconds and changes nothing. <a href="/metrics">Metrics</a>, <a href="/healthz">health</a>.${health.ok ? '' : ' What is shown may be old.'}</footer>
</body>
</html>
`
  return page.text
}

function healthLine({ view, health, now }: PageFacts): Markup {
  const canvas = { style: PLAIN, columns: null, now }
  if (!health.ok) return html`<p class="lead bad">Look at the loop: ${health.text}.</p>`
  if (view === null) return html`<p class="lead warn">Nothing is known here: ${health.text}.</p>`
  const text = standing(view, canvas)
  return html`<p class="lead ${leadTone(text)}">${text}</p>
<p class="dim">The loop ticks, last ${ago(view.loop.lastTick, now)}.</p>`
}

/** By the first words of the sentence, which say it. */
function leadTone(text: string): Tone {
  return text.startsWith('All is well') ? 'good' : text.startsWith('Not well') ? 'bad' : 'warn'
}

function body(view: LiveView, canvas: Canvas): readonly Markup[] {
  const { hosts, jobs, allocations: listed } = shortened(view, canvas)
  const allocations = { ...listed, rows: untold(listed.rows, view.waiting) }
  const wrong = problems(view, canvas)
  const more = wrong.length > TOLD ? [`... and ${wrong.length - TOLD} more lines: hc status -o wide shows all`] : []
  return [
    listPart('What is not well, and what is under way', [...wrong.slice(0, TOLD), ...more]),
    tablePart('Hosts (free for new slots, of what jobs may use)', hostColumns(canvas), hosts),
    listPart('The loss of a host', survivalHeadline(view.survives, canvas)),
    tablePart('Jobs', JOB_COLUMNS, jobs),
    tablePart('Allocations', [...allocationColumns(canvas, true), NOTE], allocations),
    listPart('Stays on hosts that are drained', stayingLines(view.staying ?? [], canvas)),
    listPart('Unclaimed: hc knows nothing of them and lets them run', unclaimedLines(view.unclaimed, canvas)),
  ]
}

/** Lines as the terminal has them: those that are indented further belong to the one above. */
function listPart(title: string, lines: readonly string[]): Markup {
  const said = lines.filter((line) => line.trim() !== '')
  if (said.length === 0) return html``
  const item = (line: string) => (/^ {4}/.test(line) ? html`<li class="sub">${line}</li>` : html`<li>${line}</li>`)
  return html`<section><h2>${title}</h2><ul>${said.map(item)}</ul></section>`
}

function tablePart<T>(title: string, columns: readonly Column<T>[], { rows, rest }: Rows<T>): Markup {
  const cells = rows.map((row) =>
    columns.map((column) => {
      const value = column.value(row)
      return typeof value === 'string' ? { text: value, tone: 'plain' as Tone } : value
    }),
  )
  const shown = columns.flatMap(({ title: name }, index) =>
    cells.some((row) => row[index]?.text) ? [{ name, index }] : [],
  )
  const cell = (row: (typeof cells)[number], { name, index }: (typeof shown)[number]) => {
    const { text, tone } = row[index] ?? { text: '', tone: 'plain' }
    return html`<td data-title="${name}" class="${text === '' ? 'empty' : tone}">${text === '' ? '-' : text}</td>`
  }
  if (rows.length + rest.length === 0) return html``
  return html`<section><h2>${title}</h2>
<table><thead><tr>${shown.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${cells.map((row) => html`<tr>${shown.map((each) => cell(row, each))}</tr>`)}</tbody></table>
${rest.filter((line) => line !== '').map((line) => html`<p class="dim">${line}</p>`)}</section>`
}

function eventsPart(events: readonly Event[]): Markup {
  const columns: readonly Column<Event>[] = [
    { title: 'TIME', value: ({ time }) => localTime(time) },
    { title: 'KIND', value: ({ kind }) => ({ text: kind, tone: EVENT_TONES[kind] ?? 'plain' }) },
    { title: 'SLOT', value: ({ slot }) => slot ?? '' },
    { title: 'HOST', value: ({ host }) => host ?? '' },
    { title: 'WHAT', value: ({ text }) => text },
  ]
  return tablePart('Last events, the newest first', columns, { rows: [...events].reverse(), rest: [] })
}
