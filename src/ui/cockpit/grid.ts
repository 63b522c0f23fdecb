// Tables that fit their width: which columns there is room for, how wide each is, and the lines.
import { sanitizeLine } from '../sanitize.js'
import type { Style } from '../style.js'
import type { Cell } from '../table.js'
import { cut, pad, width } from '../width.js'
import { inverse } from './clip.js'

/** What cells are made with. */
export interface Look {
  /** The present, ms since 1970. */
  readonly now: number
  readonly unicode: boolean
}

/** One column of a pane. */
export interface Column<T> {
  readonly id: string
  /** What it is called at its widest; the first word alone where there is less room. */
  readonly title: string
  /** With shift it sorts by this column; empty: not sorted by. */
  readonly letter: string
  /** 0 is always shown; the highest goes first where there is no room. */
  readonly rank: number
  /** Least columns of text with which it is worth showing. */
  readonly min: number
  /** Columns with which it is shown well: less important ones come only then. */
  readonly good?: number
  /** Columns that it takes where there is room; `widest`: as its widest cell, up to `max`. */
  readonly width: number | 'widest'
  readonly max?: number
  readonly right?: boolean
  cell(row: T, look: Look, columns: number): Cell
  /** Ascending; ties are broken by name. */
  order?(a: T, b: T): number
}

/** A column with its place. */
export interface Placed<T> {
  readonly column: Column<T>
  readonly columns: number
}

const GAP = 2

/** The columns that fit into `room`, from left to right as they were given. */
export function placeColumns<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  look: Look,
  room: number,
): readonly Placed<T>[] {
  const natural = new Map(columns.map((column) => [column, naturalWidth(column, rows, look)]))
  const wants = (column: Column<T>) => natural.get(column) ?? column.min
  // Names in full are worth more than further columns, as long as the main ones fit.
  const main = columns.filter(({ rank }) => rank <= 1)
  const least = (column: Column<T>) => Math.min(column.min, wants(column))
  const inFull = (column: Column<T>) => (column.rank === 0 ? wants(column) : least(column))
  const fits = main.reduce((sum, column) => sum + inFull(column) + GAP, 0) <= room + GAP
  const first = fits ? inFull : least
  const chosen = new Map<Column<T>, number>()
  let free = room + GAP
  for (const column of columns.toSorted((a, b) => a.rank - b.rank)) {
    const needed = first(column) + GAP
    const promised = column.rank > 2 ? [...chosen].reduce((sum, [one, has]) => sum + missing(one, has), 0) : 0
    if (wants(column) === 0 || (column.rank > 0 && needed > free - promised)) continue
    chosen.set(column, first(column))
    free -= needed
  }
  spread(chosen, wants, free)
  return columns.flatMap((column) => {
    const has = chosen.get(column)
    return has === undefined ? [] : [{ column, columns: has }]
  })
}

/** Columns of text that it lacks to be shown well. */
function missing<T>({ good }: Column<T>, has: number): number {
  return Math.max(0, (good ?? 0) - has)
}

/** What is left goes to the columns that want more, by rank; those of one rank grow together. */
function spread<T>(chosen: Map<Column<T>, number>, wants: (column: Column<T>) => number, left: number): void {
  let free = left
  const ranks = [...new Set([...chosen.keys()].map(({ rank }) => rank))]
  for (const rank of ranks) {
    for (;;) {
      const same = [...chosen.keys()].filter((one) => one.rank === rank && (chosen.get(one) ?? 0) < wants(one))
      if (same.length === 0 || same.length > free) break
      for (const column of same) chosen.set(column, (chosen.get(column) ?? 0) + 1)
      free -= same.length
    }
  }
}

/** 0: no row has anything there. */
function naturalWidth<T>(column: Column<T>, rows: readonly T[], look: Look): number {
  if (column.width !== 'widest') return column.width
  let widest = 0
  for (const row of rows) widest = Math.max(widest, width(column.cell(row, look, 0).text))
  if (widest === 0 && column.rank > 0) return 0
  return Math.min(column.max ?? Number.POSITIVE_INFINITY, Math.max(widest, firstWord(column.title).length + 1))
}

function firstWord(title: string): string {
  return title.split(' ')[0] ?? title
}

/** The line of headings; the column that is sorted by has an arrow. */
export function headingLine<T>(
  placed: readonly Placed<T>[],
  sort: { readonly column: string; readonly reverse: boolean },
  unicode: boolean,
): string {
  const arrow = sort.reverse ? (unicode ? '▼' : 'v') : unicode ? '▲' : '^'
  return placed
    .map(({ column, columns }) => {
      const sign = column.id === sort.column ? arrow : ''
      const title = column.title.length + sign.length <= columns ? column.title : firstWord(column.title)
      const text = `${title.slice(0, Math.max(0, columns - sign.length))}${sign}`
      return column.right ? text.padStart(columns) : text.padEnd(columns)
    })
    .join(' '.repeat(GAP))
}

/** One row; `selected` turns it round, without colours of its own. */
export function rowLine<T>(
  placed: readonly Placed<T>[],
  row: T,
  look: Look,
  style: Style,
  options: { readonly room: number; readonly selected: boolean },
): string {
  const parts = placed.map(({ column, columns }) => {
    const { text, tone } = column.cell(row, look, columns)
    const fitting = cut(sanitizeLine(text) || '-', columns, style)
    const space = ' '.repeat(Math.max(0, columns - width(fitting)))
    const painted = options.selected ? fitting : style.paint(text === '' ? 'dim' : tone, fitting)
    return column.right ? space + painted : painted + space
  })
  const line = parts.join(' '.repeat(GAP))
  return options.selected ? inverse(pad(line, options.room)) : line
}
