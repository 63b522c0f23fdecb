// One simulation: a cluster, its operator, its faults, and the laws that hold all the while.
import type { Tick } from '../../src/controller/controller.js'
import type { HostName, Millis, SlotName } from '../../src/model/names.js'
import { MemoryDisk } from '../support/memory-store.js'
import { Checker } from './checker.js'
import { divergence, isHold, underWayIn } from './converged.js'
import { Faults } from './faults.js'
import { SimHost } from './host.js'
import { drawSize, inventoryOf } from './inventory.js'
import { CROWDED_NAMES, JOB_NAMES } from './jobs.js'
import { type Mode, partsOf } from './modes.js'
import { SimNetwork } from './network.js'
import { Operator } from './operator.js'
import { processOf, SimProcess } from './process.js'
import { Random } from './random.js'
import { forgetScripts } from './scripts.js'
import type { Outcome, Stage } from './stage.js'
import { Story } from './story.js'
import { SimTime } from './time.js'

/** After the faults have ended and the operator has said the last word: converged within so many ticks (of a second). */
export const TICKS_TO_CONVERGE = 90
/** Then nothing is done for so many ticks. */
export const QUIET_TICKS = 30
/** An operator's command may take so long after the faults, ms. */
const LAST_WORD_MS = 200_000

/** Plays one seed. */
export async function simulate(seed: number, mode: Mode): Promise<Outcome> {
  forgetScripts()
  const simulation = new Simulation(seed, null, mode)
  await simulation.play()
  return simulation.outcome()
}

/** Plays a written scenario with a loop on some hosts, then ends what it broke and waits until all is well. */
export async function playScenario(hosts: number, scenario: (stage: Stage) => Promise<void>): Promise<Outcome> {
  forgetScripts()
  const simulation = new Simulation(1, hosts)
  await simulation.follow(scenario)
  return simulation.outcome()
}

class Simulation {
  readonly #seed: number
  readonly #random: Random
  readonly #time = new SimTime()
  readonly #story = new Story(this.#time)
  readonly #network: SimNetwork
  readonly #hosts = new Map<HostName, SimHost>()
  readonly #disk = new MemoryDisk()
  readonly #checker: Checker
  readonly #faults: Faults
  readonly #operator: Operator
  #inventory
  #loop: SimProcess | null = null
  #loopShallRun = false
  #faultsEnded = false
  #unplaced: ReadonlySet<SlotName> = new Set()
  /** Sentences for what the last tick did, or waits for since its steps have not ended. */
  #underWay: readonly string[] = []
  #pid = 1000
  #actions = 0
  #convergedAfter: number | null = null

  /** The operator drains hosts too, and restarts single slots. */
  readonly #hostWords: boolean

