// A simulated host's side of the lease, by the rules of the shell text that hc puts there: without lease and majority it
// stops what is armed, and never starts that again by itself.
import type { ArmedSlot, LeaseFacts, LeaseRules, RenewalEnd } from '../../src/model/lease.js'
import type { Millis } from '../../src/model/names.js'
import { slotOfUnit, unitOfSlot } from '../../src/model/names.js'
import type { Renewal } from '../../src/remote/lease.js'
import type { LeaseStep } from '../../src/remote/write-request.js'
import type { SimHost } from './host.js'
import { controlAt } from './network.js'

/** Pings within one look of a host. */
const PINGS = 6

/** Rules and slots lie on the disk; lease, words and what was stopped are of one boot. */
export class SimLease {
  readonly #host: SimHost
  #rules: LeaseRules | null = null
  readonly #armed = new Map<string, ArmedSlot>()
  #until: Millis | null = null
  readonly #words = new Set<string>()
  readonly #stopping = new Set<string>()
  readonly #stopped = new Map<string, Millis>()
  #renewal: RenewalEnd | null = null
  /** Uptime of its last look at the lease. */
  #looked: Millis | null = null
  /** Of the timer: what was begun for an earlier one does nothing. */
  #timer = 0

  constructor(host: SimHost) {
    this.#host = host
  }

  /** Slots that it is stopping by itself at the moment. */
  get stopping(): readonly string[] {
    return [...this.#stopping]
  }

  /** The power was cut: what lay in memory is gone. */
  forget(): void {
    this.#until = null
    this.#looked = null
    this.#timer += 1
    for (const part of [this.#words, this.#stopping, this.#stopped]) part.clear()
  }

  /** The disk is empty. */
  wipe(): void {
    this.forget()
    this.#rules = null
    this.#armed.clear()
  }

  /** The host is up again. */
  booted(): void {
    if (this.#rules) this.#tick()
  }

  /** The condition of each unit of hc: an armed slot starts only by its word. */
  mayStart(unit: string): boolean {
    const slot = slotOfUnit(unit)
    return slot === null || !this.#armed.has(slot) || this.#words.has(slot)
  }

  renew({ guard, leaseMs }: Renewal): void {
    const host = this.#host
    if (!this.#rules) return
    const term = host.highestTerm()
    const obeys = term?.number === guard.term.number && term.owner === guard.term.owner
    if (guard.bootId !== host.bootId) this.#renewal = 'boot'
    else if (host.uptime > guard.deadlineMs) this.#renewal = 'deadline'
    else if (!obeys) this.#renewal = 'term'
    else {
      this.#until = Math.max(this.#until ?? 0, Math.min(host.uptime + leaseMs, guard.deadlineMs))
      this.#renewal = 'renewed'
    }
  }

  /** Arms or disarms; why not, or null where it was done. */
  apply(step: LeaseStep): string | null {
    const host = this.#host
    if (host.diskFull) return 'the disk is full'
    if (!('arm' in step)) {
      this.wipe()
      return null
    }
    const { rules, slots } = step.arm
    const wanted = new Set(slots.map(({ slot }) => slot))
    for (const slot of [...this.#armed.keys()].filter((name) => !wanted.has(name))) this.#unarm(slot)
    for (const armed of slots) {
      this.#armed.set(armed.slot, armed)
      const state = host.systemd.stateOf(unitOfSlot(armed.slot))
      if (state === 'active' || state === 'activating') this.give(armed.slot)
    }
    const begins = this.#rules === null
    this.#rules = rules
    // A write sees to it that a look is made.
    this.#looked ??= host.uptime
    if (begins) this.#tick()
    return null
  }

  #unarm(slot: string): void {
    this.#armed.delete(slot)
    for (const part of [this.#words, this.#stopping, this.#stopped]) part.delete(slot)
  }

  /** Gives an armed slot its word; false while the host is stopping it by itself. */
  give(slot: string): boolean {
    if (!this.#armed.has(slot)) return true
    if (this.#stopping.has(slot)) return false
    this.#words.add(slot)
    this.#stopped.delete(slot)
    return true
  }

  take(slot: string): void {
    this.#words.delete(slot)
    this.#stopped.delete(slot)
  }

  facts(): LeaseFacts | null {
    if (!this.#rules) return null
    return {
      rules: this.#rules.id,
      until: this.#until,
      looked: this.#looked,
      armed: [...this.#armed.values()],
      words: [...this.#words],
      stopped: [...this.#stopped].map(([slot, at]) => ({ slot, at })),
      ...(this.#renewal && { renewal: this.#renewal }),
    }
  }

  get #holds(): boolean {
    return this.#until !== null && this.#until > this.#host.uptime
  }

  #tick(): void {
    this.#timer += 1
    const timer = this.#timer
    const { boots } = this.#host
    const isAlive = () => this.#timer === timer && this.#host.boots === boots && this.#host.isUp
    const { time, random } = this.#host.doors
    const next = () => {
      if (!this.#rules) return
      if (this.#host.frozen) {
        time.after(100, next, isAlive)
        return
      }
      // Its timer is exact to a tenth of a second.
      time.after(this.#rules.lookEveryMs + random.between(0, 100), next, isAlive)
      const stoodStill = this.#stoodStill(this.#rules)
      this.#looked = this.#host.uptime
      if (this.#holds || this.#words.size === 0) return
      if (stoodStill) {
        this.#stopAll()
        return
      }
      const reached = this.#majority(this.#rules)
      time.after(
        random.between(50, this.#rules.lookMs),
        () => !this.#host.frozen && !reached && !this.#holds && this.#stopAll(),
        isAlive,
      )
    }
    time.after(random.between(0, 2000), next, isAlive)
  }

  /** For so long that it may have been replaced meanwhile. */
  #stoodStill({ voters, leaseMs, stopBoundMs }: LeaseRules): boolean {
    return voters.length > 0 && this.#looked !== null && this.#host.uptime - this.#looked > leaseMs + stopBoundMs
  }

  #majority({ voters, lookMs }: LeaseRules): boolean {
    const { network } = this.#host.doors
    const hosts = this.#host.doors.hosts()
    const own = this.#host.name
    const reached = voters.filter(({ name, address }) => {
      const control = controlAt(address)
      const member = name === '@control' ? control : network.at(name)
      if (member !== control && hosts.get(member)?.answersPings !== true) return false
      if (network.latency(own, member) + network.latency(member, own) >= lookMs) return false
      return Array.from({ length: PINGS }, () => network.passes(own, member) && network.passes(member, own)).includes(
        true,
      )
    })
    return 2 * (1 + reached.length) > voters.length + 1
  }

  #stopAll(): void {
    const { systemd, doors, boots } = this.#host
    const bound = this.#rules?.stopBoundMs ?? 5000
    for (const slot of this.#words) {
      this.#words.delete(slot)
      this.#stopping.add(slot)
      systemd.stopping(unitOfSlot(slot))
      const takes = doors.random.chance(0.2) ? doors.random.between(0, bound) : doors.random.between(5, 150)
      doors.time.after(
        takes,
        () => {
          systemd.stopped(unitOfSlot(slot), 'self')
          if (this.#stopping.delete(slot)) this.#stopped.set(slot, this.#host.uptime)
        },
        () => this.#host.boots === boots,
      )
    }
  }
}
