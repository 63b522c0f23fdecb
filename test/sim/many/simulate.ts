// One simulation of several control machines: hosts, an etcd of three members, a loop on each control machine, an operator.
import type { Tick } from '../../../src/controller/controller.js'
import { type HostName, jobOfSlot, type Millis, type SlotName } from '../../../src/model/names.js'
import type { WriteRequest } from '../../../src/remote/write.js'
import type { MemoryDisk } from '../../support/memory-store.js'
import { unlikeSaid } from '../as-said.js'
import { Checker } from '../checker.js'
import { ControlMachine } from '../control.js'
import { divergence, underWayIn } from '../converged.js'
import { Course } from '../course.js'
import { Faults } from '../faults.js'
import { SimHost } from '../host.js'
import { inventoryOf } from '../inventory.js'
import { JOB_NAMES } from '../jobs.js'
import { SimNetwork } from '../network.js'
import { Operator } from '../operator.js'
import { WORDS } from '../operator-doors.js'
import { Random } from '../random.js'
import { forgetScripts } from '../scripts.js'
import type { Outcome } from '../stage.js'
import { StoreKeeper } from '../store-keeper.js'
import { Story } from '../story.js'
import { SimTime } from '../time.js'
import { SimEtcd } from './etcd.js'
import { strike } from './faults.js'
import { Machines } from './machines.js'
import type { ManyProcess } from './process.js'

/** Whichever machine acts, the term is the etcd's. */
const OWNER = 'etcd-0123456789'
/** After the faults have ended: converged within so many seconds, also where another leader has to be elected. */
const CONVERGES_S = 120
/** A start may come so long after the next leader was elected, ms: between the host's look at its clock and what systemd does. */
const LATE_MS: Millis = 150
/** What was told to stop in time may take so long to end, ms. */
const STOPS_MS: Millis = 10_000

/** Jobs that never run twice. */
const EXCLUSIVE: ReadonlySet<string> = new Set(['bot', 'mail'])
/** Of the operator's words, so many are about hosts, where some are. */
const HOST_WORDS = 0.5

/** Plays one seed; with `drains` the operator cordons and drains hosts too, so that what is exclusive moves off hosts that are well. */
export async function simulateMany(seed: number, drains = false): Promise<Outcome> {
  forgetScripts()
  const simulation = new ManySimulation(seed, drains)
  await simulation.play()
  return simulation.outcome()
}

class ManySimulation {
  readonly #random: Random
  readonly #time = new SimTime()
  readonly #story = new Story(this.#time)
  readonly #network: SimNetwork
  readonly #links: SimNetwork
  readonly #hosts = new Map<HostName, SimHost>()
  /** What they share, as if it were one machine: nothing in the network is called so. */
  readonly #control: ControlMachine
  readonly #disk: MemoryDisk
  readonly #machines: readonly string[]
  readonly #etcd: SimEtcd
  readonly #checker: Checker
  readonly #faults: Faults
  readonly #operator: Operator
  readonly #inventory
  readonly #seats: Machines
  /** Terms of leaders, and when they began. */
  readonly #elected: { readonly term: number; readonly at: Millis }[] = []
  #ended = false
  #unplaced: ReadonlySet<SlotName> = new Set()
  #underWay: readonly string[] = ['no loop has ticked yet']
  /** Who leads, and has ticked. */
  #ticked: ManyProcess | null = null
  readonly #course: Course
  readonly #drains: boolean
  /** Whose end comes with the next word of the operator that is written down; it may be the last word. */
  #dooms: (() => void) | null = null
  /** What befalls a host that is told to stop an exclusive slot. */
  #stopDoom: ((host: HostName) => void) | null = null

