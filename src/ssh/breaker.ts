// Keeps hc from knocking on a door that is shut: sshd counts failed logins against their source (PerSourcePenalties).
import type { Millis } from '../model/names.js'
import type { Failure } from '../model/observation.js'

const FIRST_MS = 10_000
const LONGEST_MS = 60_000

/** Answers with the last failure until it is time to try again: after 10 s, then twice as long each time, up to 60 s. */
export class Breaker {
  private failure: Failure | null = null
  private until: Millis = 0
  private waitMs: Millis = FIRST_MS

  constructor(private readonly now: () => Millis) {}

  /** The failure that stands, or null when a try is allowed. */
  standing(): Failure | null {
    return this.failure !== null && this.now() < this.until ? { ...this.failure, unheard: true } : null
  }

  /** Records the outcome of a try. Only failures that a quick retry can't mend open the breaker. */
  record(failure: Failure | null): void {
    if (failure === null) {
      this.failure = null
      this.waitMs = FIRST_MS
      return
    }
    if (failure.kind !== 'auth' && failure.kind !== 'host-key' && failure.kind !== 'no-privileges') return
    this.failure = failure
    this.until = this.now() + this.waitMs
    this.waitMs = Math.min(this.waitMs * 2, LONGEST_MS)
  }
}
