// New slots are placed so that most losses of one host would be survived: where the ordinary choice would not survive all
// of them, a few others are tried.
import type { Strategy } from '../model/host.js'
import { byName, type HostName } from '../model/names.js'
import type { Candidate, Occupant } from '../model/plan.js'
import { type PlaceInput, type PlaceResult, place } from './place.js'
import { survivals } from './survival.js'

/** Beyond so many hosts or slots the ordinary choice stands: looking at all losses for each choice would take too long. */
const MOST_HOSTS = 32
const MOST_SLOTS = 320
/** So many choices are tried at most. */
const TRIED = 40
/** Steps of work for placing, and for looking at the losses, of one choice. */
const STEPS = 20_000
const STRATEGIES: readonly Strategy[] = ['balanced', 'spread', 'pack']

/** How many losses would not be survived, then how many slots would have no place in all; less is better. */
type Harm = readonly [number, number]

interface Choice {
  readonly result: PlaceResult
  readonly harm: Harm
}

/**
 * `ordinary`, as place() made it of `input`, or another result that places all of it too, moves nothing either, and survives
 * more losses. It stands where something has no place or makes room, where it survives all, and where none is better.
 */
export function placeToSurvive(input: PlaceInput, ordinary: PlaceResult, control: HostName | null = null): PlaceResult {
  const { candidates, demands, occupants } = input
  const isPlain = ordinary.unplaced.length + ordinary.moved.length + ordinary.evicted.length === 0
  const isSmall = candidates.length <= MOST_HOSTS && demands.length + occupants.length <= MOST_SLOTS
  if (demands.length === 0 || !isPlain || !isSmall) return ordinary
  return new Chooser(input, control).from(ordinary)
}

class Chooser {
  readonly #input: PlaceInput
  readonly #control: HostName | null
  #left = TRIED

  constructor(input: PlaceInput, control: HostName | null) {
    this.#input = input
    this.#control = control
  }

  from(ordinary: PlaceResult): PlaceResult {
    let best: Choice = { result: ordinary, harm: this.#harm(ordinary) }
    for (const input of this.#others()) best = this.#better(best, input)
    // Then one new slot at a time elsewhere, all others staying.
    for (let again = true; again; ) {
      const before = best
      for (const input of this.#neighbours(best.result)) best = this.#better(best, input)
      again = best !== before
    }
    return best.result
  }

  #better(best: Choice, input: PlaceInput): Choice {
    if (best.harm[0] === 0 || this.#left <= 0) return best
    this.#left -= 1
    const result = place({ ...input, moves: 0, preempt: false, steps: STEPS })
    if (result.unplaced.length > 0) return best
    const harm = this.#harm(result)
    return harm[0] < best.harm[0] || (harm[0] === best.harm[0] && harm[1] < best.harm[1]) ? { result, harm } : best
  }

  /** The other strategies; and the largest hosts left free in turn. */
  #others(): readonly PlaceInput[] {
    const { strategy } = this.#input
    const strategies = STRATEGIES.filter((each) => each !== strategy).map((each) => ({
      ...this.#input,
      strategy: each,
    }))
    const largest = [...this.#input.candidates].sort(
      (a, b) => b.capacity.memory - a.capacity.memory || b.capacity.cpu - a.capacity.cpu || byName(a.name, b.name),
    )
    return [...strategies, ...largest.slice(0, 4).map(({ name }) => this.#without(name))]
  }

  #without(host: HostName): PlaceInput {
    const closed = (each: Candidate) => (each.name === host ? { ...each, cordoned: true } : each)
    return { ...this.#input, candidates: this.#input.candidates.map(closed) }
  }

  /** Each slot that may stand anywhere, on each other host. */
  #neighbours({ placed }: PlaceResult): readonly PlaceInput[] {
    const { candidates, demands } = this.#input
    const at = new Map(placed.map(({ slot, host }) => [slot, host]))
    const free = [...demands].filter(({ only }) => only === null).sort((a, b) => byName(a.slot, b.slot))
    const hosts = candidates.map(({ name }) => name).sort(byName)
    return free.flatMap(({ slot }) =>
      hosts.flatMap((host) => {
        if (at.get(slot) === host) return []
        const here = (each: string) => (each === slot ? host : (at.get(each) ?? null))
        return [{ ...this.#input, demands: demands.map((each) => ({ ...each, only: each.only ?? here(each.slot) })) }]
      }),
    )
  }

  #harm(result: PlaceResult): Harm {
    const { candidates, strategy, occupants, demands } = this.#input
    const jobs = new Map(demands.map(({ slot, applied }) => [slot, applied]))
    const arrived = result.placed.flatMap(({ slot, host, ports }): readonly Occupant[] => {
      const applied = jobs.get(slot)
      return applied ? [{ slot, host, ports, applied }] : []
    })
    const stay = occupants.map(({ slot, host, ports, applied }) => ({ slot, host, ports, applied }))
    const placements = [...stay, ...arrived]
    const found = survivals({ candidates, placements, strategy, control: this.#control, steps: STEPS, tells: false })
    const lost = Object.values(found).filter(({ ok, control }) => ok !== true && !control)
    return [lost.length, lost.reduce((sum, { unplaced }) => sum + unplaced.length, 0)]
  }
}
