// Keys that are good everywhere, and those on pages of text.

import { PLAIN } from '../style.js'
import { bare } from './clip.js'
import type { Key } from './keys.js'
import { drawnColumns, pageRows } from './layout.js'
import { stepOf } from './list.js'
import { lastTop, logText } from './logs.js'
import { textOf } from './pages.js'
import { AT_TOP, type LogsPage, type Page, type State, type Step, withPage } from './state.js'

const only = (state: State): Step => ({ state, effects: [] })

/** Keys that open a page from anywhere; null: no such key. A page that is open already stays the only one of its kind. */
export function onGeneralKey(state: State, key: Key): Step | null {
  const others = (kind: Page['kind']) => state.pages.filter((page) => page.kind !== kind)
  switch (key) {
    case '?':
      return only({ ...state, pages: [...others('help'), { kind: 'help', pager: AT_TOP }] })
    case '!':
      return only({ ...state, pages: [...others('problems'), { kind: 'problems', pager: AT_TOP }] })
    case 'p':
      return {
        state: { ...state, pages: [...others('plan'), { kind: 'plan', pager: AT_TOP, plan: { state: 'waiting' } }] },
        effects: [{ kind: 'fetch-plan' }],
      }
    default:
      return null
  }
}

/** A key while a page is shown. */
export function onPageKey(state: State, page: Page, key: Key): Step {
  const general = onGeneralKey(state, key)
  if (general) return general
  const by = stepOf(key, pageRows(state.size), linesOf(state, page))
  if (by !== null) return only(withPage(state, scrolled(state, page, by)))
  switch (key) {
    case 'q':
    case 'esc':
      return page.pager.search !== '' && key === 'esc'
        ? only(withPage(state, { ...page, pager: { ...page.pager, search: '', at: null } }))
        : back(state, page)
    case '/':
      return only({ ...state, input: { purpose: 'search', text: '', before: page.pager.search } })
    case 'n':
      return only(searched(state, page, 'next'))
    case 'N':
      return only(searched(state, page, 'before'))
    default:
      return only(page.kind === 'logs' ? withPage(state, onLogKey(state, page, key)) : state)
  }
}

function back(state: State, page: Page): Step {
  const pages = state.pages.slice(0, -1)
  return { state: { ...state, pages }, effects: page.kind === 'logs' ? [{ kind: 'close-logs', id: page.id }] : [] }
}

function onLogKey(state: State, page: LogsPage, key: Key): LogsPage {
  switch (key) {
    case 'f':
    case 'F':
      return page.follow ? paused(state, page) : { ...page, follow: true }
    case 'w':
      return { ...page, wrap: !page.wrap, left: 0 }
    case 't':
      return { ...page, times: !page.times }
    case 'left':
    case 'h':
      return { ...page, left: Math.max(0, page.left - SIDEWAYS) }
    case 'right':
    case 'l':
      return page.wrap ? page : { ...page, left: page.left + SIDEWAYS }
    default:
      return page
  }
}

/** Columns that left and right scroll by. */
const SIDEWAYS = 20

/** The same lines stay in sight while new ones come. */
function paused(state: State, page: LogsPage): LogsPage {
  return { ...page, follow: false, pager: { ...page.pager, top: bottom(state, page) } }
}

/** The last line that may stand at the top. */
function bottom(state: State, page: Page): number {
  if (page.kind === 'logs') return lastTop(page, pageRows(state.size), drawnColumns(state.size), PLAIN)
  return Math.max(0, linesOf(state, page) - pageRows(state.size))
}

/** How many lines a page has. */
export function linesOf(state: State, page: Page): number {
  return page.kind === 'logs' ? page.lines.length : pageText(state, page).length
}

function pageText(state: State, page: Exclude<Page, LogsPage>): readonly string[] {
  return textOf(page, state, { style: PLAIN, columns: drawnColumns(state.size), now: state.now })
}

function scrolled(state: State, page: Page, by: number): Page {
  const last = bottom(state, page)
  const from = page.kind === 'logs' && page.follow ? last : Math.min(page.pager.top, last)
  const top = Math.max(0, Math.min(last, from + by))
  const pager = { ...page.pager, top }
  return page.kind === 'logs' ? { ...page, pager, follow: by > 0 && top >= last } : { ...page, pager }
}

/** The page at the place of its search that is `next`, the one `before`, or the first from what is in sight on. */
export function searched(state: State, page: Page, which: 'next' | 'before' | 'here'): State {
  const { search, at, top } = page.pager
  if (search === '') return saying(state, '/ searches; n and N go from place to place.')
  const found = placesOf(state, page, search.toLowerCase())
  if (found.length === 0) return saying(state, `"${search}" is not there.`)
  const seen = page.kind === 'logs' && page.follow ? bottom(state, page) : top
  const from = at ?? (which === 'here' ? seen - 1 : seen)
  const after = found.find((line) => line > from) ?? found[0]
  const ahead = found.findLast((line) => line < from) ?? found.at(-1)
  const place = (which === 'before' ? ahead : after) ?? 0
  const rows = pageRows(state.size)
  const inSight = place >= seen && place < seen + rows
  const last = bottom(state, page)
  const start = inSight ? seen : place - Math.floor(rows / 3)
  const pager = { search, at: place, top: Math.max(0, Math.min(last, start)) }
  return withPage(state, page.kind === 'logs' ? { ...page, pager, follow: false } : { ...page, pager })
}

function saying(state: State, text: string): State {
  return { ...state, notice: { tone: 'warn', text } }
}

function placesOf(state: State, page: Page, search: string): readonly number[] {
  const texts =
    page.kind === 'logs' ? page.lines.map((_, index) => logText(page, index)) : pageText(state, page).map(bare)
  return texts.flatMap((text, index) => (text.toLowerCase().includes(search) ? [index] : []))
}
