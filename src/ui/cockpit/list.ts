// Moving in a list: the selection, what is drawn, sorting.
import type { Key } from './keys.js'
import type { ListState } from './state.js'

/** The list after its rows have changed: the selection stays on its row by name, else on its place. */
export function follow(list: ListState, keys: readonly string[], rows: number, newestFirst: boolean): ListState {
  const stays = newestFirst && list.index === 0
  const found = stays || list.selected === null ? -1 : keys.indexOf(list.selected)
  const index = Math.max(0, Math.min(found >= 0 ? found : list.index, keys.length - 1))
  return same(list, { ...list, index, selected: keys[index] ?? null, top: topFor(list.top, index, keys.length, rows) })
}

function same(before: ListState, after: ListState): ListState {
  const kept = before.index === after.index && before.selected === after.selected && before.top === after.top
  return kept ? before : after
}

/** The first row drawn, so that the selection is in sight and no room is left empty. */
function topFor(top: number, index: number, total: number, rows: number): number {
  const last = Math.max(0, total - rows)
  return Math.max(0, Math.min(last, Math.max(Math.min(top, index), index - rows + 1)))
}

/** How far a key moves, in rows of a list or text of `rows` drawn and `total` there; null: it is no such key. */
export function stepOf(key: Key, rows: number, total: number): number | null {
  switch (key) {
    case 'j':
    case 'down':
      return 1
    case 'k':
    case 'up':
      return -1
    case 'ctrl-d':
      return Math.max(1, Math.floor(rows / 2))
    case 'ctrl-u':
      return -Math.max(1, Math.floor(rows / 2))
    case 'page-down':
    case 'ctrl-f':
      return Math.max(1, rows - 1)
    case 'page-up':
    case 'ctrl-b':
      return -Math.max(1, rows - 1)
    case 'g':
    case 'home':
      return -total
    case 'G':
    case 'end':
      return total
    default:
      return null
  }
}

/** The list with the selection so many rows further. */
export function moved(list: ListState, by: number, keys: readonly string[], rows: number): ListState {
  const index = Math.max(0, Math.min(keys.length - 1, list.index + by))
  return follow({ ...list, index, selected: keys[index] ?? null }, keys, rows, false)
}

/** What sorting needs to know of a column. */
export interface SortColumn {
  readonly id: string
  readonly letter: string
  readonly right?: boolean
  readonly order?: unknown
}

/** The list sorted otherwise after `o`, `O` or the letter of a column; null: no such key. The same letter turns round. */
export function sorted(list: ListState, columns: readonly SortColumn[], key: Key): ListState | null {
  const sortable = columns.filter(({ order }) => order !== undefined)
  const { column, reverse } = list.sort
  if (key === 'O') return { ...list, sort: { column, reverse: !reverse } }
  const at = sortable.findIndex(({ id }) => id === column)
  const next = key === 'o' ? sortable[(at + 1) % sortable.length] : sortable.find(({ letter }) => letter === key)
  if (!next) return null
  if (next.id === column) return { ...list, sort: { column, reverse: !reverse } }
  // Numbers: the greatest first. Names and what needs a look: from the beginning.
  return { ...list, sort: { column: next.id, reverse: isAmount(next) } }
}

function isAmount({ right, id }: SortColumn): boolean {
  return right === true || id === 'cpu' || id === 'memory' || id === 'disk' || id === 'time'
}
