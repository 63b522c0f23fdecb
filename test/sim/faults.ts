// What goes wrong, drawn from the seed.

import type { HostName, Millis } from '../../src/model/names.js'
import type { ControlMachine } from './control.js'
import type { FenceWay } from './fencer.js'
import type { Flaws } from './flaws.js'
import type { SimHost } from './host.js'
import type { Member, SimNetwork } from './network.js'
import type { Operator } from './operator.js'
import type { Random } from './random.js'
import type { StoreKeeper } from './store-keeper.js'
import type { Story } from './story.js'
import type { SimTime } from './time.js'

/** What faults are done to. */
export interface FaultDoors {
  readonly time: SimTime
  readonly random: Random
  readonly network: SimNetwork
  readonly hosts: ReadonlyMap<HostName, SimHost>
  readonly operator: Operator
  readonly controls: readonly ControlMachine[]
  readonly story: Story
  secondLoop(): void
  readonly keeper: StoreKeeper
  /** Which services fail; absent: none. */
  readonly flaws?: Flaws | undefined
  /** How fence drivers are; absent: there are none. */
  readonly fences?: Map<HostName, FenceWay> | undefined
  /** The operator edits the inventory. */
  editInventory(): void
  woke(host: SimHost): void
  /** What is drawn from. */
  readonly tables: readonly (readonly Fault[])[]
}

/** Sources of small trouble that others ask. */
export interface Trouble {
  replyLoss: number
  skips: number
  doubles: number
}

/** One kind of fault. */
export interface Fault {
  readonly name: string
  readonly weight: number
  /** Does it, and returns what ends it. */
  readonly begin: (faults: Faults) => { readonly text: string; readonly end: () => void }
}

/** Draws faults until it is told to end them. */
export class Faults {
  readonly trouble: Trouble = { replyLoss: 0, skips: 0, doubles: 0 }
  readonly doors: FaultDoors
  #ended = false

  constructor(doors: FaultDoors) {
    this.doors = doors
  }

  get random(): Random {
    return this.doors.random
  }

  /** Draws `count` faults between `from` and `to`, ms. */
  schedule(count: number, from: Millis, to: Millis): void {
    const { time, random } = this.doors
    for (let index = 0; index < count; index += 1) {
      const at = random.between(from, to)
      time.after(
        at - time.now,
        () => this.#strike(),
        () => !this.#ended,
      )
    }
  }

  /** All is well again: everything healed, every host on. */
  end(): void {
    const { hosts, network, controls, story } = this.doors
    this.#ended = true
    this.doors.flaws?.mendAll()
    story.tell('FAULTS', 'end: all healed, all hosts on')
    network.healAll()
    network.unswap()
    for (const { disk } of controls) disk.full = false
    Object.assign(this.trouble, { replyLoss: 0, skips: 0, doubles: 0 })
    for (const host of hosts.values()) {
      host.sshd = 'up'
      host.slowness = 1
      host.diskFull = false
      this.wake(host)
      host.powerOn(3000)
    }
  }

  wake(host: SimHost): void {
    if (!host.frozen) return
    host.wake()
    this.doors.woke(host)
  }

  /** One of the control machines, where there are several. */
  anyControl(): Member {
    const { controls, operator } = this.doors
    return (controls.length > 1 ? this.random.pick(controls) : operator.control).member
  }

  /** All that there is in the network. */
  members(): readonly Member[] {
    return [...this.doors.controls.map(({ member }) => member), 'gateway', ...this.doors.hosts.keys()]
  }

  anyHost(): SimHost {
    return this.random.pick([...this.doors.hosts.values()])
  }

  #strike(): void {
    const { random, story, time } = this.doors
    const fault = random.weighted(this.doors.tables.flat().map((one) => [one, one.weight] as const))
    const { text, end } = fault.begin(this)
    const lasts = random.weighted([
      [random.between(200, 2500), 2],
      [random.between(2500, 8000), 3],
      [random.between(8000, 40_000), 2],
    ])
    story.tell('FAULT', `${fault.name}: ${text}`)
    time.after(
      lasts,
      () => {
        story.tell('FAULT', `${fault.name} ends: ${text}`)
        end()
      },
      () => !this.#ended,
    )
  }
}
