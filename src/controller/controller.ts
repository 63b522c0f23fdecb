// The loop body: observe, decide, check, record, act. One screen, level-triggered: only the present counts.
import { execute } from '../cluster/execute.js'
import { HealthWatch } from '../cluster/health.js'
import { Observer, type ObserverOptions } from '../cluster/observe.js'
import type { Inventory } from '../model/host.js'
import type { AppliedJob } from '../model/job.js'
import type { HostName, Millis } from '../model/names.js'
import type { Belief, Observation } from '../model/observation.js'
import type { Plan } from '../model/plan.js'
import type { LoopSnapshot, Records } from '../model/records.js'
import type { ResultView } from '../model/views.js'
import { check } from '../planner/check.js'
import type { PlanInput } from '../planner/input.js'
import type { Decision } from '../planner/plan.js'
import { badUpdates } from '../planner/revert.js'
import { judge } from '../planner/verdicts.js'
import { within } from '../remote/wait.js'
import { acquaintances, assemble, lackingByHost, type Seen } from './assemble.js'
import { Decider } from './decider.js'
import { executionOf, hasSteps, ordered, recordEnded, touchedBy } from './execution.js'
import { type Healths, healthTargets, knownHealth } from './health.js'
import { recordArmings, renewals } from './lease.js'
import { News } from './news.js'
import { type Opinion, opine, surely, unreached } from './opinion.js'
import { loopSelf, ownHost } from './own.js'
import { QUESTIONS, Recognition, strangersIn } from './recognize.js'
import { newlyCompleted, recordDecision, recordHosts, recordSeen } from './record.js'
import { adopted, isOutdated, recoverIdentity } from './recover.js'
import { keepTick, tickEvents } from './replay.js'
import { SharedLock } from './shared-lock.js'
import { Survivals } from './survival.js'
import { adoptTerm, claim, olderEvents } from './term.js'
import { revertAll } from './versions.js'
import type { World } from './world.js'

/** One look at everything, and what follows from it. */
export interface Look {
  readonly inventory: Inventory
  /** See `World.inventoryFault`. */
  readonly inventoryFault: string | null
  readonly records: Records | null
  readonly observation: Observation
  readonly beliefs: readonly Belief[]
  readonly seen: Seen
  readonly input: PlanInput
  readonly decision: Decision
}

/** One tick. */
export interface Tick extends Look {
  /** Steps that ended within this tick. */
  readonly results: readonly ResultView[]
  readonly tookMs: Millis
}

/** Jobs as they would be applied, for a plan that is not recorded yet. */
export interface Wanted {
  readonly jobs: readonly AppliedJob[]
  readonly removed: Readonly<Record<string, string>>
}

/** How a tick is made. */
export interface TickOptions {
  /** How long to wait for answers. */
  readonly patienceMs: Millis
  /** What was seen a moment ago, instead of another look. */
  readonly from?: Look
  /** How long to wait for the steps. */
  readonly settleMs: Millis
  /** Told when it is recorded what will be done, before it is sent. */
  readonly onDecided?: (look: Look) => void
}

/** What a controller is for. `ownConnections`: the ways to the hosts are a part of what is looked at. */
export type ControllerOptions = Pick<ObserverOptions, 'looks' | 'onNews' | 'shows'> & {
  readonly loop?: true
  readonly ownConnections?: true
}

/** Looks and acts; remembers between ticks only what it saw. */
export class Controller {
  readonly #world: World
  readonly #observer: Observer
  readonly #busy = new Set<HostName>()
  readonly #news = new News()
  readonly #health: HealthWatch | null
  /** What the loop knew of health when it was last asked. */
  #loop: LoopSnapshot | null = null
  /** Which losses of one host would be survived. */
  readonly survivals: Survivals
  #acting: Promise<void> = Promise.resolve()
  readonly #lock: SharedLock
  readonly #recognition = new Recognition()
  /** The records are found to be an older copy, and that is not written down yet. */
  #unmarked = false
  /** Names at which another machine answers: their leases are not renewed. */
  #strangers: ReadonlySet<HostName> = new Set()
  /** Steps that a search for places may take, of a command that was told how long to look; undefined: as ever. */
  searchSteps: number | undefined
  readonly #borrows: boolean
  readonly #decider: Decider
  /** Of a loop, which arms hosts and renews their leases. */
  readonly #loopSelf: Seen['loop']

