// One host as the transport knows it: how it is reached, and the shells that are open there.
import type { Host } from '../model/host.js'
import type { Millis } from '../model/names.js'
import type { Failure } from '../model/observation.js'
import type { SshSettings } from '../ports.js'
import type { Lane } from '../remote/lane.js'
import { Breaker } from './breaker.js'

/** One host as the transport knows it. */
export interface Link {
  readonly host: Host
  /** The host whose connection it goes through; null: straight. */
  readonly peer: Host | null
  /** What it was made from; a host whose connection is described otherwise now gets a new link. */
  readonly stamp: string
  settings: Promise<SshSettings | Failure> | null
  /** Known once resolved; for what must not wait. */
  known: SshSettings | null
  readonly privileges: Breaker
  readonly lanes: Map<string, Lane>
  commands: number
  /** The last look had its answer. */
  answered: boolean
  /** What its settings were resolved from besides: see `SshOptions.ways`. */
  ways: string
}

/** A link that nothing has gone by yet. `peer`: see `Link.peer`. */
export function newLink(host: Host, peer: Host | null, now: () => Millis): Link {
  return {
    host,
    peer,
    stamp: stampOf(host, peer),
    settings: null,
    known: null,
    privileges: new Breaker(now),
    lanes: new Map(),
    commands: 0,
    answered: false,
    ways: '',
  }
}

/** Says by which way the host is reached: the same words, the same way. */
export function stampOf({ connection, become }: Host, peer: Host | null): string {
  return JSON.stringify([connection, become, peer?.connection])
}