  constructor(seed: number, size: number | null, mode: Mode = 'seed') {
    const { drains, crowded, more } = partsOf(mode)
    this.#seed = seed
    this.#hostWords = drains
    const random = new Random(seed)
    this.#random = random
    this.#network = new SimNetwork(random.fork())
    const drawn = drawSize(random)
    const hostNames = Array.from({ length: size ?? drawn }, (_, n) => `n${n + 1}`)
    this.#inventory = inventoryOf(hostNames, random)
    const [time, network, hosts, disk, story] = [this.#time, this.#network, this.#hosts, this.#disk, this.#story]
    this.#checker = new Checker({
      time,
      network,
      disk,
      hosts,
      story,
      exclusive: new Set(['bot', 'mail']),
      onRecorded: (process, events) => this.#operator.recorded(process, events),
      onTick: (_process, tick) => this.#onTick(tick),
    })
    for (const name of hostNames) {
      const doors = { time, random: random.fork(), network, watcher: this.#checker, hosts: () => hosts }
      hosts.set(name, new SimHost(name, random.pick([1024, 1536, 2048]), doors))
    }
    disk.beforeChange = (change, by) => {
      processOf(by)?.effect()
      if (change === 'records') this.#checker.recordsChange()
    }
    this.#operator = new Operator({
      random: random.fork(),
      disk,
      story,
      hosts: hostNames,
      names: crowded ? CROWDED_NAMES : JOB_NAMES,
      newProcess: (name) => this.#newProcess(name),
      violated: (text) => this.#checker.violated(text),
      fail: (process, error) => this.#checker.failed(process, error),
    })
    this.#faults = new Faults({
      time,
      random: random.fork(),
      network,
      hosts,
      disk,
      story,
      killLoop: () => this.#loop?.kill(),
      killLoopAfter: (effects) => {
        if (this.#loop) this.#loop.killAfter = effects
      },
      secondLoop: () => this.#newProcess('loop-b').loop(),
      loseStore: () => this.#loseStore(),
      editInventory: () => {
        this.#inventory = inventoryOf(hostNames, random)
      },
      woke: (host) => this.#checker.woke(host),
      more,
    })
  }

  async play(): Promise<void> {
    const { random, time } = { random: this.#random, time: this.#time }
    const lasts = random.between(30_000, 90_000)
    for (const host of this.#hosts.values()) host.powerOn(random.between(0, 500))
    const withLoop = random.chance(0.9)
    if (withLoop) time.after(random.between(500, 3000), () => this.#startLoop())
    time.after(1000, () => this.#operator.begin())
    this.#faults.schedule(random.between(3, 16), 4000, lasts)
    this.#scheduleOperator(random.between(8000, 14_000), lasts)
    await this.#run(lasts)
    await this.#end()
  }

  async follow(scenario: (stage: Stage) => Promise<void>): Promise<void> {
    for (const host of this.#hosts.values()) host.powerOn(0)
    this.#operator.steady = true
    this.#startLoop()
    await this.#run(1000)
    await scenario({
      hosts: this.#hosts,
      network: this.#network,
      operator: this.#operator,
      disk: this.#disk,
      placesOf: (slot) => this.#checker.placesOf(slot),
      run: (ms) => this.#run(this.#time.now + ms),
      loseStore: () => {
        this.#checker.recordsGone()
        this.#disk.lose()
        this.#operator.storeLost()
      },
      leaveLoop: () => {
        this.#loopShallRun = false
        return this.#loop
      },
      startLoop: () => this.#startLoop(),
      newProcess: (name) => this.#newProcess(name),
    })
    await this.#end()
  }

  async #end(): Promise<void> {
    if (this.#isOver) return
    this.#faultsEnded = true
    this.#faults.end()
    this.#startLoop()
    if (await this.#lastWord()) await this.#converge()
  }

  outcome(): Outcome {
    return {
      seed: this.#seed,
      violations: this.#checker.violations,
      story: this.#story.lines,
      convergedAfter: this.#convergedAfter,
      effects: this.#checker.effects,
    }
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
    this.#operator.drains = this.#hostWords
    while (this.#operator.isBusy || this.#operator.isDirty || this.#operator.drains) {
      if (!this.#operator.isBusy) this.#operator.lastWord()
      await this.#run(this.#time.now + 1000)
      if (this.#isOver) return false
      if (this.#time.now > until) {
        this.#checker.violated('the operator cannot have a word recorded long after all faults have ended')
        return false
      }
    }
    return true
  }

  async #converge(): Promise<void> {
    const found = () => [...divergence(this.#hosts, this.#disk, this.#unplaced), ...this.#underWay]
    for (let ticks = 0; ; ticks += this.#underWay.some(isHold) ? 0 : 1) {
      await this.#run(this.#time.now + 1000)
      if (this.#isOver) return
      const left = found()
      if (left.length === 0) {
        this.#convergedAfter = ticks
        break
      }
      if (ticks >= TICKS_TO_CONVERGE) {
        for (const text of left) this.#checker.violated(`not converged after ${TICKS_TO_CONVERGE} ticks: ${text}`)
        return
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
  }

  #onTick(tick: Tick): void {
    this.#actions += tick.decision.plan.actions.length + (tick.decision.plan.arms ?? []).length
    this.#unplaced = new Set(tick.decision.plan.unplaced.map(({ slot }) => slot))
    this.#underWay = underWayIn(tick)
    this.#operator.check()
  }

  #newProcess(name: string): SimProcess {
    this.#pid += 1
    const { trouble } = this.#faults
    const random = this.#random.fork()
    return new SimProcess(name, this.#pid, {
      time: this.#time,
      network: this.#network,
      random,
      hosts: this.#hosts,
      disk: this.#disk,
      inventory: () => this.#inventory,
      beat: { skips: () => random.chance(trouble.skips), doubles: () => random.chance(trouble.doubles) },
      watcher: this.#checker,
      replyLoss: () => trouble.replyLoss,
    })
  }

  /** As systemd would: a loop that was killed is started again. */
  #startLoop(): void {
    if (this.#loop?.isAlive) return
    this.#loopShallRun = true
    const loop = this.#newProcess('loop')
    this.#loop = loop
    this.#story.tell('loop', 'starts')
    this.#underWay = ['the loop has not ticked yet']
    loop.onKilled = () => {
      this.#story.tell('loop', 'is killed')
      this.#underWay = ['no loop ticks']
      if (this.#loopShallRun) this.#time.after(this.#random.between(300, 9000), () => this.#startLoop())
    }
    loop.loop()
  }

  #loseStore(): void {
    this.#checker.recordsGone()
    this.#disk.lose()
    // A new store takes each machine for the one that its address says: the operator has to set that right.
    this.#network.unswap()
    this.#operator.storeLost()
    if (this.#random.chance(0.3)) this.#loop?.kill()
    this.#time.after(
      this.#random.between(500, 15_000),
      () => this.#operator.act(),
      () => !this.#faultsEnded,
    )
  }

  #scheduleOperator(at: Millis, until: Millis): void {
    if (at >= until) return
    this.#time.after(at - this.#time.now, () => {
      if (this.#hostWords && this.#random.chance(0.6)) this.#operator.actOnHost()
      else this.#operator.act()
      this.#scheduleOperator(this.#time.now + this.#random.between(2000, 20_000), until)
    })
  }
}
