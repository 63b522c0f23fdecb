// One simulation: a cluster, its operator, its faults, and the laws that hold all the while.
import type { Tick } from '../../src/controller/controller.js'
import type { HostName, Millis, SlotName } from '../../src/model/names.js'
import { Checker } from './checker.js'
import { ControlMachine } from './control.js'
import { divergence, isHold, underWayIn } from './converged.js'
import { Faults } from './faults.js'
import type { FenceWay } from './fencer.js'
import { Flaws } from './flaws.js'
import { SimHost } from './host.js'
import { drawSize, inventoryOf } from './inventory.js'
import { CROWDED_NAMES, FLAWED_NAMES, JOB_NAMES } from './jobs.js'
import { Life } from './life.js'
import { type Mode, type Parts, partsOf } from './modes.js'
import { SimNetwork } from './network.js'
import { Operator } from './operator.js'
import { OTHER_OWNER, OWNER, SimProcess } from './process.js'
import { Random } from './random.js'
import { forgetScripts } from './scripts.js'
import type { Outcome, Stage } from './stage.js'
import { StoreKeeper } from './store-keeper.js'
import { Story } from './story.js'
import { SimTime } from './time.js'

/** Then nothing is done for so many ticks. */
export const QUIET_TICKS = 30
/** So often the operator may have to set something right that shows only then. */
const ROUNDS = 9
/** An operator's command may take so long after the faults, ms. */
const LAST_WORD_MS = 200_000

/** Plays one seed. */
export async function simulate(seed: number, mode: Mode): Promise<Outcome> {
  forgetScripts()
  return new Simulation(seed, null, mode).play()
}

/** Plays a written scenario with a loop on some hosts (`fences`: with drivers), then ends what it broke and waits until all is well. */
export async function playScenario(
  hosts: number,
  scenario: (stage: Stage) => Promise<void>,
  fences = false,
): Promise<Outcome> {
  forgetScripts()
  return new Simulation(1, hosts, 'seed', fences).follow(scenario)
}

class Simulation {
  readonly #seed: number
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
  #actions = 0
  #convergedAfter: number | null = null

  readonly #keeper: StoreKeeper
  readonly #life: Life | null
  readonly #fences: Map<HostName, FenceWay> | undefined
  readonly #parts: Parts

