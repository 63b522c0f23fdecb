// Asks every host at once, and looks after those that don't answer.
import type { Host, HostFacts, Settings } from '../model/host.js'
import { byName, type HostName, type Millis } from '../model/names.js'
import type { Failure, HostObservation, Look, Observation, Vantage } from '../model/observation.js'
import type { Clock, Pinger, Transport } from '../ports.js'
import { lookScript, parseLooks } from '../remote/look.js'
import { parseProbe, probeScript } from '../remote/probe.js'
import { within } from '../remote/wait.js'

/** Looks kept per host: a minute of three vantages. */
const LOOKS_KEPT = 400
/** From one round of looks at a silent host to the next, ms. */
const LOOK_EVERY_MS = 1000
/** Bound of one look, ms: half the pause between looks, so that rounds never overlap. */
const LOOK_TIMEOUT_MS = 500
/** A probe that has not answered for so long makes hc begin to look, ms; for slow hosts, three times what is usual there. */
const SUSPICION_MS = 300
const USUAL_TIMES = 3
/** Bound of a first probe, ms: it includes connecting and logging in. */
const FIRST_CONTACT_MS = 5000
/** Hosts are asked for what costs a process each (containers, versions) at first contact and then so often, ms. */
const FULL_EVERY_MS = 60_000
/** Hosts prove that they reach each other at first contact and then so often, ms. */
const PROVE_EVERY_MS = 60_000

/** What is remembered of one host in this process. */
interface Watched {
  host: Host
  facts: HostFacts | null
  /** When the probe that gave `facts` was sent. */
  factsSentAt: Millis
  lastContactAt: Millis | null
  silentSince: Millis | null
  missed: number
  failure: Failure | null
  looks: readonly Look[]
  proven: ReadonlySet<Vantage>
  everReached: boolean
  pending: Promise<void> | null
  pendingSince: Millis
  /** What its probes take, ms, smoothed. */
  usualMs: Millis
  fullAt: Millis | null
  looking: boolean
  /** Facts from probes sent before this moment are half-done: steps were being carried out. */
  actedAt: Millis
}

/** What the records know of a host beforehand. */
export interface Acquaintance {
  readonly everReached: boolean
  readonly provenVantages: readonly Vantage[]
}

/** Options of an observer. */
export interface ObserverOptions {
  readonly transport: Transport
  readonly pinger: Pinger
  readonly clock: Clock
  /** Something was learnt between ticks that may change a verdict. */
  readonly onNews?: () => void
  /** False: silent hosts are only reported, not looked at (a command that just shows). */
  readonly looks: boolean
}

/** Keeps what was seen of each host, across ticks. */
export class Observer {
  readonly #options: ObserverOptions
  readonly #watched = new Map<HostName, Watched>()
  #provedAt: Millis | null = null
  #witnessProven = false
  #settings: Settings | null = null
  #closed = false

  constructor(options: ObserverOptions) {
    this.#options = options
  }

  /** Takes over what the inventory and the records say; hosts that left are forgotten. */
  know(hosts: readonly Host[], settings: Settings, acquaintances: ReadonlyMap<HostName, Acquaintance>): void {
    this.#settings = settings
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
  }

