// The whole screen as lines: exactly as many as are drawn, none wider than the terminal.
import { sanitizeLine } from '../sanitize.js'
import type { Style } from '../style.js'
import { seconds } from '../time.js'
import { type Canvas, sentence } from '../view.js'
import { pad, width, wrap } from '../width.js'
import { bare, clip, highlight, inverse } from './clip.js'
import type { Look } from './grid.js'
import { headLines, isStale, problemStrip, sides } from './head.js'
import { bodyRows, drawnColumns, drawnRows, isTooSmall, pageRows, paneRows, SMALLEST } from './layout.js'
import { logLines, logStanding } from './logs.js'
import { nothingYet, textOf, titleOf } from './pages.js'
import { drawn, hostRows, jobRows } from './rows.js'
import { type Ask, PANES, type Page, type PaneId, pageOf, type State, type Work } from './state.js'

/** What is drawn. */
export function screenLines(state: State, style: Style): readonly string[] {
  const [rows, columns] = [drawnRows(state.size), drawnColumns(state.size)]
  const lines = isTooSmall(state.size) ? tooSmall(state, columns) : allLines(state, style, columns)
  const filled = Array.from({ length: rows }, (_, row) => lines[row] ?? '')
  return filled.map((line) => clip(line, columns, style))
}

function tooSmall({ size }: State, columns: number): readonly string[] {
  const text = `hc ui needs ${SMALLEST.columns} columns and ${SMALLEST.rows} rows; this terminal has ${size.columns} and ${size.rows}. Make it larger, or q and hc status --watch.`
  return wrap(text, columns)
}

function allLines(state: State, style: Style, columns: number): readonly string[] {
  const canvas: Canvas = { style, columns, now: state.now }
  const page = pageOf(state)
  const body = page ? pageLines(state, page, canvas) : listLines(state, canvas)
  const room = bodyRows(state.size)
  const full = Array.from({ length: room }, (_, row) => body[row] ?? '')
  const under = state.ask ? withAsk(full, state.ask, canvas) : full
  return [...headLines(state, canvas), ...under, activityLine(state, canvas), footLine(state, page, canvas)]
}

function listLines(state: State, canvas: Canvas): readonly string[] {
  const problems = problemStrip(state, canvas)
  if (state.view === null) return nothingYet(state, canvas)
  const heights = paneRows(state, problems.length)
  return [...problems, ...PANES.flatMap((pane) => paneLines(state, pane, heights[pane], canvas))]
}

/** Columns on the left for the mark of what is selected. */
const GUTTER = 2

function paneLines(state: State, pane: PaneId, rows: number, canvas: Canvas): readonly string[] {
  if (rows === 0) return []
  const list = state.lists[pane]
  const { keys, total, heading, line } = drawn(state, pane)
  const stale = isStale(state) && pane !== 'events'
  const style = stale ? faint(canvas.style) : canvas.style
  const columns = canvas.columns ?? 80
  const room = columns - GUTTER
  const look: Look = { now: state.now, unicode: style.unicode }
  const focused = state.focus === pane
  const [mark, above, below] = style.unicode ? ['▸', '↑', '↓'] : ['>', '^', 'v']
  const lines = Array.from({ length: rows }, (_, row) => {
    const index = list.top + row
    if (index >= keys.length) return row === 0 && keys.length === 0 ? style.paint('dim', `  ${empty(state, pane)}`) : ''
    const selected = index === list.index && focused
    const more = row === 0 && index > 0 ? above : row === rows - 1 && index < keys.length - 1 ? below : ' '
    return `${selected ? mark : more} ${line(index, look, style, { room, selected })}`
  })
  return [paneHeading(state, pane, { shown: keys.length, total, rows, columns: heading(look, room) }, canvas), ...lines]
}

function faint(style: Style): Style {
  return { ...style, paint: (_, text) => style.paint('dim', text) }
}

/** The name of the list stands in its first column: `1 HOSTS`. In focus it is turned round. */
function paneHeading(
  state: State,
  pane: PaneId,
  { shown, total, rows, columns }: { shown: number; total: number; rows: number; columns: string },
  canvas: Canvas,
): string {
  const list = state.lists[pane]
  const room = canvas.columns ?? 80
  const editing = state.input?.purpose === 'filter' && state.focus === pane
  const filter = list.filter === '' && !editing ? '' : ` /${list.filter}`
  const part = rows < shown ? `${list.top + 1}-${Math.min(shown, list.top + rows)} of ${shown}` : `${shown}`
  const hidden = shown < total ? `${part} (${total})${filter}` : `${part}${filter}`
  const name = `${PANES.indexOf(pane) + 1} ${columns}`
  const right = ` ${hidden} `
  // What a filter takes away must not go unnoticed: then titles give way.
  const left = filter === '' ? name.trimEnd() : clip(name.trimEnd(), room - width(right) - 2, canvas.style)
  const line = pad(sides(left, right, room, canvas), room)
  return state.focus === pane ? inverse(canvas.style.paint('bold', line)) : canvas.style.paint('bold', line)
}

function empty({ lists }: State, pane: PaneId): string {
  if (lists[pane].filter !== '') return 'none that the filter lets through; Esc takes it away'
  const texts: Readonly<Record<PaneId, string>> = {
    hosts: 'no hosts in the inventory',
    jobs: 'no jobs yet: hc apply starts what is under jobs/',
    allocations: 'none',
    events: 'nothing recorded yet',
  }
  return texts[pane]
}

