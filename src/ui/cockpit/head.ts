// The two lines at the top, and what is wrong below them.
import type { LiveView } from '../../model/views.js'
import { unclaimedLines } from '../left-undone.js'
import { sanitizeLine } from '../sanitize.js'
import { loopSentence, problems, standing } from '../status.js'
import { PLAIN } from '../style.js'
import { survivalProblem } from '../survival.js'
import { age } from '../time.js'
import { type Canvas, sentence } from '../view.js'
import { pad, width } from '../width.js'
import { bare, clip } from './clip.js'
import { drawnColumns, problemRows } from './layout.js'
import type { State } from './state.js'

/** A snapshot as old as that is out of date, ms: several looks have failed by then. */
const STALE = 6_000
/** A loop that ticked last so long ago is worth a word, ms. */
const SILENT_LOOP = 10_000

/** What is shown is out of date. */
export function isStale({ view, now }: State): boolean {
  return view !== null && now - Date.parse(view.seenAt) > STALE
}

/** Two lines: is all well, and how fresh is that. */
export function headLines(state: State, canvas: Canvas): readonly string[] {
  const { style } = canvas
  const columns = canvas.columns ?? 80
  const { view } = state
  const title = style.paint('dim', sanitizeLine(state.title))
  if (view === null) return [sides(style.paint('bold', 'hc ui'), title, columns, canvas), '']
  const seen = `Seen ${age(view.seenAt, state.now) ?? '?'} ago${view.source === 'loop' ? '' : ' by hc ui itself'}.`
  if (isStale(state)) {
    const old = `Out of date: what is shown was seen ${age(view.seenAt, state.now) ?? '?'} ago.`
    return [
      sides(style.paint('bad', old), title, columns, canvas),
      clip(`Then: ${standing(view, { ...canvas, style: dimmed(canvas.style) })}`, columns, style),
    ]
  }
  return [
    sides(standingNow(state, view, canvas), '', columns, canvas),
    sides(`${loopText(view, state.now, canvas)} ${seen}`, title, columns, canvas),
  ]
}

function dimmed(style: Canvas['style']): Canvas['style'] {
  return { ...style, paint: (_, text) => text }
}

/** Is all well? Not while something is wrong with the loop or the looks, though all runs. */
export function standingNow(state: State, view: LiveView, canvas: Canvas): string {
  const text = standing(view, canvas)
  if (state.trouble === null && !isSilent(view, state.now)) return text
  const well = canvas.style.paint('good', 'All is well:')
  return text.replace(well, canvas.style.paint('warn', 'All runs, but not all is well:'))
}

/** A loop is there that has not ticked for long. */
function isSilent({ loop }: LiveView, now: number): boolean {
  return loop.ticking && loop.lastTick !== null && now - Date.parse(loop.lastTick) >= SILENT_LOOP
}

function loopText(view: LiveView, now: number, canvas: Canvas): string {
  const { ticking, lastTick } = view.loop
  if (!ticking) return canvas.style.paint('warn', loopSentence(view, canvas))
  if (lastTick === null || !isSilent(view, now)) return loopSentence(view, canvas)
  return canvas.style.paint('warn', `The loop is there, but its last tick was ${age(lastTick, now) ?? '?'} ago.`)
}

/** One text on the left, one on the right where there is room for both. */
export function sides(left: string, right: string, columns: number, canvas: Canvas): string {
  const room = columns - width(right) - 2
  if (right === '' || width(left) > room) return clip(left, columns, canvas.style)
  return `${pad(left, columns - width(right))}${right}`
}

const known = new WeakMap<LiveView, Map<string, readonly string[]>>()

/** All that is wrong, worked out once per snapshot. */
export function allProblems(view: LiveView, canvas: Canvas): readonly string[] {
  const { columns, style } = canvas
  const of = known.get(view) ?? new Map<string, readonly string[]>()
  known.set(view, of)
  const key = `${columns} ${style.colour} ${style.unicode}`
  const before = of.get(key)
  if (before) return before
  const unclaimed = unclaimedLines(view.unclaimed, canvas).map((line) => `${line}: unclaimed, hc lets it run`)
  const lines = [...problems(view, canvas), ...unclaimed, ...survivalProblem(view.survives, canvas)]
  of.set(key, lines)
  return lines
}

/** What is wrong, one line each, as far as there is room; the rest is counted. */
export function problemStrip(state: State, canvas: Canvas): readonly string[] {
  const unbound = { ...canvas, columns: null }
  const trouble = state.trouble === null ? [] : sentence(state.trouble, unbound, '  ', 'warn')
  const whole = [...trouble, ...(state.view === null ? [] : allProblems(state.view, unbound))]
  const room = problemRows(state.size)
  // Each host's reason is indented below its slot; first of all every problem is named.
  const lines = whole.length <= room ? whole : whole.filter((line) => !bare(line).startsWith('    '))
  if (lines.length <= room) return lines
  const left = lines.length - room + 1
  return [...lines.slice(0, room - 1), canvas.style.paint('dim', `  and ${left} more: ! shows all`)]
}

/** How many lines that takes, whatever the terminal can show. */
export function stripHeight(state: State): number {
  return problemStrip(state, { style: PLAIN, columns: drawnColumns(state.size), now: state.now }).length
}