  /**
   * Probes all hosts and waits until each has answered, failed, or `patienceMs` has passed; answers that come later
   * count in the next call.
   */
  async observe(patienceMs: Millis): Promise<Observation> {
    const { clock } = this.#options
    const asked = [...this.#watched.values()].map((watched) => this.#probe(watched))
    const done = Promise.all(asked)
    await within(clock, Math.min(patienceMs, SUSPICION_MS), done)
    if (this.#options.looks) for (const watched of this.#watched.values()) this.#suspect(watched)
    await within(clock, patienceMs - SUSPICION_MS, done)
    this.#prove()
    const at = clock.now()
    const witness = await this.#askWitness()
    const hosts = [...this.#watched.values()].map((watched) => this.#report(watched, at))
    return { at, hosts: hosts.sort((a, b) => byName(a.host, b.host)), witness }
  }

  /** Steps were carried out on a host: only probes sent from now on tell what is there. */
  acted(host: HostName): void {
    const watched = this.#watched.get(host)
    if (watched) watched.actedAt = this.#options.clock.now()
  }

  /** Ends the looks; the transport is closed by its owner. */
  close(): void {
    this.#closed = true
  }

  #probe(watched: Watched): Promise<void> {
    if (watched.pending) return watched.pending
    const { clock, transport } = this.#options
    const now = clock.now()
    // A command that looks once takes what the host remembers of its last full probe.
    const due = watched.fullAt === null || now - watched.fullAt >= FULL_EVERY_MS
    const full = this.#options.looks && due
    const known = watched.lastContactAt !== null && watched.silentSince === null
    const timeoutMs = known ? (this.#settings?.probeTimeoutMs ?? FIRST_CONTACT_MS) : FIRST_CONTACT_MS
    watched.pendingSince = now
    watched.pending = transport
      .run(watched.host, { script: probeScript({ full }), lane: 'look', timeoutMs })
      .then((result) => {
        if (!result.ok) return this.#failed(watched, result.failure)
        const parsed = parseProbe(result.output)
        if (!parsed.ok) return this.#failed(watched, parsed.failure)
        this.#answered(watched, parsed.facts, result.sentAt, full)
      })
      .finally(() => {
        watched.pending = null
      })
    return watched.pending
  }

  #answered(watched: Watched, facts: HostFacts, sentAt: Millis, full: boolean): void {
    const now = this.#options.clock.now()
    const wasSilent = watched.silentSince !== null
    // A probe that was not full leaves out what costs a process: that is kept from the last full one of this boot.
    const kept = !full && watched.facts?.bootId === facts.bootId ? watched.facts : null
    watched.facts = kept ? { ...facts, containers: kept.containers, drivers: kept.drivers } : facts
    watched.factsSentAt = sentAt
    watched.lastContactAt = now
    watched.usualMs = 0.8 * watched.usualMs + 0.2 * (now - sentAt)
    watched.silentSince = null
    watched.missed = 0
    watched.failure = null
    watched.looks = []
    watched.everReached = true
    if (full) watched.fullAt = now
    if (wasSilent) {
      watched.fullAt = full ? now : null
      this.#options.onNews?.()
    }
  }

  #failed(watched: Watched, failure: Failure): void {
    watched.failure = failure
    watched.missed += 1
    watched.silentSince ??= watched.lastContactAt ?? watched.pendingSince
  }

  /** Begins to look at a host whose probe is overdue or has failed; ends by itself when the host answers. */
  #suspect(watched: Watched): void {
    const patience = Math.max(SUSPICION_MS, USUAL_TIMES * watched.usualMs) - 5
    const overdue = watched.pending !== null && this.#options.clock.now() - watched.pendingSince >= patience
    const silent = watched.silentSince !== null
    if (!watched.everReached || watched.looking || !(overdue || silent)) return
    watched.looking = true
    void this.#lookUntilBack(watched).finally(() => {
      watched.looking = false
    })
  }

  async #lookUntilBack(watched: Watched): Promise<void> {
    const { clock, onNews } = this.#options
    const isMember = () => this.#watched.get(watched.host.name) === watched
    const isOpen = () => watched.pending !== null || watched.silentSince !== null
    while (!this.#closed && isMember() && isOpen()) {
      const at = clock.now()
      const vantages = [...this.#watched.values()].filter((other) => other !== watched && isAnswering(other))
      await Promise.all([
        this.#lookFromControl(watched, at),
        ...vantages.map((vantage) => this.#lookFrom(vantage, watched, at)),
      ])
      if (watched.silentSince !== null) onNews?.()
      await clock.sleep(Math.max(0, LOOK_EVERY_MS - (clock.now() - at)))
    }
  }

  async #lookFromControl(watched: Watched, at: Millis): Promise<void> {
    const { address, port } = watched.host.connection
    const reached = await this.#options.pinger.reaches(address, port ?? 22, LOOK_TIMEOUT_MS)
    note(watched, { vantage: 'control', at, reached })
  }

  async #lookFrom(vantage: Watched, watched: Watched, at: Millis): Promise<void> {
    const reached = await this.#reachedFrom(vantage, [watched])
    const answer = reached?.get(watched.host.name)
    // No answer is no look: the vantage may be gone itself, or have no means to look.
    if (answer !== undefined) note(watched, { vantage: vantage.host.name, at, reached: answer })
  }

  async #reachedFrom(vantage: Watched, targets: readonly Watched[]): Promise<ReadonlyMap<HostName, boolean> | null> {
    const script = lookScript(
      targets.map(({ host }) => ({
        name: host.name,
        address: host.connection.address,
        port: host.connection.port ?? 22,
      })),
      LOOK_TIMEOUT_MS,
    )
    const result = await this.#options.transport.run(vantage.host, {
      script,
      lane: 'peer',
      timeoutMs: LOOK_TIMEOUT_MS + 1000,
    })
    if (!result.ok) return null
    const { reached, methods } = parseLooks(result.output)
    const asked = Object.entries(methods).filter(([, method]) => method !== 'none')
    return new Map(asked.map(([name]) => [name, reached.includes(name)]))
  }

  /** Now and then every host that answers shows which others it reaches: only a proven vantage counts later. */
  #prove(): void {
    if (!this.#options.looks) return
    const now = this.#options.clock.now()
    const due = this.#provedAt === null || now - this.#provedAt >= PROVE_EVERY_MS
    const ready = [...this.#watched.values()].filter(isAnswering)
    const unproven = ready.some((target) =>
      ready.some(({ host }) => host.name !== target.host.name && !target.proven.has(host.name)),
    )
    const retry = unproven && (this.#provedAt === null || now - this.#provedAt >= LOOK_EVERY_MS * 5)
    if ((!due && !retry) || ready.length === 0) return
    this.#provedAt = now
    for (const target of ready) target.proven = new Set([...target.proven, 'control'])
    for (const vantage of ready) {
      const targets = ready.filter((target) => target !== vantage)
      if (targets.length === 0) continue
      void this.#reachedFrom(vantage, targets).then((reached) => {
        for (const target of targets) {
          if (reached?.get(target.host.name)) target.proven = new Set([...target.proven, vantage.host.name])
        }
      })
    }
    void this.#proveWitness()
  }

  async #witnesses(): Promise<readonly string[]> {
    return this.#settings?.witnesses ?? (await this.#options.pinger.gateways())
  }

  async #proveWitness(): Promise<void> {
    this.#witnessProven ||= await this.#anyWitness()
  }

  async #anyWitness(): Promise<boolean> {
    const witnesses = await this.#witnesses()
    const answers = await Promise.all(
      witnesses.map((address) => this.#options.pinger.reaches(address, 0, LOOK_TIMEOUT_MS)),
    )
    return answers.includes(true)
  }

  /** A witness is asked only when no host answers, and counts only if it answered while all was well. */
  async #askWitness(): Promise<boolean | null> {
    const watched = [...this.#watched.values()]
    if (watched.length === 0 || watched.some(isAnswering) || !this.#witnessProven) return null
    return this.#anyWitness()
  }

  #report(watched: Watched, at: Millis): HostObservation {
    const { probeTimeoutMs } = this.#settings ?? { probeTimeoutMs: FIRST_CONTACT_MS }
    const overdue = watched.pending !== null && at - watched.pendingSince > probeTimeoutMs
    const silentSince = watched.silentSince ?? (overdue ? (watched.lastContactAt ?? watched.pendingSince) : null)
    const answered = isAnswering(watched) && !overdue
    return {
      host: watched.host.name,
      facts: answered && watched.factsSentAt >= watched.actedAt ? watched.facts : null,
      lastFacts: watched.facts,
      lastContactAt: watched.lastContactAt,
      silentSince,
      missed: watched.missed,
      failure: watched.failure,
      looks: watched.looks,
      provenVantages: [...watched.proven].sort(byName),
      everReached: watched.everReached,
    }
  }
}

function unseen(host: Host, before: Acquaintance | undefined): Watched {
  return {
    host,
    facts: null,
    factsSentAt: 0,
    lastContactAt: null,
    silentSince: null,
    missed: 0,
    failure: null,
    looks: [],
    proven: new Set(before?.provenVantages ?? []),
    everReached: before?.everReached ?? false,
    pending: null,
    pendingSince: 0,
    usualMs: 0,
    fullAt: null,
    looking: false,
    actedAt: 0,
  }
}

function isAnswering(watched: Watched): boolean {
  return watched.facts !== null && watched.silentSince === null && watched.lastContactAt !== null
}

function note(watched: Watched, look: Look): void {
  watched.looks = [...watched.looks, look].slice(-LOOKS_KEPT)
}
