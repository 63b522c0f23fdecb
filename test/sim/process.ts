// One process of hc on the control machine: its doors, and its death at any moment.
import { Controller, type Tick, type TickOptions } from '../../src/controller/controller.js'
import { runLoop } from '../../src/controller/loop.js'
import type { World } from '../../src/controller/world.js'
import type { NewEvent } from '../../src/model/event.js'
import type { Inventory } from '../../src/model/host.js'
import type { HostName } from '../../src/model/names.js'
import type { Sources } from '../../src/ports.js'
import type { WriteRequest } from '../../src/remote/write.js'
import { feedsOf } from '../support/memory-feed.js'
import { Killed, type MemoryDisk, MemoryStore, type MemoryStoreOptions } from '../support/memory-store.js'
import type { Ailments } from './ailments.js'
import type { ControlMachine } from './control.js'
import type { FenceLaws } from './fence-laws.js'
import { type FenceWay, SimFencer } from './fencer.js'
import type { SimHost } from './host.js'
import type { Member, SimNetwork } from './network.js'
import { SimProber } from './prober.js'
import type { Random } from './random.js'
import { type BeatFaults, ProcessClock, type SimTime } from './time.js'
import { SimPinger, SimTransport } from './transport.js'

/** The machine that hc runs on. */
export const OWNER = 'desk-0123456789'

/** The second machine that hc runs on, where there is one. */
export const OTHER_OWNER = 'den-fedcba9876'

/** Told of what processes do. */
export interface ProcessWatcher {
  wrote(process: SimProcess, host: HostName, request: WriteRequest): void
  recorded(process: SimProcess, events: readonly NewEvent[]): void
  /** By a loop. */
  ticked(process: SimProcess, tick: Tick): void
  /** By a command. */
  decided(process: SimProcess, tick: Tick): void
  failed(process: SimProcess, error: unknown): void
  said(process: SimProcess, line: string): void
}

/** What processes share. */
export interface ProcessDoors {
  readonly time: SimTime
  readonly network: SimNetwork
  readonly random: Random
  readonly hosts: ReadonlyMap<HostName, SimHost>
  readonly control: ControlMachine
  inventory(): Inventory
  readonly beat: BeatFaults
  readonly watcher: ProcessWatcher
  replyLoss(): number
  /** How allocations are when they are asked. Absent: nobody asks. */
  readonly ailments?: Ailments | undefined
  /** How fence drivers are. Absent: there are none. */
  readonly fences?: ReadonlyMap<HostName, FenceWay> | undefined
  readonly fenceLaws?: FenceLaws | undefined
}

/** Every change of the store and every write to a host, as the moments between which a process may be killed. */
export class SimProcess {
  readonly name: string
  /** The machine that it runs on. */
  readonly control: ControlMachine
  readonly world: World
  readonly store: SimStore
  readonly #doors: ProcessDoors
  readonly #stop = new AbortController()
  #alive = true
  /** It is killed before its effect after so many more; null: not. */
  killAfter: number | null = null
  onKilled: () => void = () => {}
  /** Its loop has ended by itself. */
  onEnded: () => void = () => {}

