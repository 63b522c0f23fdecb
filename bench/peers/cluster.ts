// One way to keep services running on three hosts.
import type { Lab } from '../lab.js'
import type { Service } from './ground.js'

/** A tool with its settings, on hosts that are empty before and after. */
export interface Cluster {
  /** For `--only`: hc, swarm, pacemaker. */
  readonly kind: string
  /** For the tables. */
  readonly name: string
  /** What was set, and what is to be known of it; a sentence or more. */
  readonly about: string
  /** Also seen cut off: not where that would only say again what other settings have said. */
  readonly parts: boolean
  /** Brings the tool up on all hosts. Throws, with a reason, where it can't be. */
  up(lab: Lab): Promise<void>
  /** Makes it run these, and nothing else, spread over the hosts; comes back when that is said, not when they answer. */
  deploy(services: readonly Service[]): Promise<void>
  /** Hosts that lead the others at this moment: their loss would be another one. */
  leaders(): Promise<readonly string[]>
  /** Takes it away, but for what `EMPTY` does. */
  down(): Promise<void>
}
