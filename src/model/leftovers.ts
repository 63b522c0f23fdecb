// What hc leaves on a host, and its taking away.
import type { HostName } from './names.js'

/** What of hc is on a host. */
export interface LeftoversView {
  readonly host: HostName
  /** Why it could not be asked; null: it was. */
  readonly error: string | null
  /** Units of this cluster. */
  readonly units: readonly string[]
  /** Units of other clusters. */
  readonly foreign: readonly string[]
  readonly containers: readonly string[]
  /** Named volumes with their size, bytes; null: not known. */
  readonly volumes: readonly { readonly name: string; readonly bytes: number | null }[]
}

/** What became of taking it away. */
export interface PurgeView {
  readonly host: HostName
  readonly ok: boolean
  /** Why not, or what is left; null when ok. */
  readonly error: string | null
}