  constructor(seed: number, drains: boolean) {
    const random = new Random(seed)
    this.#random = random
    this.#drains = drains
    this.#network = new SimNetwork(random.fork())
    this.#links = new SimNetwork(random.fork())
    const names = Array.from({ length: random.pick([2, 3, 3, 3, 4, 5]) }, (_, n) => `n${n + 1}`)
    this.#inventory = inventoryOf(names, random)
    // Each of the three is a host, or a machine of its own.
    const seats = random.pick([3, 3, 3, 2, 1, 0])
    this.#machines = [1, 2, 3].map((n) => (n <= Math.min(seats, names.length) ? `n${n}` : `c${n}`))
    const [time, network, hosts, story] = [this.#time, this.#network, this.#hosts, this.#story]
    const newProcess = (name: string) => this.#seats.newProcess(name, random.pick(this.#seats.ready()))
    this.#control = new ControlMachine('control', OWNER, { time, random, story, newProcess })
    const { disk, versions } = this.#control
    this.#disk = disk
    this.#seats = new Machines({
      ...{ names: this.#machines, time, random, network, hosts, control: this.#control, story },
      etcd: () => this.#etcd,
      faults: () => this.#faults,
      checker: () => this.#checker,
      inventory: () => this.#inventory,
    })
    this.#etcd = new SimEtcd(disk, this.#machines, {
      time,
      network: this.#links,
      isUp: (machine) => !this.#seats.isOff(machine) && (hosts.get(machine)?.answersPings ?? true),
    })
    this.#checker = new Checker({
      ...{ time, network, controls: [this.#control], members: this.#machines, hosts, story },
      exclusive: EXCLUSIVE,
      olderStores: true,
      laws: [{ wrote: (host, request) => this.#atStop(host, request) }],
      onRecorded: (process, events) => {
        if (events.some(({ kind }) => kind === 'take-over')) this.#leads()
        this.#operator.recorded(process, events)
        if (!events.some(({ kind }) => WORDS.has(kind))) return
        this.#dooms?.()
        this.#dooms = null
      },
      onTick: (process, tick) => this.#onTick(process as ManyProcess, tick),
    })
    const watcher = {
      began: (host: SimHost, unit: string, text: string, byHc: boolean) => {
        if (byHc) this.#onlyOne(host, `${unit} was started`, LATE_MS)
        this.#checker.began(host, unit, text, byHc)
      },
      ended: (host: SimHost, unit: string, text: string, cause: 'hc' | 'self') => {
        if (cause === 'hc') this.#onlyOne(host, `${unit} was stopped`, STOPS_MS)
        this.#checker.ended(host, unit, text, cause)
      },
    }
    for (const name of names) {
      const doors = { time, random: random.fork(), network, watcher, hosts: () => hosts }
      hosts.set(name, new SimHost(name, random.pick([1024, 1536, 2048]), doors))
    }
    disk.beforeChange = (change, by) => {
      this.#seats.processOf(by)?.effect()
      if (change === 'records') versions.change()
    }
    this.#operator = new Operator({
      ...{ random: random.fork(), control: this.#control, story, hosts: names, names: JOB_NAMES, newProcess },
      violated: (text) => this.#checker.violated(text),
      fail: (process, error) => this.#checker.failed(process, error),
    })
    const [operator, controls] = [this.#operator, [this.#control]]
    const keeper = new StoreKeeper({
      ...{ time, random, network, hosts, story, operator },
      faultsEnded: () => this.#ended,
    })
    this.#faults = new Faults({
      ...{ time, random: random.fork(), network, hosts, story, operator, controls, keeper, tables: [] },
      secondLoop: () => {},
      editInventory: () => {},
      woke: (host) => this.#checker.woke(host),
    })
    this.#course = new Course({
      ...{ seed, time, story, checker: this.#checker, operator },
      found: () => [
        ...divergence(hosts, disk, this.#unplaced),
        ...unlikeSaid({ operator, hosts, disk, unplaced: this.#unplaced }),
        ...this.#underWay,
        ...(this.#ticked === null || this.#seats.leader() !== this.#ticked ? ['whoever leads has not ticked yet'] : []),
      ],
    })
  }

  async play(): Promise<void> {
    const random = this.#random
    const lasts = random.between(40_000, 100_000)
    for (const host of this.#hosts.values()) host.powerOn(random.between(0, 300))
    // No machine is called so here: what it reaches tells nothing.
    for (const name of this.#hosts.keys()) this.#network.cut('control', name)
    for (const machine of this.#machines)
      this.#time.after(random.between(500, 2000), () => this.#seats.startLoop(machine))
    this.#time.after(1000, () => this.#operator.begin())
    const count = random.between(3, 14)
    for (let n = 0; n < count; n += 1) {
      this.#time.after(
        random.between(5000, lasts),
        () => this.#strike(),
        () => !this.#ended,
      )
    }
    this.#scheduleOperator(random.between(9000, 14_000), lasts)
    await this.#course.until(lasts)
    this.#end()
    this.#operator.drains = this.#drains
    if (await this.#course.lastWord()) await this.#course.converges(CONVERGES_S)
  }

  outcome(): Outcome {
    return this.#course.outcome()
  }

  /** Witness: what a leader does on a host after another one was elected. */
  #onlyOne(host: SimHost, what: string, lateMs: Millis): void {
    const term = host.writerTerm
    const late = lateMs * host.slowness
    const next = this.#elected.find((one) => one.term > term && this.#time.now - one.at > late)
    if (next === undefined || host.sleptWithin(20_000)) return
    this.#checker.violated(`${what} on ${host.name} under term ${term}, and ${next.term} was elected before`)
  }

  /** A leader has raised the term: who held the lock of the store until then acts no more. */
  #leads(): void {
    const { records } = this.#disk.content
    if (records !== null) this.#elected.push({ term: JSON.parse(records).term.number, at: this.#time.now })
  }

  #strike(): void {
    const { random, story, time } = { random: this.#random, story: this.#story, time: this.#time }
    const { text, end } = strike({
      ...{ random, network: this.#network, links: this.#links, hosts: this.#hosts, etcd: this.#etcd },
      machines: this.#machines,
      faults: this.#faults,
      leader: () => this.#seats.leader(),
      powerCut: (machine, ms) => this.#seats.powerCut(machine, ms),
      freeze: (host) => this.#seats.freeze(host),
      drains: this.#drains,
      atNextStop: (doom) => {
        this.#stopDoom = doom
      },
      atNextWord: (doom) => {
        this.#dooms = doom
      },
    })
    story.tell('FAULT', text)
    const lasts = random.weighted([
      [random.between(200, 4000), 2],
      [random.between(4000, 15_000), 3],
      [random.between(15_000, 45_000), 2],
    ])
    time.after(
      lasts,
      () => {
        story.tell('FAULT', `ends: ${text}`)
        end()
      },
      () => !this.#ended,
    )
  }

  /** No law: a moment in which something may happen. */
  #atStop(host: HostName, { steps }: WriteRequest): readonly string[] {
    const stops = steps.some((step) => step.kind === 'stop' && EXCLUSIVE.has(jobOfSlot(step.slot)))
    if (!stops || !this.#stopDoom) return []
    this.#story.tell('FAULT', `${host} is cut from all, and was to stop an exclusive slot`)
    this.#stopDoom(host)
    this.#stopDoom = null
    return []
  }

  #end(): void {
    this.#ended = true
    this.#faults.end()
    this.#links.healAll()
    this.#etcd.down.clear()
    for (const name of this.#hosts.keys()) this.#network.cut('control', name)
    for (const name of this.#hosts.keys()) this.#seats.powerOn(name)
    this.#seats.wakeAll()
  }

  #onTick(process: ManyProcess, tick: Tick): void {
    // A process that is deposed looks on, and may say what it would do.
    if (this.#etcd.leader?.lease.by !== process.many) return
    this.#ticked = process
    this.#course.count(tick)
    this.#unplaced = new Set(tick.decision.plan.unplaced.map(({ slot }) => slot))
    this.#underWay = underWayIn(tick)
    this.#operator.check()
  }

  #scheduleOperator(at: Millis, until: Millis): void {
    if (at >= until) return
    this.#time.after(at - this.#time.now, () => {
      if (this.#seats.ready().length > 0) {
        if (this.#drains && this.#random.chance(HOST_WORDS)) this.#operator.actOnHost()
        else this.#operator.act()
      }
      this.#scheduleOperator(this.#time.now + this.#random.between(2000, 20_000), until)
    })
  }
}
