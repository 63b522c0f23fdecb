// Which losses of a single host the cluster would survive: the same search that places slots after a real loss, made
// before it. Host by host, cheapest first, within one budget for all.
import type { Strategy } from '../model/host.js'
import { type AppliedJob, isPinned, mayLeave } from '../model/job.js'
import { byName, type HostName, type SlotName } from '../model/names.js'
import type { Candidate, Occupant, Survival } from '../model/plan.js'
import { type PlaceResult, place, REPAIR_STEPS } from './place.js'
import { demandOf, Telling, toldOf } from './survival-words.js'

/** What survivals() goes by. The order of the lists means nothing. */
export interface SurvivalInput {
  /** All hosts as they are now: one that is cordoned or silent takes nothing after a loss either. */
  readonly candidates: readonly Candidate[]
  /** All that has a place. `movable` where set; else what hc may move to make room, see `makesRoom`. */
  readonly placements: readonly Occupant[]
  readonly strategy: Strategy
  /** The host that hc itself runs on; null: none of them. */
  readonly control: HostName | null
  /** Hosts whose exclusive slots start elsewhere on a person's word alone: nothing proves that they have ended. Absent: none. */
  readonly byWord?: readonly HostName[]
  /** Steps of work for all hosts together; default: those of one search for places. */
  readonly steps?: number
  /** Does it tell too what would mend a loss that is not survived? Absent: yes. */
  readonly tells?: boolean
  /** Only of these; absent: every host that takes jobs or holds slots, but for those that are lost already. */
  readonly hosts?: readonly HostName[]
}

/** What the answer rests on. */
export type SurvivalQuestion = Omit<SurvivalInput, 'steps' | 'hosts' | 'tells'>

/** Above so many hosts, the roomiest are asked first, so many of them. */
const SMALL = 64
const NEARBY = 24
/**
 * Hosts and slots that one proof looks at, each time that it looks at the whole cluster: what is left then is not known.
 * More steps than REPAIR_STEPS give as many times more.
 */
const LOOKS = 400_000
/** In place of a number of steps: nothing is looked at. */
const NOT_AT_ALL = -1
const UNKNOWN: PlaceResult = {
  placed: [],
  unplaced: [],
  moved: [],
  evicted: [],
  proof: { placed: false, moves: false },
}

/** A first round of searches takes half of the budget, and each at most half of that; the second has what is left for what is still not known. */
const FIRST_ROUND = 2

/** After the loss of its host, is the slot placed on another: by itself, or (exclusive) once it is certain that it has ended? */
export function isReplaced({ job }: AppliedJob): boolean {
  if (job.type === 'system' || isPinned(job) || job.onHostLoss === 'wait') return false
  return job.type !== 'batch' || job.rerun
}

/** May it be moved off a host that is well, to make room for others? */
export function makesRoom({ job }: AppliedJob): boolean {
  return mayLeave(job) && !job.exclusive
}

/** What the loss of each host would mean. Pure and deterministic: the same input in any order gives the same result. */
export function survivals(input: SurvivalInput): Readonly<Record<HostName, Survival>> {
  const run = new SurvivalRun(input)
  while (!run.done) run.next()
  return run.result()
}

/** The same in pieces, of which each is one search at most: what comes out does not depend on when they are made. */
export class SurvivalRun {
  readonly #input: SurvivalInput
  readonly #known = new Map<HostName, Survival>()
  /** Looked at without searching. */
  readonly #open: HostName[]
  /** Left over by that. */
  readonly #hard: HostName[] = []
  /** Still not known after their search. */
  readonly #unknown: HostName[] = []
  readonly #steps: number
  /** Steps of one search now, and for the second round in all. */
  #share = 0
  #left = 0
  readonly #telling: Telling
  /** Hosts and slots that may still be looked at. */
  #looks: number
  readonly #nearby: Neighbourhood | null
  /** No host can be managed now: what the loss of another would mean nobody can tell. */
  readonly #blind: boolean

  constructor(input: SurvivalInput) {
    this.#input = input
    this.#steps = input.steps ?? REPAIR_STEPS
    this.#looks = LOOKS * Math.max(1, this.#steps / REPAIR_STEPS)
    this.#telling = new Telling(input.tells ?? true, input.candidates.length <= SMALL)
    this.#blind = !input.candidates.some(({ verdict }) => verdict === 'ready')
    this.#nearby = input.candidates.length > SMALL ? new Neighbourhood(input) : null
    this.#open = [...(input.hosts ?? hostsOf(input))].sort(byName)
  }

  get done(): boolean {
    return this.#open.length === 0 && this.#hard.length === 0
  }

