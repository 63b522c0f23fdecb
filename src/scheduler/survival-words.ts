// What is said of a loss that would not be survived: what would mend it, and of those of which that is not looked for, why.
import type { HostName, SlotName } from '../model/names.js'
import type { Demand, Occupant, Survival } from '../model/plan.js'
import type { PlaceResult } from './place.js'
import { nearest, type RemedyInput, remedies } from './remedy.js'
import type { SurvivalInput } from './survival.js'

/** So many of the hosts whose loss is not survived are told with what would mend it: that costs many small searches. */
const REMEDIES = 2
/** So many are told with a reason where there are many hosts: each looks at all of them. */
const REASONS = 5

/** How many losses may still be told of. */
export class Telling {
  #remedies: number
  #reasons: number

  /** `small`: of every loss there is a word. */
  constructor(tells: boolean, small: boolean) {
    this.#remedies = tells ? REMEDIES : 0
    this.#reasons = tells ? (small ? Number.POSITIVE_INFINITY : REASONS) : 0
  }

  /** Is there anything left to tell? */
  get open(): boolean {
    return this.#remedies > 0 || this.#reasons > 0
  }

  /** The words of one loss. */
  of(input: RemedyInput): Pick<Survival, 'remedies' | 'reasons'> {
    const bySlot: ReadonlyMap<SlotName, string> = this.#remedies > 0 ? remedies(input).bySlot : new Map()
    if (bySlot.size > 0) {
      this.#remedies -= 1
      return { remedies: Object.fromEntries(bySlot) }
    }
    const [first] = input.demands
    const reason = first && this.#reasons > 0 ? nearest(first, input) : null
    if (!first || reason === null) return {}
    this.#reasons -= 1
    return { reasons: { [first.slot]: reason } }
  }
}

/** What would have to be otherwise, everything else standing as the search left it. */
export function toldOf(
  input: SurvivalInput,
  lost: HostName,
  found: PlaceResult,
  telling: Telling,
): Pick<Survival, 'remedies' | 'reasons'> {
  const placed = new Map([...found.placed, ...found.moved].map((each) => [each.slot, each]))
  const without = new Set([...found.unplaced, ...found.evicted].map(({ slot }) => slot))
  const demands = input.placements.filter(({ slot }) => without.has(slot)).map(demandOf)
  const occupants = input.placements.flatMap((each): readonly Occupant[] => {
    const now = placed.get(each.slot)
    if (now) return [{ ...each, host: now.host, ports: now.ports }]
    return each.host === lost || without.has(each.slot) ? [] : [each]
  })
  const candidates = input.candidates.filter(({ name }) => name !== lost)
  return telling.of({ demands, candidates, occupants, strategy: input.strategy })
}

/** A place asked for by what loses its own. */
export function demandOf({ slot, applied, ports }: Occupant): Demand {
  return { slot, applied, only: null, previous: null, previousPorts: ports }
}