  /** `looks`: goes after silent hosts and judges them. Without, it borrows the loop's verdicts: for commands that show. */
  constructor(world: World, options: ControllerOptions) {
    this.#world = world
    this.#borrows = !options.looks
    this.#loopSelf = options.loop && loopSelf(world)
    this.survivals = new Survivals(world)
    this.#lock = new SharedLock((timeoutMs) => world.store.lock(timeoutMs))
    this.#decider = new Decider({
      solver: options.loop ? (world.solver ?? null) : null,
      onAnswer: () => options.onNews?.(),
      debug: world.debug,
    })
    this.#observer = new Observer({ ...world, ...options, borrows: !options.looks && options.ownConnections !== true })
    this.#health = world.prober ? new HealthWatch({ ...world, prober: world.prober, ...options }) : null
  }

  /** Asks every host and decides, without acting. */
  async look(patienceMs: Millis, wanted: Wanted | null = null, about: readonly HostName[] = []): Promise<Look> {
    const inventory = await this.#world.inventory()
    const stored = claim(await this.#world.store.read(), this.#world.owner)
    const { store, clock } = this.#world
    if (this.#borrows) this.#loop = await store.readLoop()
    const elsewhere = this.#borrows ? unreached(this.#loop, clock.wall(), about) : undefined
    const leases = this.#loopSelf ? renewals(stored, inventory.settings, this.#strangers, this.#world.leftMs) : null
    const observe = async () => {
      this.#observer.know(inventory.hosts, inventory.settings, acquaintances(stored, this.#loop, clock.wall()), leases)
      return this.#recognition.recognize(await this.#observer.observe(patienceMs, elsewhere), stored)
    }
    let observation = await observe()
    // A loop waits for nobody, and nobody holds the lock meanwhile; a command asks hosts anew that waited for a person.
    const waits = this.#borrows && !this.#lock.isHeld
    for (let asked = 0; waits && asked < QUESTIONS && (await this.#world.answered?.()); asked += 1) {
      this.#observer.forgetStrangers()
      observation = await observe()
    }
    this.#strangers = strangersIn(observation)
    const { records, isNews } = await adopted(this.#world, stored, observation)
    this.#unmarked = isNews
    const judged = judge(observation, inventory.settings)
    // The loop may have learnt more meanwhile of those that did not answer here.
    if (this.#borrows && observation.hosts.some(({ answering }) => !answering)) this.#loop = await store.readLoop()
    const beliefs = this.#borrows ? opine(judged, observation, this.#opinion(records)) : judged
    return this.#conclude(inventory, records, observation, beliefs, wanted)
  }

  /** What is known of the health of allocations: what was asked here, and what the loop that ticks has asked. */
  get health(): Healths {
    return knownHealth(this.#health?.report() ?? {}, this.#loop, this.#world.clock.wall())
  }

  /** Decides again on what was seen already, for other jobs or newer records. */
  reconsider(look: Look, records: Records | null, wanted: Wanted | null): Look {
    return this.#conclude(look.inventory, records, look.observation, look.beliefs, wanted)
  }

  /**
   * One tick. Waits for the steps at most `settleMs`; hosts where steps are still under way afterwards are busy in the
   * next ticks, so that a slow stop on one host delays nothing on another.
   */
  async tick(options: TickOptions): Promise<Tick> {
    const startedAt = this.#world.clock.now()
    const first = options.from ?? (await this.look(options.patienceMs))
    const results: ResultView[] = []
    const { targets, unseen, hung } = healthTargets(first)
    this.#health?.know(targets, unseen, hung)
    const tick = (await this.#isIdle(first))
      ? first
      : await this.underLock(this.#world.lockTimeoutMs, () => this.#act(first, results, options))
    this.#decider.pursue(tick.input, tick.decision)
    await this.settle(options.settleMs)
    return { ...tick, results: [...results], tookMs: this.#world.clock.now() - startedAt }
  }

  /** Renews leases, apart from ticks. */
  renew = (): void => this.#observer.renew()

  /** Waits for steps that are under way, at most `boundMs`. */
  settle = (boundMs: Millis): Promise<unknown> => within(this.#world.clock, boundMs, this.#acting)

  /** And ends the looks. */
  async close(boundMs: Millis): Promise<void> {
    this.#observer.close()
    this.#health?.close()
    this.#decider.close()
    await this.settle(boundMs)
  }

  #opinion(records: Records | null): Opinion {
    return { loop: this.#loop, records, wall: this.#world.clock.wall() }
  }

  #conclude(
    inventory: Inventory,
    records: Records | null,
    observation: Observation,
    beliefs: readonly Belief[],
    wanted: Wanted | null,
  ): Look {
    const jobs = wanted?.jobs ?? Object.values(records?.jobs ?? {})
    const seen: Seen = {
      inventory,
      observation,
      beliefs,
      busy: new Set(this.#busy),
      lackingImages: lackingByHost(jobs),
      wall: this.#world.clock.wall(),
      ...(this.#loopSelf && { loop: this.#loopSelf }),
      here: ownHost(this.#world, observation, records),
    }
    const whole = assemble(records, seen, wanted)
    const { input, decision } = this.#decider.decide({ ...whole, health: this.health }, this.searchSteps)
    const inventoryFault = this.#world.inventoryFault()
    return { inventory, inventoryFault, records, observation, beliefs, seen, input, decision }
  }

  /** Nothing to do and nothing to write down: no lock is taken, no byte is written. */
  async #isIdle(look: Look): Promise<boolean> {
    const { records, observation, beliefs, decision, seen } = look
    const news = this.#news.since({ ...look, health: this.health })
    if (!records || this.#unmarked) return !records
    if (news.length > 0) await this.#world.store.appendEvents(news, records.term.number)
    const bad = badUpdates(decision.classified, look.input, records.versions)
    if (hasSteps(decision) || newlyCompleted(decision.classified).length + bad.length > 0) return false
    if (recordSeen(records, look, this.#world.inventoryTexts()) !== records) return false
    return recordHosts(records, observation, beliefs, seen.wall).records === records
  }

  /** Does the work under the lock of the store, which steps under way may hold already. */
  underLock<T>(timeoutMs: Millis, work: () => Promise<T>): Promise<T> {
    return this.#lock.under(timeoutMs, work)
  }

  async #act(before: Look, results: ResultView[], options: TickOptions): Promise<Look> {
    const { store } = this.#world
    const fresh = claim(await store.read(), this.#world.owner)
    if (!fresh) return before
    // Another hc may have acted while the lock was awaited: then what was seen before is not what is there.
    const all = isOutdated(before, fresh, this.#world.clock.now()) ? await this.look(options.patienceMs) : before
    const own = await recoverIdentity(this.#world, adoptTerm(fresh, all.observation), all)
    const seen = this.#borrows ? { ...all, beliefs: surely(all.beliefs, this.#opinion(own)) } : all
    const first = this.reconsider(seen, own, null)
    const bad = badUpdates(first.decision.classified, first.input, own.versions)
    const back = await revertAll(store, own, bad, seen.seen.wall)
    const look = bad.length === 0 ? first : this.reconsider(seen, back.records, null)
    const { plan, classified } = look.decision
    const faults = check(plan, classified, look.input)
    if (faults.length > 0) throw new Error(`bug: the plan breaks its own rules: ${faults.join('; ')}`)
    const decided = recordDecision(look.records ?? fresh, plan.actions, newlyCompleted(classified))
    const known = recordSeen(decided, look, this.#world.inventoryTexts())
    const { records, events: news } = recordHosts(known, look.observation, look.beliefs, look.seen.wall)
    const noted = ordered(recordArmings(records, plan.arms ?? []), plan)
    if (noted !== fresh) await store.write(noted)
    const events = [...back.events, ...olderEvents(fresh, noted), ...news, ...tickEvents(this.#world, look)]
    await store.appendEvents(events, noted.term.number)
    options.onDecided?.(look)
    this.#begin(plan, look, noted, results)
    keepTick(this.#world, look)
    return look
  }

  /** Sends the steps; the lock is held until the last of them has ended and its result is recorded. */
  #begin(plan: Plan, look: Look, records: Records, results: ResultView[]): void {
    const sent = plan.actions.filter(({ kind }) => kind !== 'adopt' && kind !== 'forget')
    if (sent.length + plan.greet.length + (plan.arms ?? []).length === 0) return
    // Of this plan alone: a host that is done with it may be busy with the next one already.
    const open = new Set(touchedBy(plan))
    for (const host of open) this.#busy.add(host)
    const work = execute(executionOf(sent, look, records, this.#world), {
      ...this.#world,
      onResult: ({ slot, host, ok, error }) => results.push({ slot, host, ok, error }),
      onWrite: (host, until) => this.#observer.acting(host, until),
      onHostDone: (host) => {
        open.delete(host)
        this.#busy.delete(host)
        this.#observer.acted(host)
      },
    })
    const ended = this.#lock
      .keepFor(work, (results) => recordEnded(this.#world, results, look))
      .catch((error: unknown) => this.#world.debug(`steps: ${String(error)}`))
      .then(() => {
        for (const host of open) this.#busy.delete(host)
      })
    this.#acting = Promise.allSettled([this.#acting, ended]).then(() => undefined)
  }
}
