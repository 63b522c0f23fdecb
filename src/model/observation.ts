// What was seen of all hosts in one tick, with its gaps, and what is believed of it.
import type { HostFacts } from './host.js'
import type { Silence } from './lease-record.js'
import type { HostName, Millis, SlotName } from './names.js'

/** What can go wrong with the world, as a value. `reply-lost` means unknown, not failed: look again. */
export type FailureKind =
  | 'refused' // a TCP reset: the host lives, its sshd does not listen
  | 'unreachable' // no route, no name, no answer to SYN
  | 'timeout' // connected or connecting, but not in time
  | 'auth' // the login was refused
  | 'host-key' // unknown or changed
  | 'no-privileges' // logged in, but not root and no sudo -n
  | 'broken' // logged in as root, but the probe makes no sense: systemd not answering, disk full, no sh
  | 'other-machine' // it is another machine than the one that had this name: reinstalled, or addresses were swapped
  | 'reply-lost' // the connection ended while a command ran
  | 'aborted' // hc itself was told to stop

/** A host key as it is shown to a person. */
export interface HostKeyView {
  /** `ssh-ed25519`, ... */
  readonly type: string
  /** `SHA256:...`, as ssh-keygen -l prints it. */
  readonly fingerprint: string
  /** Who showed it: `192.168.1.11 port 22`. The host itself, or one on the way to it. */
  readonly where: string
}

/** One failure of one host, with a sentence for the person. */
export interface Failure {
  readonly kind: FailureKind
  /** What happened, one line, control characters stripped. */
  readonly message: string
  /** What to do next; null where nothing better than waiting is known. */
  readonly hint: string | null
  /** Said without hearing from the host: it was not tried now, or could not be. Absent: it was tried. */
  readonly unheard?: true
  /** The key that was shown, where nothing but a person's consent is missing to record it. */
  readonly unknownKey?: HostKeyView
}

/** Who looked: the control machine itself, or a host that answered. */
export type Vantage = 'control' | HostName

/** One fresh attempt of a vantage to reach a silent host by ping, or by its ssh port where ping can't tell. */
export interface Look {
  readonly vantage: Vantage
  /** When the attempt began; hc's monotonic clock, ms. */
  readonly at: Millis
  readonly reached: boolean
  /** Only its network card answers (ARP, NDP): it lives, behind a filter that drops what comes in. Absent: more, or nothing. */
  readonly only?: 'neighbour'
  /**
   * Another machine answered at its address: its hardware address, or its name where it is a host that finds the address to be
   * its own. The host was not reached. Absent: none did, or it can't be told.
   */
  readonly stranger?: string
  /** A hardware address that is known to be the host's has answered. Absent: that can't be told. */
  readonly own?: true
}

/** What was measured on one host between its answers, by its own clocks. For showing: no decision rests on it. */
export interface Measured {
  /** Millicores that the whole host used between two answers; null: there was only one, or it does not tell. */
  readonly cpu: number | null
  /** The same of allocations; those that do not tell, or were started in between, are missing. */
  readonly slots: Readonly<Record<SlotName, number>>
  /**
   * ms since 1970 by this machine's clock: when the host was started, and when its monotonic clock (that of systemd's time
   * stamps) was 0. Reckoned once per boot, so that times made of them do not flicker from look to look.
   */
  readonly bootedAtMs: number
  readonly zeroMs: number
}

/** One host in one tick. Times are of hc's own monotonic clock. */
export interface HostObservation {
  readonly host: HostName
  /** It answered the latest probe, and in time. */
  readonly answering: boolean
  /** What it said; null also while it answers, when that was said before steps there had ended: then it is out of date. */
  readonly facts: HostFacts | null
  /** What it said when it last answered in this process; kept through silence. */
  readonly lastFacts: HostFacts | null
  /** When the last answer arrived in this process; null: none yet. */
  readonly lastContactAt: Millis | null
  /** Set while the host does not answer: since when (last contact, or the first try). */
  readonly silentSince: Millis | null
  /** Probes missed in a row. */
  readonly missed: number
  /** Why the latest probe failed; null when it answered or is still awaited. */
  readonly failure: Failure | null
  /** Looks since the silence began, oldest first, bounded. */
  readonly looks: readonly Look[]
  /** When the control machine last looked at it in vain, after others in a row. Absent: not in this process. */
  readonly unheardAt?: Millis
  /** Vantages that were seen to reach this host while it was ready: only their silence counts. `control` included. */
  readonly provenVantages: readonly Vantage[]
  /** True where the store knows that this host answered at some time: only such a host can be lost. */
  readonly everReached: boolean
  /** The machine that hc itself runs on: its answer says nothing of the network. Absent: another one, or not known. */
  readonly here?: true
  /** When it last answered a try with a failure of its own (a login refused, a shut port). Absent: not in this process. */
  readonly spokeAt?: Millis
  /** It answers through the connection of this host, since the straight way is cut. Absent: straight, or not at all. */
  readonly through?: HostName
  /** The name at which the machine answers that this host is by the records. Absent: at its own, or at none. */
  readonly ownAt?: HostName
  /** Of its answers in this process; null or absent: none yet. */
  readonly measured?: Measured | null
  /** For the rule of exclusive slots. Absent: only a loop keeps it. */
  readonly silence?: Silence
}

/** All hosts in one tick. */
export interface Observation {
  /** hc's monotonic clock, ms. */
  readonly at: Millis
  readonly hosts: readonly HostObservation[]
  /** Did a witness answer in this tick? null: not asked, or none that ever answered. */
  readonly witness: boolean | null
}

/** What is believed of a host; design: silence is not death. */
export type Verdict = 'ready' | 'suspect' | 'unmanageable' | 'cut-off' | 'lost' | 'unknown'
/** All verdicts, for documentation and exhaustive tests. */
export const VERDICTS: readonly Verdict[] = ['ready', 'suspect', 'unmanageable', 'cut-off', 'lost', 'unknown']

/** A verdict with its reason in words. */
export interface Belief {
  readonly host: HostName
  readonly verdict: Verdict
  /** One sentence with numbers, and what mends it. */
  readonly reason: string
  /** For how long it has hung by the loop that ticks, ms; of a command's beliefs only. Absent: it does not, or nobody said so. */
  readonly hungMs?: Millis
  /** Of a lost host: who else answers at its address, as a look has it. Absent: nobody does. */
  readonly stranger?: string
}
