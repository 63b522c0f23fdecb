// What all drivers write alike: the lines that say whose unit it is, restarts, limits, stop, timer, links, files.
import type { Job, Volume } from '../model/job.js'
import { byName, unitOfSlot } from '../model/names.js'
import { againOf, allocFolder, VOLUME_FOLDER, WORD_FILE } from '../remote/layout.js'
import type { RecipeFile, RecipeLink, RecipeUnit } from '../remote/recipe.js'
import { onCalendar } from '../spec/schedule.js'
import { majorVersion, type RecipeInput } from './driver.js'
import { type Environment, environmentFile, hostPort } from './environment.js'
import { againUnit } from './runs.js'
import { commandLine, type Directives, plainValue, renderUnit, span, type UnitText } from './unit-file.js'

/** Rises when the text that drivers render changes in meaning; no part of the spec hash. */
export const RENDERING_VERSION = 1

/** The first systemd that reports a program that cannot be run as a failed start (`Type=exec`). */
const TYPE_EXEC_SINCE = 240

/** The X-Hc- lines: systemd passes them over, the probe reads them. */
export function headerLines(input: RecipeInput, target: string | null): Directives {
  const { applied, placement } = input
  const ports = Object.keys(applied.job.ports)
    .sort(byName)
    .map((name) => `${name}=${hostPort(applied.job, placement, name)}`)
  return [
    ['Description', plainValue(`hc ${placement.slot}`)],
    ['X-Hc-Job', applied.job.name],
    ['X-Hc-Slot', placement.slot],
    ['X-Hc-Hash', placement.hash],
    ['X-Hc-Version', String(placement.version)],
    ['X-Hc-Term', String(input.term.number)],
    ['X-Hc-Placement', String(placement.number)],
    ['X-Hc-Generation', String(placement.generation)],
    ['X-Hc-Cluster', input.cluster],
    ['X-Hc-Driver', applied.job.driver],
    ['X-Hc-Ports', ports.join(' ')],
    ['X-Hc-Rendering', String(RENDERING_VERSION)],
    ...(mayEnd(applied.job) && target === null ? ([['X-Hc-Ends', 'yes']] as const) : []),
    ...(target === null ? [] : ([['X-Hc-Target', plainValue(target)]] as const)),
  ]
}

/**
 * Start limits of [Unit]. systemd's own (5 starts in 10 s) would end what `restart` promises; each start counts, the
 * first one too. A cron job's next run is its retry, and many runs in a window are no failure.
 */
export function limitLines(job: Job): Directives {
  if (job.type === 'cron' || job.restart.attempts === 0) return [['StartLimitIntervalSec', '0']]
  return [
    ['StartLimitIntervalSec', span(job.restart.windowMs)],
    ['StartLimitBurst', String(job.restart.attempts + 1)],
  ]
}

/** Restart rules of [Service]: services always, batch jobs when they fail, cron jobs wait for their next time. */
export function restartLines(job: Job): Directives {
  if (job.type === 'cron' || job.restart.attempts === 0) return [['Restart', 'no']]
  return [
    ['Restart', job.type === 'batch' ? 'on-failure' : 'always'],
    ['RestartSec', span(job.restart.delayMs)],
  ]
}

/** `oneshot` for cron, so that the timer never starts a second run beside the first; `exec` tells a bad program at once. */
export function typeLine(input: RecipeInput): Directives {
  if (input.applied.job.type === 'cron') return [['Type', 'oneshot']]
  const version = majorVersion(input.facts, 'systemd')
  const type = ['Type', version !== null && version < TYPE_EXEC_SINCE ? 'simple' : 'exec'] as const
  // systemd forgets a unit that ended well, and with it that it ran; so the unit stays, and the probe says that it ended.
  return mayEnd(input.applied.job) ? [type, ['RemainAfterExit', 'yes']] : [type]
}

/** True where an end without failure is final: a batch job, or a service that is never restarted. */
function mayEnd(job: Job): boolean {
  return job.type !== 'cron' && (job.type === 'batch' || job.restart.attempts === 0)
}

/** Stop rules of [Service]. */
export function stopLines(job: Job): Directives {
  return [
    ['KillSignal', plainValue(job.stop.signal)],
    ['TimeoutStopSec', span(job.stop.timeoutMs)],
  ]
}

/** Bytes that the allocation may use at most; null: no ceiling. */
export function memoryCeiling(job: Job): number | null {
  return job.memoryMax ?? (job.resources.memory > 0 ? job.resources.memory : null)
}

/** CPUWeight (1..10000): one core asked for is systemd's own default, 100. On cgroup v1 systemd makes shares of it. */
export function cpuWeight(millicores: number): number {
  return Math.min(10_000, Math.max(1, Math.round(millicores / 10)))
}

/** Shares (2..262144) that the container engines take: one core asked for is their own default, 1024. */
export function cpuShares(millicores: number): number {
  return Math.min(262_144, Math.max(2, Math.round((millicores * 1024) / 1000)))
}

