// Asks every host at once, and looks after those that don't answer.
import type { Host, HostFacts, Settings } from '../model/host.js'
import { byName, type HostName, type Millis } from '../model/names.js'
import type { Failure, HostObservation, Observation } from '../model/observation.js'
import { isIsolated, speaks } from '../planner/verdicts.js'
import type { Clock, Pinger, Transport } from '../ports.js'
import type { Renewal } from '../remote/lease.js'
import { type ProbeOptions, parseProbe, parseRepeated, probeScript } from '../remote/probe.js'
import { isAtRest, type Repeated, repeatedFacts } from '../remote/probe-repeat.js'
import { within } from '../remote/wait.js'
import { Bounds } from './bounds.js'
import { Detours } from './detours.js'
import { Lookout, SUSPICION_MS } from './lookout.js'
import { type LeaseGuard, renewalFor } from './renewals.js'
import { type Acquaintance, hereOf, isAnswering, provenNames, silentFrom, unseen, type Watched } from './watched.js'

export type { Acquaintance } from './watched.js'

/** A lease is renewed apart from ticks where none has asked its host for so long, ms. */
const RENEW_AFTER_MS = 1500
/** Hosts are asked for what costs a process each (containers, versions) at first contact and then so often, ms. */
const FULL_EVERY_MS = 300_000
const NOBODY: ReadonlySet<HostName> = new Set()

/** Options of an observer. */
export interface ObserverOptions {
  readonly transport: Transport
  readonly pinger: Pinger
  readonly clock: Clock
  /** The kernel's boot id of this machine; null or absent: not known. */
  readonly ownBootId?: string | null
  /** Something was learnt between ticks that may change a verdict. */
  readonly onNews?: () => void
  /** False: silent hosts are only reported, not looked at (a command that just shows). */
  readonly looks: boolean
  /** Such a command may ask by the connections of the loop that ticks here. */
  readonly borrows?: boolean
  /** Does somebody watch? Then what is used is asked for each time, not only whether something has changed. */
  readonly shows?: () => boolean
}

/** Keeps what was seen of each host, across ticks. */
export class Observer {
  readonly #options: ObserverOptions
  readonly #watched = new Map<HostName, Watched>()
  readonly #lookout: Lookout
  readonly #detours: Detours
  /** The control machine reached nobody when it last observed. */
  #alone = false
  readonly #bounds = new Bounds()
  #settings: Settings | null = null
  #leases: LeaseGuard | null = null

