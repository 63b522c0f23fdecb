// Which losses of one host would be survived: worked out once for what it rests on, and kept in memory and beside the
// records. The loop works it out between its ticks, a piece at a time, and only while there is nothing else to do.
import { createHash } from 'node:crypto'
import type { NewEvent } from '../model/event.js'
import { type HostName, type Millis, someOf } from '../model/names.js'
import type { Survival } from '../model/plan.js'
import type { KeptSurvival } from '../model/records.js'
import { controlHost } from '../planner/control.js'
import { hostKey, jobKey, portsThatMatter } from '../planner/question.js'
import { survivalInput } from '../planner/survival.js'
import { isIsolated } from '../planner/verdicts.js'
import type { Clock, Store } from '../ports.js'
import { REPAIR_STEPS } from '../scheduler/place.js'
import { type SurvivalQuestion, SurvivalRun } from '../scheduler/survival.js'
import type { Look, Tick } from './controller.js'

/** By host name. */
export type Survives = Readonly<Record<HostName, Survival>>

/** Rises when the same input gives another answer than before: what was kept by an older hc is worked out again. */
const FORMAT = 3
/** Answers that are kept: of the present, of a plan or two. */
const KEPT = 4
/** The loop works on an answer for so long after a tick, ms; one search more may be begun just before. */
const SLICE_MS: Millis = 50
/** The loop looks so often at the longest whether something has changed, ms. */
const LOOK_EVERY_MS: Millis = 3000

/** So many members of etcd let one of them fail. */
const MEMBERS_TO_SPARE = 3

/** What is needed of the world. */
export interface SurvivalDoors {
  readonly store: Pick<Store, 'readSurvival' | 'writeSurvival' | 'control'>
  /** See `World.storeName`. */
  readonly storeName?: string
  readonly clock: Pick<Clock, 'now'>
  readonly ownBootId?: string | null
}

/** Answers, by what they rest on. */
export class Survivals {
  readonly #doors: SurvivalDoors
  #kept: readonly KeptSurvival[] | null = null
  #run: { readonly key: string; readonly steps: number; readonly run: SurvivalRun } | null = null
  /** The loop's last answer. */
  #last: KeptSurvival | null = null
  /** Of each host the last answer that was one. */
  #known: Survives = {}
  #lookedAt: Millis | null = null

  constructor(doors: SurvivalDoors) {
    this.#doors = doors
  }