function pageLines(state: State, page: Page, canvas: Canvas): readonly string[] {
  const rows = pageRows(state.size)
  const columns = canvas.columns ?? 80
  if (page.kind === 'logs') {
    const body = logLines(page, rows, columns, canvas.style)
    return [pageTitle(titleOf(page), logStanding(page, rows), canvas), ...body]
  }
  const text = textOf(page, state, canvas)
  const top = Math.max(0, Math.min(page.pager.top, text.length - rows))
  const below = text.length - top - rows
  const standing = below > 0 ? `${below} more below` : top > 0 ? 'the end' : ''
  const { search, at } = page.pager
  const marked = text.slice(top, top + rows).map((line, row) => {
    if (search === '' || !bare(line).toLowerCase().includes(search.toLowerCase())) return line
    const shown = highlight(bare(line), search)
    return at === top + row && shown.startsWith(' ') ? `>${shown.slice(1)}` : shown
  })
  return [pageTitle(titleOf(page), standing, canvas), ...marked]
}

function pageTitle(title: string, standing: string, canvas: Canvas): string {
  const columns = canvas.columns ?? 80
  const line = sides(` ${sanitizeLine(title)}`, `${standing} `, columns, canvas)
  return inverse(canvas.style.paint('bold', pad(line, columns)))
}

/** The question in a box over the middle of the body. */
function withAsk(body: readonly string[], ask: Ask, canvas: Canvas): readonly string[] {
  const { style } = canvas
  const inner = Math.min(70, (canvas.columns ?? 80) - 6)
  const button = (text: string, chosen: boolean) => (chosen ? inverse(`[ ${text} ]`) : `  ${text}  `)
  const buttons = `${button('Cancel', ask.chosen === 'cancel')}   ${button(ask.yes, ask.chosen === 'yes')}`
  const texts = [
    style.paint('bold', clip(sanitizeLine(ask.question), inner, style)),
    ...sentence(ask.detail, { ...canvas, columns: inner }),
    '',
    buttons,
  ]
  const [corner, across, down] = style.unicode ? ['┌┐└┘', '─', '│'] : ['++++', '-', '|']
  const edge = (from: number) => `${corner[from]}${across.repeat(inner + 2)}${corner[from + 1]}`
  const box = [edge(0), ...texts.map((text) => `${down} ${pad(text, inner)} ${down}`), edge(2)]
  const left = ' '.repeat(Math.max(0, Math.floor(((canvas.columns ?? 80) - inner - 4) / 2)))
  const top = Math.max(0, Math.floor((body.length - box.length) / 2))
  return body.map((line, row) => {
    const part = box[row - top]
    return part === undefined ? line : `${left}${part}`
  })
}

const WORK_TONES = { going: 'warn', done: 'good', failed: 'bad' } as const

/** What is under way, or what was said last. */
function activityLine(state: State, canvas: Canvas): string {
  const { style } = canvas
  if (state.notice) return style.paint(state.notice.tone, sanitizeLine(state.notice.text))
  const work = state.works.findLast((one) => one.state === 'going') ?? state.works.at(-1)
  if (!work) return ''
  const others = state.works.filter((one) => one.state === 'going' && one !== work).length
  const more = others === 0 ? '' : ` (and ${others} more)`
  const head = style.paint(WORK_TONES[work.state], `${sanitizeLine(work.title)}${workState(work, state.now)}`)
  return `${head}${more}: ${sanitizeLine(work.text)}`
}

function workState({ state, begunAt }: Work, now: number): string {
  return state === 'going' ? ` ${seconds(Math.max(0, now - begunAt))}` : state === 'failed' ? ' failed' : ''
}

/** The keys that are good for something here; while a line is typed, the line. */
function footLine(state: State, page: Page | null, canvas: Canvas): string {
  const { style } = canvas
  const room = canvas.columns ?? 80
  if (state.ask) return keysLine(['Enter chosen', 'Tab choose', 'y yes', 'Esc cancel'], room, style)
  if (state.input) {
    const name = state.input.purpose === 'filter' ? 'Filter' : 'Search'
    return `${style.paint('bold', `${name} /`)}${sanitizeLine(state.input.text)}${inverse(' ')}${style.paint('dim', '  Enter keeps, Esc undoes')}`
  }
  if (page) return keysLine(pageKeys(page), room, style)
  return keysLine([...paneKeys(state), ...GENERAL], room, style)
}

const GENERAL = ['/ filter', 'o sort', 'p plan', '! why', '? help', 'q leave']

function paneKeys(state: State): readonly string[] {
  const act = { hosts: hostKeys, jobs: jobKeys, allocations: () => ['r restart'], events: () => [] }[state.focus]
  return [...act(state), 'l logs', 'Enter detail']
}

function hostKeys(state: State): readonly string[] {
  const host = hostRows(state).items[state.lists.hosts.index]?.host
  return [host?.cordoned || host?.draining ? 'c uncordon' : 'c cordon', 'D drain']
}

function jobKeys(state: State): readonly string[] {
  const job = jobRows(state).items[state.lists.jobs.index]?.job
  return job?.stopped ? ['S start'] : ['r restart', 'S stop']
}

function pageKeys(page: Page): readonly string[] {
  const search = page.pager.search === '' ? ['/ search'] : ['n next', 'N before']
  const back = ['? help', 'q back']
  if (page.kind !== 'logs') return ['j down', 'k up', ...search, ...back]
  const sideways = page.wrap ? [] : ['h left', 'l right']
  return [page.follow ? 'f pause' : 'f follow', ...search, 'w wrap', 't times', ...sideways, ...back]
}

/** Where there is no room for all, those in the middle go first: leaving and help stay. */
function keysLine(keys: readonly string[], room: number, style: Style): string {
  const shown = [...keys]
  while (shown.length > 4 && width(shown.join('  ')) > room) shown.splice(shown.length - 4, 1)
  return shown
    .map((key) => {
      const at = key.indexOf(' ')
      return `${style.paint('bold', key.slice(0, at))}${style.paint('dim', key.slice(at))}`
    })
    .join('  ')
}
