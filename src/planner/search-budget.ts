// The work that all searches of one plan may take together.
import type { HostName } from '../model/names.js'
import { Budget } from '../scheduler/budget.js'
import { type PlaceResult, place } from '../scheduler/place.js'
import { placeToSurvive } from '../scheduler/prefer.js'
import { questionKey } from './question.js'
import { answerTo, isSettled, isWorthKeeping, type Search, type Searched, searchedKey } from './searched.js'
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

/** What a plan's searches know of earlier ones, and how they go about it. */
export interface SearchOptions {
  readonly before?: readonly Searched[] | undefined
  /** See `PlanInput.hasty`. */
  readonly hasty?: boolean | undefined
}

/** So that most losses of one host would be survived: new slots only. `control`: hc's own host. */
export interface ToSurvive {
  readonly control: HostName | null
}

/** Steps for all searches of one plan: whoever waits for it stands still for as long as they take. */
export class SearchBudget {
  readonly #budget: Budget
  readonly #before: readonly Searched[]
  readonly #hasty: boolean
  readonly #used = new Map<string, Searched>()
  #open: string | null = null

  /** With 0, each search still looks once over the hosts (AGAIN_STEPS). */
  constructor(steps: number, { before = [], hasty = false }: SearchOptions = {}) {
    this.#budget = new Budget(steps)
    this.#before = before
    this.#hasty = hasty
  }

  /** Searches that were made, and earlier ones that answered. */
  get used(): readonly Searched[] {
    return [...this.#used.values()]
  }

  /** Set where haste left something open: the question, but for amounts. */
  get open(): string | null {
    return this.#open
  }

  /** Places within its share, where as many more searches as `followers` may have to be made; stops nothing in vain. */
  place(input: Search, followers: number, survive: ToSurvive | null = null): PlaceResult {
    const found = this.#search(input, followers, survive)
    const calm = { ...input, preempt: false }
    const { result, hasty } = stopsInVain(found.result, input) ? this.#search(calm, followers, survive) : found
    if (!this.#hasty || !hasty || isSettled(result)) return result
    this.#open ??= questionKey({ ...input, moves: input.moves ?? 0 })
    // What was not searched to the end may touch more than need be: what runs can wait for the full search.
    if (result.moved.length + result.evicted.length === 0) return result
    return this.#search({ ...calm, moves: 0 }, followers, survive).result
  }

  #search(input: Search, followers: number, survive: ToSurvive | null): Searched {
    const steps = this.share(followers)
    const key = this.#keyOf(input, survive)
    const known = key === null ? null : (this.#used.get(key) ?? answerTo(key, steps, this.#before))
    const found = known ?? this.#make(input, steps, { key, survive })
    this.spent(steps, isSettled(found.result))
    if (found.key !== '') this.#used.set(found.key, found)
    return found
  }

  /** null: there is nothing to look it up in. */
  #keyOf(input: Search, survive: ToSurvive | null): string | null {
    if (this.#before.length + this.#used.size === 0) return null
    return keyOf(input, survive)
  }

  #make(
    input: Search,
    steps: number,
    by: { readonly key: string | null; readonly survive: ToSurvive | null },
  ): Searched {
    const ordinary = place({ ...input, steps })
    const result = by.survive ? placeToSurvive(input, ordinary, by.survive.control) : ordinary
    const isKept = isWorthKeeping(result) || by.survive !== null
    const key = isKept ? (by.key ?? keyOf(input, by.survive)) : ''
    return { key, steps, hasty: this.#hasty, result }
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

function keyOf(input: Search, survive: ToSurvive | null): string {
  return `${survive === null ? '' : `survive ${survive.control}\n`}${searchedKey(input)}`
}

/** Is something stopped, though nothing of higher priority has a place by it? */
function stopsInVain({ placed, evicted }: PlaceResult, { demands, occupants }: Search): boolean {
  if (evicted.length === 0) return false
  const priorities = new Map([...demands, ...occupants].map(({ slot, applied }) => [slot, applied.job.priority]))
  const highest = Math.max(...placed.map(({ slot }) => priorities.get(slot) ?? 0))
  return evicted.some(({ slot }) => (priorities.get(slot) ?? 0) >= highest)
}