  /** What the loss of each host would mean once the look's plan is carried out; worked out where it is not known. */
  async after(look: Pick<Look, 'input' | 'decision'>, steps: number = REPAIR_STEPS): Promise<Survives> {
    const question = await this.#question(look)
    const key = keyOf(question)
    const known = await this.#find(key, steps)
    if (known) return known.survives
    const run = new SurvivalRun({ ...question, steps })
    while (!run.done) run.next()
    return (await this.#keep({ key, steps, survives: run.result() })).survives
  }

  /** The loop's last answer, which may be of a moment ago; empty: none yet. */
  get last(): Survives {
    return this.#last?.survives ?? {}
  }

  /** A piece of the loop's work on it, after a tick in which there was nothing to do. Returns what is new to tell. */
  async advance(tick: Tick): Promise<readonly NewEvent[]> {
    if (!isQuiet(tick)) {
      this.#run = null
      this.#lookedAt = null
      return []
    }
    const startedAt = this.#doors.clock.now()
    if (this.#run === null) {
      if (this.#lookedAt !== null && startedAt - this.#lookedAt < LOOK_EVERY_MS) return []
      this.#lookedAt = startedAt
      const question = await this.#question(tick)
      const key = keyOf(question)
      if (this.#last?.key === key) return []
      const known = await this.#find(key, REPAIR_STEPS)
      if (known) return this.#conclude(known)
      this.#run = { key, steps: REPAIR_STEPS, run: new SurvivalRun(question) }
    }
    const { key, steps, run } = this.#run
    while (!run.done && this.#doors.clock.now() - startedAt < SLICE_MS) run.next()
    if (!run.done) return []
    this.#run = null
    return this.#conclude(await this.#keep({ key, steps, survives: run.result() }))
  }

  async #question({ input, decision }: Pick<Look, 'input' | 'decision'>): Promise<SurvivalQuestion> {
    const { ownBootId = null } = this.#doors
    const control = input.here ?? controlHost(input, ownBootId)
    const last = control !== null && !(await hasHeirs(this.#doors))
    return survivalInput(input, decision, last ? control : null)
  }

  #conclude(now: KeptSurvival): readonly NewEvent[] {
    const before = this.#last
    this.#last = now
    const news = before === null ? [] : survivalNews(this.#known, now.survives)
    // What is not known for a while is told of again by what was known before.
    const known = Object.entries(now.survives).filter(([, { ok }]) => ok !== null)
    this.#known = { ...this.#known, ...Object.fromEntries(known) }
    return news
  }

  async #find(key: string, steps: number): Promise<KeptSurvival | null> {
    const fits = (each: KeptSurvival) =>
      each.key === key && (each.steps >= steps || Object.values(each.survives).every(({ ok }) => ok !== null))
    const own = this.#kept?.find(fits)
    if (own) return own
    this.#kept = await this.#doors.store.readSurvival()
    return this.#kept.find(fits) ?? null
  }

  async #keep(answer: KeptSurvival): Promise<KeptSurvival> {
    const others = (this.#kept ?? []).filter(({ key }) => key !== answer.key)
    this.#kept = [answer, ...others].slice(0, KEPT)
    await this.#doors.store.writeSurvival(this.#kept)
    return answer
  }
}

/** Does another machine lead on when any one of them is lost? Two of them tick, and the etcd has members to spare. */
export async function hasHeirs({
  store,
  storeName = '',
}: Pick<SurvivalDoors, 'store' | 'storeName'>): Promise<boolean> {
  if (!store.control || storeName.split(',').length < MEMBERS_TO_SPARE) return false
  const { leader, standbys, trouble } = await store.control.show()
  return trouble === null && new Set([...(leader ? [leader] : []), ...standbys].map(({ name }) => name)).size > 1
}

/**
 * Nothing to do, nothing under way, nothing searched for, nobody suspected: what comes next can wait for a moment. While the
 * control machine is the one cut off it knows nothing of any host.
 */
function isQuiet({ decision, input, observation, results }: Tick): boolean {
  const { actions, greet } = decision.plan
  return (
    actions.length === 0 &&
    greet.length === 0 &&
    results.length === 0 &&
    (decision.open ?? null) === null &&
    !isIsolated(observation) &&
    input.hosts.every(({ belief, blocked }) => belief.verdict !== 'suspect' && blocked?.kind !== 'busy')
  )
}

/** sha256, hex, of all that an answer rests on. */
export function keyOf({ candidates, placements, strategy, control, byWord }: SurvivalQuestion): string {
  const matters = portsThatMatter(placements)
  const rests = [
    FORMAT,
    strategy,
    control,
    byWord,
    candidates.map((candidate) => [hostKey(candidate, matters), candidate.capacity]),
    placements.map(({ slot, host, applied, ports }) => JSON.stringify([slot, host, jobKey(applied), ports])).sort(),
  ]
  return createHash('sha256').update(JSON.stringify(rests)).digest('hex')
}

/** Hosts whose loss would no longer be survived, and those whose loss would be again. */
function survivalNews(before: Survives, now: Survives): readonly NewEvent[] {
  return Object.entries(now).flatMap(([host, { ok, unplaced, control }]): readonly NewEvent[] => {
    const then = before[host]?.ok
    if (then === undefined || then === ok || ok === null || then === null || control) return []
    const text = ok
      ? `the loss of ${host} would be survived again`
      : `the loss of ${host} would leave ${someOf(unplaced)} without a place`
    return [{ kind: 'survival', host, slot: null, reason: null, text }]
  })
}
