// What the control machine remembers of leases: which rules each host may hold, and what was seen of it while it was silent.
import type { LeaseSettings, Term } from './host.js'
import type { ArmedSlot, LeaseRules } from './lease.js'
import type { HostName, Millis } from './names.js'
import type { Vantage } from './observation.js'

/** Rules that a host may hold, as far as the reckoning needs them. */
export interface HeldRules
  extends Pick<LeaseRules, 'id' | 'leaseMs' | 'lookEveryMs' | 'lookMs' | 'stopBoundMs' | 'selfFence'> {
  /** Names of all voters but the host itself. */
  readonly voters: readonly string[]
  /** sha256, hex, of the rules without their number, and of LEASE_SCRIPT_VERSION: tells whether others are wanted. */
  readonly digest: string
  /** Slots that it was armed for with them. */
  readonly slots: readonly ArmedSlot[]
  /**
   * Number of the term of the elected leader who sent them: its lease of the host never outlasts its own lead, and only its own
   * voice is the control machine's there. Absent: of a store that no other control machine shares, or a lease of hc_away.
   */
  readonly led?: number
}

/** The leases of one host. Recorded before anything is sent; what was acknowledged takes the place of all before it. */
export interface LeaseRecord {
  /** The term under which it acknowledged last; null: it never did. Of another term nothing is known. */
  readonly term: Term | null
  /** The rules that it may hold: the last acknowledged, and each sent since. Empty: it was never armed, or is disarmed. */
  readonly held: readonly HeldRules[]
  /** Number of the rules that it acknowledged last; null: none of those in `held`. */
  readonly acknowledged: number | null
  /**
   * Rules up to this number were about to be taken from it: that it shows them proves nothing, for it may be told at any moment.
   * Gone once it shows that it is armed no more, or newer rules. Absent: none were.
   */
  readonly disarming?: number
  /** When it was seen last it had not looked at its lease for so long that nobody can reckon with its stop. Absent: it looks. */
  readonly unwatched?: true
}

/**
 * Longest time from one look of a row to the next, ms: two rounds of looks (cluster/lookout.ts), of which each may be held
 * up for half a second by a vantage that does not answer.
 */
export const ROW_GAP_MS = 2500

/** An unbroken row of looks in vain: no gap over two ticks, no success, all of one boot of the vantage. */
export interface LookRow {
  readonly vantage: Vantage
  /** When its first and its last look began; hc's monotonic clock, ms. */
  readonly first: Millis
  readonly last: Millis
}

/** Who reached a silent host, and when; times are of hc's monotonic clock. */
export interface Silence {
  /** When the last renewal, or write, was sent by this process; null: none was. */
  readonly sentAt: Millis | null
  /** When anyone reached it last: an answer, or a look; null: nobody has in this process. */
  readonly reachedAt: Millis | null
  /** The lease that it showed last holds until then; null: it showed none. */
  readonly leaseUntil: Millis | null
  /** Of the vantages that were seen to reach it while it was ready. Sorted by name. */
  readonly rows: readonly LookRow[]
}

/** A host is told which rules it holds and what it is armed for, or that it is armed no more. */
export interface Arming {
  readonly host: HostName
  /** null: disarm it. */
  readonly arm: {
    readonly rules: LeaseRules
    readonly slots: readonly ArmedSlot[]
    readonly digest: string
    /** See `HeldRules.led`. */
    readonly led?: number
    /** Voters that are lost now: nothing of them can be seen, so the host does not wait for them. Absent: none. */
    readonly silent?: readonly HostName[]
  } | null
  /** A sentence: why now. */
  readonly text: string
}

/** Where the inventory says nothing: hc_lease, hc_stop_bound, hc_self_fence, hc_away and a tick a second. */
export const LEASE_DEFAULTS: LeaseSettings = {
  leaseMs: 8000,
  stopBoundMs: 5000,
  selfFence: true,
  awayMs: 900_000,
  tickMs: 1000,
}
