// Keys while something is asked, and while a line is typed.
import { actTitle } from './acts.js'
import { rowOfWork, withRows } from './journal.js'
import { isCharacter, type Key } from './keys.js'
import { searched } from './on-page-key.js'
import { type Act, type Ask, type Input, pageOf, type State, type Step, withPage } from './state.js'

/** So many works may be under way at the same time. */
const AT_ONCE = 8

/** A question is open. Only `y`, or the other button chosen and Enter, does it. */
export function onAskKey(state: State, ask: Ask, key: Key): Step {
  const closed = { ...state, ask: null }
  switch (key) {
    case 'left':
    case 'right':
    case 'h':
    case 'l':
    case 'tab':
    case 'shift-tab': {
      const chosen = ask.chosen === 'cancel' ? 'yes' : 'cancel'
      return { state: { ...state, ask: { ...ask, chosen } }, effects: [] }
    }
    case 'enter':
      return ask.chosen === 'yes' ? agreed(closed, ask.act) : { state: closed, effects: [] }
    case 'y':
    case 'Y':
      return agreed(closed, ask.act)
    case 'n':
    case 'N':
    case 'q':
    case 'esc':
      return { state: closed, effects: [] }
    default:
      return { state, effects: [] }
  }
}

function agreed(state: State, act: Act | null): Step {
  if (act === null) return { state, effects: [{ kind: 'quit' }] }
  const title = actTitle(act)
  const going = state.works.filter((work) => work.state === 'going')
  const same = going.some((work) => work.title === title)
  if (same || going.length >= AT_ONCE) {
    const text = same ? `${title} is under way already.` : `${going.length} things are under way: wait for one of them.`
    return { state: { ...state, notice: { tone: 'warn', text } }, effects: [] }
  }
  const id = state.nextId
  const work = { id, act, title, begunAt: state.now, endedAt: null, state: 'going' as const, text: 'begins' }
  const journal = withRows(state.journal, [rowOfWork(work, state.now)])
  return {
    state: { ...state, journal, works: [...going, work], nextId: id + 1 },
    effects: [{ kind: 'act', id, act }],
  }
}

/** A line is being typed: a filter shows its effect at once, a search with Enter. */
export function onInputKey(state: State, input: Input, key: Key): State {
  switch (key) {
    case 'enter':
      return entered({ ...state, input: null }, input)
    case 'esc':
      return withText({ ...state, input: null }, { ...input, text: input.before })
    case 'backspace':
      if (input.text === '') return withText({ ...state, input: null }, input)
      return typed(state, { ...input, text: [...input.text].slice(0, -1).join('') })
    case 'ctrl-u':
      return typed(state, { ...input, text: '' })
    default:
      return isCharacter(key) ? typed(state, { ...input, text: input.text + key }) : state
  }
}

function typed(state: State, input: Input): State {
  return withText({ ...state, input }, input)
}

/** The filter or the marks of a search as the text says, without moving. */
function withText(state: State, { purpose, text }: Input): State {
  if (purpose === 'search') {
    const page = pageOf(state)
    return page ? withPage(state, { ...page, pager: { ...page.pager, search: text.trim(), at: null } }) : state
  }
  const list = { ...state.lists[state.focus], filter: text.trim() }
  return { ...state, lists: { ...state.lists, [state.focus]: list } }
}

function entered(state: State, input: Input): State {
  const set = withText(state, input)
  const page = pageOf(set)
  return input.purpose === 'search' && page && input.text.trim() !== '' ? searched(set, page, 'here') : set
}
