// Ways round a cut: a host that only others reach is asked through one of them, until it answers straight again.
import type { HostFacts, Settings } from '../model/host.js'
import { byName, type HostName, type Millis } from '../model/names.js'
import type { Clock, Transport } from '../ports.js'
import { parseProbe, probeScript } from '../remote/probe.js'
import { isAnswering, type Watched } from './watched.js'

/** Bound of a try of a way, ms: it includes connecting and logging in. */
const TRY_MS = 5000

/** What it asks with. */
export interface DetourDoors {
  readonly transport: Transport
  readonly clock: Clock
  /** Something was learnt that may change a verdict. */
  readonly onNews?: () => void
}

/** Finds and leaves ways through peers. At most one try per host is under way, and no tick waits for it. */
export class Detours {
  readonly #doors: DetourDoors
  readonly #watched: ReadonlyMap<HostName, Watched>
  readonly #answered: (watched: Watched, facts: HostFacts, sentAt: Millis) => void

  /** `answered` is told what a host said on a way that was tried. */
  constructor(
    doors: DetourDoors,
    watched: ReadonlyMap<HostName, Watched>,
    answered: (watched: Watched, facts: HostFacts, sentAt: Millis) => void,
  ) {
    this.#doors = doors
    this.#watched = watched
    this.#answered = answered
  }

  /** A host that is cut off is tried through a peer; one that is reached through a peer is tried straight. */
  seek(watched: Watched, settings: Settings | null): void {
    if (watched.trying || !this.#doors.transport.detour || settings === null) return
    if (watched.through !== null) return void this.#try(watched, null)
    const peer = this.#peerOf(watched, settings.lostAfterMs)
    if (peer !== null) void this.#try(watched, peer)
  }

  /** Goes through this peer from now on, as another hc does already. */
  take(watched: Watched, peer: HostName): void {
    const host = this.#watched.get(peer)?.host
    if (!host || host.connection.kind === 'local' || watched.host.connection.kind === 'local') return
    watched.through = peer
    this.#doors.transport.detour?.(watched.host.name, host)
  }

  /** Goes straight again. */
  leave(watched: Watched): void {
    if (watched.through === null) return
    watched.vain = new Set([...watched.vain, watched.through])
    watched.through = null
    this.#doors.transport.detour?.(watched.host.name, null)
  }

  /** The first by name of those that reached it last, where it is silent for long and the control machine looks in vain. */
  #peerOf({ host, silentSince, failure, looks, vain }: Watched, afterMs: Millis): HostName | null {
    const away = failure?.kind === 'unreachable' || failure?.kind === 'timeout'
    if (host.connection.kind === 'local' || !away || silentSince === null) return null
    if (this.#doors.clock.now() - silentSince < afterMs) return null
    const last = new Map(looks.map(({ vantage, reached }) => [vantage, reached]))
    if (last.get('control') !== false) return null
    const peers = [...this.#watched.values()].filter(
      (peer) => isAnswering(peer) && peer.through === null && peer.host.connection.kind !== 'local',
    )
    const able = peers.map((peer) => peer.host.name).filter((name) => last.get(name) === true)
    const [first = null] = able.sort(byWay(vain))
    return first
  }

  async #try(watched: Watched, peer: HostName | null): Promise<void> {
    const { transport } = this.#doors
    const { host, through: before } = watched
    const via = peer === null ? null : this.#watched.get(peer)?.host
    if (via === undefined) return
    watched.trying = true
    if (via !== null) transport.detour?.(host.name, via)
    const request = { script: probeScript({ full: false }), lane: 'look', timeoutMs: TRY_MS } as const
    const result = await transport.run(host, { ...request, ...(via === null && { direct: true }) })
    watched.trying = false
    const parsed = result.ok ? parseProbe(result.output) : result
    const stillSought = watched.through === before && (peer === null || watched.silentSince !== null)
    if (result.ok && parsed.ok && stillSought) {
      watched.through = peer
      watched.vain = new Set()
      // A probe that is still on the other way says nothing of this one.
      watched.pending = null
      if (peer === null) transport.detour?.(host.name, null)
      this.#answered(watched, parsed.facts, result.sentAt)
      this.#doors.onNews?.()
    } else if (peer !== null) {
      watched.vain = new Set([...watched.vain, peer])
      if (watched.through === null) transport.detour?.(host.name, null)
    }
  }
}

/** Ways that were not in vain first, then by name. */
function byWay(vain: ReadonlySet<HostName>): (a: HostName, b: HostName) => number {
  return (a, b) => Number(vain.has(a)) - Number(vain.has(b)) || byName(a, b)
}
