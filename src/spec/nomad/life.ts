// How a job lives: restarts, other hosts, updates, health, schedule. Nomad refuses what its own rules do not allow; the bounds here are
// those of Validate() in nomad/structs/structs.go.
import type { Job } from '../../model/job.js'
import { formatMillis } from '../../model/resources.js'
import { block, nanoseconds, type Remarks } from './remarks.js'
import type { NomadBlock } from './structs.js'

const SECOND = 1000
/** RestartPolicyMinInterval, ReschedulePolicyMinDelay, ReschedulePolicyMinInterval, ms. */
const [LEAST_WINDOW, LEAST_DELAY, LEAST_INTERVAL] = [5 * SECOND, 5 * SECOND, 15 * SECOND]
/** So long must a new allocation be healthy, unless healthy_deadline is shorter, ms: Nomad's own default. */
const MIN_HEALTHY = 10 * SECOND
/** Clients end a task by force after so long at most, unless max_kill_timeout says otherwise, ms. */
const KILL_BOUND = 30 * SECOND

/** `restart` and `reschedule` of the group. */
export function retries(job: Job, remarks: Remarks): NomadBlock {
  const { attempts, delayMs } = job.restart
  const windowMs = Math.max(job.restart.windowMs, LEAST_WINDOW, attempts * delayMs)
  if (windowMs !== job.restart.windowMs) {
    remarks.differs(
      'restart.window',
      `is ${formatMillis(windowMs)}: Nomad wants at least 5s, and room for all attempts with their delays`,
    )
  }
  const Restart = { Attempts: attempts, Interval: nanoseconds(windowMs), Delay: nanoseconds(delayMs), Mode: 'fail' }
  return block({
    RestartPolicy: Restart,
    ReschedulePolicy: job.type === 'system' ? undefined : reschedule(job, remarks),
  })
}

function reschedule({ reschedule: rule }: Job, remarks: Remarks): NomadBlock {
  if (rule.attempts === 0) return { Attempts: 0, Unlimited: false }
  const delayMs = Math.max(rule.delayMs, LEAST_DELAY)
  const maxDelayMs = Math.max(rule.maxDelayMs, delayMs)
  if (delayMs !== rule.delayMs) remarks.differs('reschedule.delay', 'is 5s: Nomad wants no less')
  const common = {
    Delay: nanoseconds(delayMs),
    DelayFunction: 'exponential',
    MaxDelay: nanoseconds(maxDelayMs),
  }
  if (rule.attempts === null) return { ...common, Unlimited: true }
  let sum = 0
  for (let turn = 0; turn < rule.attempts; turn += 1) sum += Math.min(delayMs * 2 ** Math.min(turn, 40), maxDelayMs)
  const intervalMs = Math.max(sum, LEAST_INTERVAL)
  remarks.differs(
    'reschedule.attempts',
    `are counted anew every ${formatMillis(intervalMs)}: Nomad counts them within a time`,
  )
  return { ...common, Attempts: rule.attempts, Interval: nanoseconds(intervalMs), Unlimited: false }
}

/** `update` of the group; nothing where Nomad has none. */
export function update(job: Job, remarks: Remarks): NomadBlock {
  if (job.type !== 'service') return {}
  const { maxParallel, canary, healthyDeadlineMs, autoRevert, order } = job.update
  if (order === 'start-first') {
    remarks.leftOut(
      'update.order',
      'Nomad stops a slot before it starts its replacement',
      'canary: as many as count starts all new ones first',
    )
  }
  const healthy = Math.min(MIN_HEALTHY, Math.floor(healthyDeadlineMs / 2))
  return {
    Update: block({
      MaxParallel: maxParallel,
      MinHealthyTime: nanoseconds(healthy),
      HealthyDeadline: nanoseconds(healthyDeadlineMs),
      ProgressDeadline: nanoseconds(Math.max(2 * healthyDeadlineMs, 600 * SECOND)),
      Canary: canary,
      AutoRevert: autoRevert,
      AutoPromote: canary > 0 ? true : undefined,
    }),
  }
}

