// The control machines of a simulated cluster: their power, and the loop on each, which is started again as systemd would.
import type { Inventory } from '../../../src/model/host.js'
import type { HostName, Millis } from '../../../src/model/names.js'
import type { MemoryStore } from '../../support/memory-store.js'
import type { Checker } from '../checker.js'
import type { ControlMachine } from '../control.js'
import type { Faults } from '../faults.js'
import type { SimHost } from '../host.js'
import type { SimNetwork } from '../network.js'
import type { Random } from '../random.js'
import type { Story } from '../story.js'
import type { SimTime } from '../time.js'
import type { SimEtcd } from './etcd.js'
import { ManyProcess } from './process.js'

/** What they work with. */
export interface MachineDoors {
  readonly names: readonly string[]
  readonly time: SimTime
  readonly random: Random
  readonly network: SimNetwork
  readonly hosts: ReadonlyMap<HostName, SimHost>
  readonly control: ControlMachine
  readonly story: Story
  etcd(): SimEtcd
  faults(): Faults
  checker(): Checker
  inventory(): Inventory
}

/** All of them. */
export class Machines {
  readonly #doors: MachineDoors
  readonly #loops = new Map<string, ManyProcess>()
  readonly #byStore = new Map<MemoryStore, ManyProcess>()
  readonly #off = new Set<string>()
  #pid = 1000

  constructor(doors: MachineDoors) {
    this.#doors = doors
  }

  /** Without power. */
  isOff(machine: string): boolean {
    return this.#off.has(machine)
  }

  /** Those on which a command can be said. */
  ready(): readonly string[] {
    const { names, hosts } = this.#doors
    return names.filter((name) => !this.isOff(name) && (hosts.get(name)?.isUp ?? true))
  }

  /** The loop that leads; null: none does. */
  leader(): ManyProcess | null {
    const by = this.#doors.etcd().leader?.lease.by
    return [...this.#loops.values()].find(({ many, lives }) => lives && many === by) ?? null
  }

  processOf(store: MemoryStore): ManyProcess | undefined {
    return this.#byStore.get(store)
  }

  powerCut(machine: string, ms: Millis): void {
    const { hosts, time } = this.#doors
    this.#off.add(machine)
    hosts.get(machine)?.powerOff()
    for (const process of this.#byStore.values()) if (process.machine === machine) process.kill()
    time.after(ms, () => this.powerOn(machine))
  }

  powerOn(machine: string): void {
    if (!this.#off.delete(machine)) return
    const { hosts, time, random } = this.#doors
    hosts.get(machine)?.powerOn(2000)
    time.after(random.between(2500, 6000), () => this.startLoop(machine))
  }

  /** What wakes it. */
  freeze(host: SimHost): () => void {
    if (!host.isUp) return () => {}
    host.freeze()
    this.#loops.get(host.name)?.pause()
    return () => {
      this.#doors.faults().wake(host)
      this.#loops.get(host.name)?.goOn()
    }
  }

  /** All are on, and none is stopped, or killed from now on. */
  wakeAll(): void {
    for (const machine of this.#doors.names) this.powerOn(machine)
    for (const loop of this.#loops.values()) {
      loop.killAfter = null
      loop.stopAfter = null
      loop.goOn()
    }
  }

  newProcess(name: string, machine: string): ManyProcess {
    this.#pid += 1
    const { time, network, hosts, control, story, inventory } = this.#doors
    const random = this.#doors.random.fork()
    const { trouble } = this.#doors.faults()
    const process = new ManyProcess(name, this.#pid, machine, {
      ...{ time, network, random, hosts, control, inventory, etcd: this.#doors.etcd() },
      beat: { skips: () => random.chance(trouble.skips), doubles: () => random.chance(trouble.doubles) },
      watcher: this.#doors.checker(),
      replyLoss: () => trouble.replyLoss,
      onElected: (by, election) => story.tell(by.name, `is elected: ${election}`),
    })
    this.#byStore.set(process.many, process)
    return process
  }

  /** A loop that ended is started again, as long as its machine is on. */
  startLoop(machine: string): void {
    const { names, story, time, random } = this.#doors
    if (!names.includes(machine) || this.isOff(machine) || this.#loops.get(machine)?.isAlive) return
    if (!this.ready().includes(machine)) {
      time.after(500, () => this.startLoop(machine))
      return
    }
    const loop = this.newProcess(`loop-${machine}`, machine)
    this.#loops.set(machine, loop)
    story.tell(loop.name, 'starts')
    loop.onKilled = () => {
      story.tell(loop.name, 'is gone')
      time.after(random.between(300, 9000), () => this.startLoop(machine))
    }
    loop.onEnded = () => loop.kill()
    loop.loop()
  }
}
