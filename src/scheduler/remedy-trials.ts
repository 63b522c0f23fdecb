// Trying a change: is there a place for all, were the world like that?
import type { HostName } from '../model/names.js'
import { type PlaceInput, place } from './place.js'
import { type More, withMore } from './remedy-amounts.js'
import { changeHost, type World } from './remedy-fixes.js'

/** What came of one trial. */
export interface Trial {
  /** All demands have a place. */
  readonly ok: boolean
  /** It is shown that they can't have. */
  readonly impossible: boolean
  /** Where the first demand came to stand. */
  readonly host: HostName | null
}

/** Up to so many hosts and slots the least amounts are searched for. */
const MOST_HOSTS = 12
const MOST_SLOTS = 200
/** Steps of one trial, and trials in all where others may be rearranged: well under a second together. */
const STEPS = 10_000
const TRIALS = 60

/** A bounded number of trials. */
export class Trials {
  /** Small enough to search for the least amounts. */
  readonly thorough: boolean
  readonly #strategy: PlaceInput['strategy']
  readonly #moves: number
  #left: number

  constructor(input: World & Pick<PlaceInput, 'strategy' | 'moves'>) {
    const { candidates, occupants, demands } = input
    this.thorough = candidates.length <= MOST_HOSTS && occupants.length + demands.length <= MOST_SLOTS
    this.#strategy = input.strategy
    const movable = occupants.some((occupant) => occupant.movable ?? false)
    this.#moves = this.thorough && movable ? (input.moves ?? 0) : 0
    this.#left = this.#moves > 0 ? TRIALS : TRIALS * 20
  }

  /** No trials are left to narrow amounts with. */
  get spent(): boolean {
    return this.#left <= 0
  }

  /** One slot round which nothing moves is asked of every host: then what it lacks is plain, and no place is a proof. */
  isAlone(demands: World['demands']): boolean {
    return this.#moves === 0 && demands.length === 1
  }

  /** Would all demands have a place? */
  of({ demands, candidates, occupants }: World): Trial {
    this.#left -= 1
    const found = place({
      demands,
      candidates,
      occupants,
      strategy: this.#strategy,
      steps: STEPS,
      ...(this.#moves > 0 && { moves: this.#moves }),
    })
    const ok = found.unplaced.length === 0
    const impossible = !ok && (this.isAlone(demands) || found.unplaced.some(({ proof }) => proof === 'impossible'))
    return { ok, impossible, host: found.placed.find(({ slot }) => slot === demands[0]?.slot)?.host ?? null }
  }

  /** The world with more of some amounts on one host. */
  static withMore(world: World, host: HostName, more: readonly More[]): World {
    if (more.length === 0) return world
    return changeHost(world, host, ({ capacity }) => ({ capacity: withMore(capacity, more) }))
  }
}