/** The service with the job's check; nothing where there is none that Nomad has too. */
export function health(job: Job, remarks: Remarks): NomadBlock {
  const rule = job.health
  if (rule === null) return {}
  const { check } = rule
  if (check.kind === 'command') {
    remarks.leftOut(
      'health.command',
      "Nomad's own checks are http and tcp",
      'a check of type script, where the clients have Consul',
    )
    return {}
  }
  if (check.kind === 'http' && check.status !== null)
    remarks.leftOut('health.status', 'Nomad takes any status from 200 to 399 for healthy')
  if (check.kind === 'http' && check.body !== null)
    remarks.leftOut('health.body', 'Nomad does not look at what the answer holds')
  if (rule.successes !== 1) remarks.leftOut('health.successes', "one success is enough for Nomad's own checks")
  const [intervalMs, timeoutMs] = [Math.max(rule.intervalMs, SECOND), Math.max(rule.timeoutMs, SECOND)]
  if (intervalMs !== rule.intervalMs || timeoutMs !== rule.timeoutMs)
    remarks.differs('health', 'interval and timeout are 1s: Nomad wants no less')
  const Check = block({
    Type: check.kind,
    Path: check.kind === 'http' ? check.path : undefined,
    Interval: nanoseconds(intervalMs),
    Timeout: nanoseconds(timeoutMs),
    CheckRestart: { Limit: rule.failures, Grace: nanoseconds(rule.startMs) },
  })
  return { Services: [{ Name: job.name, PortLabel: check.port, Provider: 'nomad', Checks: [Check] }] }
}

/** `periodic` of a cron job. */
export function periodic(job: Job, remarks: Remarks): NomadBlock {
  if (job.schedule === null || job.type !== 'cron') return {}
  const words = job.schedule.split(' ')
  // With seconds first, Nomad's parser wants a seventh field: the year.
  const Spec = words.length === 6 ? `${job.schedule} *` : job.schedule
  if (job.timezone === null) {
    remarks.differs(
      'timezone',
      "is UTC: Nomad does not know the hosts' own",
      'name it in the job file: timezone: Europe/Paris',
    )
  }
  if (job.overlap === 'replace') remarks.leftOut('overlap', 'replace: Nomad starts the new run beside the old one')
  if (job.catchUp === 'one') remarks.leftOut('catch_up', 'Nomad does not make up for runs that were missed')
  return {
    Periodic: {
      Enabled: true,
      Spec,
      SpecType: 'cron',
      ProhibitOverlap: job.overlap === 'forbid',
      TimeZone: job.timezone ?? 'UTC',
    },
  }
}

/** The signal and how long it may take. */
export function stop({ stop: { signal, timeoutMs } }: Job, remarks: Remarks): NomadBlock {
  if (timeoutMs > KILL_BOUND) {
    const text = `clients allow 30s at most unless they are told otherwise`
    remarks.differs(
      'stop.timeout',
      text,
      `max_kill_timeout = "${formatMillis(timeoutMs)}" in the configuration of the clients`,
    )
  }
  return { KillSignal: signal, KillTimeout: nanoseconds(timeoutMs) }
}

/** What Nomad has nothing like. */
export function absent(job: Job, remarks: Remarks): void {
  const { dependsOn, conflicts, conflictGroup, exclusive, address } = job
  if (dependsOn.length > 0)
    remarks.leftOut(
      'depends_on',
      'Nomad starts jobs in no order',
      'a task with lifecycle { hook = "prestart" } that waits',
    )
  if (job.with.length > 0)
    remarks.leftOut('with', 'Nomad keeps tasks together that are in one group', 'move the tasks into one group')
  if (conflicts.length > 0)
    remarks.leftOut('conflicts', 'Nomad knows no jobs that keep apart', 'constraints on meta of the clients')
  if (conflictGroup !== null)
    remarks.leftOut('conflict_group', 'Nomad knows no jobs that keep apart', 'constraints on meta of the clients')
  if (exclusive) {
    const hint = 'disconnect { stop_on_client_after = "1m", lost_after = "2m" } comes near it, by the clocks of both'
    remarks.leftOut('exclusive', 'Nomad does not promise that one copy runs at most', hint)
  }
  if (address !== null)
    remarks.leftOut('address', 'Nomad moves no address with a job', 'keepalived, or a load balancer')
  if (job.failback === 'home') remarks.leftOut('failback', 'Nomad does not move an allocation back')
  for (const [section, directives] of Object.entries(job.systemd)) {
    for (const name of Object.keys(directives))
      remarks.leftOut(`systemd.${section}.${name}`, 'what runs under Nomad is no unit of systemd')
  }
}