// The longest mount point above a path decides; only the root file system above it means: not mounted.
const MOUNTED = `at=/
while read -r a b c d e f; do case "$1/" in "$e"/*) [ \${#e} -lt \${#at} ] || at=$e;; esac; done </proc/self/mountinfo
[ "$at" != / ] || { echo "hc: the shared storage $1 is not mounted on this host"; exit 1; }`

// Where nobody has said a word in time, the first unit that gives up waiting gives it: a restart later on waits no more.
const BOOT_WAIT = `n=0
while [ ! -e "$1" ] && [ $n -lt "$2" ]; do n=$((n + 1)); sleep 0.2 || sleep 1; done
[ -e "$1" ] || { mkdir -p -m 700 "\${1%/*}" && : >"$1"; }`
/** One round of that loop, ms. */
const BOOT_WAIT_ROUND_MS = 200

/**
 * After a boot a unit waits for the control machine's first word, so that what was started elsewhere meanwhile is stopped
 * before it runs twice. "+": as root, whoever the unit's user is.
 */
export function bootWaitLines({ bootWaitMs }: RecipeInput): Directives {
  if (bootWaitMs <= 0) return []
  const rounds = String(Math.ceil(bootWaitMs / BOOT_WAIT_ROUND_MS))
  const wait = commandLine(['/bin/sh', '-c', BOOT_WAIT, 'hc-boot-wait', WORD_FILE, rounds], '+')
  // The wait counts against the time that a start may take: systemd's own default for that is 90 s.
  const longer = bootWaitMs > 30_000 ? [['TimeoutStartSec', span(bootWaitMs + 90_000)] as const] : []
  return [...longer, ['ExecStartPre', wait]]
}

/** Shared volumes: systemd mounts them first where it knows how, and a start without them fails with a sentence. */
export function sharedLines(job: Job): { readonly unit: Directives; readonly service: Directives } {
  const paths = job.volumes.filter(({ shared }) => shared).map(({ source }) => source)
  return {
    unit: paths.map((path) => ['RequiresMountsFor', plainValue(path)]),
    // "+": seen from the host, not from among the unit's own mounts.
    service: paths.map((path) => ['ExecStartPre', commandLine(['/bin/sh', '-c', MOUNTED, 'hc-mounted', path], '+')]),
  }
}

/** Where a volume lies on the host. */
export function volumePath(volume: Volume): string {
  return volume.source.startsWith('/') ? volume.source : `${VOLUME_FOLDER}/${volume.source}`
}

/** Folders of local volumes; what is shared is not made, it is mounted. */
export function volumeFolders(job: Job): string[] {
  return job.volumes.filter(({ shared }) => !shared).map(volumePath)
}

/** Path of the n-th file of `files:` on the host. */
export function filePath(slot: string, index: number): string {
  return `${allocFolder(slot)}/files/${index}`
}

/** Files of `files:`, and the closed part of the environment. */
export function allocationFiles(input: RecipeInput, environment: Environment): RecipeFile[] {
  const files: RecipeFile[] = input.applied.job.files.map(({ source, mode }, index) => {
    const bytes = input.contents.files[source]
    if (!bytes) throw new Error(`bug: no contents of ${source}`)
    return { path: `files/${index}`, mode, bytes }
  })
  if (environment.closed.size === 0) return files
  return [...files, { path: 'env', mode: 0o600, bytes: new TextEncoder().encode(environmentFile(environment.closed)) }]
}

/** The unit files of a slot: the service, and for a cron job the timer that starts it. */
export function slotUnits(input: RecipeInput, service: UnitText): RecipeUnit[] {
  const { job } = input.applied
  const { slot } = input.placement
  const { Timer = {}, ...extra } = job.systemd
  const units = [{ path: unitOfSlot(slot), text: renderUnit(service, extra) }]
  if (job.type !== 'cron' || job.schedule === null) return units
  const timer: UnitText = {
    Unit: [['Description', plainValue(`hc ${slot}, its schedule`)]],
    Timer: [
      ...onCalendar(job.schedule, job.timezone).map((value) => ['OnCalendar', plainValue(value)] as const),
      // systemd's own accuracy is a minute; and what was missed while the host was off is hc's decision.
      ['AccuracySec', '1s'],
      ['Persistent', 'no'],
      ['Unit', againOf(slot)],
    ],
  }
  return [...units, againUnit(slot, job.overlap), { path: timerOf(slot), text: renderUnit(timer, { Timer }) }]
}

/** The timer of a cron job's slot. */
export function timerOf(slot: string): string {
  return `hc-${slot}.timer`
}

/** What is started, and what starts with the host: a batch job only when hc says so. */
export function startsOf(job: Job, slot: string): { readonly start: string; readonly links: readonly RecipeLink[] } {
  if (job.type === 'cron') {
    return { start: timerOf(slot), links: [{ unit: timerOf(slot), target: 'timers.target' }] }
  }
  const unit = unitOfSlot(slot)
  return { start: unit, links: job.type === 'batch' ? [] : [{ unit, target: 'multi-user.target' }] }
}