  constructor(seed: number, size: number | null, mode: Mode = 'seed', fences = false) {
    this.#parts = partsOf(mode)
    const { crowded, two, fails, lives, tables } = this.#parts
    this.#seed = seed
    const random = new Random(seed)
    this.#random = random
    this.#network = new SimNetwork(random.fork())
    const drawn = drawSize(random)
    const hostNames = Array.from({ length: size ?? drawn }, (_, n) => `n${n + 1}`)
    this.#inventory = inventoryOf(hostNames, random, fences)
    this.#fences = fences ? new Map() : undefined
    const [time, network, hosts, story] = [this.#time, this.#network, this.#hosts, this.#story]
    const newProcess = (name: string, control: ControlMachine) => this.#newProcess(name, control)
    const first = new ControlMachine('control', OWNER, { time, random, story, newProcess })
    const controls = [
      first,
      ...(two ? [new ControlMachine('control-b', OTHER_OWNER, { time, random, story, newProcess })] : []),
    ]
    const life = lives ? new Life(random.fork(), { time, network, hosts, control: first, story }) : null
    this.#life = life
    this.#checker = new Checker({
      time,
      network,
      controls,
      hosts,
      story,
      exclusive: new Set(['bot', 'mail', 'idol', 'vault']),
      laws: life?.laws ?? [],
      onRecorded: (process, events) => this.#operator.recorded(process, events),
      onTick: (process, tick) => this.#onTick(process, tick),
    })
    const flaws = life?.ailments ?? (fails ? new Flaws(random.fork()) : undefined)
    for (const name of hostNames) {
      const doors = { time, random: random.fork(), network, watcher: this.#checker, flaws, hosts: () => hosts }
      hosts.set(name, new SimHost(name, random.pick([1024, 1536, 2048]), doors))
    }
    this.#operator = new Operator({
      random: random.fork(),
      control: first,
      story,
      hosts: hostNames,
      names: life?.names ?? (crowded ? CROWDED_NAMES : [...JOB_NAMES, ...(fails ? FLAWED_NAMES : [])]),
      newProcess,
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
      editInventory: () => {
        this.#inventory = inventoryOf(hostNames, random)
      },
      woke: (host) => this.#checker.woke(host),
      tables,
    })
  }

  async play(): Promise<Outcome> {
    const { random, time } = { random: this.#random, time: this.#time }
    const lasts = random.between(...this.#parts.lasts)
    for (const host of this.#hosts.values()) host.powerOn(random.between(0, 500))
    const withLoop = random.chance(0.9)
    if (withLoop) time.after(random.between(500, 3000), () => this.#control.startLoop())
    time.after(1000, () => this.#operator.begin())
    this.#faults.schedule(random.between(3, 16), 4000, lasts)
    this.#scheduleOperator(random.between(8000, 14_000), lasts)
    await this.#run(lasts)
    return this.#end()
  }

  async follow(scenario: (stage: Stage) => Promise<void>): Promise<Outcome> {
    for (const host of this.#hosts.values()) host.powerOn(0)
    this.#operator.steady = true
    this.#control.startLoop()
    await this.#run(1000)
    await scenario({
      hosts: this.#hosts,
      network: this.#network,
      operator: this.#operator,
      disk: this.#control.disk,
      fences: this.#fences ?? new Map(),
      placesOf: (slot) => this.#checker.placesOf(slot),
      run: (ms) => this.#run(this.#time.now + ms),
      loseStore: () => this.#keeper.gone(),
      leaveLoop: () => this.#control.leaveLoop(),
      startLoop: () => this.#control.startLoop(),
      newProcess: (name) => this.#newProcess(name),
    })
    return this.#end()
  }

  async #end(): Promise<Outcome> {
    if (this.#isOver) return this.#outcome()
    this.#faultsEnded = true
    this.#faults.end()
    this.#life?.faultsEnded()
    this.#control.startLoop()
    // Only what hosts show tells that the store is an older copy, or that a machine is another one.
    for (let rounds = 0; rounds < ROUNDS && (await this.#lastWord()) && !(await this.#converge()); rounds += 1);
    if (!this.#isOver && this.#convergedAfter === null)
      this.#checker.violated('the operator sets things right for ever')
    return this.#outcome()
  }

  #outcome(): Outcome {
    return {
      seed: this.#seed,
      violations: this.#checker.violations,
      story: this.#story.lines,
      convergedAfter: this.#convergedAfter,
      effects: this.#checker.effects,
    }
  }

  /** The machine that the operator works at. */
  get #control(): ControlMachine {
    return this.#operator.control
  }

  get #isOver(): boolean {
    return this.#checker.violations.length > 0
  }

  async #run(until: Millis): Promise<void> {
    while (this.#time.now < until && !this.#isOver) {
      await this.#time.run(Math.min(until, this.#time.now + 1000), () => this.#checker.afterStep())
    }
  }

  /** Interrupted commands are said again; ends when none runs. */
  async #lastWord(): Promise<boolean> {
    const until = this.#time.now + LAST_WORD_MS
    this.#operator.drains = this.#parts.drains
    while (this.#operator.isBusy || this.#operator.isDirty || this.#operator.drains) {
      if (!this.#operator.isBusy && !(this.#parts.mends && this.#keeper.mend())) this.#operator.lastWord()
      await this.#run(this.#time.now + 1000)
      if (this.#isOver) return false
      if (this.#time.now > until) {
        this.#checker.violated('the operator cannot have a word recorded long after all faults have ended')
        return false
      }
    }
    return true
  }

  /** False where the operator had to set something right meanwhile. */
  async #converge(): Promise<boolean> {
    const found = () => [
      ...divergence(this.#hosts, this.#control.disk, this.#unplaced),
      ...this.#control.underWay,
      ...(this.#life?.divergence() ?? []),
    ]
    const most = this.#parts.ticksToConverge
    for (let ticks = 0; ; ticks += this.#control.underWay.some(isHold) ? 0 : 1) {
      await this.#run(this.#time.now + 1000)
      if (this.#isOver) return true
      if ((this.#parts.mends && this.#keeper.mend()) || this.#life?.mend()) return false
      const left = found()
      if (left.length === 0) {
        this.#convergedAfter = ticks
        break
      }
      if (ticks >= most) {
        for (const text of left) this.#checker.violated(`not converged after ${most} ticks: ${text}`)
        return true
      }
    }
    // What converged may still be written down: one tick more, then all is silent.
    await this.#run(this.#time.now + 2000)
    const before = { actions: this.#actions, effects: this.#checker.effects }
    await this.#run(this.#time.now + QUIET_TICKS * 1000)
    if (this.#actions !== before.actions || this.#checker.effects !== before.effects) {
      this.#checker.violated(`converged, but ${this.#actions - before.actions} actions followed`)
    }
    for (const text of found()) this.#checker.violated(`converged, but then: ${text}`)
    return true
  }

  #onTick({ control }: SimProcess, tick: Tick): void {
    this.#actions += tick.decision.plan.actions.length + (tick.decision.plan.arms ?? []).length
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
    })
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
