// Since when can control machines ping each host? A host that answers can't be lost, whoever leads.
import type { HostName, Millis } from '../../src/model/names.js'
import type { SimHost } from './host.js'
import type { Member, SimNetwork } from './network.js'
import type { SimTime } from './time.js'

/** A host that could be reached by a ping for so long can't be lost, ms: a look's pause and its bound. */
const REACHABLE_MS: Millis = 2500
/** What takes longer there and back is no answer to a look, ms. */
const LOOK_MS: Millis = 450

/** What it looks at. */
export interface ReachDoors {
  readonly time: SimTime
  readonly network: SimNetwork
  readonly hosts: ReadonlyMap<HostName, SimHost>
}

/** Who reaches whom. */
export class Reach {
  readonly #doors: ReachDoors
  readonly #since = new Map<string, Millis | null>()

  constructor(doors: ReachDoors) {
    this.#doors = doors
  }

  /** After every step. */
  look(control: Member): void {
    const { hosts, network, time } = this.#doors
    for (const [name, host] of hosts) {
      const way = `${control} ${name}`
      const reachable =
        host.answersPings &&
        network.isOpen(control, name) &&
        network.isOpen(name, control) &&
        network.loss === 0 &&
        network.extra(name) + network.extra(control) < LOOK_MS / 2
      if (!reachable) this.#since.set(way, null)
      else if ((this.#since.get(way) ?? null) === null) this.#since.set(way, time.now)
    }
  }

  /** A sentence for a host that was taken for lost although it answers; null: it may be lost. */
  wronglyLost(host: HostName, control: Member): string | null {
    const since = this.#since.get(`${control} ${this.#doors.network.at(host)}`) ?? null
    return since !== null && this.#doors.time.now - since > REACHABLE_MS
      ? `${host} was taken for lost, but answers pings of ${control} since ${Math.round(since)} ms`
      : null
  }
}
