// When something last befell each host, or its way to the control machine: what hc does meanwhile may rest on that.
import type { HostName, Millis } from '../../src/model/names.js'
import type { SimHost } from './host.js'
import type { Law } from './laws.js'
import type { Member, SimNetwork } from './network.js'
import type { SimTime } from './time.js'

/** Extra time on the way that is no trouble yet, ms. */
const SLOW_MS: Millis = 100

/** What it looks at. */
export interface SightDoors {
  readonly time: SimTime
  readonly network: SimNetwork
  readonly hosts: ReadonlyMap<HostName, SimHost>
  readonly member: Member
}

/** Of one control machine. */
export class Sight implements Law {
  readonly #doors: SightDoors
  readonly #troubledAt = new Map<HostName, Millis>()

  constructor(doors: SightDoors) {
    this.#doors = doors
  }

  afterStep(): readonly string[] {
    const { hosts, time } = this.#doors
    for (const host of hosts.values()) if (!this.#isWell(host)) this.#troubledAt.set(host.name, time.now)
    return []
  }

  /** When something was wrong with it last, ms; minus infinity: never. */
  troubledAt(name: HostName): Millis {
    return this.#troubledAt.get(name) ?? Number.NEGATIVE_INFINITY
  }

  #isWell(host: SimHost): boolean {
    const { network, member } = this.#doors
    const open = network.isOpen(member, host.name) && network.isOpen(host.name, member) && network.loss === 0
    const near = network.extra(host.name) + network.extra(member) < SLOW_MS && network.at(host.name) === host.name
    return host.isUp && !host.frozen && open && near && host.sshd === 'up' && !host.keyChanged
  }
}
