// The machines: what inventory.yml says of them, and what they say of themselves.

import type { FenceRule } from './fence.js'
import type { NotifyTarget } from './incident.js'
import type { DriverName } from './job.js'
import type { LeaseFacts } from './lease.js'
import type { HostName, Millis, SlotName } from './names.js'
import type { Resources } from './resources.js'
import type { SlotRuns } from './run.js'
import type { StoreAddress } from './store-address.js'

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** How a host is reached. Values that ~/.ssh/config may still fill in are null. */
export interface Connection {
  readonly kind: 'ssh' | 'local'
  /** ansible_host, else the name. */
  readonly address: string
  readonly port: number | null
  readonly user: string | null
  /** ansible_ssh_private_key_file, absolute. */
  readonly keyFile: string | null
  /** `-o Key=value` pairs and `-J` of ansible_ssh_common_args and ansible_ssh_extra_args: key in lower case -> value. */
  readonly options: Readonly<Record<string, string>>
}

/** `yes`: sudo -n always; `no`: never; `auto`: for a login that is not root, tried once. */
export type Become = 'yes' | 'no' | 'auto'

/** Device -> attribute -> value: `gpu` -> `model` -> `rtx3060`. */
export type DeviceAttributes = Readonly<Record<string, Readonly<Record<string, string>>>>

/** What may be promised more than once. A share of a device is a thing of its own: it is not among them. */
export type Overcommit = Readonly<Partial<Record<'cpu' | 'memory' | 'disk', number>>>

/** What may leave a host that hangs. */
export type HungMoves = 'ordinary'

/** A member of the inventory with every hc_ variable resolved. */
export interface Host {
  readonly name: HostName
  readonly connection: Connection
  readonly become: Become
  /** Matches hc_hosts: takes jobs. */
  readonly takesJobs: boolean
  readonly labels: Readonly<Record<string, string>>
  /** hc_capacity: what is declared; null: all that the probe finds. Parts may be missing. */
  readonly capacity: Partial<Resources> | null
  /** What hc_capacity says of its devices besides their number: device -> attribute -> value. Absent: nothing. */
  readonly deviceAttributes?: DeviceAttributes
  /** hc_overcommit: times what is there that may be promised, in thousandths, 1000 or more. Absent: once. */
  readonly overcommit?: Overcommit
  /** hc_fence: how its power is cut. Absent: not at all. */
  readonly fence?: FenceRule
  /** hc_hung_moves: while it hangs, ordinary slots whose own health checks fail may move. Absent: nothing moves. */
  readonly hungMoves?: HungMoves
  /** hc_reserve: kept free for the host itself. */
  readonly reserve: Resources
  /** Groups that it is a member of, `all` left out, sorted. */
  readonly groups: readonly string[]
  /** Merged variables, as Ansible would give them. */
  readonly vars: Readonly<Record<string, Json>>
}

/** Settings of the whole cluster: hc_ variables of `all`. */
export interface Settings {
  /** Cron expression, seconds first. */
  readonly reconcile: string
  readonly probeTimeoutMs: Millis
  readonly lostAfterMs: Millis
  readonly massLossHoldMs: Millis
  readonly strategy: Strategy
  readonly moves: number
  readonly survive: number
  /** Addresses that answer pings while the control machine's own network works; null: the default gateway. */
  readonly witnesses: readonly string[] | null
  readonly bootWaitMs: Millis
  /** hc_hung_after: a host that hangs for longer is fenced. Absent: never. */
  readonly hungAfterMs?: Millis
  /** hc_lease, hc_stop_bound, hc_self_fence and hc_away. Absent (in tests and old scenarios): what they are by default. */
  readonly lease?: LeaseSettings
  /** hc_notify. Absent: nobody is told. */
  readonly notify?: readonly NotifyTarget[]
  /** hc_on_change: argv; null or absent: nothing is run. */
  readonly onChange?: readonly string[] | null
  /** hc_store; null or absent: `.hc/` beside the inventory. */
  readonly store?: StoreAddress | null
  /** hc_takeover. */
  readonly takeoverMs?: Millis
}

/** What leases go by; see model/lease.ts. */
export interface LeaseSettings {
  /** hc_lease. */
  readonly leaseMs: Millis
  /** hc_stop_bound. */
  readonly stopBoundMs: Millis
  /** hc_self_fence. */
  readonly selfFence: boolean
  /** hc_away. */
  readonly awayMs: Millis
  /** From one tick of the loop to the next, by hc_reconcile: the longest. */
  readonly tickMs: Millis
}

/** Bin-packing score. */
export type Strategy = 'balanced' | 'pack' | 'spread'

/** inventory.yml, read. */
export interface Inventory {
  /** Absolute path. */
  readonly file: string
  /** Sorted by name; hosts outside hc_hosts included (`takesJobs: false`). */
  readonly hosts: readonly Host[]
  readonly settings: Settings
  /** Remarks on what was written, as sentences. */
  readonly notes: readonly string[]
}

