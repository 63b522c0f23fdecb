// How the rows of the terminal are shared out.
import { drawn } from './rows.js'
import { PANES, type PaneId, type Size, type State } from './state.js'

/** What the list in focus gets before the others get more than two rows. */
const SHARE = 0.4
/** The smallest terminal that all of it fits into. */
export const SMALLEST: Size = { rows: 24, columns: 80 }
/** Rows of the head, of the line of works and notices, and of the keys. */
const [HEAD, BELOW] = [2, 2]

/** Lines that are drawn: one less than the terminal has, for ink clears a terminal that is full. */
export function drawnRows({ rows }: Size): number {
  return Math.max(1, rows - 1)
}

/** Columns that are drawn: one less, for a line that fills its row loses its last sign when the rest is erased. */
export function drawnColumns({ columns }: Size): number {
  return Math.max(1, columns - 1)
}

/** Too small for anything but a sentence. */
export function isTooSmall({ rows, columns }: Size): boolean {
  return rows < SMALLEST.rows || columns < SMALLEST.columns
}

/** Rows between the head and the line below: of the lists, or of a page with its title. */
export function bodyRows(size: Size): number {
  return Math.max(1, drawnRows(size) - HEAD - BELOW)
}

/** Rows of text on a page. */
export function pageRows(size: Size): number {
  return Math.max(1, bodyRows(size) - 1)
}

/** Rows for problems under the head. */
export function problemRows(size: Size): number {
  return Math.floor(size.rows / 8)
}

/** Rows of each list without its heading; 0: not shown. The list in focus comes first, then all in turn. */
export function paneRows(state: State, problems: number): Readonly<Record<PaneId, number>> {
  const room = bodyRows(state.size) - problems
  const rows: Record<PaneId, number> = { hosts: 0, jobs: 0, allocations: 0, events: 0 }
  if (state.zoom) {
    rows[state.focus] = Math.max(1, room - 1)
    return rows
  }
  const order = [state.focus, ...PANES.filter((pane) => pane !== state.focus)]
  const wants = (pane: PaneId) => Math.max(1, drawn(state, pane).keys.length)
  let free = Math.max(PANES.length, room - PANES.length)
  const give = (pane: PaneId, upTo: number) => {
    const more = Math.max(0, Math.min(free, Math.min(wants(pane), upTo) - rows[pane]))
    rows[pane] += more
    free -= more
  }
  for (const pane of order) give(pane, 2)
  give(state.focus, Math.floor(room * SHARE))
  for (let before = -1; free > 0 && free !== before; ) {
    before = free
    for (const pane of order) give(pane, rows[pane] + 1)
  }
  rows.events += free
  return rows
}
