// A process of hc on one control machine among several: it may be stopped (SIGSTOP) and go on, and lives as long as its machine.

import type { World } from '../../../src/controller/world.js'
import type { Host } from '../../../src/model/host.js'
import type { Millis } from '../../../src/model/names.js'
import type { CommandResult, RemoteResult, RemoteScript, Transport } from '../../../src/ports.js'
import { feedsOf } from '../../support/memory-feed.js'
import type { SimHost } from '../host.js'
import { type Member, SimNetwork } from '../network.js'
import { type ProcessDoors, SimProcess } from '../process.js'
import type { Random } from '../random.js'
import { seenFrom } from '../scripts.js'
import { ProcessClock, SimTime } from '../time.js'
import { SimPinger, SimTransport } from '../transport.js'
import type { SimEtcd } from './etcd.js'
import { ManyStore } from './store.js'

/** Whichever machine acts, the term is the etcd's. */
const OWNER = 'etcd-0123456789'

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

/** The network as a machine has it that calls itself `control`. */
class Seat extends SimNetwork {
  readonly #network: SimNetwork
  readonly #machine: Member

  constructor(network: SimNetwork, machine: Member, random: Random) {
    super(random)
    this.#network = network
    this.#machine = machine
  }

  #at(member: Member): Member {
    return member === 'control' ? this.#machine : member
  }

  override at(member: Member): Member {
    return this.#network.at(member)
  }

  override isOpen(from: Member, to: Member): boolean {
    return this.#network.isOpen(this.#at(from), this.#at(to))
  }

  override passes(from: Member, to: Member): boolean {
    return this.#network.passes(this.#at(from), this.#at(to))
  }

  override latency(from: Member, to: Member): Millis {
    return this.#network.latency(this.#at(from), this.#at(to))
  }
}

/** Results of the simulated transport, when the process goes on. */
class GatedTransport implements Transport {
  readonly #inner: SimTransport
  readonly #gate: Gate
  readonly #peer: string

  constructor(inner: SimTransport, gate: Gate, peer: string) {
    this.#inner = inner
    this.#gate = gate
    this.#peer = peer
  }

  async run(host: Host, request: RemoteScript): Promise<RemoteResult> {
    const result = await this.#gate.through(this.#inner.run(host, request))
    if (result.ok) seenFrom(result.output, this.#peer)
    return result
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

/** The address of a control machine as hosts see it. */
export function addressOf(machine: string): string {
  return machine.startsWith('c') ? `10.0.9.${machine.slice(1)}` : `10.0.0.${machine.slice(1)}`
}

/** One process. */
export class ManyProcess extends SimProcess {
  readonly machine: string
  readonly many: ManyStore
  readonly #gate = new Gate()
  readonly #time: SimTime

  constructor(name: string, pid: number, machine: string, doors: ManyDoors) {
    super(name, pid, doors)
    const { time, random, hosts, watcher, inventory } = doors
    this.machine = machine
    this.#time = time
    const isAlive = () => this.lives
    const gated = new GatedTime(time, this.#gate)
    const clock = new ProcessClock(gated, random.between(1000, 1_000_000), isAlive, doors.beat)
    const options = { wall: () => time.wall(), owner: OWNER, command: name, sleep: clock.sleep.bind(clock) }
    this.many = new ManyStore(options, {
      etcd: doors.etcd,
      machine,
      clock,
      random: random.fork(),
      isAlive,
      onEvents: (events) => watcher.recorded(this, events),
      onElected: (election) => doors.onElected(this, election),
    })
    const network = new Seat(doors.network, machine, random.fork())
    const shared = { time, network, random, hosts, isAlive }
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
      feed: feedsOf(doors.disk).open(),
      transport: new GatedTransport(transport, this.#gate, addressOf(machine)),
      pinger: new SimPinger({ ...shared, time: gated }, addresses),
      owner: null,
      leftMs: () => this.many.leftMs(),
      ownBootId: host?.bootId ?? null,
      ownMachineId: host ? machine : null,
    } satisfies Partial<World>)
  }

  #dead = false

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
