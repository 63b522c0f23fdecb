// Journals that are followed: a bounded buffer and what of it is drawn.
import type { LogLine } from '../../model/views.js'
import { sanitize, sanitizeLine } from '../sanitize.js'
import type { Style } from '../style.js'
import { localTime } from '../time.js'
import { cut, width } from '../width.js'
import { fold, highlight, inverse, shift } from './clip.js'
import type { LogsPage } from './state.js'

/** So many lines are kept; older ones are let go. */
export const LOG_BUFFER = 5_000

/** The page with more lines. What is on the screen stays there unless the newest are followed. */
export function withLines(page: LogsPage, lines: readonly LogLine[]): LogsPage {
  const all = [...page.lines, ...lines]
  const over = Math.max(0, all.length - LOG_BUFFER)
  const { pager } = page
  const moved = {
    ...pager,
    top: Math.max(0, pager.top - over),
    at: pager.at === null || pager.at < over ? null : pager.at - over,
  }
  return { ...page, lines: over > 0 ? all.slice(over) : all, dropped: page.dropped + over, pager: moved }
}

/** What a search looks at. */
export function logText(page: LogsPage, index: number): string {
  const line = page.lines[index]
  return line === undefined ? '' : `${prefixOf(page, line)}${textOf(line)}`
}

function textOf(line: LogLine): string {
  return sanitize(line.text)
    .replace(/\s*\n\s*/g, ' ')
    .trimEnd()
}

function prefixOf(page: LogsPage, line: LogLine): string {
  const time = localTime(line.time)
  const when = page.times ? time : time.slice(-8)
  const one = page.targets.length === 1 && page.targets[0]?.includes('.') === true
  const where = one ? '' : ` ${sanitizeLine(line.slot)}@${sanitizeLine(line.host)}`
  return `${when}${where} `
}

/** The lines of the screen for one line of the journal. */
function drawnLine(page: LogsPage, index: number, columns: number, style: Style): readonly string[] {
  const line = page.lines[index]
  if (line === undefined) return []
  const prefix = prefixOf(page, line)
  const text = textOf(line)
  const room = Math.max(10, columns - width(prefix))
  const shown = page.wrap ? fold(text, room) : [cut(shift(text, page.left), room, style)]
  const mark = (part: string) => highlight(part, page.pager.search)
  const head = page.pager.at === index ? `${inverse(prefix.trimEnd())} ` : style.paint('dim', prefix)
  return shown.map((part, at) => `${at === 0 ? head : ' '.repeat(width(prefix))}${mark(part)}`)
}

/** The last line of the journal that may stand at the top: below it nothing would be left to scroll. */
export function lastTop(page: LogsPage, rows: number, columns: number, style: Style): number {
  let [index, used] = [page.lines.length, 0]
  while (index > 0) {
    used += drawnLine(page, index - 1, columns, style).length
    if (used > rows) break
    index -= 1
  }
  return Math.min(index, Math.max(0, page.lines.length - 1))
}

/** Exactly what fits into `rows`. */
export function logLines(page: LogsPage, rows: number, columns: number, style: Style): readonly string[] {
  if (page.lines.length === 0) return [style.paint('dim', emptyText(page))]
  const top = page.follow ? lastTop(page, rows, columns, style) : page.pager.top
  const lines: string[] = []
  for (let index = top; index < page.lines.length && lines.length < rows; index += 1) {
    lines.push(...drawnLine(page, index, columns, style))
  }
  // A last line that is higher than the screen shows its end.
  return page.follow ? lines.slice(-rows) : lines.slice(0, rows)
}

function emptyText(page: LogsPage): string {
  return page.ended === null ? 'Nothing written yet; waiting for lines.' : 'Nothing was written.'
}

/** `following`, `paused: 120 lines below`, why nothing more comes. */
export function logStanding(page: LogsPage, rows: number): string {
  const parts = [
    page.ended ??
      (page.follow ? 'following' : `paused, ${Math.max(0, page.lines.length - page.pager.top - rows)} below`),
    ...(page.dropped > 0 ? [`the first ${page.dropped} let go`] : []),
    ...(page.warning === null ? [] : [page.warning]),
  ]
  return sanitizeLine(parts.join('; '))
}
