// Where in its life an allocation is, read from its unit.
import type { UnitFacts } from '../model/host.js'
import type { Job } from '../model/job.js'
import type { Millis } from '../model/names.js'

/** `fresh`: the unit is there but was not started since boot; `ended`: its process ended well. */
export type Phase = 'fresh' | 'starting' | 'running' | 'stopping' | 'failed' | 'ended' | 'scheduled' | 'broken'

/** Active for so long without a restart counts as running, ms. */
export const SETTLED_MS = 1000

/**
 * The phase of a unit. `monotonicMs` is the host's CLOCK_MONOTONIC when the unit was seen.
 * ActiveState and SubState: systemd's org.freedesktop.systemd1(5).
 */
export function phaseOf(unit: UnitFacts, job: Pick<Job, 'type'>, monotonicMs: Millis): Phase {
  if (unit.load !== 'loaded') return 'broken'
  if (job.type === 'cron') {
    const waits = unit.timer?.active === 'active'
    if (!isActive(unit)) return waits ? 'scheduled' : 'fresh'
    // To systemd a run of it is being started until it has ended (Type=oneshot).
    if (waits) return 'running'
  }
  switch (unit.active) {
    case 'active':
    case 'reloading':
      return unit.activeSinceMs !== null && monotonicMs - unit.activeSinceMs < SETTLED_MS ? 'starting' : 'running'
    case 'activating':
      return 'starting'
    case 'deactivating':
      return 'stopping'
    case 'failed':
      return 'failed'
    default:
      return unit.inactiveSinceMs === null ? 'fresh' : 'ended'
  }
}

/** True while a process of it may run. */
export function isActive(unit: UnitFacts): boolean {
  return unit.active !== 'inactive' && unit.active !== 'failed'
}

/** How long until a starting allocation counts as running if nothing happens, ms. */
export function settlesIn(unit: UnitFacts, monotonicMs: Millis): Millis {
  return unit.activeSinceMs === null ? SETTLED_MS : Math.max(0, SETTLED_MS - (monotonicMs - unit.activeSinceMs))
}

/** Why it failed, in words: `exit status 1, restarted 10 times`. */
export function failureText(unit: UnitFacts): string {
  if (unit.load === 'bad-setting') return 'its unit file is refused by systemd (systemctl status shows the line)'
  if (unit.load !== 'loaded') return `its unit file can't be loaded (${unit.load})`
  const parts = [RESULTS[unit.result] ?? unit.result]
  if (unit.exitStatus !== null && unit.exitStatus !== 0) parts.push(exitText(unit.exitStatus))
  if (unit.restarts > 0) parts.push(`restarted ${unit.restarts} ${unit.restarts === 1 ? 'time' : 'times'}`)
  return parts.join(', ')
}

/** Result= of systemd.service(5), for people. */
const RESULTS: Readonly<Record<string, string>> = {
  success: 'ended',
  'exit-code': 'ended with a failure',
  signal: 'killed by a signal',
  'core-dump': 'crashed',
  timeout: 'timed out',
  watchdog: 'missed its watchdog',
  'start-limit-hit': 'failed too often, given up',
  resources: 'could not be started: resources or files are missing',
  'oom-kill': 'killed: out of memory',
  protocol: 'did not speak the protocol of its type',
  'exec-condition': 'held back by its condition',
}

/** Exit statuses with a meaning of systemd's own: systemd.exec(5), "Process exit codes". */
const EXITS: Readonly<Record<number, string>> = {
  126: 'the command is not executable',
  127: 'the command was not found',
  200: 'its working folder does not exist (status 200/CHDIR)',
  203: 'its command does not exist or is not executable (status 203/EXEC)',
  217: 'its user does not exist (status 217/USER)',
  226: 'a mount or file could not be set up (status 226/NAMESPACE)',
}

function exitText(status: number): string {
  return EXITS[status] ?? `exit status ${status}`
}
