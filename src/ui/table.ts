// Tables as kubectl prints them: headings, columns two spaces apart, no lines. Made for `grep` and `awk` too.
import { sanitizeLine } from './sanitize.js'
import type { Style, Tone } from './style.js'
import { cut, pad, width, wrap } from './width.js'

/** Text with what it tells. */
export interface Cell {
  readonly text: string
  readonly tone: Tone
}

/** A column: what it is called and what stands in it. */
export interface Column<T> {
  readonly title: string
  value(row: T): string | Cell
  /** Gives way when the line is too long for the terminal; the first such column first. */
  readonly shrink?: boolean
  /** Nothing of it may be lost: where the line is too long for the terminal, it stands on lines of its own below each row. */
  readonly below?: boolean
}

/** How wide the output may be, in columns of text; null: without bound (a pipe). */
export type Columns = number | null

const GAP = 2
const LEAST = 8
/** Beside a column that could stand below, those that may shrink are left so much. */
const READABLE = 24

/**
 * Lines of a table, headings first. Cells are stripped of control characters; empty ones show as `-`; columns in which
 * no row has anything are left out. Lines are cut to `limit`.
 */
export function table<T>(columns: readonly Column<T>[], rows: readonly T[], style: Style, limit: Columns): string[] {
  if (rows.length === 0) return []
  const cells = rows.map((row) => columns.map((column) => toCell(column.value(row))))
  const filled = columns.map((_, index) => index).filter((index) => cells.some((row) => row[index]?.text !== ''))
  const titles = columns.map((column) => column.title)
  const widths = columns.map((_, index) =>
    Math.max(width(titles[index] ?? ''), ...cells.map((row) => width(row[index]?.text || '-'))),
  )
  const below = limit === null ? [] : moved(columns, filled, widths, limit)
  const shown = kept(
    columns,
    filled.filter((index) => !below.includes(index)),
    widths,
    limit,
  )
  shrink(columns, shown, widths, limit)
  const line = (parts: readonly Cell[], filler: string) =>
    shown
      .map((index, place) => {
        const { text, tone } = parts[index] ?? { text: '', tone: 'plain' }
        const fitting = cut(text || filler, widths[index] ?? 0, style)
        const painted = style.paint(tone, fitting)
        return place === shown.length - 1 ? painted : painted + pad(fitting, widths[index] ?? 0).slice(fitting.length)
      })
      .join(' '.repeat(GAP))
      .trimEnd()
  return [
    line(
      titles.map((text) => ({ text, tone: 'bold' })),
      '',
    ),
    ...cells.flatMap((row) => [
      line(row, '-'),
      ...below.flatMap((index) => belowLines(titles[index], row[index], limit)),
    ]),
  ]
}

/** `  ports: http 8080, admin 8081`, as many lines as it takes. */
function belowLines(title = '', cell: Cell | undefined, limit: Columns): string[] {
  return cell === undefined || cell.text === '' ? [] : wrap(cell.text, limit, `  ${title.toLowerCase()}: `, '    ')
}

/** Columns that stand below the rows, since the others would not be readable beside them. */
function moved<T>(
  columns: readonly Column<T>[],
  filled: readonly number[],
  widths: readonly number[],
  limit: number,
): readonly number[] {
  const least = (index: number) =>
    Math.min(widths[index] ?? 0, columns[index]?.shrink ? READABLE : Number.POSITIVE_INFINITY)
  const total = filled.reduce((sum, index) => sum + least(index), GAP * (filled.length - 1))
  return total <= limit ? [] : filled.filter((index) => columns[index]?.below)
}

function toCell(value: string | Cell): Cell {
  return typeof value === 'string'
    ? { text: sanitizeLine(value), tone: 'plain' }
    : { text: sanitizeLine(value.text), tone: value.tone }
}

/** Without those that may shrink, the first such one first, where the others have no room beside them: a line that is broken is read by nobody. */
function kept<T>(
  columns: readonly Column<T>[],
  filled: readonly number[],
  widths: readonly number[],
  limit: Columns,
): readonly number[] {
  if (limit === null) return filled
  let left = filled
  const isTooWide = () =>
    left.reduce((sum, index) => sum + Math.min(widths[index] ?? 0, LEAST), GAP * (left.length - 1)) > limit
  for (const gone of filled.filter((index) => columns[index]?.shrink)) {
    if (!isTooWide()) break
    left = left.filter((index) => index !== gone)
  }
  return left
}

/** Takes what is too much from the columns that may shrink, and then from the last ones. */
function shrink<T>(columns: readonly Column<T>[], shown: readonly number[], widths: number[], limit: Columns): void {
  if (limit === null) return
  const total = () => shown.reduce((sum, index) => sum + (widths[index] ?? 0), GAP * (shown.length - 1))
  const order = [...shown.filter((index) => columns[index]?.shrink), ...shown.toReversed()]
  for (const index of order) {
    const excess = total() - limit
    if (excess <= 0) return
    widths[index] = Math.max(Math.min(widths[index] ?? 0, LEAST), (widths[index] ?? 0) - excess)
  }
}
