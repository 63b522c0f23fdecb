// One simulation: a cluster, its operator, its faults, and the laws that hold all the while.
import type { Tick } from '../../src/controller/controller.js'
import type { HostName, Millis, SlotName } from '../../src/model/names.js'
import { type Said, unlikeSaid } from './as-said.js'
import { Checker } from './checker.js'
import { ControlMachine } from './control.js'
import { divergence, isHold, underWayIn } from './converged.js'
import { Course } from './course.js'
import { Faults } from './faults.js'
import { drawWay } from './fence-faults.js'
import { FenceLaws } from './fence-laws.js'
import type { FenceWay } from './fencer.js'
import { Flaws } from './flaws.js'
import { retryGivenUp } from './given-up.js'
import { SimHost } from './host.js'
import { drawSize, inventoryOf } from './inventory.js'
import { CROWDED_NAMES, FLAWED_NAMES, JOB_NAMES } from './jobs.js'
import { Life } from './life.js'
import { type Mode, type Parts, partsOf } from './modes.js'
import { Moves } from './moves.js'
import { SimNetwork } from './network.js'
import { Operator } from './operator.js'
import { OTHER_OWNER, OWNER, SimProcess } from './process.js'
import { Random } from './random.js'
import { Reschedules } from './reschedules.js'
import { RunLife } from './run-life.js'
import { forgetScripts } from './scripts.js'
import { Sight } from './sight.js'
import type { Outcome, Scenario } from './stage.js'
import { StoreKeeper } from './store-keeper.js'
import { Story } from './story.js'
import { SimTime } from './time.js'
import { Words } from './words.js'

/** So often the operator may have to set something right that shows only then. */
const ROUNDS = 9

/** Plays one seed; `young`: also by the laws that are not proven yet, which now and then are wrong themselves. */
export async function simulate(seed: number, mode: Mode, young = true): Promise<Outcome> {
  forgetScripts()
  const simulation = new Simulation(seed, null, mode, false, young)
  await simulation.play()
  return simulation.outcome()
}

/** Plays a written scenario with a loop on some hosts (`fences`: with drivers), then ends what it broke and waits until all is well. */
export async function playScenario(hosts: number, scenario: Scenario, fences = false): Promise<Outcome> {
  forgetScripts()
  const simulation = new Simulation(1, hosts, 'seed', fences)
  await simulation.follow(scenario)
  return simulation.outcome()
}

class Simulation {
  readonly #random: Random
  readonly #time = new SimTime()
  readonly #story = new Story(this.#time)
  readonly #network: SimNetwork
  readonly #hosts = new Map<HostName, SimHost>()
  readonly #checker: Checker
  readonly #faults: Faults
  readonly #operator: Operator
  #inventory
  #faultsEnded = false
  #unplaced: ReadonlySet<SlotName> = new Set()
  #pid = 1000
  readonly #course: Course
  readonly #keeper: StoreKeeper
  readonly #life: Life | null
  readonly #ending: RunLife | null
  readonly #fences: Map<HostName, FenceWay> | undefined
  readonly #fenceLaws: FenceLaws | undefined
  readonly #parts: Parts

