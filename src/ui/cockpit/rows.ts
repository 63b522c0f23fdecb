// The rows of the four lists: filtered, sorted, with the columns that fit. Computed once per snapshot, not per key.
import { byName } from '../../model/names.js'
import type { AllocationView, LiveView } from '../../model/views.js'
import { sanitizeLine } from '../sanitize.js'
import type { Style } from '../style.js'
import { ALLOCATION_COLUMNS } from './columns-allocations.js'
import { HOST_COLUMNS, type HostRow } from './columns-hosts.js'
import { JOB_COLUMNS, type JobRow } from './columns-jobs.js'
import { type Column, headingLine, type Look, type Placed, placeColumns, rowLine } from './grid.js'
import { EVENT_COLUMNS } from './journal.js'
import type { JournalRow, ListState, PaneId, State } from './state.js'

/** One list, ready to be drawn. */
export interface Rows<T> {
  readonly items: readonly T[]
  /** One per item: what the selection holds on to. */
  readonly keys: readonly string[]
  /** Rows before the filter. */
  readonly total: number
  readonly columns: readonly Column<T>[]
  /** The columns by the room that they have: worked out once. */
  readonly places: Map<string, readonly Placed<T>[]>
}

interface Kinds {
  readonly hosts: HostRow
  readonly jobs: JobRow
  readonly allocations: AllocationView
  readonly events: JournalRow
}

/** Each list's columns, for sorting and for the help. */
export const COLUMNS: { readonly [P in PaneId]: readonly Column<Kinds[P]>[] } = {
  hosts: HOST_COLUMNS,
  jobs: JOB_COLUMNS,
  allocations: ALLOCATION_COLUMNS,
  events: EVENT_COLUMNS,
}

interface Memo<T> {
  readonly source: unknown
  readonly sort: ListState['sort']
  readonly filter: string
  readonly rows: Rows<T>
}

const memo: { -readonly [P in PaneId]?: Memo<Kinds[P]> } = {}

function remembered<T>(
  last: Memo<T> | undefined,
  { source, list }: { source: unknown; list: ListState },
  make: () => Rows<T>,
): Memo<T> {
  const same = last && last.source === source && last.sort === list.sort && last.filter === list.filter
  return same ? last : { source, sort: list.sort, filter: list.filter, rows: make() }
}

/** The rows of the hosts. */
export function hostRows({ view, lists }: State): Rows<HostRow> {
  const make = () => made('hosts', hostsOf(view), ({ host }) => host.name, lists.hosts)
  memo.hosts = remembered(memo.hosts, { source: view, list: lists.hosts }, make)
  return memo.hosts.rows
}

/** The rows of the jobs. */
export function jobRows({ view, lists }: State): Rows<JobRow> {
  const make = () => made('jobs', jobsOf(view), ({ job }) => job.name, lists.jobs)
  memo.jobs = remembered(memo.jobs, { source: view, list: lists.jobs }, make)
  return memo.jobs.rows
}

/** The rows of the allocations. */
export function allocationRows({ view, lists }: State): Rows<AllocationView> {
  const make = () => made('allocations', view?.allocations ?? [], ({ slot }) => slot, lists.allocations)
  memo.allocations = remembered(memo.allocations, { source: view, list: lists.allocations }, make)
  return memo.allocations.rows
}

/** The rows of the events. */
export function eventRows({ journal, lists }: State): Rows<JournalRow> {
  const make = () => made('events', journal, ({ key }) => key, lists.events)
  memo.events = remembered(memo.events, { source: journal, list: lists.events }, make)
  return memo.events.rows
}

/** What every list can be asked, whatever is in it. */
export interface Drawn {
  readonly keys: readonly string[]
  readonly total: number
  heading(look: Look, room: number): string
  line(index: number, look: Look, style: Style, options: { readonly room: number; readonly selected: boolean }): string
}

/** One of the lists, to be drawn. */
export function drawn(state: State, pane: PaneId): Drawn {
  switch (pane) {
    case 'hosts':
      return drawing(hostRows(state), state.lists.hosts)
    case 'jobs':
      return drawing(jobRows(state), state.lists.jobs)
    case 'allocations':
      return drawing(allocationRows(state), state.lists.allocations)
    case 'events':
      return drawing(eventRows(state), state.lists.events)
  }
}

function drawing<T>(rows: Rows<T>, list: ListState): Drawn {
  return {
    keys: rows.keys,
    total: rows.total,
    heading: (look, room) => headingLine(placed(rows, look, room), list.sort, look.unicode),
    line: (index, look, style, options) => {
      const item = rows.items[index]
      if (item === undefined) return ''
      return rowLine(placed(rows, look, options.room), item, look, style, options)
    },
  }
}

function placed<T>(rows: Rows<T>, look: Look, room: number): readonly Placed<T>[] {
  const key = `${room} ${look.unicode}`
  const known = rows.places.get(key)
  if (known) return known
  const places = placeColumns(rows.columns, rows.items, look, room)
  rows.places.set(key, places)
  return places
}

function made<P extends PaneId>(
  pane: P,
  items: readonly Kinds[P][],
  keyOf: (item: Kinds[P]) => string,
  list: ListState,
): Rows<Kinds[P]> {
  const columns: readonly Column<Kinds[P]>[] = COLUMNS[pane]
  const fitting = filtered(items, columns, list.filter)
  const column = columns.find(({ id }) => id === list.sort.column)
  const order = column?.order
  const sign = list.sort.reverse ? -1 : 1
  const sorted = order ? fitting.toSorted((a, b) => sign * order(a, b) || byName(keyOf(a), keyOf(b))) : fitting
  return { items: sorted, keys: unique(sorted.map(keyOf)), total: items.length, columns, places: new Map() }
}

/** Two copies of a slot have names of their own. */
function unique(keys: readonly string[]): readonly string[] {
  const times = new Map<string, number>()
  return keys.map((key) => {
    const time = (times.get(key) ?? 0) + 1
    times.set(key, time)
    return time === 1 ? key : `${key} ${time}`
  })
}

const SEEN_WITHOUT_TIME: Look = { now: 0, unicode: false }

/** Rows whose words hold every word of the filter; `!word`: that do not. */
function filtered<T>(items: readonly T[], columns: readonly Column<T>[], filter: string): readonly T[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '!')
  if (words.length === 0) return items
  const texts = columns.filter(({ width }) => width === 'widest')
  return items.filter((item) => {
    const text = texts.map((column) => sanitizeLine(column.cell(item, SEEN_WITHOUT_TIME, 0).text)).join(' ')
    const low = text.toLowerCase()
    return words.every((word) => (word.startsWith('!') ? !low.includes(word.slice(1)) : low.includes(word)))
  })
}

function hostsOf(view: LiveView | null): readonly HostRow[] {
  const counts = new Map<string, number>()
  for (const { host } of view?.allocations ?? []) if (host !== null) counts.set(host, (counts.get(host) ?? 0) + 1)
  return (view?.hosts ?? []).map((host) => ({ host, allocations: counts.get(host.name) ?? 0 }))
}

function jobsOf(view: LiveView | null): readonly JobRow[] {
  const of = new Map<string, AllocationView[]>()
  for (const row of view?.allocations ?? []) {
    const own = of.get(row.job)
    if (own) own.push(row)
    else of.set(row.job, [row])
  }
  return (view?.jobs ?? []).map((job) => {
    const own = of.get(job.name) ?? []
    const hosts = new Set(own.flatMap(({ host }) => (host === null ? [] : [host])))
    return { job, hosts: [...hosts].sort(byName), states: own.map(({ state }) => state) }
  })
}
