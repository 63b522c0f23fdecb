// What shall run. Made by spec/ from a file under jobs/; every default is filled in, every quantity is an integer.
import type { JobName, Millis, SlotName } from './names.js'
import type { Resources } from './resources.js'

/** `service` runs `count` copies, `system` one on each matching host, `batch` runs to its end, `cron` by a timer. */
export type JobType = 'service' | 'system' | 'batch' | 'cron'
/** How an allocation runs. */
export type DriverName = 'systemd' | 'podman' | 'docker'
/** All drivers, in the order in which they are listed to people. */
export const DRIVERS: readonly DriverName[] = ['systemd', 'podman', 'docker']

/** Where a secret's value comes from; read on the control machine whenever the allocation is started. */
export type SecretSource =
  | { readonly kind: 'file' /** absolute */; readonly path: string }
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'command'; readonly argv: readonly string[] }

/** A file of the control machine that is put where the process sees it. */
export interface FileMount {
  /** Absolute path on the control machine. */
  readonly source: string
  /** Absolute path as the process sees it. */
  readonly target: string
  /** Permission bits, e.g. 0o644. */
  readonly mode: number
}

/** A folder of the host that outlives the allocation. */
export interface Volume {
  /** A path, or a name (then it is /var/lib/hc/volumes/NAME). */
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
  /** True for storage that every host sees (NFS): checked to be mounted. False pins the slot to its first host. */
  readonly shared: boolean
}

/** A port that the job listens on. */
export interface PortSpec {
  /** The host's port; null asks for a free one (`auto`). */
  readonly host: number | null
  /** The port inside the container; null: the same as the host's. */
  readonly container: number | null
}

/** Operators of a constraint. */
export type ConstraintOp = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'matches' | 'exists'

/** `labels.ssd == true`, taken apart. */
export interface Constraint {
  /** `os`, `arch`, `host`, `driver.podman`, `version.systemd`, `labels.ssd`. */
  readonly attribute: string
  readonly op: ConstraintOp
  /** Right side as written; several for `in`; empty for `exists`. */
  readonly values: readonly string[]
  /** As the operator wrote it, for sentences. */
  readonly text: string
}

/** A wish: a constraint that adds to the score. */
export interface Wish {
  readonly constraint: Constraint
  /** Positive draws, negative repels; 1 is ordinary. */
  readonly weight: number
}

/** How many restarts on the same host, by systemd. */
export interface RestartRule {
  /** Starts again at most so often within the window; 0 is never. */
  readonly attempts: number
  readonly windowMs: Millis
  readonly delayMs: Millis
}

/** When restarting on the host has been given up: on to another host, exponentially later each time. */
export interface RescheduleRule {
  readonly delayMs: Millis
  readonly maxDelayMs: Millis
  /** null: unlimited. */
  readonly attempts: number | null
}

/** How health is asked. */
export type HealthCheck =
  | { readonly kind: 'tcp'; readonly port: string }
  | {
      readonly kind: 'http'
      readonly port: string
      readonly path: string
      readonly status: number | null
      readonly body: string | null
    }
  | { readonly kind: 'command'; readonly argv: readonly string[] }

/** Health of an allocation. */
export interface HealthRule {
  readonly check: HealthCheck
  readonly intervalMs: Millis
  readonly timeoutMs: Millis
  readonly failures: number
  readonly successes: number
  readonly startMs: Millis
}

/** A wish for slots on many hosts, or under many values of a label. */
export interface Spread {
  /** `host` or a label's name. */
  readonly label: string
  /** Value of the label -> its part of the slots, relative to the others'; a value not named gets none. null: even. */
  readonly targets: Readonly<Record<string, number>> | null
}

/** How a changed job is rolled out. */
export interface UpdateRule {
  readonly maxParallel: number
  readonly order: 'stop-first' | 'start-first'
  readonly canary: number
  readonly healthyDeadlineMs: Millis
  readonly autoRevert: boolean
}

/** What a container has beside its image, files, volumes and ports. */
export interface ContainerOptions {
  /** `host`: no network of its own, and nothing is published. */
  readonly network: 'bridge' | 'host'
  /** argv in place of the image's entrypoint; null: the image's own. */
  readonly entrypoint: readonly string[] | null
  /** `/dev/ttyUSB0`, `FROM:TO`, `FROM:TO:rwm`, or a CDI name. */
  readonly devices: readonly string[]
  readonly capAdd: readonly string[]
  readonly capDrop: readonly string[]
  readonly groupAdd: readonly string[]
  /** `PATH` or `PATH:OPTIONS`. */
  readonly tmpfs: readonly string[]
  readonly readOnly: boolean
  /** Bytes; null: as the engine has it. */
  readonly shmSize: number | null
  readonly privileged: boolean
}

