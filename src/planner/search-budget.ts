// The work that all searches of one plan may take together.
import { Budget } from '../scheduler/budget.js'
import { type PlaceInput, type PlaceResult, place } from '../scheduler/place.js'
import { AGAIN_STEPS } from './vain.js'

/** A search that has come to its end takes seldom more of its share than this part of it: 1/16. */
const SETTLED = 16

/** Leave to make room. */
export interface Leave {
  readonly moves: number
  readonly preempt: boolean
  /** Searches that may have to be made after it; absent: none. */
  readonly followers?: number
}

/** Nothing that runs is touched; as much may have to be searched after it. */
export const NO_LEAVE: Leave = { moves: 0, preempt: false, followers: 1 }

/** Steps for all searches of one plan: the loop stands still for as long as they take. */
export class SearchBudget {
  readonly #budget: Budget

  /** With 0, each search still looks once over the hosts (AGAIN_STEPS). */
  constructor(steps: number) {
    this.#budget = new Budget(steps)
  }

  /** Places within its share, where as many more searches as `followers` may have to be made; stops nothing in vain. */
  place(input: Omit<PlaceInput, 'steps'>, followers: number): PlaceResult {
    const found = this.#search(input, followers)
    return stopsInVain(found, input) ? this.#search({ ...input, preempt: false }, followers) : found
  }

  #search(input: Omit<PlaceInput, 'steps'>, followers: number): PlaceResult {
    const steps = this.share(followers)
    const result = place({ ...input, steps })
    this.spent(steps, result.proof.placed && result.proof.moves)
    return result
  }

  /** Steps for the next search. */
  share(followers: number): number {
    return Math.max(AGAIN_STEPS, Math.floor(this.#budget.left / (followers + 1)))
  }

  /** A search with that share is over; `settled`: by itself, and not because the share was. */
  spent(share: number, settled: boolean): void {
    this.#budget.spend(settled ? Math.ceil(share / SETTLED) : share)
  }
}

/** Is something stopped, though nothing of higher priority has a place by it? */
function stopsInVain({ placed, evicted }: PlaceResult, { demands, occupants }: Omit<PlaceInput, 'steps'>): boolean {
  if (evicted.length === 0) return false
  const priorities = new Map([...demands, ...occupants].map(({ slot, applied }) => [slot, applied.job.priority]))
  const highest = Math.max(...placed.map(({ slot }) => priorities.get(slot) ?? 0))
  return evicted.some(({ slot }) => (priorities.get(slot) ?? 0) >= highest)
}
