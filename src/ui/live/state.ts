// The progress of an apply as data: what has been told so far, by slot.
import { byName } from '../../model/names.js'
import type { Progress } from '../../model/views.js'

/** Where a slot stands. */
export type SlotProgress = Extract<Progress, { kind: 'slot' }>

/** All that is known of a running apply. */
export interface ProgressState {
  /** The present phase, a sentence; null: none told. */
  readonly phase: string | null
  readonly slots: ReadonlyMap<string, TrackedSlot>
  /** What was said meanwhile and stays above the slots. */
  readonly notes: readonly Note[]
}

/** One line for good. */
export interface Note {
  readonly warning: boolean
  readonly text: string
}

/** A slot with the time at which work on it began. */
export interface TrackedSlot {
  readonly latest: SlotProgress
  /** ms since the apply began: when it left `waiting`; null: it still waits. */
  readonly begunAtMs: number | null
}

/** Nothing told yet. */
export const NO_PROGRESS: ProgressState = { phase: null, slots: new Map(), notes: [] }

/** The state after one more word. */
export function advance(state: ProgressState, progress: Progress): ProgressState {
  if (progress.kind === 'phase') return { ...state, phase: progress.text }
  if (progress.kind === 'warning') return noted(state, { warning: true, text: progress.text })
  const before = state.slots.get(progress.slot)
  const begunAtMs = before?.begunAtMs ?? (progress.state === 'waiting' ? null : progress.atMs)
  return { ...state, slots: new Map(state.slots).set(progress.slot, { latest: progress, begunAtMs }) }
}

/** The state with one more line. */
export function noted(state: ProgressState, note: Note): ProgressState {
  return { ...state, notes: [...state.notes, note] }
}

/** True for a slot on which nothing more is to be done. */
export function isOver(slot: TrackedSlot): boolean {
  return slot.latest.state === 'done' || slot.latest.state === 'failed'
}

/** All slots by name. */
export function slotsInOrder(state: ProgressState): readonly TrackedSlot[] {
  return [...state.slots.values()].sort((a, b) => byName(a.latest.slot, b.latest.slot))
}
