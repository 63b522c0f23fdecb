// Keys in the lists.
import { askFor, stopOrStart } from './acts.js'
import { stripHeight } from './head.js'
import type { Key } from './keys.js'
import { paneRows } from './layout.js'
import { moved, sorted, stepOf } from './list.js'
import { onGeneralKey } from './on-page-key.js'
import { allocationRows, COLUMNS, drawn, eventRows, hostRows, jobRows } from './rows.js'
import { type Act, AT_TOP, type LogsPage, PANES, type PaneId, type State, type Step } from './state.js'

const only = (state: State): Step => ({ state, effects: [] })

/** A key while the lists are shown. */
export function onListKey(state: State, key: Key): Step {
  const general = onGeneralKey(state, key)
  if (general) return general
  const list = state.lists[state.focus]
  const { keys } = drawn(state, state.focus)
  const rows = Math.max(1, paneRows(state, stripHeight(state))[state.focus])
  const by = stepOf(key, rows, keys.length)
  if (by !== null) return only(withList(state, moved(list, by, keys, rows)))
  const focus = focusOf(state, key)
  if (focus) return only({ ...state, focus })
  switch (key) {
    case 'q':
      return quit(state)
    case 'esc':
      return only(list.filter !== '' ? withList(state, { ...list, filter: '' }) : { ...state, zoom: false })
    case 'z':
      return only({ ...state, zoom: !state.zoom })
    case '/':
      return only({ ...state, input: { purpose: 'filter', text: list.filter, before: list.filter } })
    case 'enter':
    case 'd':
      return openDetail(state)
    case 'l':
      return openLogs(state)
    case 'x':
      return openExplained(state)
    case 'r':
    case 'S':
    case 'c':
    case 'D':
      return ask(state, key)
    default: {
      const next = sorted(list, COLUMNS[state.focus], key)
      return only(next ? withList(state, next) : state)
    }
  }
}

function withList(state: State, list: State['lists'][PaneId]): State {
  return { ...state, lists: { ...state.lists, [state.focus]: list } }
}

function focusOf(state: State, key: Key): PaneId | null {
  const numbered = PANES[Number(key) - 1]
  if (numbered) return numbered
  const by = key === 'tab' || key === 'right' ? 1 : key === 'shift-tab' || key === 'left' || key === 'h' ? -1 : 0
  return by === 0 ? null : (PANES[(PANES.indexOf(state.focus) + by + PANES.length) % PANES.length] ?? null)
}

function quit(state: State): Step {
  const going = state.works.filter((work) => work.state === 'going')
  if (going.length === 0) return { state, effects: [{ kind: 'quit' }] }
  const titles = going.map(({ title }) => title).join(', ')
  return only({
    ...state,
    ask: {
      question: 'Leave while something is under way?',
      detail: `${titles}: what stands in the record by now goes on, by the loop or by hc reconcile; what does not is not begun.`,
      yes: 'Leave',
      act: null,
      chosen: 'cancel',
    },
  })
}

function saying(state: State, text: string): Step {
  return only({ ...state, notice: { tone: 'warn', text } })
}

/** What is selected, by what it is. */
interface Selected {
  readonly host: string | null
  readonly job: string | null
  readonly slot: string | null
}

function selected(state: State): Selected | null {
  const { index } = state.lists[state.focus]
  switch (state.focus) {
    case 'hosts': {
      const row = hostRows(state).items[index]
      return row ? { host: row.host.name, job: null, slot: null } : null
    }
    case 'jobs': {
      const row = jobRows(state).items[index]
      return row ? { host: null, job: row.job.name, slot: null } : null
    }
    case 'allocations': {
      const row = allocationRows(state).items[index]
      return row ? { host: row.host, job: row.job, slot: row.slot } : null
    }
    case 'events': {
      const row = eventRows(state).items[index]
      return row ? { host: row.host, job: null, slot: row.slot } : null
    }
  }
}

function openDetail(state: State): Step {
  const what = selected(state)
  if (!what) return only(state)
  if (state.focus === 'events') {
    const row = eventRows(state).items[state.lists.events.index]
    return only(row ? { ...state, pages: [{ kind: 'event', pager: AT_TOP, key: row.key }] } : state)
  }
  if (state.focus === 'allocations' && what.slot !== null)
    return only({ ...state, pages: [{ kind: 'allocation', pager: AT_TOP, slot: what.slot, host: what.host }] })
  const detail = { state: 'waiting' } as const
  if (what.job !== null)
    return {
      state: { ...state, pages: [{ kind: 'job', pager: AT_TOP, name: what.job, detail }] },
      effects: [{ kind: 'fetch-job', name: what.job }],
    }
  if (what.host === null) return only(state)
  return {
    state: { ...state, pages: [{ kind: 'host', pager: AT_TOP, name: what.host, detail }] },
    effects: [{ kind: 'fetch-host', name: what.host }],
  }
}

function openExplained(state: State): Step {
  const what = selected(state)
  const target = what?.slot ?? what?.job ?? null
  if (target === null) return saying(state, 'Only a job or an allocation can be explained.')
  return {
    state: { ...state, pages: [{ kind: 'explain', pager: AT_TOP, target, explained: { state: 'waiting' } }] },
    effects: [{ kind: 'fetch-explained', target }],
  }
}

function openLogs(state: State): Step {
  const what = selected(state)
  if (!what) return only(state)
  const there = state.view?.allocations ?? []
  const target = what.slot ?? what.job
  const targets = target !== null ? [target] : there.filter(({ host }) => host === what.host).map(({ slot }) => slot)
  if (targets.length === 0)
    return saying(state, what.host === null ? 'That has no journal.' : `Nothing of hc is on ${what.host}.`)
  const title = target !== null ? `Logs of ${target}` : `Logs of all on ${what.host}`
  const id = state.nextId
  const page: LogsPage = {
    kind: 'logs',
    id,
    title,
    targets,
    pager: AT_TOP,
    lines: [],
    dropped: 0,
    follow: true,
    wrap: true,
    times: false,
    left: 0,
    warning: null,
    ended: null,
  }
  return {
    state: { ...state, nextId: id + 1, pages: [page] },
    effects: [{ kind: 'open-logs', id, targets }],
  }
}

/** Asks before something is done to what is selected, or says what it can be done to. */
function ask(state: State, key: 'r' | 'S' | 'c' | 'D'): Step {
  const { view } = state
  const what = selected(state)
  if (!view || !what) return only(state)
  const act = actOf(state, what, key)
  return typeof act === 'string' ? saying(state, act) : only({ ...state, ask: askFor(act, view) })
}

function actOf({ view, focus }: State, { host, job, slot }: Selected, key: 'r' | 'S' | 'c' | 'D'): Act | string {
  if (key === 'r') {
    if (job === null) return 'r restarts a job or an allocation: choose one under 2 or 3.'
    const of = view?.jobs.find(({ name }) => name === job)
    if (of?.stopped) return `${job} is stopped: S on the job starts it.`
    return { verb: 'restart', job, slots: slot === null ? null : [slot] }
  }
  if (key === 'S') {
    const of = view?.jobs.find(({ name }) => name === job)
    return of ? stopOrStart(of) : 'S stops and starts jobs: choose one under 2.'
  }
  const found = focus === 'hosts' ? view?.hosts.find(({ name }) => name === host) : undefined
  if (!found) return `${key} is for hosts: choose one under 1.`
  if (key === 'D') {
    if (found.draining) return `${found.name} is being drained already; c ends that.`
    return { verb: 'drain', host: found.name }
  }
  return { verb: found.cordoned || found.draining ? 'uncordon' : 'cordon', host: found.name }
}
