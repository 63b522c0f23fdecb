// What a driver hands to the host: files, units, what to start. Data only; `write` makes a script of it.
import type { DriverName } from '../model/job.js'
import type { Millis, SlotName } from '../model/names.js'

/** A file below the slot's own folder (`allocFolder`). */
export interface RecipeFile {
  /** Relative to the slot's folder: `env`, `files/0`, `credentials/DB_PASSWORD`. */
  readonly path: string
  /** Permission bits. */
  readonly mode: number
  readonly bytes: Uint8Array
}

/** A unit file or drop-in. */
export interface RecipeUnit {
  /** Relative to the unit folder: `hc-web.0.service`, `nginx.service.d/hc-web.0.conf`. */
  readonly path: string
  readonly text: string
}

/** A link that starts a unit with the host. */
export interface RecipeLink {
  readonly unit: string
  /** `multi-user.target`, `timers.target`. */
  readonly target: string
}

/** All that a host needs to run one slot. */
export interface Recipe {
  readonly slot: SlotName
  readonly driver: DriverName
  readonly files: readonly RecipeFile[]
  /** The slot's own service is among them; drop-ins too. */
  readonly units: readonly RecipeUnit[]
  readonly links: readonly RecipeLink[]
  /** Absolute folders that are made where they are missing (0755). */
  readonly folders: readonly string[]
  /** What is started: the service, or a cron job's timer. */
  readonly start: string
  /** The unit of the host that really runs, of a `unit:` job. */
  readonly target: string | null
  /** How long a polite stop may take. */
  readonly stopTimeoutMs: Millis
  /** Sentences for the person: what of the job has no effect on this host. */
  readonly warnings: readonly string[]
}