  /** One host: first without a search, for most losses fit into what is free; then the others with an even share each. */
  next(): void {
    const easy = this.#open.shift()
    if (easy !== undefined && this.#blind) {
      this.#known.set(easy, { ok: null, unplaced: [], blind: true })
      return
    }
    if (easy !== undefined) {
      const quick = this.#quick(easy)
      if (quick !== null) this.#known.set(easy, quick)
      else this.#hard.push(easy)
      if (this.#open.length === 0) {
        this.#share = Math.floor(this.#steps / FIRST_ROUND / Math.max(FIRST_ROUND, this.#hard.length))
        this.#left = this.#steps - this.#share * this.#hard.length
      }
      return
    }
    const hard = this.#hard.shift()
    if (hard === undefined) return
    const affordable = this.#afford()
    const survival = afterLoss(
      this.#input,
      hard,
      affordable ? this.#share : NOT_AT_ALL,
      affordable && this.#telling.open ? this.#telling : null,
    )
    this.#known.set(hard, survival)
    if (survival.ok === null) this.#unknown.push(hard)
    if (this.#hard.length === 0) this.#secondRound()
  }

  #secondRound(): void {
    const share = Math.floor(this.#left / Math.max(1, this.#unknown.length))
    this.#left = 0
    if (share <= this.#share) return
    this.#share = share
    this.#hard.push(...this.#unknown.splice(0))
  }

  /** What fits into what is free of the roomiest hosts, else of all; null: not everything. */
  #quick(lost: HostName): Survival | null {
    const near = this.#nearby?.without(lost) ?? null
    const found = near === null ? null : afterLoss(near, lost, null)
    if (found !== null && found.unplaced.length === 0) return found
    if (!this.#afford()) return null
    const whole = afterLoss(this.#input, lost, null)
    return whole.unplaced.length === 0 ? whole : null
  }

  /** One more look at the whole cluster? */
  #afford(): boolean {
    this.#looks -= this.#input.candidates.length + this.#input.placements.length
    return this.#looks >= 0
  }

  /** What is known so far, by host name. */
  result(): Readonly<Record<HostName, Survival>> {
    return Object.fromEntries([...this.#known].sort(([a], [b]) => byName(a, b)))
  }
}

function hostsOf({ candidates, placements }: SurvivalInput): readonly HostName[] {
  const holding = new Set(placements.map(({ host }) => host))
  const counts = ({ name, takesJobs, verdict }: Candidate) => verdict !== 'lost' && (takesJobs || holding.has(name))
  return candidates.filter(counts).map(({ name }) => name)
}

/** A few hosts that take slots now, those with the most free memory, and what stands on each host. */
class Neighbourhood {
  readonly #input: SurvivalInput
  readonly #byHost = new Map<HostName, Occupant[]>()
  readonly #roomiest: readonly Candidate[]

  constructor(input: SurvivalInput) {
    this.#input = input
    for (const each of input.placements) {
      const there = this.#byHost.get(each.host)
      if (there) there.push(each)
      else this.#byHost.set(each.host, [each])
    }
    this.#roomiest = input.candidates
      .filter(({ verdict, cordoned, takesJobs }) => verdict === 'ready' && !cordoned && takesJobs)
      .map((candidate) => ({ candidate, free: this.#free(candidate) }))
      .sort((a, b) => b.free - a.free || byName(a.candidate.name, b.candidate.name))
      .slice(0, NEARBY + 1)
      .map(({ candidate }) => candidate)
  }

  #free({ name, capacity }: Candidate): number {
    const used = (this.#byHost.get(name) ?? []).reduce((sum, { applied }) => sum + applied.job.resources.memory, 0)
    return capacity.memory - used
  }

  /** The same question with fewer hosts: a place on them is a place. null where it may not be: `distinct` counts over all hosts. */
  without(lost: HostName): SurvivalInput | null {
    const homeless = this.#byHost.get(lost) ?? []
    if (homeless.some(({ applied }) => applied.job.distinct !== null)) return null
    const candidates = this.#roomiest.filter(({ name }) => name !== lost).slice(0, NEARBY)
    const beside = candidates.flatMap(({ name }) => this.#byHost.get(name) ?? [])
    return { ...this.#input, candidates, placements: [...homeless, ...beside] }
  }
}

/** `steps` null: only what fits into what is free. `telling`: how it could be otherwise too. */
function afterLoss(
  input: SurvivalInput,
  lost: HostName,
  steps: number | null,
  telling: Telling | null = null,
): Survival {
  const there = input.placements.filter(({ host }) => host === lost)
  const homeless = there.filter(({ applied }) => isReplaced(applied))
  const isControl = lost === input.control
  const waits = ({ applied }: Occupant) =>
    isControl || !isReplaced(applied) || (applied.job.exclusive && input.byWord?.includes(lost))
  const found = steps === NOT_AT_ALL ? UNKNOWN : search(input, lost, homeless, steps)
  const unplaced = [...found.unplaced, ...found.evicted].map(({ slot }) => slot).sort(byName)
  const isTold = new Set(isControl ? [] : unplaced)
  const waiting = namesOf(
    there.filter((each) => each.applied.job.type !== 'system' && waits(each) && !isTold.has(each.slot)),
  )
  const stopped = found.evicted.map(({ slot }) => slot).sort(byName)
  const ok = found === UNKNOWN ? null : unplaced.length === 0 ? true : isProved(found) ? false : null
  return {
    ok: isControl && homeless.length > 0 ? false : ok,
    unplaced,
    ...(waiting.length > 0 && { waiting }),
    ...(stopped.length > 0 && { stopped }),
    ...(ok === false && !isControl && telling !== null && toldOf(input, lost, found, telling)),
    ...(isControl && { control: true as const }),
  }
}

function isProved({ unplaced, proof }: PlaceResult): boolean {
  return proof.placed || unplaced.some((each) => each.proof === 'impossible')
}

function search(
  { candidates, placements, strategy }: SurvivalInput,
  lost: HostName,
  homeless: readonly Occupant[],
  steps: number | null,
): PlaceResult {
  const left = candidates.filter(({ name }) => name !== lost)
  const ready = new Set(left.filter(({ verdict }) => verdict === 'ready').map(({ name }) => name))
  const movable = (each: Occupant) =>
    steps !== null && ready.has(each.host) && (each.movable ?? makesRoom(each.applied))
  return place({
    demands: homeless.map(demandOf),
    candidates: left,
    occupants: placements.filter(({ host }) => host !== lost).map((each) => ({ ...each, movable: movable(each) })),
    strategy,
    moves: steps === null ? 0 : Number.POSITIVE_INFINITY,
    preempt: steps !== null,
    steps: steps ?? 0,
  })
}

function namesOf(placements: readonly Occupant[]): readonly SlotName[] {
  return placements.map(({ slot }) => slot).sort(byName)
}
