// Where everything that needs a place goes: what the scheduler is asked, in which order, and what may make room.
import { byName, type SlotName } from '../model/names.js'
import type { Candidate, Occupant, Unplaced } from '../model/plan.js'
import { type Evicted, type Moved, type Placed, type PlaceResult, REPAIR_STEPS } from '../scheduler/place.js'
import type { Classified } from './classify.js'
import { controlHost } from './control.js'
import { candidatesOf, demand, elsewhere, occupant, onlyHost } from './demands.js'
import { hasHome, isLost, leavesHome, restsAtHome, shuns } from './homes.js'
import type { PlanInput } from './input.js'
import { movableOf } from './movable.js'
import { isActive } from './phase.js'
import { runs } from './rollout.js'
import { type Leave, NO_LEAVE, SearchBudget } from './search-budget.js'
import { keptAfter, type Searched } from './searched.js'
import { startsFirst } from './start-first.js'
import { isVain, saidBefore, type Vain, vainOf } from './vain.js'

/** What came of the search. */
export interface Places {
  readonly placed: ReadonlyMap<SlotName, Placed>
  readonly unplaced: readonly Unplaced[]
  /** What runs and makes room elsewhere. */
  readonly moved: readonly Moved[]
  /** What runs and is stopped for slots of higher priority; it is `unplaced` too. */
  readonly evicted: readonly Evicted[]
  /** Of those that were to be stopped: what finds another place after all, by one move more than there was leave for. */
  readonly displaced: readonly (Moved & Evicted)[]
  /** Set where nothing that looked for a place has found one. */
  readonly vain: Vain | null
}

/** What came of all searches of a plan: see `Decision`. */
export interface Found extends Places {
  readonly searched: readonly Searched[]
  readonly open: string | null
}

const NOTHING: PlaceResult = { placed: [], unplaced: [], moved: [], evicted: [], proof: { placed: true, moves: true } }

const NOWHERE: Places = { placed: new Map(), unplaced: [], moved: [], evicted: [], displaced: [], vain: null }

/**
 * Where everything that needs a place goes. What is to leave its place and finds no other goes on running there, so that
 * its room is not free: then all others are placed again round it.
 */
export function findPlaces(
  classified: readonly Classified[],
  moving: ReadonlySet<Classified>,
  input: PlanInput,
): Found {
  const before = input.searched ?? []
  if (moving.size === 0) return { ...NOWHERE, searched: before, open: null }
  const held: Unplaced[] = []
  const movable = movableOf(classified, input)
  let vain: Vain | null = null
  const budget = new SearchBudget(input.searchSteps ?? REPAIR_STEPS, { before, hasty: input.hasty })
  for (let open = moving; ; ) {
    const found = new Search(classified, open, { movable, input, budget }).run()
    // Of the first look: it rests on all that is to be placed.
    if (open === moving) vain = found.vain
    const homeless = new Set(found.unplaced.map(({ slot }) => slot))
    const stuck = [...open].filter(
      ({ subject }) => homeless.has(subject.slot) && subject.unit && isActive(subject.unit),
    )
    if (stuck.length === 0) {
      const unplaced = [...held, ...found.unplaced].sort((a, b) => byName(a.slot, b.slot))
      const searched = keptAfter(budget.used, before)
      // What haste left open was not searched in vain yet.
      return { ...found, unplaced, vain: budget.open === null ? vain : null, searched, open: budget.open }
    }
    const slots = new Set(stuck.map(({ subject }) => subject.slot))
    held.push(...found.unplaced.filter(({ slot }) => slots.has(slot)))
    open = new Set([...open].filter(({ subject }) => !slots.has(subject.slot)))
  }
}

/** Only where new slots are placed, and nothing of a lost host is: there every moment counts. */
function prefersSurvival(moving: ReadonlySet<Classified>, { prefer }: PlanInput): boolean {
  const buckets = new Set([...moving].map(({ bucket }) => bucket))
  return prefer === 'survival' && buckets.has('place') && !buckets.has('replace')
}

/** What the first search has proved holds: the last one looked without moving anything. */
function said(first: Unplaced | undefined): Partial<Unplaced> {
  return { ...(first?.proof && { proof: first.proof }), ...(first?.remedy && { remedy: first.remedy }) }
}

/** What a search goes by, and with. */
interface Means {
  readonly movable: ReadonlySet<Classified>
  readonly input: PlanInput
  readonly budget: SearchBudget
}

