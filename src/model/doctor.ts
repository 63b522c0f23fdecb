// `hc doctor`: what was found of each host and of the control machine, and what mends it.
import type { HostName, Millis } from './names.js'

/** From the best to the worst: well; worth knowing; something will go wrong; something is wrong. */
export const LEVELS = ['ok', 'note', 'warning', 'fault'] as const
/** How bad a finding is. */
export type FindingLevel = (typeof LEVELS)[number]

/** Each finding that there is, with the level it has and what it means. docs/doctor.md lists them with their mends. */
export const FINDINGS = {
  'out-of-reach': ['fault', 'the host does not answer'],
  'host-key': ['fault', 'the key that the host shows is not in known_hosts, or is another one'],
  login: ['fault', 'the login is refused'],
  'not-root': ['fault', 'the login is not root and has no sudo without a password'],
  'host-broken': ['fault', 'it answers, but not as a host should'],
  unexamined: ['fault', 'it answers, but could not be examined in time'],
  answers: ['ok', 'how it is reached, as whom, and how long an answer takes'],
  forwarding: ['warning', 'sshd forbids forwarding: health checks go from the control machine directly'],
  sessions: ['warning', 'sshd allows fewer sessions on a connection than hc may need (10)'],
  systemd: ['warning', 'systemd is older than 247, or some of its units have failed (a note)'],
  cgroups: ['warning', 'a limit of jobs does not hold, or is not counted (a note)'],
  engines: ['note', 'neither podman nor docker is there, or docker does not run (a warning)'],
  'forward-drop': ['warning', 'the host drops what it forwards: ports of podman are not reached from outside'],
  clock: ['warning', 'its clock differs from that of the control machine by more than 1 s'],
  timezone: ['warning', 'its time zone is not known, and cron jobs are there'],
  disk: ['warning', 'a file system that hc needs is nearly full (90 %; from 97 % on a fault)'],
  capacity: ['warning', 'hc_capacity declares more than the host has'],
  memory: ['note', 'others than hc use more memory than hc_reserve keeps for them'],
  'state-folder': ['warning', 'others than root may read /var/lib/hc'],
  unclaimed: ['warning', 'a unit of hc that this store knows nothing of'],
  leftovers: ['warning', 'folders or containers of hc whose unit is gone'],
  looks: ['warning', 'the host has no means to look for others: no ping, no bash, no nc'],
  router: ['note', 'other hosts are behind a router: their answers are proven by host key, not by hardware address'],
  voter: ['warning', 'a voter has no address that others can use, or its answers do not count on a host'],
  'lease-timer': ['fault', 'the host is armed, but its looks at the lease are not made, or fail'],
  watchdog: ['note', 'the host has a watchdog that systemd does not feed: a kernel that hangs is not started anew'],
  'no-fence': ['note', 'exclusive jobs are there, and nobody can cut the power of this host'],
  battery: ['warning', 'the host has a battery, and a fence driver that may not reach it'],
  fence: ['fault', 'the fence driver fails, or says that a host that answers is off'],
  alone: ['warning', 'the sudden loss of the control machine would stop exclusive jobs there'],
  'no-take-over': ['warning', 'after the loss of the host nobody could take its exclusive jobs over'],
  'two-voters': ['warning', 'with two voters the sudden loss of the control machine stops exclusive jobs on the other'],
  'short-takeover': [
    'warning',
    'several control machines, hc_takeover below 10s: leases may run out between two ticks',
  ],
  store: ['note', 'there is no store yet'],
  'store-mode': ['warning', 'others may read the store'],
  'store-broken': ['fault', 'the store cannot be read'],
  'store-shared': ['fault', 'the store that several control machines share cannot be written'],
  inventories: ['warning', 'control machines that share a store go by different inventories'],
  deposed: [
    'warning',
    'this machine does not act, or not on all hosts: another control machine does, or the store here is an older one',
  ],
  'loop-absent': ['warning', 'no loop ticks: losses are not handled'],
  'loop-late': ['fault', 'a loop holds the lock, but has not ticked for 30 s'],
  'loop-unit': ['note', 'the loop is no unit of systemd: it does not come back after a reboot'],
  'key-file': ['warning', 'a private key is missing, or others may read it'],
  agent: ['warning', 'an ssh agent is configured, and does not run'],
  'known-hosts': ['note', 'there is no known_hosts file yet'],
  'control-disk': ['warning', 'the file system of the store is nearly full (90 %; from 97 % on a fault)'],
  witness: ['warning', 'no witness answers: a cut cable here is not told from the loss of all hosts'],
} as const satisfies Readonly<Record<string, readonly [FindingLevel, string]>>

