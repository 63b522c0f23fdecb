// A host's time-limited right to run exclusive slots: what it is told, what it shows, and who has a voice in it.
import type { HostName, Millis, SlotName } from './names.js'

/** The control machine as a voter, where it is not a host of the inventory itself. */
export const CONTROL = '@control'

/** Of what hc writes to an armed host: a higher number has each armed host written anew, once all hosts have spoken. */
export const LEASE_SCRIPT_VERSION = 2

/** Another voter, as a host is told to look for it. */
export interface Voter {
  /** A host, or CONTROL. */
  readonly name: HostName | typeof CONTROL
  /** The address at which its peers see it; never loopback, and not one that moves with a job. */
  readonly address: string
  /** Its ssh port; null for CONTROL where none is known. */
  readonly port: number | null
  /** Hardware addresses in lower case: on the same network an answer counts only where the neighbour entry shows one of them. */
  readonly macs: readonly string[]
  /** Its ssh host keys, `TYPE BASE64`: what an answer from another network was proven by. */
  readonly hostKeys: readonly string[]
  /** Ask by a connection to `port` too where a ping has no answer: for hosts that are known to drop pings. Absent: no. */
  readonly tcp?: boolean
}

/** What a host goes by when its lease has run out. */
export interface LeaseRules {
  /** Rises with every change, so that it is known which rules a host may hold. */
  readonly id: number
  /** All voters but the host itself. */
  readonly voters: readonly Voter[]
  /** hc_lease: how long a renewal holds. */
  readonly leaseMs: Millis
  /** From one look at the voters to the next. */
  readonly lookEveryMs: Millis
  /** Bound of one look. */
  readonly lookMs: Millis
  /** hc_stop_bound: what is not proven stopped by then ends with the host itself. */
  readonly stopBoundMs: Millis
  /** hc_self_fence: may the host reboot itself? */
  readonly selfFence: boolean
}

/** An exclusive slot that a host may run only by its word. */
export interface ArmedSlot {
  readonly slot: SlotName
  /** Its placement number. */
  readonly placement: number
}

/** What a host shows of its lease. Times are of its own /proc/uptime, ms. */
export interface LeaseFacts {
  /** Rules that it holds; null: it is not armed. */
  readonly rules: number | null
  /** The lease holds until then; null: none in this boot. */
  readonly until: Millis | null
  /** When its own script looked at the lease last; null: not yet in this boot. Absent: not told. */
  readonly looked?: Millis | null
  /** Slots that it stops when it has neither lease nor majority. */
  readonly armed: readonly ArmedSlot[]
  /** Slots that may start: a word of a control machine in this boot. */
  readonly words: readonly SlotName[]
  /** What it stopped by itself in this boot, and when that was proven. */
  readonly stopped: readonly { readonly slot: SlotName; readonly at: Millis }[]
  /** Voters whose answer does not count here: on another network, and their host key was not seen when it was armed. Absent: none. */
  readonly unproven?: readonly string[]
  /** What became of the renewal that this probe carried; absent: it carried none, or the host is not armed. */
  readonly renewal?: RenewalEnd
}

/** A renewal was taken, or why not: another boot, too late, another term or owner, the lock or the disk of /run. */
export type RenewalEnd = 'renewed' | 'boot' | 'deadline' | 'term' | 'lock' | 'failed'
