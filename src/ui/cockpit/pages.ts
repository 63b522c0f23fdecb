// The texts over the lists: help, what is wrong, the plan, details.
import { UserError } from '../../model/errors.js'
import type { JobDetailView, LiveView } from '../../model/views.js'
import { allocationsTable } from '../allocations.js'
import { bugLines } from '../errors-of-commands.js'
import { errorLines } from '../faults.js'
import { jobLines } from '../jobs.js'
import { unplacedLines, waitingLines } from '../left-undone.js'
import { planLines } from '../plan.js'
import { sanitizeLine } from '../sanitize.js'
import { standing } from '../status.js'
import { localTime } from '../time.js'
import { type Canvas, section, sentence } from '../view.js'
import { allProblems } from './head.js'
import { helpLines } from './help.js'
import { allocationPage, factLines, hostPage, storyLines } from './page-details.js'
import type { Fetched, JournalRow, LogsPage, Page, State } from './state.js'

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
    case 'event':
      return 'Event'
    case 'logs':
      return page.title
  }
}

/** Lines of what was asked for: there, waited for, or why not. */
export function fetchedLines<T>(
  fetched: Fetched<T>,
  waiting: string,
  canvas: Canvas,
  lines: (value: T) => readonly string[],
): readonly string[] {
  if (fetched.state === 'waiting') return [canvas.style.paint('dim', waiting)]
  return fetched.state === 'there' ? lines(fetched.value) : failureLines(fetched.error, canvas)
}

/** Why it could not be had, and what helps. */
function failureLines(error: unknown, canvas: Canvas): readonly string[] {
  return error instanceof UserError ? errorLines(error, canvas) : bugLines(error, canvas)
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
    ...sentence(standing(view, { ...canvas, style: { ...style, paint: (_, text) => text } }), canvas),
    ...(state.trouble === null ? [] : sentence(state.trouble, canvas, '  ', 'warn')),
    ...(wrong.length === 0 ? ['', 'Nothing is wrong and nothing waits.'] : wrong),
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
    ...factLines([
      ['Time', localTime(row.time)],
      ['Kind', row.kind],
      ['Slot', row.slot ?? ''],
      ['Host', row.host ?? ''],
    ]),
    '',
    ...sentence(row.text, canvas),
  ]
}

function jobPage(
  name: string,
  detail: Fetched<JobDetailView>,
  view: LiveView,
  journal: readonly JournalRow[],
  canvas: Canvas,
): readonly string[] {
  const job = view.jobs.find((one) => one.name === name)
  if (!job) return [`The job ${sanitizeLine(name)} is not applied any more.`]
  const own = ({ slot }: { slot: string }) => slot.startsWith(`${name}.`)
  const live = {
    job,
    allocations: view.allocations.filter((row) => row.job === name),
    unplaced: view.unplaced.filter(own),
    waiting: view.waiting.filter(own),
  }
  const undone = [...unplacedLines(live.unplaced, canvas), ...waitingLines(live.waiting, canvas)]
  const known =
    detail.state === 'there'
      ? jobLines({ ...detail.value, ...live }, canvas)
      : [
          ...fetchedLines(detail, 'Asking for image, version and folder ...', canvas, () => []),
          ...section('Allocations', allocationsTable(live.allocations, canvas), canvas.style),
          ...section('Not running', undone, canvas.style),
        ]
  return [...known, ...storyLines(journal, (row) => row.slot?.startsWith(`${name}.`) === true, canvas)]
}
