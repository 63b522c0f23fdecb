// All that the cockpit knows and shows, as data.
import type { Event } from '../../model/event.js'
import type { ExplainView } from '../../model/explain-view.js'
import type { HostName, JobName, SlotName } from '../../model/names.js'
import type { HostDetailView, JobDetailView, LiveView, LogLine, PlanView, Progress } from '../../model/views.js'
import type { Tone } from '../style.js'
import type { Key } from './keys.js'

/** The four lists, from top to bottom. */
export type PaneId = 'hosts' | 'jobs' | 'allocations' | 'events'
/** In the order of the keys 1 to 4. */
export const PANES: readonly PaneId[] = ['hosts', 'jobs', 'allocations', 'events']

/** The terminal. */
export interface Size {
  readonly rows: number
  readonly columns: number
}

/** Which column a list is sorted by. */
export interface Sort {
  readonly column: string
  readonly reverse: boolean
}

/** Where the operator is in a list. The selection follows its row by name. */
export interface ListState {
  readonly selected: string | null
  /** Its place among the rows shown. */
  readonly index: number
  /** The first row that is drawn. */
  readonly top: number
  readonly sort: Sort
  readonly filter: string
}

/** Where the operator is in a text. */
export interface Pager {
  readonly top: number
  readonly search: string
  /** The line that the search stands at; null: none. */
  readonly at: number | null
}

/** Something that is asked of the cluster. */
export type Fetched<T> =
  | { readonly state: 'waiting' }
  | { readonly state: 'there'; readonly value: T }
  | { readonly state: 'failed'; readonly error: unknown }

/** Journals that are followed. */
export interface LogsPage {
  readonly kind: 'logs'
  readonly id: number
  readonly title: string
  readonly targets: readonly (JobName | SlotName)[]
  readonly pager: Pager
  readonly lines: readonly LogLine[]
  /** Lines that were let go: the buffer has a bound. */
  readonly dropped: number
  /** The newest lines are shown as they come. */
  readonly follow: boolean
  readonly wrap: boolean
  readonly times: boolean
  /** Columns of the text that are scrolled out on the left. */
  readonly left: number
  /** The last warning. */
  readonly warning: string | null
  /** Why nothing more comes; null: it is followed. */
  readonly ended: string | null
}

/** A page over the lists. */
export type Page =
  | { readonly kind: 'help'; readonly pager: Pager }
  | { readonly kind: 'problems'; readonly pager: Pager }
  | { readonly kind: 'plan'; readonly pager: Pager; readonly plan: Fetched<PlanView> }
  | { readonly kind: 'host'; readonly pager: Pager; readonly name: HostName; readonly detail: Fetched<HostDetailView> }
  | { readonly kind: 'job'; readonly pager: Pager; readonly name: JobName; readonly detail: Fetched<JobDetailView> }
  | { readonly kind: 'allocation'; readonly pager: Pager; readonly slot: SlotName; readonly host: HostName | null }
  | {
      readonly kind: 'explain'
      readonly pager: Pager
      readonly target: JobName | SlotName
      readonly explained: Fetched<ExplainView>
    }
  | { readonly kind: 'event'; readonly pager: Pager; readonly key: string }
  | LogsPage

/** What the cluster can be told to do. */
export type Act =
  | { readonly verb: 'restart'; readonly job: JobName; readonly slots: readonly SlotName[] | null }
  | { readonly verb: 'stop' | 'start'; readonly job: JobName }
  | { readonly verb: 'cordon' | 'uncordon' | 'drain'; readonly host: HostName }

/** A question before something is done. */
export interface Ask {
  readonly question: string
  readonly detail: string
  /** What the other button says. */
  readonly yes: string
  /** null: leave the cockpit. */
  readonly act: Act | null
  readonly chosen: 'cancel' | 'yes'
}

/** Something that is being done, or was. */
export interface Work {
  readonly id: number
  readonly act: Act
  /** `restart web.0`. */
  readonly title: string
  /** ms since 1970. */
  readonly begunAt: number
  readonly endedAt: number | null
  readonly state: 'going' | 'done' | 'failed'
  /** How far it is, or how it ended. */
  readonly text: string
}

/** One line of the events pane: of the record, or of what was asked for here. */
export interface JournalRow {
  readonly key: string
  /** RFC 3339 UTC. */
  readonly time: string
  readonly kind: string
  readonly host: HostName | null
  readonly slot: SlotName | null
  readonly text: string
  readonly tone: Tone
  /** null: asked for here. */
  readonly event: Event | null
}