/** State of a unit of hc, as its host reports it. */
export interface UnitFacts {
  readonly slot: SlotName
  /** X-Hc- lines of the unit file; null where one is missing. */
  readonly cluster: string | null
  readonly hash: string | null
  readonly version: number | null
  readonly term: number | null
  readonly placement: number | null
  readonly generation: number | null
  readonly driver: DriverName | null
  /** X-Hc-Ports (`http=8080 api=20001`): host ports of the allocation; null where the line is missing. */
  readonly ports: Readonly<Record<string, number>> | null
  /** For `unit:` jobs: the unit that really runs. */
  readonly target: string | null
  /** loaded, not-found, bad-setting, error, masked. */
  readonly load: string
  /** active, activating, deactivating, inactive, failed, reloading. */
  readonly active: string
  /** running, exited, dead, failed, auto-restart, start, stop-sigterm ... */
  readonly sub: string
  /** success, exit-code, signal, timeout, oom-kill, start-limit-hit, resources ... */
  readonly result: string
  /** Exit status of the main process that ended last. */
  readonly exitStatus: number | null
  /** Restarts by systemd since it was started. */
  readonly restarts: number
  readonly pid: number | null
  /** Bytes; null where the host does not account for it. */
  readonly memory: number | null
  /** Nanoseconds of one processor since it was started; null where the host does not account for it. */
  readonly cpuNs: number | null
  /** Uptime of the host in ms (CLOCK_MONOTONIC) when the unit became active; null when it is not. */
  readonly activeSinceMs: Millis | null
  /** Same clock: since when it is being started, which for a run of a cron job is all the while; null when it is not. */
  readonly activatingSinceMs?: Millis | null
  /** Same clock: when it last became inactive or failed. */
  readonly inactiveSinceMs: Millis | null
  /** Of a cron job: the timer's own state; null where there is none. */
  readonly timer: {
    readonly active: string
    readonly lastTriggerMs: Millis | null
    /** Same clock: since when it waits; absent: not told. */
    readonly sinceMs?: Millis | null
  } | null
  /** Of a batch or cron job: its runs on this host. Absent: none were written down. */
  readonly runs?: SlotRuns
  /** Of a batch job that has ended and is still kept by systemd: same clock, when its process was started; absent or null: not told. */
  readonly startedMs?: Millis | null
}

/** A container that bears hc's label, whether or not it has its unit. */
export interface ContainerFacts {
  readonly slot: SlotName
  readonly driver: 'podman' | 'docker'
  readonly cluster: string | null
  /** created, running, exited, ... */
  readonly state: string
}

/** A socket that listens on the host. */
export interface ListeningPort {
  readonly protocol: 'tcp' | 'udp'
  readonly address: string
  readonly port: number
}

/** What one host said in one probe. */
export interface HostFacts {
  /** The kernel's: new at each boot. */
  readonly bootId: string
  readonly machineId: string | null
  /** /proc/uptime when the probe ran, ms. Counts time in suspend (CLOCK_BOOTTIME). */
  readonly uptimeMs: Millis
  /** CLOCK_MONOTONIC when the probe ran, ms: what systemd's own time stamps count. */
  readonly monotonicMs: Millis
  readonly os: string | null
  readonly osVersion: string | null
  readonly arch: string | null
  readonly kernel: string | null
  /** Physical: cpu in millicores, memory and disk in bytes. */
  readonly capacity: Resources
  /** What its devices say of themselves: the serial number of a usb stick. Absent: nothing. */
  readonly deviceAttributes?: DeviceAttributes
  /** MemAvailable, bytes. */
  readonly memoryAvailable: number
  /** Free bytes of the file system of /var/lib. */
  readonly diskFree: number
  /** One minute. */
  readonly load: number
  /** Time of all processors since the boot, in ticks of the kernel: at work, and in all; null or absent: not told. */
  readonly cpuTime?: { readonly busy: number; readonly total: number } | null
  /** Driver -> version; absent: the host has it not. */
  readonly drivers: Readonly<Partial<Record<DriverName, string>>>
  /** 1: legacy or hybrid, 2: unified. */
  readonly cgroup: 1 | 2
  /** is-system-running. */
  readonly system: string
  /** Its time zone (`Europe/Paris`); absent: not told. */
  readonly timezone?: string
  readonly root: boolean
  /** Highest term that wrote here; null: none. */
  readonly term: Term | null
  /** Cluster id that wrote here last; null: none. */
  readonly cluster: string | null
  /** Highest order (`Records.order`) that was written here, and under which term. Absent: none that it kept. */
  readonly orders?: { readonly term: number; readonly order: number }
  /** False while units of hc wait for the first word of a control machine since the host was started; absent: not told. */
  readonly word?: boolean
  readonly units: readonly UnitFacts[]
  readonly containers: readonly ContainerFacts[]
  /** False where the probe did not ask the engines (or one did not answer): then `containers` says nothing. */
  readonly containersKnown?: boolean
  /** Engine -> the init program that it can put before a container's process; absent: not known, or there is none. */
  readonly containerInit?: Readonly<Partial<Record<'podman' | 'docker', string>>>
  readonly listening: readonly ListeningPort[]
  /** What it shows of its lease; null: it is not armed; absent: not told. */
  readonly lease?: LeaseFacts | null
  /** Hardware addresses of its network cards in lower case, sorted. Absent: not told. */
  readonly macs?: readonly string[]
  /** Public keys of its own sshd, `TYPE BASE64`, sorted. Absent: not told. */
  readonly hostKeys?: readonly string[]
  /** Networks that it reaches without a router (`10.0.0.0/24`, `fd00::/64`), sorted. Absent: not told. */
  readonly subnets?: readonly string[]
  /** The connection as the host sees it: its own address, and that of whoever looks. Absent: no ssh, or not told. */
  readonly connection?: { readonly own: string; readonly peer: string }
}

/** A number that only rises, with who holds it. A host refuses a write that carries a lower one, or the same of another owner. */
export interface Term {
  readonly number: number
  readonly owner: string
}
