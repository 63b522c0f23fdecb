// What happens to the state: one message after the other, without a clock or a terminal.
import { aboutProgress } from './acts.js'
import { stripHeight } from './head.js'
import { rowOfEvent, rowOfWork, withRows } from './journal.js'
import { isTooSmall, paneRows } from './layout.js'
import { follow } from './list.js'
import { withLines } from './logs.js'
import { onAskKey, onInputKey } from './on-dialog-key.js'
import { onListKey } from './on-list-key.js'
import { onPageKey } from './on-page-key.js'
import { drawn } from './rows.js'
import {
  type ListState,
  type LogsPage,
  type Message,
  PANES,
  type Page,
  type PaneId,
  pageOf,
  type State,
  type Step,
  type Work,
} from './state.js'

/** Works that have ended are remembered so long in the line below, ms. */
const REMEMBERED = 20_000

/** The state after a message, and what is to be done because of it. */
export function reduce(state: State, message: Message): Step {
  if (message.kind === 'key') {
    const { state: next, effects } = onKey({ ...state, notice: null }, message.key)
    return { state: settled(next), effects }
  }
  return { state: settled(changed(state, message)), effects: [] }
}

function onKey(state: State, key: string): Step {
  if (key === 'ctrl-l') return { state, effects: [{ kind: 'redraw' }] }
  if (key === 'ctrl-c') return { state, effects: [{ kind: 'quit' }] }
  // Nothing can be read there, so nothing is done but leaving.
  if (isTooSmall(state.size)) return { state, effects: key === 'q' ? [{ kind: 'quit' }] : [] }
  if (state.ask) return onAskKey(state, state.ask, key)
  if (state.input) return { state: onInputKey(state, state.input, key), effects: [] }
  const page = pageOf(state)
  return page ? onPageKey(state, page, key) : onListKey(state, key)
}

function changed(state: State, message: Exclude<Message, { kind: 'key' }>): State {
  switch (message.kind) {
    case 'resized':
      return { ...state, size: message.size }
    case 'time':
      return forgotten({ ...state, now: message.now })
    case 'view':
      return forgotten({ ...state, view: message.view, now: message.now })
    case 'trouble':
      return { ...state, trouble: message.text }
    case 'events':
      return { ...state, journal: withRows(state.journal, message.events.map(rowOfEvent)) }
    case 'note':
      return { ...state, notice: { tone: 'plain', text: message.text } }
    case 'progress':
      return progressed(state, message)
    case 'ended':
      return ended(state, message)
    default:
      return { ...state, pages: state.pages.map((page) => onPage(page, message)) }
  }
}

type PageMessage = Extract<
  Message,
  { kind: 'plan' | 'job' | 'host' | 'explained' | 'log-lines' | 'log-warning' | 'log-end' }
>

/** A page after what was asked for has come; pages that it is not for stay. */
function onPage(page: Page, message: PageMessage): Page {
  if (message.kind === 'plan') return page.kind === 'plan' ? { ...page, plan: message.plan } : page
  if (message.kind === 'job')
    return page.kind === 'job' && page.name === message.name ? { ...page, detail: message.detail } : page
  if (message.kind === 'host')
    return page.kind === 'host' && page.name === message.name ? { ...page, detail: message.detail } : page
  if (message.kind === 'explained')
    return page.kind === 'explain' && page.target === message.target ? { ...page, explained: message.explained } : page
  return page.kind === 'logs' && page.id === message.id ? onLogs(page, message) : page
}

function onLogs(
  page: LogsPage,
  message: Extract<Message, { kind: 'log-lines' | 'log-warning' | 'log-end' }>,
): LogsPage {
  switch (message.kind) {
    case 'log-lines':
      return withLines(page, message.lines)
    case 'log-warning':
      return { ...page, warning: message.text }
    case 'log-end':
      return { ...page, ended: message.text }
  }
}

function progressed(state: State, { id, progress }: Extract<Message, { kind: 'progress' }>): State {
  const text = aboutProgress(progress)
  return { ...state, works: state.works.map((work) => (work.id === id ? { ...work, text } : work)) }
}

function ended(state: State, { id, ok, text, now }: Extract<Message, { kind: 'ended' }>): State {
  const work = state.works.find((one) => one.id === id)
  if (!work) return state
  const after: Work = { ...work, state: ok ? 'done' : 'failed', text, endedAt: now }
  return {
    ...state,
    now,
    works: state.works.map((one) => (one.id === id ? after : one)),
    journal: withRows(state.journal, [rowOfWork(after, now)]),
  }
}

/** Works that ended long ago are taken off the line below; failed ones stay until something else is asked for. */
function forgotten(state: State): State {
  const old = ({ state: at, endedAt }: Work) => at === 'done' && endedAt !== null && state.now - endedAt > REMEMBERED
  return state.works.some(old) ? { ...state, works: state.works.filter((work) => !old(work)) } : state
}

/** Selections stay on their rows, and what is selected stays in sight. */
function settled(state: State): State {
  if (isTooSmall(state.size)) return state
  const heights = paneRows(state, stripHeight(state))
  let { lists } = state
  for (const pane of PANES) {
    const list = settledList(state, pane, heights[pane])
    if (list !== lists[pane]) lists = { ...lists, [pane]: list }
  }
  return lists === state.lists ? state : { ...state, lists }
}

function settledList(state: State, pane: PaneId, rows: number): ListState {
  return follow(state.lists[pane], drawn(state, pane).keys, Math.max(1, rows), pane === 'events')
}
