// A process of hc on one control machine among several: it may be stopped (SIGSTOP) and go on, and lives as long as its machine.

import type { World } from '../../../src/controller/world.js'
import type { Host } from '../../../src/model/host.js'
import type { Millis } from '../../../src/model/names.js'
import type { CommandResult, RemoteResult, RemoteScript, Transport } from '../../../src/ports.js'
import { feedsOf } from '../../support/memory-feed.js'
import type { SimHost } from '../host.js'
import { type ProcessDoors, SimProcess } from '../process.js'
import { ProcessClock, SimTime } from '../time.js'
import { SimPinger, SimTransport } from '../transport.js'
import type { SimEtcd } from './etcd.js'
import { ManyStore } from './store.js'

/** Lets callbacks through, or keeps them until the process goes on. */
class Gate {
  stopped = false
  #kept: (() => void)[] = []

  pass(run: () => void): void {
    if (this.stopped) this.#kept.push(run)
    else run()
  }

  goOn(time: SimTime): void {
    this.stopped = false
    const kept = this.#kept
    this.#kept = []
    for (const run of kept) time.after(0, () => this.pass(run))
  }

  async through<T>(work: Promise<T>): Promise<T> {
    const result = await work
    await new Promise<void>((resolve) => this.pass(resolve))
    return result
  }
}

/** The time of a process that may be stopped: what is due meanwhile comes when it goes on. */
class GatedTime extends SimTime {
  readonly #time: SimTime
  readonly #gate: Gate

  constructor(time: SimTime, gate: Gate) {
    super()
    this.#time = time
    this.#gate = gate
  }

  override get now(): Millis {
    return this.#time.now
  }

  override wall(): string {
    return this.#time.wall()
  }

  override after(ms: Millis, run: () => void, isAlive: () => boolean = () => true): void {
    this.#time.after(ms, () => this.#gate.pass(() => isAlive() && run()), isAlive)
  }
}

/** Results of the simulated transport, when the process goes on. */
class GatedTransport implements Transport {
  readonly #inner: SimTransport
  readonly #gate: Gate

  constructor(inner: SimTransport, gate: Gate) {
    this.#inner = inner
    this.#gate = gate
  }

  run(host: Host, request: RemoteScript): Promise<RemoteResult> {
    return this.#gate.through(this.#inner.run(host, request))
  }

  command(): Promise<CommandResult> {
    return this.#inner.command()
  }

  session(): Promise<CommandResult> {
    return this.#inner.session()
  }

  close(name?: string): Promise<void> {
    return this.#inner.close(name)
  }
}

/** What it has in hand beside what all processes do. */
export interface ManyDoors extends ProcessDoors {
  readonly etcd: SimEtcd
  onElected(process: ManyProcess, election: number): void
}

/** One process. */
export class ManyProcess extends SimProcess {
  readonly machine: string
  readonly many: ManyStore
  readonly #gate = new Gate()
  readonly #time: SimTime

  constructor(name: string, pid: number, machine: string, doors: ManyDoors) {
    super(name, pid, doors)
    const { time, network, random, hosts, watcher, inventory } = doors
    this.machine = machine
    this.#time = time
    const isAlive = () => this.lives
    const gated = new GatedTime(time, this.#gate)
    const clock = new ProcessClock(gated, random.between(1000, 1_000_000), isAlive, doors.beat)
    const options = {
      wall: () => time.wall(),
      owner: doors.control.owner,
      command: name,
      sleep: clock.sleep.bind(clock),
    }
    this.many = new ManyStore(options, {
      etcd: doors.etcd,
      machine,
      clock,
      random: random.fork(),
      isAlive,
      onEvents: (events) => watcher.recorded(this, events),
      onElected: (election) => doors.onElected(this, election),
    })
    const shared = { time, network, random, hosts, member: machine, isAlive }
    const host: SimHost | undefined = hosts.get(machine)
    const transport = new SimTransport({
      ...shared,
      now: () => clock.now(),
      beforeWrite: (name, request) => {
        this.effect()
        if (this.lives) watcher.wrote(this, name, request)
      },
      replyLoss: doors.replyLoss,
    })
    const addresses = new Map(inventory().hosts.map(({ connection, name }) => [connection.address, name]))
    Object.assign(this.world, {
      clock,
      store: this.many,
      feed: feedsOf(doors.control.disk).open(),
      transport: new GatedTransport(transport, this.#gate),
      pinger: new SimPinger({ ...shared, time: gated }, addresses),
      owner: null,
      leftMs: () => this.many.leftMs(),
      ownBootId: host?.bootId ?? null,
      ownMachineId: host ? machine : null,
    } satisfies Partial<World>)
  }

  #dead = false
  /** It is stopped right after its effect once so many more are had, for so long, ms; null: not. */
  stopAfter: { effects: number; readonly ms: Millis } | null = null

  override get member(): string {
    return this.machine
  }

  override effect(): void {
    super.effect()
    const { stopAfter } = this
    if (!stopAfter) return
    stopAfter.effects -= 1
    if (stopAfter.effects >= 0) return
    this.stopAfter = null
    this.pause()
    this.#time.after(stopAfter.ms, () => this.goOn())
  }

  get lives(): boolean {
    return !this.#dead
  }

  override kill(): void {
    if (this.#dead) return
    this.#dead = true
    this.many.kill()
    super.kill()
  }

  /** SIGSTOP, and SIGCONT. */
  pause(): void {
    this.#gate.stopped = true
  }

  goOn(): void {
    if (this.#gate.stopped) this.#gate.goOn(this.#time)
  }
}
