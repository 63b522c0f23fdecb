// The texts over the lists: help, what is wrong, the plan, details.
import type { LiveView } from '../../model/views.js'
import { explainLines } from '../explain.js'
import { stayingLines } from '../left-undone.js'
import { planLines } from '../plan.js'
import { localTime } from '../time.js'
import { type Canvas, factLines, section, sentence } from '../view.js'
import { fetchedLines } from './fetched.js'
import { allProblems, standingNow } from './head.js'
import { helpLines } from './help.js'
import { allocationPage, hostPage, jobPage } from './page-details.js'
import type { JournalRow, LogsPage, Page, State } from './state.js'

/** Pages whose text does not come from journals. */
export type TextPage = Exclude<Page, LogsPage>

/** The whole text of a page; lines are not cut yet. */
export function textOf(page: TextPage, state: State, canvas: Canvas): readonly string[] {
  const { view } = state
  switch (page.kind) {
    case 'help':
      return helpLines(canvas)
    case 'plan':
      return fetchedLines(page.plan, 'Working out the plan ...', canvas, (plan) => planLines(plan, canvas, true))
    case 'explain':
      return fetchedLines(page.explained, 'Looking at the hosts ...', canvas, (view) => explainLines(view, canvas))
    case 'event':
      return eventPage(state.journal.find(({ key }) => key === page.key) ?? null, canvas)
    case 'problems':
      return view === null ? nothingYet(state, canvas) : problemsPage(state, view, canvas)
    case 'host':
      return view === null ? nothingYet(state, canvas) : hostPage(page.name, page.detail, view, state.journal, canvas)
    case 'job':
      return view === null ? nothingYet(state, canvas) : jobPage(page.name, page.detail, view, state.journal, canvas)
    case 'allocation':
      return view === null ? nothingYet(state, canvas) : allocationPage(page, view, state.journal, canvas)
  }
}

/** What a page is called. */
export function titleOf(page: Page): string {
  switch (page.kind) {
    case 'help':
      return 'Help'
    case 'problems':
      return 'Is all well, and if not, what and why'
    case 'plan':
      return 'What hc apply of jobs/ would do'
    case 'host':
      return `Host ${page.name}`
    case 'job':
      return `Job ${page.name}`
    case 'allocation':
      return `Allocation ${page.slot}`
    case 'explain':
      return `Why ${page.target} is where it is, and not elsewhere`
    case 'event':
      return 'Event'
    case 'logs':
      return page.title
  }
}

/** What is said before the first snapshot. */
export function nothingYet(state: State, canvas: Canvas): readonly string[] {
  const first = sentence(`Looking at the hosts of ${state.title} ...`, canvas)
  if (state.trouble === null) return first
  return [...first, '', ...sentence(state.trouble, canvas, '', 'bad'), '', 'It is tried again every few seconds.']
}

function problemsPage(state: State, view: LiveView, canvas: Canvas): readonly string[] {
  const { style } = canvas
  const wrong = allProblems(view, canvas)
  return [
    ...sentence(standingNow(state, view, { ...canvas, style: { ...style, paint: (_, text) => text } }), canvas),
    ...(state.trouble === null ? [] : sentence(state.trouble, canvas, '  ', 'warn')),
    ...(wrong.length === 0 && state.trouble === null ? ['', 'Nothing is wrong and nothing waits.'] : wrong),
    ...section('Stays on hosts that are drained', stayingLines(view.staying ?? [], canvas), style),
    ...section(
      'Next',
      view.hints.flatMap((hint) => sentence(hint, canvas, '  ')),
      style,
    ),
  ]
}

function eventPage(row: JournalRow | null, canvas: Canvas): readonly string[] {
  if (row === null) return ['This event is older than those that are kept here: hc events -n 1000 shows it.']
  return [
    ...factLines(
      [
        ['Time', localTime(row.time)],
        ['Kind', row.kind],
        ['Slot', row.slot ?? ''],
        ['Host', row.host ?? ''],
      ],
      canvas,
    ),
    '',
    ...sentence(row.text, canvas),
  ]
}
