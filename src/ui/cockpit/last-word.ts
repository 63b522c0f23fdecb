// What stays on the terminal after the cockpit.
import { loopSentence } from '../status.js'
import { age } from '../time.js'
import { type Canvas, sentence } from '../view.js'
import { isStale, standingNow } from './head.js'
import type { State } from './state.js'

/** How the cluster stood, and what was left under way. */
export function lastWord(state: State, canvas: Canvas): readonly string[] {
  const { view } = state
  const going = state.works.filter((work) => work.state === 'going').map(({ title }) => title)
  const left =
    going.length === 0
      ? []
      : sentence(
          `Left under way: ${going.join(', ')}. hc events shows what is recorded of it: that the loop, or hc reconcile, carries out.`,
          canvas,
        )
  if (view === null) return [...sentence(state.trouble ?? 'The hosts had not answered yet.', canvas), ...left]
  const old = isStale(state) ? ` That was ${age(view.seenAt, state.now) ?? '?'} ago.` : ''
  return [`${standingNow(state, view, canvas)} ${loopSentence(view, { ...canvas, now: state.now })}${old}`, ...left]
}