/** What is being typed. */
export interface Input {
  readonly purpose: 'filter' | 'search'
  readonly text: string
  /** What stood there before: Esc brings it back. */
  readonly before: string
}

/** Everything. */
export interface State {
  readonly size: Size
  /** ms since 1970. */
  readonly now: number
  /** Where the inventory lies. */
  readonly title: string
  readonly view: LiveView | null
  /** Why there is no newer view; null: there is. */
  readonly trouble: string | null
  /** Newest first, bounded. */
  readonly journal: readonly JournalRow[]
  readonly lists: Readonly<Record<PaneId, ListState>>
  readonly focus: PaneId
  /** The list in focus has the whole screen. */
  readonly zoom: boolean
  /** The last one is shown. */
  readonly pages: readonly Page[]
  readonly input: Input | null
  readonly ask: Ask | null
  readonly works: readonly Work[]
  /** One line until the next key. */
  readonly notice: { readonly tone: Tone; readonly text: string } | null
  /** Rises with each work and page of logs. */
  readonly nextId: number
}

/** What happens. */
export type Message =
  | { readonly kind: 'key'; readonly key: Key }
  | { readonly kind: 'resized'; readonly size: Size }
  | { readonly kind: 'time'; readonly now: number }
  | { readonly kind: 'view'; readonly view: LiveView; readonly now: number }
  | { readonly kind: 'trouble'; readonly text: string | null }
  | { readonly kind: 'events'; readonly events: readonly Event[] }
  | { readonly kind: 'plan'; readonly plan: Fetched<PlanView> }
  | { readonly kind: 'job'; readonly name: JobName; readonly detail: Fetched<JobDetailView> }
  | { readonly kind: 'explained'; readonly target: JobName | SlotName; readonly explained: Fetched<ExplainView> }
  | { readonly kind: 'host'; readonly name: HostName; readonly detail: Fetched<HostDetailView> }
  | { readonly kind: 'log-lines'; readonly id: number; readonly lines: readonly LogLine[] }
  | { readonly kind: 'log-warning'; readonly id: number; readonly text: string }
  | { readonly kind: 'log-end'; readonly id: number; readonly text: string }
  | { readonly kind: 'progress'; readonly id: number; readonly progress: Progress; readonly now: number }
  | { readonly kind: 'ended'; readonly id: number; readonly ok: boolean; readonly text: string; readonly now: number }
  | { readonly kind: 'note'; readonly text: string }

/** What is to be done because of it. */
export type Effect =
  | { readonly kind: 'quit' }
  | { readonly kind: 'redraw' }
  | { readonly kind: 'fetch-plan' }
  | { readonly kind: 'fetch-job'; readonly name: JobName }
  | { readonly kind: 'fetch-explained'; readonly target: JobName | SlotName }
  | { readonly kind: 'fetch-host'; readonly name: HostName }
  | { readonly kind: 'open-logs'; readonly id: number; readonly targets: readonly string[] }
  | { readonly kind: 'close-logs'; readonly id: number }
  | { readonly kind: 'act'; readonly id: number; readonly act: Act }

/** The state afterwards, and what is to be done. */
export interface Step {
  readonly state: State
  readonly effects: readonly Effect[]
}

/** A text from its beginning. */
export const AT_TOP: Pager = { top: 0, search: '', at: null }

/** Before anything is known. */
export function initialState(options: { size: Size; now: number; title: string }): State {
  const list = (column: string, reverse = false): ListState => ({
    selected: null,
    index: 0,
    top: 0,
    sort: { column, reverse },
    filter: '',
  })
  return {
    ...options,
    view: null,
    trouble: null,
    journal: [],
    lists: { hosts: list('name'), jobs: list('name'), allocations: list('name'), events: list('time', true) },
    focus: 'hosts',
    zoom: false,
    pages: [],
    input: null,
    ask: null,
    works: [],
    notice: null,
    nextId: 1,
  }
}

/** The page that is shown; null: the lists. */
export function pageOf(state: State): Page | null {
  return state.pages.at(-1) ?? null
}

/** The state with another page in place of the one that is shown. */
export function withPage(state: State, page: Page): State {
  return { ...state, pages: [...state.pages.slice(0, -1), page] }
}
