// What was searched for a place in vain, so that it is not searched at full length again on the same input.
import type { HostName, SlotName } from '../model/names.js'
import type { Unplaced } from '../model/plan.js'
import type { Resources } from '../model/resources.js'
import { type Question, questionKey } from './question.js'

/** Steps for searching again through what was searched in vain: enough for one pass over the hosts. */
export const AGAIN_STEPS = 2000

/** Room that a host has more than at the vain search, as a part of that, before it is searched anew: 1/32. */
const GROWTH = 32

/** A search that placed nothing of what it was to place, and what it rested on. */
export interface Vain {
  /** All that it rested on but for the amounts. */
  readonly key: string
  /** Amounts flicker where others use a host too: only more of them can make room. */
  readonly capacity: Readonly<Record<HostName, Resources>>
  /** What it said of each slot, which holds as long as the rest does. */
  readonly unplaced: Readonly<Record<SlotName, Unplaced>>
}

/** Kept of a search that placed nothing. */
export function vainOf(question: Question, unplaced: readonly Unplaced[]): Vain {
  return {
    key: questionKey(question),
    capacity: Object.fromEntries(question.candidates.map(({ name, capacity }) => [name, capacity])),
    unplaced: Object.fromEntries(unplaced.map((each) => [each.slot, each])),
  }
}

/** Was the same searched in vain, with no less room? */
export function isVain(question: Question, before: Vain | null | undefined): before is Vain {
  if (!before || before.key !== questionKey(question)) return false
  return question.candidates.every(({ name, capacity }) => {
    const then = before.capacity[name]
    if (!then) return false
    const grown = (now: number, was: number) => now > was + was / GROWTH
    return (
      !grown(capacity.cpu, then.cpu) &&
      !grown(capacity.memory, then.memory) &&
      !grown(capacity.disk, then.disk) &&
      Object.entries(capacity.devices).every(([device, amount]) => !grown(amount, then.devices[device] ?? 0))
    )
  })
}

/** What is said of slots that have no place again: the proof and the remedy of the full search hold. */
export function saidBefore(unplaced: readonly Unplaced[], before: Vain): readonly Unplaced[] {
  return unplaced.map((each) => {
    const said = before.unplaced[each.slot]
    return { ...each, ...(said?.proof && { proof: said.proof }), ...(said?.remedy && { remedy: said.remedy }) }
  })
}
