// What is remembered of each host between two looks, in this process only.
import type { Host, HostFacts } from '../model/host.js'
import { byName, type HostName, type Millis } from '../model/names.js'
import type { Failure, Look, Vantage } from '../model/observation.js'
import { controlHost } from '../planner/control.js'
import { Meter } from './measure.js'
import { SilenceKeeper } from './renewals.js'

/** Looks kept per host: a minute of three vantages, and of more so many of each as make a row (planner/verdicts.ts) with some to spare. */
const LOOKS_KEPT = 400
const ROUNDS_KEPT = 8

/** What is remembered of one host in this process. */
export interface Watched {
  host: Host
  facts: HostFacts | null
  /** When the probe that gave `facts` was sent. */
  factsSentAt: Millis
  lastContactAt: Millis | null
  silentSince: Millis | null
  missed: number
  failure: Failure | null
  /** When a try last ended with a failure of the host's own. */
  spokeAt: Millis | null
  looks: readonly Look[]
  /** Looks of the control machine in vain, in a row. */
  unheard: number
  /** When the last of three or more such looks began; null: there was no such row. */
  unheardAt: Millis | null
  readonly proven: Set<Vantage>
  /** The same by name, as of when there were so many: none is ever taken away. */
  provenSorted: readonly Vantage[]
  /** Vantages that were asked whether they reach it, with whatever answer. */
  readonly tried: Set<Vantage>
  /** Hardware addresses by which vantages on its subnet heard it while it was well; see cards.ts. */
  readonly cards: Map<Vantage, ReadonlySet<string>>
  everReached: boolean
  pending: Promise<void> | null
  pendingSince: Millis
  /** What its probes take, ms, smoothed. */
  usualMs: Millis
  fullAt: Millis | null
  /** Its last answer came by the loop's connection: this process may have none to it. */
  borrowed: boolean
  /** Of its last answer, where it may say later that this still holds. */
  token: string | null
  looking: boolean
  readonly meter: Meter
  readonly silence: SilenceKeeper
  /** It is asked through this host's connection; null: straight. */
  through: HostName | null
  /** Ways that are being tried beside the probe: through a peer, or straight again. */
  trying: boolean
  /** Peers through which it was not reached in this silence. */
  vain: ReadonlySet<HostName>
  /** Facts from probes sent before this moment are half-done: steps were being carried out. */
  actedAt: Millis
}

/** What the records know of a host beforehand. */
export interface Acquaintance {
  readonly everReached: boolean
  readonly provenVantages: readonly Vantage[]
  /** The host through which a loop reaches it now. */
  readonly through?: HostName
}

/** A host that was not asked yet. */
export function unseen(host: Host, before: Acquaintance | undefined): Watched {
  return {
    host,
    facts: null,
    factsSentAt: 0,
    lastContactAt: null,
    silentSince: null,
    missed: 0,
    failure: null,
    spokeAt: null,
    looks: [],
    unheard: 0,
    unheardAt: null,
    proven: new Set(before?.provenVantages ?? []),
    provenSorted: [],
    tried: new Set(),
    cards: new Map(),
    everReached: before?.everReached ?? false,
    pending: null,
    pendingSince: 0,
    usualMs: 0,
    fullAt: null,
    borrowed: false,
    token: null,
    looking: false,
    meter: new Meter(),
    silence: new SilenceKeeper(),
    through: null,
    trying: false,
    vain: new Set(),
    actedAt: 0,
  }
}

/** Has it answered, and not fallen silent since? */
export function isAnswering(watched: Watched): boolean {
  return watched.facts !== null && watched.silentSince === null && watched.lastContactAt !== null
}

/** Time between its last answer and the next question that counts as a host's silence, ms: a beat of the loop, and half of one. */
const UNASKED_MS: Millis = 1500

/**
 * Since when a host is silent whose probe, sent at `pendingSince`, got no answer. While a control machine is behind (it was busy, stopped,
 * asleep) it asks nobody: of that time the host was not silent.
 */
export function silentFrom({ lastContactAt, pendingSince }: Pick<Watched, 'lastContactAt' | 'pendingSince'>): Millis {
  return lastContactAt === null ? pendingSince : Math.max(lastContactAt, pendingSince - UNASKED_MS)
}

/** The machine that hc itself runs on, where it is one of the hosts. */
export function hereOf(hosts: readonly Watched[], ownBootId: string | null = null): Watched | undefined {
  const name = controlHost({ hosts }, ownBootId)
  return hosts.find(({ host }) => host.name === name)
}

/** Who was seen to reach it, by name. */
export function provenNames(watched: Watched): readonly Vantage[] {
  if (watched.provenSorted.length !== watched.proven.size) watched.provenSorted = [...watched.proven].sort(byName)
  return watched.provenSorted
}

/** From so many looks in vain in a row on, a host was not there; fewer may have been lost on the way. */
const UNHEARD = 3

/** A look of the control machine: of a host that was not there it is kept when that was last so. */
export function heard(watched: Watched, { at, reached }: Pick<Look, 'at' | 'reached'>): void {
  watched.unheard = reached ? 0 : watched.unheard + 1
  if (watched.unheard >= UNHEARD) watched.unheardAt = at
}

/** Adds a look. One that began before the host answered last is no part of the silence after that. */
export function note(watched: Watched, look: Look): void {
  if (watched.lastContactAt !== null && look.at < watched.lastContactAt) return
  const kept = Math.max(LOOKS_KEPT, ROUNDS_KEPT * (1 + watched.proven.size))
  watched.looks = [...watched.looks, look].slice(-kept)
}