  constructor(name: string, pid: number, doors: ProcessDoors) {
    this.name = name
    this.#doors = doors
    this.control = doors.control
    const { time, network, random, hosts, control, inventory, beat, watcher } = doors
    const { disk, owner, member } = control
    const isAlive = () => this.#alive
    const clock = new ProcessClock(time, random.between(1000, 1_000_000), isAlive, beat)
    const options = { wall: () => time.wall(), owner, command: name, sleep: clock.sleep.bind(clock) }
    this.store = new SimStore(disk, options, (events) => watcher.recorded(this, events), this)
    const shared = { time, network, random, hosts, member, isAlive }
    const prober = doors.ailments && new SimProber({ ...shared, ailments: doors.ailments })
    const addresses = new Map(inventory().hosts.map((host) => [host.connection.address, host.name]))
    this.world = {
      clock,
      store: this.store,
      feed: feedsOf(disk).open(),
      transport: new SimTransport({
        ...shared,
        now: () => clock.now(),
        beforeWrite: (host, request) => {
          this.effect()
          if (this.#alive) watcher.wrote(this, host, request)
        },
        replyLoss: doors.replyLoss,
        ...(prober && { session: prober.session.bind(prober) }),
      }),
      ...(prober && { prober }),
      ...(doors.fences && { fencer: new SimFencer({ time, hosts, ways: doors.fences, laws: doors.fenceLaws }) }),
      pinger: new SimPinger(shared, addresses),
      sources: NO_SOURCES,
      inventory: async () => inventory(),
      inventoryTexts: () => ({}),
      inventoryFault: () => null,
      lockTimeoutMs: 30_000,
      owner,
      pid,
      debug: (line) => watcher.said(this, line),
    }
  }

  /** Where it is in the network. */
  get member(): Member {
    return this.control.member
  }

  /** False also once it was told to end. */
  get isAlive(): boolean {
    return this.#alive && !this.#stop.signal.aborted
  }

  /** An effect is about to be had. */
  effect(): void {
    if (this.killAfter === null || !this.#alive) return
    this.killAfter -= 1
    if (this.killAfter < 0) this.kill()
  }

  /** kill -9. */
  kill(): void {
    if (!this.#alive) return
    this.#alive = false
    void this.world.feed.close()
    this.store.kill()
    this.onKilled()
  }

  /** Runs the loop until it is told to end or killed. */
  loop(): void {
    const { watcher } = this.#doors
    void runLoop(this.world, {
      expression: null,
      signal: this.#stop.signal,
      onTick: (tick) => this.#alive && watcher.ticked(this, tick),
      onNote: (text) => this.#alive && watcher.said(this, text),
    })
      .catch((error: unknown) => {
        if (this.#alive) watcher.failed(this, error)
      })
      .then(() => this.onEnded())
  }

  /** Runs a command of the operator with a controller of its own. Killed: `killed` is told and the promise stays open. */
  async command(work: (world: World, controller: Controller) => Promise<unknown>): Promise<void> {
    const onTick = (tick: Tick) => this.#alive && this.#doors.watcher.decided(this, tick)
    const controller = new WatchedController(this.world, onTick)
    try {
      await work(this.world, controller)
    } catch (error) {
      if (error instanceof Killed) return new Promise(() => {})
      throw error
    }
  }

  /** Ctrl-C. */
  end(): void {
    this.#stop.abort()
  }
}

/** A command's, which tells what it did. */
class WatchedController extends Controller {
  readonly #onTick: (tick: Tick) => void

  constructor(world: World, onTick: (tick: Tick) => void) {
    super(world, { looks: false })
    this.#onTick = onTick
  }

  override async tick(options: TickOptions): Promise<Tick> {
    const tick = await super.tick(options)
    this.#onTick(tick)
    return tick
  }
}

/** A store that tells what is recorded. */
class SimStore extends MemoryStore {
  readonly process: SimProcess
  readonly #onEvents: (events: readonly NewEvent[]) => void

  constructor(
    disk: MemoryDisk,
    options: MemoryStoreOptions,
    onEvents: (events: readonly NewEvent[]) => void,
    process: SimProcess,
  ) {
    super(disk, options)
    this.process = process
    this.#onEvents = onEvents
  }

  override async appendEvents(events: readonly NewEvent[], term: number) {
    const recorded = await super.appendEvents(events, term)
    this.#onEvents(events)
    return recorded
  }
}

/** The process behind a store of the simulation. */
export function processOf(store: MemoryStore): SimProcess | null {
  return store instanceof SimStore ? store.process : null
}

const NO_SOURCES: Sources = {
  readFile: async (path) => {
    throw new Error(`no file ${path} in the simulation`)
  },
  list: async () => [],
  stamp: async () => null,
  environment: () => undefined,
  commandOutput: async () => new Uint8Array(),
}
