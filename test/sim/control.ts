// A simulated control machine: its store, and the loop on it, which is started again as systemd would.
import { MemoryDisk } from '../support/memory-store.js'
import type { Member } from './network.js'
import { processOf, type SimProcess } from './process.js'
import type { Random } from './random.js'
import type { Story } from './story.js'
import type { SimTime } from './time.js'
import { Versions } from './versions.js'

/** What a control machine works with. */
export interface ControlDoors {
  readonly time: SimTime
  readonly random: Random
  readonly story: Story
  newProcess(name: string, control: ControlMachine): SimProcess
}

/** One control machine. */
export class ControlMachine {
  /** In the network. */
  readonly member: Member
  /** Of its terms. */
  readonly owner: string
  readonly disk = new MemoryDisk()
  readonly versions: Versions
  /** Sentences for what the last tick did, or waits for since its steps have not ended. */
  underWay: readonly string[] = []
  readonly #doors: ControlDoors
  #loop: SimProcess | null = null
  #loopShallRun = false

  constructor(member: Member, owner: string, doors: ControlDoors) {
    this.member = member
    this.owner = owner
    this.#doors = doors
    this.versions = new Versions(doors.time, this.disk)
    this.disk.beforeChange = (change, by) => {
      processOf(by)?.effect()
      if (change === 'records') this.versions.change()
    }
  }

  get loop(): SimProcess | null {
    return this.#loop
  }

  startLoop(): void {
    if (this.#loop?.isAlive) return
    const { time, random, story, newProcess } = this.#doors
    this.#loopShallRun = true
    const loop = newProcess(this.member === 'control' ? 'loop' : `loop-${this.member}`, this)
    this.#loop = loop
    story.tell(loop.name, 'starts')
    this.underWay = ['the loop has not ticked yet']
    loop.onKilled = () => {
      story.tell(loop.name, 'is killed')
      this.underWay = ['no loop ticks']
      if (this.#loopShallRun) time.after(random.between(300, 9000), () => this.startLoop())
    }
    loop.loop()
  }

  /** Nobody starts it again; what has run until now. */
  leaveLoop(): SimProcess | null {
    this.#loopShallRun = false
    return this.#loop
  }
}
