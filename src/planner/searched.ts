// What was asked of place() and found, so that the same is not worked out again: within a tick, in the next one, and from
// what was searched beside the loop.
import { byName } from '../model/names.js'
import type { PlaceInput, PlaceResult } from '../scheduler/place.js'
import { questionKey } from './question.js'

/** Searches of earlier plans that are kept. */
const KEPT = 12

/** One search that left something over, or made room. */
export interface Searched {
  /** All that it rested on. */
  readonly key: string
  /** Steps that it had. */
  readonly steps: number
  /** It had only so many because the loop waited for it. */
  readonly hasty: boolean
  readonly result: PlaceResult
}

/** A search without its steps. */
export type Search = Omit<PlaceInput, 'steps'>

/** Its end was not its budget's: more steps give nothing else. */
export function isSettled({ proof }: PlaceResult): boolean {
  return proof.placed && proof.moves
}

/** Worth being kept: what places everything without touching anything takes no longer than to look it up. */
export function isWorthKeeping({ unplaced, moved, evicted }: PlaceResult): boolean {
  return unplaced.length + moved.length + evicted.length > 0
}

/** The text of a search: equal only where the same comes out, sentences included. */
export function searchedKey(search: Search): string {
  const { demands, candidates, occupants, strategy, moves = 0, preempt = false } = search
  const lines = [
    ...demands.map(({ slot, applied, previous, home, previousPorts }) =>
      JSON.stringify([slot, previous, home ?? null, previousPorts ?? {}, applied.job.constraints]),
    ),
    ...occupants.map(({ slot, host, ports }) => JSON.stringify([slot, host, ports])),
    ...candidates.map(({ name, capacity, verdictReason, lackingImages }) =>
      JSON.stringify([name, capacity, verdictReason ?? null, lackingImages]),
    ),
  ]
  return [`${strategy} ${preempt}`, ...lines.sort(byName), questionKey({ demands, candidates, occupants, moves })].join(
    '\n',
  )
}

/** The one of those kept that answers a search of so many steps. */
export function answerTo(key: string, steps: number, kept: readonly Searched[]): Searched | null {
  return kept.find((each) => each.key === key && (isSettled(each.result) || each.steps >= steps)) ?? null
}

/** What is kept for the next plan: what this one used, then the newest of what it did not. */
export function keptAfter(used: readonly Searched[], before: readonly Searched[]): readonly Searched[] {
  const keys = new Set(used.map(({ key }) => key))
  return [...used, ...before.filter(({ key }) => !keys.has(key))].slice(0, KEPT)
}
