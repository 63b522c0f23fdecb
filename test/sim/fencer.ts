// Fence drivers of simulated hosts: those that work, and those that fail in the ways in which drivers do.
import { UserError } from '../../src/model/errors.js'
import type { OpenFence } from '../../src/model/fence.js'
import type { HostName, Millis } from '../../src/model/names.js'
import type { Fencer } from '../../src/ports.js'
import type { FenceLaws } from './fence-laws.js'
import type { SimHost } from './host.js'
import type { SimTime } from './time.js'

/**
 * `works`; `slow`: works, after ten seconds; `fails`: says so, and does nothing; `hangs`: ends at its time-out, and has done nothing; `unsure`: cuts the power and
 * says for ever that it is on; `lies`: says that the power is off, and does nothing.
 */
export type FenceWay = 'works' | 'slow' | 'fails' | 'hangs' | 'unsure' | 'lies'

/** What a driver that works takes, ms. */
const WORK_MS: Millis = 1500
/** One that is slow, ms. */
const SLOW_MS: Millis = 10_000
/** After so long a driver is given up, ms. */
const TIMEOUT_MS: Millis = 20_000

/** What fencers work with. */
export interface FencerDoors {
  readonly time: SimTime
  readonly hosts: ReadonlyMap<HostName, SimHost>
  /** How the driver of each host is; absent: it works. */
  readonly ways: ReadonlyMap<HostName, FenceWay>
  /** What is asked before the power of a host is cut. */
  readonly laws?: FenceLaws | undefined
}

/** Of one process of hc. */
export class SimFencer implements Fencer {
  readonly #doors: FencerDoors

  constructor(doors: FencerDoors) {
    this.#doors = doors
  }

  async act(rule: OpenFence, verb: 'off' | 'on'): Promise<void> {
    const { host, way } = this.#of(rule)
    const ended = verb === 'off' ? this.#doors.laws?.cuts(host.name, this) : undefined
    try {
      await this.#act(host, way, verb)
    } finally {
      ended?.()
    }
  }

  async #act(host: SimHost, way: FenceWay, verb: 'off' | 'on'): Promise<void> {
    const { time } = this.#doors
    const act = () => (verb === 'off' ? host.powerOff() : host.powerOn(3000))
    if (way === 'hangs') {
      await time.sleep(TIMEOUT_MS)
      throw new UserError('its fence driver has not ended in time')
    }
    await time.sleep(way === 'slow' ? SLOW_MS : WORK_MS)
    if (way === 'fails') throw new UserError('its fence driver failed: no route to the outlet')
    if (way !== 'lies') act()
    else if (verb === 'off') host.falselyOff = true
  }

  async isOff(rule: OpenFence): Promise<boolean> {
    const { host, way } = this.#of(rule)
    await this.#doors.time.sleep(200)
    return way === 'lies' || (way !== 'unsure' && host.power === 'off')
  }

  #of(rule: OpenFence): { readonly host: SimHost; readonly way: FenceWay } {
    const name = rule.kind === 'command' ? (rule.argv.at(-1) ?? '') : ''
    const host = this.#doors.hosts.get(name)
    if (!host) throw new Error(`no driver of ${name}`)
    return { host, way: this.#doors.ways.get(name) ?? 'works' }
  }
}
