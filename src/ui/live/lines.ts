// The progress of an apply as lines: frames for a terminal, and one line per settled slot elsewhere.
import { sanitizeLine } from '../sanitize.js'
import type { Style, Tone } from '../style.js'
import { seconds } from '../time.js'
import { cut, pad, width } from '../width.js'
import { isOver, type ProgressState, type SlotProgress, slotsInOrder, type TrackedSlot } from './state.js'

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const ASCII_SPINNER = ['-', '\\', '|', '/']
/** ms that one picture of the spinner stands. */
const SPIN = 100

const TONES: Readonly<Record<SlotProgress['state'], Tone>> = {
  waiting: 'dim',
  acting: 'plain',
  starting: 'warn',
  done: 'good',
  failed: 'bad',
}

/** The size of a frame. */
export interface FrameSize {
  readonly rows: number
  readonly columns: number
}

/**
 * One frame at `atMs` (since the apply began), lower than `rows`: ink clears the whole terminal for a frame that fills
 * it. Where there are more slots than rows, those that failed or are at work are shown and the rest is counted.
 */
export function frameLines(state: ProgressState, atMs: number, size: FrameSize, style: Style): string[] {
  const slots = slotsInOrder(state)
  const shown = visible(slots, Math.max(1, size.rows - 3))
  const names = nameWidths(slots)
  const hidden = slots.length - shown.length
  return [
    ...(state.phase === null ? [] : [cut(sanitizeLine(state.phase), size.columns - 1, style)]),
    ...shown.map((slot) => slotLine(slot, atMs, names, style, size.columns - 1)),
    ...(hidden > 0 ? [cut(restLine(slots, shown), size.columns - 1, style)] : []),
  ]
}

/** The lines that stay: every slot, without a spinner. */
export function finalLines(state: ProgressState, style: Style, columns: number | null): string[] {
  const slots = slotsInOrder(state)
  const names = nameWidths(slots)
  return slots.map((slot) => slotLine(slot, null, names, style, columns))
}

/** What is told of one slot where no terminal is. */
export function changeLine(progress: SlotProgress, style: Style): string {
  const where = progress.host === null ? '' : ` on ${sanitizeLine(progress.host)}`
  const text = progress.text === '' ? '' : `: ${sanitizeLine(progress.text)}`
  const word = style.paint(TONES[progress.state], progress.state)
  return `${seconds(progress.atMs).padStart(7)}  ${sanitizeLine(progress.slot)}${where} ${word}${text}`
}

interface Widths {
  readonly slot: number
  readonly host: number
}

function nameWidths(slots: readonly TrackedSlot[]): Widths {
  const longest = (pick: (slot: TrackedSlot) => string) =>
    Math.max(0, ...slots.map((slot) => width(sanitizeLine(pick(slot)))))
  return { slot: longest((slot) => slot.latest.slot), host: longest((slot) => slot.latest.host ?? '') }
}

/** Failed ones first, then those at work, then the ones that wait, then the finished ones; shown in order of name. */
function visible(slots: readonly TrackedSlot[], room: number): readonly TrackedSlot[] {
  if (slots.length <= room) return slots
  const ranks: Readonly<Record<SlotProgress['state'], number>> = {
    failed: 0,
    acting: 1,
    starting: 1,
    waiting: 2,
    done: 3,
  }
  const chosen = new Set(slots.toSorted((a, b) => ranks[a.latest.state] - ranks[b.latest.state]).slice(0, room))
  return slots.filter((slot) => chosen.has(slot))
}

function restLine(slots: readonly TrackedSlot[], shown: readonly TrackedSlot[]): string {
  const hidden = slots.filter((slot) => !shown.includes(slot))
  const states = (['failed', 'acting', 'starting', 'waiting', 'done'] as const)
    .map((state) => ({ state, total: hidden.filter((slot) => slot.latest.state === state).length }))
    .filter(({ total }) => total > 0)
  return `  ${hidden.length} more: ${states.map(({ state, total }) => `${total} ${state}`).join(', ')}`
}

/** `atMs` null: the final line, without a spinner. */
function slotLine(slot: TrackedSlot, atMs: number | null, names: Widths, style: Style, columns: number | null): string {
  const { latest, begunAtMs } = slot
  const end = isOver(slot) || atMs === null ? latest.atMs : Math.max(atMs, latest.atMs)
  const elapsed = begunAtMs === null ? '' : seconds(end - begunAtMs)
  const head = `${sign(slot, atMs, style)} ${pad(sanitizeLine(latest.slot), names.slot)}  ${pad(sanitizeLine(latest.host ?? ''), names.host)}  `
  const state = pad(latest.state, 8)
  const tail = `  ${elapsed.padStart(6)}  ${sanitizeLine(latest.text)}`.trimEnd()
  const room = columns === null ? tail : cut(tail, columns - width(head) - width(state), style)
  return `${head}${style.paint(TONES[latest.state], room === '' ? latest.state : state)}${room}`
}

function sign(slot: TrackedSlot, atMs: number | null, style: Style): string {
  if (slot.latest.state === 'done') return style.paint('good', style.unicode ? '✔' : '+')
  if (slot.latest.state === 'failed') return style.paint('bad', style.unicode ? '✖' : 'x')
  if (slot.latest.state === 'waiting' || atMs === null) return ' '
  const pictures = style.unicode ? SPINNER : ASCII_SPINNER
  return pictures[Math.floor(atMs / SPIN) % pictures.length] ?? ''
}
