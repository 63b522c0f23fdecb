// A host that is tried before it is taken into the inventory.
import type { DriverName } from './job.js'
import type { HostName } from './names.js'
import type { FailureKind, HostKeyView } from './observation.js'
import type { Resources } from './resources.js'

export type { HostKeyView } from './observation.js'

/** What one try at a host found. */
export interface HostTrialView {
  readonly name: HostName
  /** Who logs in where, as it was resolved: `root@192.168.1.11:22`. */
  readonly target: string
  /** It answers, hc is root there, and systemd runs: it can take jobs. */
  readonly ok: boolean
  /** Why not, as a sentence; null when ok. */
  readonly reason: string | null
  readonly failure: FailureKind | null
  /** What mends it; null: nothing to say. */
  readonly hint: string | null
  /** The key that the host showed where it is not recorded yet; null: it is known, or the host was not reached. */
  readonly unknownKey: HostKeyView | null
  /** The key that was recorded in this try, because somebody accepted it; null: none. */
  readonly recordedKey: HostKeyView | null
  /** How hc is root there: it logs in as root, or by sudo -n; null when it is not, or the host was not reached. */
  readonly root: 'login' | 'sudo' | null
  /** What else is worth knowing, as sentences. */
  readonly notes: readonly string[]
  /** What it would bring; null when it was not reached. */
  readonly brings: HostBrings | null
  /** ms. */
  readonly tookMs: number
}

/** What a host has. */
export interface HostBrings {
  /** What it calls itself, without a domain. */
  readonly hostname: string | null
  /** `debian 12`. */
  readonly os: string | null
  /** `x86_64`, `aarch64`. */
  readonly arch: string | null
  readonly kernel: string | null
  /** What jobs may use in all: what is there less what is kept free. */
  readonly capacity: Resources
  readonly drivers: Readonly<Partial<Record<DriverName, string>>>
  /** Programs that can serve a page, of those that a first job may use: `busybox`, `python3`, `perl`. */
  readonly tools: readonly string[]
  /** TCP ports that something listens on, ascending. */
  readonly listening: readonly number[]
  /** Units of hc that are there already. */
  readonly units: number
  readonly machineId: string | null
  /** Tells one running machine from all others. */
  readonly bootId: string
}
