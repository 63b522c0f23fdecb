// What befalls the store of a simulated control machine, and how its operator sets right what hc refuses to go on with.
import { confirmLost } from '../../src/controller/confirm-lost.js'
import { forgetHosts } from '../../src/controller/forget.js'
import { takeOver } from '../../src/controller/take-over.js'
import { outranks } from '../../src/controller/term.js'
import type { HostName } from '../../src/model/names.js'
import type { Records } from '../../src/model/records.js'
import type { DiskCopy } from '../support/memory-store.js'
import type { ControlMachine } from './control.js'
import type { SimHost } from './host.js'
import type { SimNetwork } from './network.js'
import type { Operator } from './operator.js'
import type { Random } from './random.js'
import { readable } from './readable.js'
import type { Story } from './story.js'
import type { SimTime } from './time.js'

/** What a keeper works with. */
export interface KeeperDoors {
  readonly time: SimTime
  readonly random: Random
  readonly network: SimNetwork
  readonly hosts: ReadonlyMap<HostName, SimHost>
  readonly story: Story
  readonly operator: Operator
  faultsEnded(): boolean
}

/** One store and its troubles. */
export class StoreKeeper {
  readonly #doors: KeeperDoors
  #lost = false

  constructor(doors: KeeperDoors) {
    this.#doors = doors
  }

  get #control(): ControlMachine {
    return this.#doors.operator.control
  }

  /** `rm -rf .hc`. */
  gone(): void {
    this.#control.versions.gone()
    this.#control.disk.lose()
    this.#doors.operator.storeLost()
  }

  /** It is lost, and the operator says all again some time later. */
  lose(): void {
    const { random, network, time, operator } = this.#doors
    this.#lost = true
    this.#control.versions.gone()
    this.#control.disk.lose()
    // A new store takes each machine for the one that its address says: the operator has to set that right.
    network.unswap()
    operator.storeLost()
    if (random.chance(0.3)) this.#control.loop?.kill()
    time.after(
      random.between(500, 15_000),
      () => operator.act(),
      () => !this.#doors.faultsEnded(),
    )
  }

  copy(): DiskCopy {
    return this.#control.disk.copy()
  }

  /** The copy takes the place of what is there: the whole folder, its state.json alone, or as `hc store restore` does it. */
  putBack(copy: DiskCopy): void {
    const { random, story } = this.#doors
    const records = readable(copy.records)
    if (!records) return
    const way = random.pick(['folder', 'folder', 'file', 'restore'] as const)
    story.tell(
      'STORE',
      `an older copy is put back (${way}): order ${records.order ?? 0} of term ${records.term.number}`,
    )
    this.#exchange(() => {
      const { disk } = this.#control
      if (way === 'file') disk.content.records = copy.records
      else disk.putBack(way === 'folder' ? copy : { ...copy, records: JSON.stringify(this.#restored(records)) })
    })
    if (random.chance(0.3)) this.#control.loop?.kill()
  }

  #restored(records: Records): Records {
    return { ...records, restored: { from: records.term, at: this.#doors.time.wall() } }
  }

  /** state.json loses its end; how many characters are left. */
  cutOff(): number {
    const { random } = this.#doors
    const { disk } = this.#control
    const text = disk.content.records
    if (!text) return 0
    const left = random.between(0, text.length - 1)
    this.#exchange(() => {
      disk.content.records = text.slice(0, left)
    })
    return left
  }

  #exchange(work: () => void): void {
    const { operator, network } = this.#doors
    this.#control.versions.gone()
    work()
    this.#control.disk.changed(null)
    operator.storeLost()
    // As above: which machine is which has to be known before.
    network.unswap()
  }

  /**
   * A write of the lost store was done after the new one had been made, so that the hosts were told more than that one knows: it
   * acts by word only. False: that is not so.
   */
  mendLost(): boolean {
    const { operator } = this.#doors
    if (!this.#lost || operator.isBusy || !readable(this.#control.disk.content.records)?.older) return false
    operator.command('reconcile --take-over', (world, controller) => takeOver(world, controller))
    return true
  }

  /** Sets one thing right that hc has refused to go on with; false: there is none. */
  mend(): boolean {
    const { hosts, operator } = this.#doors
    const { disk } = this.#control
    if (operator.isBusy) return true
    const records = readable(disk.content.records)
    if (disk.content.records !== null && !records) return this.#mendFile()
    for (const host of hosts.values()) {
      if (!host.keyChanged || !host.isUp) continue
      host.keyChanged = false
      this.#doors.story.tell('operator', `ssh-keygen -R ${host.name}`)
      return true
    }
    if (!records) return false
    if (records.older || records.restored || this.#isDeposed(records)) {
      operator.command('reconcile --take-over', (world, controller) => takeOver(world, controller))
      return true
    }
    const anew = [...hosts.values()].find((host) => this.#isTakenForOld(host, records))
    if (anew) this.#takeAsNew(anew.name, records)
    return anew !== undefined
  }

  /** Hosts obey another control machine. */
  #isDeposed({ term }: Records): boolean {
    return [...this.#doors.hosts.values()].some((host) => {
      const theirs = host.highestTerm()
      return host.isUp && theirs !== null && theirs.owner !== term.owner && outranks(theirs, term)
    })
  }

  /** As the message says: the copy from before the last change, or none. */
  #mendFile(): boolean {
    const { random, story } = this.#doors
    const { disk } = this.#control
    const previous = readable(disk.content.previous) && random.chance(0.6)
    story.tell('operator', previous ? 'cp state.json.prev state.json' : 'mv state.json away')
    this.#exchange(() => {
      disk.content.records = previous ? disk.content.previous : null
    })
    return true
  }

  #isTakenForOld(host: SimHost, { hosts }: Records): boolean {
    const known = hosts[host.name]?.machineId ?? null
    return known !== null && known !== host.machineId && host.isUp && this.#doors.network.at(host.name) === host.name
  }

  #takeAsNew(name: HostName, { hosts }: Records): void {
    const { operator, random } = this.#doors
    if (hosts[name]?.confirmedLost || random.chance(0.5))
      operator.command(`host forget ${name}`, (world, controller) => forgetHosts(world, controller, [name]))
    else operator.command(`host confirm-lost ${name}`, (world, controller) => confirmLost(world, controller, [name]))
  }
}