/** Closed list of findings. */
export type FindingId = keyof typeof FINDINGS

/** One finding. */
export interface FindingView {
  readonly id: FindingId
  readonly level: FindingLevel
  /** null: of the control machine. */
  readonly host: HostName | null
  /** A sentence with numbers. */
  readonly text: string
  /** A command, or the line to write where; null: nothing to mend. */
  readonly mend: string | null
}

/** What `hc doctor` found: the control machine first, then host by host, of each the worst first. */
export interface DoctorView {
  readonly hosts: readonly HostName[]
  readonly findings: readonly FindingView[]
  /** How many of each level. */
  readonly counts: Readonly<Record<FindingLevel, number>>
  /** Hosts that could not be examined. */
  readonly outOfReach: readonly HostName[]
}

/** A file system with its size and what is used of it, bytes. */
export interface DiskUse {
  readonly path: string
  readonly size: number
  readonly used: number
}

/** What one host said when it was examined; null: it does not tell. */
export interface HostExam {
  /** Its clock less that of the control machine, ms, as far as the time of the exchange lets it be told. */
  readonly clockOffMs: Millis | null
  /** From the question to the answer, ms. */
  readonly tookMs: Millis
  /** Programs by which it can look for others. */
  readonly looks: readonly ('ping' | 'bash' | 'nc')[]
  /** /dev/watchdog is there. */
  readonly watchdog: boolean
  /** RuntimeWatchdogUSec of systemd: `0`, `infinity`, `30s`. */
  readonly watchdogSec: string | null
  /** It runs on from a battery of its own; those of mice and keyboards don't count. */
  readonly battery: boolean
  /** Units of systemd that have failed, those of hc left out. */
  readonly failedUnits: readonly string[]
  /** Controllers of cgroups that are enabled. */
  readonly controllers: readonly string[] | null
  readonly maxSessions: number | null
  /** State of docker.service; null: there is none. */
  readonly docker: string | null
  /** The policy of iptables' FORWARD chain: `DROP`. */
  readonly forwardPolicy: string | null
  readonly disks: readonly DiskUse[]
  /** Mode of /var/lib/hc in octal; null: it is not there. */
  readonly stateMode: string | null
  /** Slots that have a folder of files and no unit. */
  readonly folders: readonly string[]
  /** Containers of hc whose unit is not there, as `podman NAME`. */
  readonly containers: readonly string[]
  /** State of hc-lease.timer. */
  readonly leaseTimer: string | null
  /** State of hc-lease.service, which it starts. */
  readonly leaseService: string | null
  /** Addresses of the inventory that are reached through a router. */
  readonly routed: readonly string[]
}

/** A file on the control machine. */
export interface FileMode {
  readonly path: string
  /** Permission bits; null: it is not there. */
  readonly mode: number | null
}

/** The way to one host as ssh on the control machine is configured. */
export interface WayExam {
  /** `root@10.0.0.1:22`; `this machine`. */
  readonly target: string
  readonly keys: readonly FileMode[]
  /** The key file that the inventory names: it has to be there; null: none. */
  readonly namedKey: string | null
  /** Socket of the agent; null: none is configured. */
  readonly agent: string | null
  readonly agentAnswers: boolean
  /** known_hosts files, and whether one of them is there. */
  readonly knownHosts: readonly FileMode[]
  /** null: not tried. */
  readonly forwards: boolean | null
}

/** What the control machine has of its own. */
export interface ControlExam {
  readonly store: FileMode
  /** Where the loop's unit is: of the system, or of this user; null: there is none. */
  readonly loopUnit: 'system' | 'user' | null
  readonly disk: DiskUse | null
}

/** What a fence driver said when it was asked. */
export type FenceExam = { readonly power: 'on' | 'off' } | { readonly error: string }
