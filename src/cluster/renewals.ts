// Renewals that probes carry, and the rows of looks in vain that the rule of exclusive slots rests on.
import type { HostFacts, Term } from '../model/host.js'
import { type LookRow, ROW_GAP_MS, type Silence } from '../model/lease-record.js'
import { byName, type HostName, type Millis } from '../model/names.js'
import type { Vantage } from '../model/observation.js'
import type { Renewal } from '../remote/lease.js'

/** Who renews what. */
export interface LeaseGuard {
  readonly term: Term
  readonly cluster: string
  /** hc_lease. */
  readonly leaseMs: Millis
  /** Hosts that may be armed. */
  readonly hosts: ReadonlySet<HostName>
  /** How long this process surely may act, ms: no lease of a host outlasts it. Absent: for as long as it lives. */
  leftMs?(): Millis
}

/**
 * The renewal for a host that has answered at `contactAt` with `facts`, sent at `now`; times of hc's clock. null: this process
 * may act no more. `now` is read before that is asked, so that a process that was stopped in between gives no lease late.
 */
export function renewalFor(facts: HostFacts, contactAt: Millis, now: Millis, guard: LeaseGuard): Renewal | null {
  const { term, cluster } = guard
  const leaseMs = Math.min(guard.leaseMs, guard.leftMs?.() ?? guard.leaseMs)
  if (leaseMs <= 0) return null
  const deadlineMs = facts.uptimeMs + (now - contactAt) + leaseMs
  return { guard: { term, cluster, bootId: facts.bootId, deadlineMs }, leaseMs }
}

/** One look, with the boot of who looked; null: the control machine. */
export interface RowLook {
  readonly vantage: Vantage
  readonly bootId: string | null
  /** When it began, and when its answer was there. */
  readonly at: Millis
  readonly endedAt: Millis
  readonly reached: boolean
}

/** What is kept of one host for the rule. */
export class SilenceKeeper {
  readonly #rows = new Map<Vantage, { first: Millis; last: Millis; bootId: string | null }>()
  #sentAt: Millis | null = null
  #reachedAt: Millis | null = null
  #leaseUntil: Millis | null = null
  #actsUntil: Millis | null = null

  /** A renewal is about to be sent. */
  sent(now: Millis): void {
    this.#sentAt = now
  }

  /** A write is about to be sent that the host may obey until then; null: it has ended. */
  acts(until: Millis | null): void {
    this.#actsUntil = until === null ? null : Math.max(until, this.#actsUntil ?? until)
  }

  /** It has answered. */
  answered(facts: HostFacts, now: Millis): void {
    this.#rows.clear()
    this.#reachedAt = now
    const until = facts.lease?.until
    this.#leaseUntil = until === null || until === undefined ? null : now + Math.max(0, until - facts.uptimeMs)
  }

  looked({ vantage, bootId, at, endedAt, reached }: RowLook): void {
    if (reached) {
      this.#rows.delete(vantage)
      this.#reachedAt = Math.max(endedAt, this.#reachedAt ?? endedAt)
      return
    }
    // It began before the host answered last: no part of this silence.
    if (this.#reachedAt !== null && at < this.#reachedAt && !this.#rows.has(vantage)) return
    const row = this.#rows.get(vantage)
    const goesOn = row !== undefined && row.bootId === bootId && at - row.last <= ROW_GAP_MS
    this.#rows.set(vantage, { first: goesOn ? row.first : at, last: at, bootId })
  }

  /** Of the vantages in `proven`. */
  report(proven: ReadonlySet<Vantage>): Silence {
    const rows: LookRow[] = [...this.#rows]
      .filter(([vantage]) => proven.has(vantage))
      .map(([vantage, { first, last }]) => ({ vantage, first, last }))
    return {
      sentAt: this.#sentAt,
      reachedAt: this.#reachedAt,
      leaseUntil: latest(this.#leaseUntil, this.#actsUntil),
      rows: rows.sort((a, b) => byName(a.vantage, b.vantage)),
    }
  }
}

function latest(a: Millis | null, b: Millis | null): Millis | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b)
}