/** A validated job. JSON all through: it is what the store keeps. */
export interface Job {
  readonly name: JobName
  readonly type: JobType
  /** Slots of a service or batch job; 1 for cron; ignored for system. */
  readonly count: number
  readonly driver: DriverName
  /** Set for podman and docker. */
  readonly image: string | null
  readonly pull: 'missing' | 'always' | 'never'
  /** argv; null runs the image's own. */
  readonly command: readonly string[] | null
  /** Of podman and docker; null: as the engine has it by itself. Absent in records of a program without it. */
  readonly container: ContainerOptions | null
  /** A unit that is already on the host (`nginx.service`). */
  readonly unit: string | null
  readonly user: string | null
  readonly workdir: string | null
  readonly env: Readonly<Record<string, string>>
  /** Absolute paths on the control machine. */
  readonly envFiles: readonly string[]
  readonly secrets: Readonly<Record<string, SecretSource>>
  readonly files: readonly FileMount[]
  /** Reserved; `memory` is the ceiling too unless `memoryMax` says otherwise. */
  readonly resources: Resources
  /** Millicores; null: no ceiling. */
  readonly cpuMax: number | null
  /** Bytes; null: `resources.memory`. */
  readonly memoryMax: number | null
  readonly ports: Readonly<Record<string, PortSpec>>
  readonly volumes: readonly Volume[]
  readonly constraints: readonly Constraint[]
  readonly affinity: readonly Wish[]
  readonly spread: Spread | null
  readonly maxPerHost: number | null
  readonly distinct: string | null
  readonly conflictGroup: string | null
  readonly conflicts: readonly JobName[]
  readonly with: readonly JobName[]
  readonly priority: number
  readonly exclusive: boolean
  /** `192.168.1.50/24`, of an exclusive job with one slot. */
  readonly address: string | null
  readonly restart: RestartRule
  readonly reschedule: RescheduleRule
  readonly onHostLoss: 'move' | 'wait'
  readonly failback: 'stay' | 'home'
  readonly health: HealthRule | null
  readonly update: UpdateRule
  readonly dependsOn: readonly JobName[]
  /** Cron expression of a cron job. */
  readonly schedule: string | null
  /** IANA name, or null for the host's own. */
  readonly timezone: string | null
  readonly overlap: 'forbid' | 'replace'
  readonly catchUp: 'none' | 'one'
  readonly rerun: boolean
  readonly stop: { readonly signal: string; readonly timeoutMs: Millis }
  /** Extra unit file directives: section -> directive -> values. */
  readonly systemd: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
}

/** True where the job's data stays on one host: it has a volume that is not shared. */
export function isPinned(job: Job): boolean {
  return job.volumes.some((volume) => !volume.shared)
}

/** May its slots leave their host while their work goes on? Batch work ends where it runs, a system job's slot belongs to its host. */
export function mayLeave(job: Job): boolean {
  return (job.type === 'service' || job.type === 'cron') && !isPinned(job)
}

/** Could its slots be taken over by themselves once their host is gone for certain? These are under lease, and fenced for. */
export function canBeTakenOver(job: Job): boolean {
  return job.exclusive && !isPinned(job) && job.onHostLoss === 'move' && job.type !== 'system'
}

/** True for a job whose allocations run in a container. */
export function isContainer(job: Job): boolean {
  return job.driver !== 'systemd'
}

/** A job as it was applied: what the loop goes by. Kept in the store. */
export interface AppliedJob {
  readonly job: Job
  /** Rises by one with each change. */
  readonly version: number
  /** Of the fields as written, contents of files, secrets (keyed) and image digest; see spec/hash.ts. */
  readonly hash: string
  /** Resolved image: `name@sha256:...` or an image id; null for systemd. */
  readonly imageRef: string | null
  /** Hosts that could not get the image when it was applied -> why; they are not candidates. */
  readonly lackingOn: Readonly<Record<string, string>>
  /** sha256 of each file of `files`, by source path; the bytes are in the store's blobs. */
  readonly fileHashes: Readonly<Record<string, string>>
  /** RFC 3339 UTC. */
  readonly appliedAt: string
  /** Folder that it was applied from, absolute; `--prune` looks only there. */
  readonly folder: string
  /** True after `hc job stop`: kept, but wants no slot. */
  readonly stopped: boolean
  /** Rises with each `hc job restart`: an allocation that was started under a lower one is restarted. */
  readonly generation: number
  /** Of slots for which a restart was asked since, each higher than `generation`. Absent in records of a program without it. */
  readonly slotGenerations?: Readonly<Record<SlotName, number>>
}

/** The generation that an allocation of this slot is to be started with. */
export function generationOf({ generation, slotGenerations }: AppliedJob, slot: SlotName): number {
  return Math.max(generation, slotGenerations?.[slot] ?? 0)
}

/** A generation that is higher than that of any slot. */
export function nextGeneration({ generation, slotGenerations }: AppliedJob): number {
  return Math.max(generation, ...Object.values(slotGenerations ?? {})) + 1
}
