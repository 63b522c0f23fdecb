// What an exclusive job must not say, since its host has to be able to stop it by force, and in time.
import { canBeTakenOver, type Job } from '../model/job.js'
import type { Millis } from '../model/names.js'
import { formatMillis } from '../model/resources.js'
import { at, type Check, has } from './check.js'
import type { Report } from './source.js'
import type { Value } from './value.js'

/** What the inventory says that jobs have to keep to. */
export interface JobLimits {
  /** hc_stop_bound. Absent: not known, and not checked. */
  readonly stopBoundMs?: Millis
}

const YES = ['yes', 'true', '1', 'on', 'y', 't']
const NO = ['no', 'false', '0', 'off', 'n', 'f']

/** Section, directive, and the values that are refused; null: all but those after it. */
const UNDERMINING: readonly (readonly [string, string, (value: string) => boolean, string])[] = [
  [
    'Service',
    'KillMode',
    (value) => ['none', 'process'].includes(value),
    'could leave processes of an exclusive job behind',
  ],
  ['Service', 'SendSIGKILL', (value) => NO.includes(value), 'could leave processes of an exclusive job behind'],
  [
    'Service',
    'FinalKillSignal',
    (value) => !['SIGKILL', 'KILL', '9'].includes(value),
    'could leave processes of an exclusive job behind',
  ],
  [
    'Service',
    'SurviveFinalKillSignal',
    (value) => YES.includes(value),
    'could leave processes of an exclusive job behind',
  ],
  ['Service', 'TimeoutAbortSec', () => true, 'could make the stop of an exclusive job last longer than hc_stop_bound'],
  [
    'Service',
    'TimeoutStopFailureMode',
    (value) => value !== 'kill',
    'could make the stop of an exclusive job last longer than hc_stop_bound',
  ],
  ['Unit', 'RefuseManualStop', (value) => YES.includes(value), 'would keep an exclusive job from being stopped'],
]

/** Directives that could keep a process of an exclusive job alive. */
export const undermines: Check = (job, top, report) => {
  for (const [section, name, isBad, why] of UNDERMINING) {
    const value = job.systemd[section]?.[name]?.find((each) => isBad(each.trim()))
    if (value !== undefined) at(top, report, ['systemd', section, name], `${name}=${value} ${why}`, 'remove it')
  }
}

/** Of what could be taken over: the host kills what has not stopped within the bound, and so it would never stop in peace. */
export function stopsInTime(job: Job, top: Value, report: Report, { stopBoundMs }: JobLimits): void {
  if (stopBoundMs === undefined || !canBeTakenOver(job) || job.stop.timeoutMs <= stopBoundMs) return
  const path = has(top, 'stop', 'timeout') ? ['stop', 'timeout'] : ['exclusive']
  at(
    top,
    report,
    path,
    `stop.timeout of an exclusive job is ${formatMillis(job.stop.timeoutMs)}, more than hc_stop_bound (${formatMillis(stopBoundMs)})`,
    'make it shorter, raise hc_stop_bound in the inventory, or write on_host_loss: wait',
  )
}