  constructor(seed: number, size: number | null, mode: Mode = 'seed', fences = false, young = true) {
    this.#parts = partsOf(mode)
    const { crowded, mends, two, fails, lives, tables, fences: waits } = this.#parts
    const random = new Random(seed)
    this.#random = random
    this.#network = new SimNetwork(random.fork())
    const drawn = drawSize(random)
    const hostNames = Array.from({ length: size ?? drawn }, (_, n) => `n${n + 1}`)
    const drivers = this.#parts.fences ? random.fork() : null
    const fenced = fences ? hostNames : hostNames.filter(() => drivers?.chance(0.7))
    this.#inventory = inventoryOf(hostNames, random, fenced)
    this.#fences =
      fenced.length > 0 ? new Map(fenced.map((name) => [name, drivers ? drawWay(drivers) : 'works'])) : undefined
    const [time, network, hosts, story] = [this.#time, this.#network, this.#hosts, this.#story]
    const newProcess = (name: string, control: ControlMachine) => this.#newProcess(name, control)
    const own = { time, random, story, newProcess }
    const machine = (name: string, owner: string) => new ControlMachine(name, owner, own)
    const first = machine('control', OWNER)
    const controls = [first, ...(two ? [machine('control-b', OTHER_OWNER)] : [])]
    const [words, sight] = [new Words(time), new Sight({ time, network, hosts, member: first.member })]
    const life = lives ? new Life(random.fork(), { time, sight, hosts, control: first, story }) : null
    this.#life = life
    const ending = this.#parts.runs ? new RunLife(random.fork(), { time, hosts, control: first }) : null
    this.#ending = ending
    const shared = { time, sight, words, control: first, hosts }
    const fenceLaws = this.#fences && new FenceLaws({ time, network, hosts }, first.member)
    this.#fenceLaws = fenceLaws
    const isSound = life?.ailments.isSound.bind(life.ailments)
    // What a store that was put back, or another one, knows of earlier moves and failures is the matter of older.ts.
    const moves = crowded ? [] : [new Moves({ ...shared, isSound })]
    const ofSlots = mends || !young ? [] : [new Reschedules(shared), ...moves]
    this.#checker = new Checker({
      time,
      network,
      controls,
      hosts,
      story,
      exclusive: new Set(['bot', 'mail', 'idol', 'vault']),
      laws: [sight, ...ofSlots, ...(fenceLaws ? [fenceLaws] : []), ...(life?.laws ?? []), ...(ending?.laws ?? [])],
      olderStores: mends,
      onRecorded: (process, events) => this.#operator.recorded(process, events),
      onTick: (process, tick) => this.#onTick(process, tick),
    })
    const flaws = life?.ailments ?? (fails ? new Flaws(random.fork()) : undefined)
    const around = { time, network, watcher: this.#checker, flaws, runs: ending?.runs, waits, hosts: () => hosts }
    for (const name of hostNames) {
      const doors = { ...around, random: random.fork() }
      hosts.set(name, new SimHost(name, random.pick([1024, 1536, 2048]), doors))
    }
    this.#operator = new Operator({
      random: random.fork(),
      control: first,
      story,
      hosts: hostNames,
      names:
        life?.names ??
        (crowded ? CROWDED_NAMES : [...JOB_NAMES, ...(fails ? FLAWED_NAMES : []), ...(ending?.names ?? [])]),
      newProcess,
      words,
      violated: (text) => this.#checker.violated(text),
      fail: (process, error) => this.#checker.failed(process, error),
    })
    life?.meets(this.#operator)
    this.#keeper = new StoreKeeper({
      ...{ time, random, network, hosts, story, operator: this.#operator },
      faultsEnded: () => this.#faultsEnded,
    })
    this.#faults = new Faults({
      time,
      random: random.fork(),
      network,
      hosts,
      controls,
      operator: this.#operator,
      story,
      secondLoop: () => this.#newProcess('loop-b').loop(),
      keeper: this.#keeper,
      flaws,
      fences: this.#fences,
      editInventory: () => {
        this.#inventory = inventoryOf(hostNames, random, fenced)
      },
      woke: (host) => this.#checker.woke(host),
      tables,
    })
    this.#course = new Course({
      ...{ seed, time, story, checker: this.#checker, operator: this.#operator },
      found: () => [
        ...divergence(hosts, this.#control.disk, this.#unplaced, ending !== null),
        ...(ending?.divergence(this.#unplaced) ?? []),
        ...(mends || !young ? [] : unlikeSaid(this.#said)),
        ...this.#control.underWay,
        ...(fenceLaws?.underWay ? ['a fence is under way'] : []),
        ...(life?.divergence() ?? []),
      ],
      mend: () => (mends ? this.#keeper.mend() : this.#keeper.mendLost()) || this.#mendServices(),
      isHeld: () => this.#control.underWay.some(isHold),
    })
  }

  async play(): Promise<void> {
    const { random, time } = { random: this.#random, time: this.#time }
    const lasts = random.between(...this.#parts.lasts)
    for (const host of this.#hosts.values()) host.powerOn(random.between(0, 500))
    const withLoop = random.chance(0.9)
    if (withLoop) time.after(random.between(500, 3000), () => this.#control.startLoop())
    time.after(1000, () => this.#operator.begin())
    this.#faults.schedule(random.between(3, 16), 4000, lasts)
    this.#scheduleOperator(random.between(8000, 14_000), lasts)
    await this.#course.until(lasts)
    await this.#end()
  }

  async follow(scenario: Scenario): Promise<void> {
    for (const host of this.#hosts.values()) host.powerOn(0)
    this.#operator.steady = true
    this.#control.startLoop()
    await this.#course.until(1000)
    await scenario({
      hosts: this.#hosts,
      network: this.#network,
      operator: this.#operator,
      disk: this.#control.disk,
      fences: this.#fences ?? new Map(),
      placesOf: (slot) => this.#checker.placesOf(slot),
      run: (ms) => this.#course.until(this.#time.now + ms),
      loseStore: () => this.#keeper.gone(),
      leaveLoop: () => this.#control.leaveLoop(),
      startLoop: () => this.#control.startLoop(),
      newProcess: (name) => this.#newProcess(name),
    })
    await this.#end()
  }

  async #end(): Promise<void> {
    if (this.#course.isOver) return
    this.#faultsEnded = true
    this.#faults.end()
    this.#life?.faultsEnded()
    this.#control.startLoop()
    // Only what hosts show tells that the store is an older copy, or that a machine is another one.
    for (let rounds = 0; rounds < ROUNDS && (await this.#converges()); rounds += 1);
    if (!this.#course.isOver && !this.#course.hasConverged)
      this.#checker.violated('the operator sets things right for ever')
    if (this.#ending && !this.#course.isOver) await this.#reads(this.#ending)
  }

  /** What is told of all runs in the end. */
  async #reads(ending: RunLife): Promise<void> {
    let found: readonly string[] = ['nobody tells what has run']
    const read = this.#newProcess('hc-show').command(async (world, controller) => {
      found = await ending.history(world, controller)
    })
    await this.#course.until(this.#time.now + 10_000)
    for (const text of found) this.#checker.violated(text)
    await read
  }

  /** True where the operator had to set something right meanwhile. */
  async #converges(): Promise<boolean> {
    this.#operator.drains = this.#parts.drains
    return (await this.#course.lastWord()) && !(await this.#course.converges(this.#parts.ticksToConverge))
  }

  outcome(): Outcome {
    return this.#course.outcome()
  }

  /** The machine that the operator works at. */
  get #control(): ControlMachine {
    return this.#operator.control
  }

  #onTick({ control }: SimProcess, tick: Tick): void {
    this.#course.count(tick)
    if (control !== this.#control) return
    this.#unplaced = new Set(tick.decision.plan.unplaced.map(({ slot }) => slot))
    this.#control.underWay = underWayIn(tick)
    this.#operator.check()
  }

  #newProcess(name: string, control = this.#operator.control): SimProcess {
    this.#pid += 1
    const { trouble } = this.#faults
    const random = this.#random.fork()
    return new SimProcess(name, this.#pid, {
      time: this.#time,
      network: this.#network,
      random,
      hosts: this.#hosts,
      control,
      inventory: () => this.#inventory,
      beat: { skips: () => random.chance(trouble.skips), doubles: () => random.chance(trouble.doubles) },
      watcher: this.#checker,
      replyLoss: () => trouble.replyLoss,
      ailments: this.#life?.ailments,
      fences: this.#fences,
      fenceLaws: this.#fenceLaws,
    })
  }

  get #said(): Said {
    return { operator: this.#operator, hosts: this.#hosts, disk: this.#control.disk, unplaced: this.#unplaced }
  }

  /** The operator sees to what hc leaves to people; false: there is nothing. */
  #mendServices(): boolean {
    // A fence that takes its time cuts the power of a host after all faults are over.
    if (this.#parts.fences && this.#faultsEnded) for (const host of this.#hosts.values()) host.powerOn(3000)
    return this.#life?.mend() ?? (this.#parts.fails && retryGivenUp(this.#operator, this.#hosts))
  }

  #scheduleOperator(at: Millis, until: Millis): void {
    if (at >= until) return
    this.#time.after(at - this.#time.now, () => {
      const mends = this.#parts.mends && this.#random.chance(0.5) && this.#keeper.mend()
      if (mends) this.#story.tell('operator', 'has seen to it')
      else if (this.#parts.drains && this.#random.chance(this.#parts.hostWords)) this.#operator.actOnHost()
      else this.#operator.act()
      this.#scheduleOperator(this.#time.now + this.#random.between(2000, 20_000), until)
    })
  }
}