  constructor(options: ObserverOptions) {
    this.#options = options
    this.#lookout = new Lookout(options, this.#watched)
    this.#detours = new Detours(options, this.#watched, (watched, facts, sentAt) =>
      this.#answered(watched, facts, sentAt, false),
    )
  }

  /** Takes over what the inventory and the records say; hosts that left are forgotten. */
  know(
    hosts: readonly Host[],
    settings: Settings,
    acquaintances: ReadonlyMap<HostName, Acquaintance>,
    leases: LeaseGuard | null = null,
  ): void {
    this.#settings = settings
    this.#bounds.set(settings)
    this.#leases = leases
    this.#lookout.witnesses = settings.witnesses
    this.#lookout.armed = leases?.hosts ?? NOBODY
    const names = new Set(hosts.map(({ name }) => name))
    for (const name of this.#watched.keys()) if (!names.has(name)) this.#watched.delete(name)
    for (const host of hosts) {
      const known = this.#watched.get(host.name)
      const before = acquaintances.get(host.name)
      if (known) {
        known.host = host
        known.everReached ||= before?.everReached ?? false
      } else {
        this.#watched.set(host.name, unseen(host, before))
      }
    }
    // When all are known: a way leads through another of them.
    for (const { name } of hosts) {
      const watched = this.#watched.get(name)
      const through = acquaintances.get(name)?.through
      if (watched && watched.lastContactAt === null && through !== undefined) {
        this.#detours.take(watched, through)
      }
    }
  }

  /**
   * Probes all hosts and waits until each has answered, failed, or `patienceMs` has passed; answers that come later
   * count in the next call. `unexpected` hosts are asked, but not waited for.
   */
  async observe(patienceMs: Millis, unexpected: ReadonlySet<HostName> = new Set()): Promise<Observation> {
    const { clock } = this.#options
    this.#bounds.begin(this.#watched.values())
    // A host that is silent already is asked too, but nothing waits for it: its answer, if it comes, is news.
    const asked = [...this.#watched.values()].map((watched) => ({
      expected: watched.silentSince === null && !unexpected.has(watched.host.name),
      answer: this.#probe(watched),
    }))
    for (const watched of this.#watched.values()) this.#detours.seek(watched, this.#settings)
    const done = Promise.all(asked.filter(({ expected }) => expected).map(({ answer }) => answer))
    await within(clock, Math.min(patienceMs, SUSPICION_MS), done)
    if (this.#options.looks) for (const watched of this.#watched.values()) this.#lookout.suspect(watched)
    await within(clock, patienceMs + this.#bounds.crowdMs - SUSPICION_MS, done)
    if (this.#options.looks) this.#lookout.prove()
    const at = clock.now()
    const witness = await this.#lookout.askWitness()
    const wasAlone = this.#alone
    const seen = this.#reports(at, witness)
    this.#alone = isIsolated(seen)
    if (!wasAlone || this.#alone) return seen
    this.#lookAnew()
    return this.#reports(at, witness)
  }

  /** While the control machine reaches nobody its looks say nothing of the hosts. */
  #lookAnew(): void {
    for (const watched of this.#watched.values()) if (watched.silentSince !== null) watched.looks = []
  }

  /** Forgets the hosts that have not answered yet, so that the next look waits for them again. */
  forgetStrangers(): void {
    for (const [name, { lastContactAt }] of this.#watched) if (lastContactAt === null) this.#watched.delete(name)
  }

  /** Steps were carried out on a host: only probes sent from now on tell what is there. */
  acted(host: HostName): void {
    const watched = this.#watched.get(host)
    if (watched) watched.actedAt = this.#options.clock.now()
  }

  /** Ends the looks; the transport is closed by its owner. */
  close(): void {
    this.#lookout.close()
  }

  #probe(watched: Watched): Promise<void> {
    if (watched.pending) return watched.pending
    const now = this.#options.clock.now()
    // A command that looks once takes what the host remembers of its last full probe.
    const due = watched.fullAt === null || now - watched.fullAt >= FULL_EVERY_MS
    const full = this.#options.looks && due
    const timeoutMs = this.#bounds.probe(watched)
    const { through } = watched
    watched.pendingSince = now
    const renewal = this.#renewal(watched, now)
    const shows = !this.#options.looks || this.#options.shows?.() === true
    const repeat = !shows && !full && watched.token !== null && watched.facts !== null && isAtRest(watched.facts)
    const ask = (options: ProbeOptions) => this.#ask(watched, options, timeoutMs, through)
    const pending = ask({ full, ...renewal, ...(repeat && { repeat }) })
      .then(async (again) => void (again && (await ask(renewal))))
      .finally(() => {
        if (watched.pending === pending) watched.pending = null
      })
    watched.pending = pending
    return pending
  }

  /** True where the host repeats what is not known here, and has to be asked for all of it. */
  async #ask(watched: Watched, options: ProbeOptions, timeoutMs: Millis, through: HostName | null): Promise<boolean> {
    const full = options.full === true
    // What costs a process each is not asked twice at once.
    const ways = {
      ...(through === null && { direct: true as const }),
      ...(!full && { twice: true as const }),
      ...(this.#options.borrows && !full && through === null && { borrow: true as const }),
    }
    const script = probeScript(options)
    const result = await this.#options.transport.run(watched.host, { script, lane: 'look', timeoutMs, ...ways })
    watched.borrowed = result.ok && result.borrowed === true
    const repeated = result.ok && options.repeat ? parseRepeated(result.output) : null
    if (result.ok && repeated) return this.#repeated(watched, repeated, result.sentAt, through)
    const parsed = result.ok ? parseProbe(result.output) : result
    if (!parsed.ok) this.#failed(watched, parsed.failure, through)
    else if (result.ok) {
      if (through === null) this.#detours.leave(watched)
      this.#answered(watched, parsed.facts, result.sentAt, full)
      watched.token = parsed.token ?? null
    }
    return false
  }

  /** True where what it repeats is not known. */
  #repeated(watched: Watched, repeated: Repeated, sentAt: Millis, through: HostName | null): boolean {
    const known = watched.token === repeated.token ? watched.facts : null
    const facts = known && repeatedFacts(known, repeated)
    if (facts === null) return true
    if (through === null) this.#detours.leave(watched)
    this.#answered(watched, facts, sentAt, null)
    watched.token = repeated.token
    return false
  }

  /** For a host that answers and may be armed; nothing is sent to who is silent, so that the wait for it can end. */
  #renewal(watched: Watched, now: Millis): { readonly renew?: Renewal } {
    const { facts, lastContactAt, silentSince, host } = watched
    if (!this.#leases?.hosts.has(host.name) || !facts || lastContactAt === null || silentSince !== null) return {}
    const renew = renewalFor(facts, lastContactAt, now, this.#leases)
    if (!renew) return {}
    watched.silence.sent(now)
    return { renew }
  }

  /** Renews the leases of hosts that were not asked lately: ticks may wait for a lock. */
  renew(): void {
    for (const watched of this.#watched.values()) {
      const asked = this.#options.clock.now() - watched.pendingSince
      if (this.#leases?.hosts.has(watched.host.name) && asked > RENEW_AFTER_MS) void this.#probe(watched)
    }
  }

  /** A write is about to be sent which the host may obey until then (hc's clock); null: it has ended. */
  acting(host: HostName, until: Millis | null): void {
    this.#watched.get(host)?.silence.acts(until)
  }

  /** `full`: it told all that there is; null: that it is as it was. */
  #answered(watched: Watched, facts: HostFacts, sentAt: Millis, full: boolean | null): void {
    const now = this.#options.clock.now()
    const wasSilent = watched.silentSince !== null
    // Only full probes tell of the connection; it stays what it is for as long as the host does.
    const { connection } = watched.facts?.bootId === facts.bootId ? watched.facts : facts
    watched.facts = facts.connection || !connection ? facts : { ...facts, connection }
    watched.silence.answered(facts, now)
    if (full !== null) watched.meter.add(facts, Date.parse(this.#options.clock.wall()), now - sentAt)
    watched.token = null
    watched.factsSentAt = sentAt
    watched.lastContactAt = now
    watched.usualMs = 0.8 * watched.usualMs + 0.2 * (now - sentAt)
    watched.silentSince = null
    watched.missed = 0
    watched.failure = null
    watched.looks = []
    watched.unheard = 0
    watched.everReached = true
    if (full === true) watched.fullAt = now
    if (wasSilent) {
      watched.fullAt = full === true ? now : null
      this.#options.onNews?.()
    }
  }

  #failed(watched: Watched, failure: Failure, through: HostName | null): void {
    // It went by a way that has been left meanwhile.
    if (through !== watched.through) return
    this.#detours.leave(watched)
    watched.failure = failure
    if (speaks(failure)) watched.spokeAt = this.#options.clock.now()
    watched.missed += 1
    watched.silentSince ??= silentFrom(watched)
  }

  #reports(at: Millis, witness: boolean | null): Observation {
    const all = [...this.#watched.values()]
    const here = hereOf(all, this.#options.ownBootId)
    const hosts = all.map((watched) => this.#report(watched, at, watched === here))
    return { at, hosts: hosts.sort((a, b) => byName(a.host, b.host)), witness }
  }

  #report(watched: Watched, at: Millis, here: boolean): HostObservation {
    const overdue = watched.pending !== null && at - watched.pendingSince > this.#bounds.pending(watched)
    const silentSince = watched.silentSince ?? (overdue ? silentFrom(watched) : null)
    const answered = isAnswering(watched) && !overdue
    return {
      host: watched.host.name,
      answering: answered,
      facts: answered && watched.factsSentAt >= watched.actedAt ? watched.facts : null,
      lastFacts: watched.facts,
      lastContactAt: watched.lastContactAt,
      silentSince,
      missed: watched.missed,
      failure: watched.failure,
      looks: watched.looks,
      ...(silentSince !== null && watched.unheardAt !== null && { unheardAt: watched.unheardAt }),
      provenVantages: provenNames(watched),
      everReached: watched.everReached,
      ...(here && { here }),
      ...(watched.spokeAt !== null && { spokeAt: watched.spokeAt }),
      ...(answered && watched.through !== null && { through: watched.through }),
      measured: watched.meter.measured,
      ...(this.#options.looks && { silence: watched.silence.report(watched.proven) }),
    }
  }
}