/** One search for places, from what was seen to where all goes. */
class Search {
  readonly #moving: readonly Classified[]
  readonly #input: PlanInput
  #budget: SearchBudget
  readonly #candidates: readonly Candidate[]
  readonly #prefers: boolean
  /** All that has its place, by what was found so far. */
  #occupants: readonly Occupant[]
  readonly #placed = new Map<SlotName, Placed>()
  #moved: readonly Moved[] = []
  #evicted: readonly Evicted[] = []
  /** What is stopped for others, as it ran. */
  #stopped: readonly Occupant[] = []
  #displaced: readonly (Moved & Evicted)[] = []
  #again = false

  constructor(classified: readonly Classified[], moving: ReadonlySet<Classified>, { movable, input, budget }: Means) {
    this.#moving = [...moving]
    this.#input = input
    this.#budget = budget
    this.#candidates = candidatesOf(classified, input)
    this.#prefers = prefersSurvival(moving, input)
    this.#occupants = classified
      .filter((item) => !moving.has(item) || startsFirst(item))
      .flatMap((item) => occupant(item).map((each) => (movable.has(item) ? { ...each, movable: true } : each)))
  }

  /**
   * What has a place already is asked there first, so that nothing moves without need; only what no longer fits there is
   * looked at again together with the rest.
   */
  run(): Places {
    const { moves } = this.#input.settings
    const before = this.#input.vain
    const home = (item: Classified) => demand(item, item.subject.host)
    this.#take(
      this.#ask(
        this.#open().filter((item) => shuns(item, this.#input)),
        NO_LEAVE,
        (item) =>
          elsewhere(demand(item, onlyHost(item, this.#input)), this.#input.backOffs[item.subject.slot]?.failedOn ?? []),
      ),
    )
    this.#startFirst()
    const staying = this.#open().filter((item) => hasHome(item) && !leavesHome(item, this.#input))
    this.#take(this.#ask(staying, NO_LEAVE, home))
    const wanting = this.#open()
    const demands = wanting.map((item) => demand(item, onlyHost(item, this.#input)))
    const question = { demands, candidates: this.#candidates, occupants: this.#occupants, moves }
    const vainBefore = isVain(question, before) ? before : null
    this.#again = vainBefore !== null
    if (this.#again) this.#budget = new SearchBudget(0)
    const unplaced = this.#makeRoom(wanting)
    const inVain =
      unplaced.length > 0 && unplaced.length === wanting.length && this.#moved.length + this.#evicted.length === 0
    // What should leave a host that is being drained, but finds no other, is better off there than down.
    const mayGoHome = (item: Classified) => hasHome(item) || restsAtHome(item, this.#input)
    const leaving = this.#open().filter((item) => mayGoHome(item) && leavesHome(item, this.#input))
    this.#take(this.#ask(leaving, NO_LEAVE, home))
    const left = unplaced.filter(({ slot }) => !this.#placed.has(slot))
    const outranked = this.#homeless()
    return {
      placed: this.#placed,
      unplaced: [...(vainBefore ? saidBefore(left, vainBefore) : left), ...outranked],
      moved: this.#moved,
      evicted: this.#evicted,
      displaced: this.#displaced,
      vain: inVain ? (vainBefore ?? vainOf(question, unplaced)) : null,
    }
  }

  /** Both copies count until the old one stops; what finds no other host is changed where it is, so that its room is free. */
  #startFirst(): void {
    const beside = this.#open().filter((item) => startsFirst(item))
    if (beside.length === 0) return
    this.#take(
      this.#ask(beside, NO_LEAVE, (item) =>
        elsewhere(demand(item, onlyHost(item, this.#input)), [item.subject.host ?? '']),
      ),
    )
    const stuck = new Set(
      beside.filter(({ subject }) => !this.#placed.has(subject.slot)).map(({ subject }) => subject.slot),
    )
    this.#occupants = this.#occupants.filter(({ slot }) => !stuck.has(slot))
  }

  #open(): readonly Classified[] {
    return this.#moving.filter(({ subject }) => !this.#placed.has(subject.slot))
  }

  #ask(
    items: readonly Classified[],
    { moves, preempt, followers = 0 }: Leave,
    to = (item: Classified) => demand(item, onlyHost(item, this.#input)),
  ): PlaceResult {
    const { settings } = this.#input
    if (items.length === 0) return NOTHING
    const stays = moves === 0 && !preempt
    const asked = {
      demands: items.map((item) => to(item)),
      candidates: this.#candidates,
      occupants: stays ? this.#occupants.map((each) => ({ ...each, movable: false })) : this.#occupants,
      strategy: settings.strategy,
      moves,
      preempt,
    }
    const survive = this.#prefers
      ? { control: this.#input.loop?.elected ? null : controlHost(this.#input, null) }
      : null
    return this.#budget.place(asked, followers, survive)
  }

  /**
   * First all of them with as many moves as a plan may make to make room. Then for those that are down, should they have no
   * place: for what a lost host has run as many moves as needed, and at the cost of lower priorities. What runs where it
   * should not does not cost another its place.
   */
  #makeRoom(wanting: readonly Classified[]): readonly Unplaced[] {
    if (wanting.length === 0) return []
    const most = this.#again ? 0 : this.#input.settings.moves
    const preempt = !this.#again && !wanting.some((item) => runs(item))
    const down = wanting.filter((item) => !runs(item))
    const lost = down.filter((item) => isLost(item))
    const followers = (lost.length > 0 ? 1 : 0) + (!preempt && down.length > 0 ? 1 : 0)
    const first = this.#ask(wanting, { moves: most, preempt, followers })
    let asked = { items: wanting, result: first }
    const more = (items: readonly Classified[], moves: number) => {
      const found = new Set(asked.result.placed.map(({ slot }) => slot))
      const open = items.filter(({ subject }) => !found.has(subject.slot))
      if (open.length === 0) return
      const all = [...wanting.filter(({ subject }) => found.has(subject.slot)), ...open]
      const result = this.#ask(all, { moves, preempt: true, followers: Number.isFinite(moves) || preempt ? 0 : 1 })
      if (this.#isBetter(result, asked.result)) asked = { items: all, result }
    }
    if (!this.#again && first.unplaced.length > 0) {
      more(lost, Number.POSITIVE_INFINITY)
      if (!preempt && asked.result === first) more(down, most)
    }
    this.#take(asked.result)
    const rest = wanting.filter((item) => !asked.items.includes(item))
    const last = this.#ask(rest, NO_LEAVE)
    this.#take(last)
    const proofs = new Map(first.unplaced.map((each) => [each.slot, each]))
    return [...asked.result.unplaced, ...last.unplaced.map((each) => ({ ...each, ...said(proofs.get(each.slot)) }))]
  }

  /** More of the highest priority in which they differ; the demands of `other` include those of `one`. */
  #isBetter(one: PlaceResult, other: PlaceResult): boolean {
    const priorities = new Map(this.#moving.map(({ subject }) => [subject.slot, subject.applied?.job.priority ?? 0]))
    const counts = new Map<number, number>()
    const count = ({ placed }: PlaceResult, by: 1 | -1) => {
      for (const { slot } of placed) {
        const priority = priorities.get(slot) ?? 0
        counts.set(priority, (counts.get(priority) ?? 0) + by)
      }
    }
    count(one, 1)
    count(other, -1)
    const differing = [...counts].filter(([, more]) => more !== 0).sort(([a], [b]) => b - a)
    return (differing[0]?.[1] ?? 0) > 0
  }

  /** What was found is where things are from now on. */
  #take({ placed, moved, evicted }: PlaceResult): void {
    const jobs = new Map(this.#moving.map(({ subject }) => [subject.slot, subject.applied]))
    const to = new Map(moved.map((each) => [each.slot, each]))
    const out = new Set(evicted.map(({ slot }) => slot))
    const arrived = placed.flatMap((each): readonly Occupant[] => {
      const applied = jobs.get(each.slot)
      return applied ? [{ slot: each.slot, host: each.host, applied, ports: each.ports }] : []
    })
    this.#stopped = [...this.#stopped, ...this.#occupants.filter((each) => out.has(each.slot) && each.movable)]
    const stay = this.#occupants.flatMap((each): readonly Occupant[] => {
      if (out.has(each.slot) && each.movable) return []
      const there = each.movable ? to.get(each.slot) : undefined
      return [there ? { slot: each.slot, host: there.host, applied: each.applied, ports: there.ports } : each]
    })
    this.#occupants = [...stay, ...arrived]
    for (const each of placed) this.#placed.set(each.slot, each)
    this.#moved = [...this.#moved, ...moved]
    this.#evicted = [...this.#evicted, ...evicted]
  }

  /** What is stopped has no place for now; that it has found none is said of each host. One that has is moved instead. */
  #homeless(): readonly Unplaced[] {
    if (this.#stopped.length === 0) return []
    const demands = this.#stopped.map(({ slot, host, applied, ports }) => {
      return { slot, applied, only: null, previous: host, previousPorts: ports }
    })
    const { candidates, occupants } = { candidates: this.#candidates, occupants: this.#occupants }
    const { strategy } = this.#input.settings
    const { placed, unplaced } = this.#budget.place({ demands, candidates, occupants, strategy }, 0)
    const found = new Map(placed.map((each) => [each.slot, each]))
    this.#displaced = this.#evicted.flatMap((each) => {
      const there = found.get(each.slot)
      return there ? [{ ...there, ...each }] : []
    })
    this.#evicted = this.#evicted.filter(({ slot }) => !found.has(slot))
    return unplaced
  }
}
