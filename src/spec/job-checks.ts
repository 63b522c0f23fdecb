// What the fields of a job say about each other. Each check looks at what was written, and names the field to change.
import type { Job } from '../model/job.js'
import { isPinned } from '../model/job.js'
import { at, type Check, has } from './check.js'
import { containerJob } from './container-options.js'
import { systemdJob, unitJob, whatRuns } from './driver-checks.js'
import { type JobLimits, stopsInTime, undermines } from './exclusive-checks.js'
import { addressFault } from './moving-address.js'
import { didYouMean } from './nearest.js'
import type { Report } from './source.js'
import { type Value, written } from './value.js'

const byType: Check = (job, top, report) => {
  if (job.type === 'system' && has(top, 'count'))
    at(
      top,
      report,
      ['count'],
      'a system job has one slot on each matching host',
      'remove count, and choose hosts with constraints',
    )
  if (job.type === 'cron' && has(top, 'count') && job.count !== 1)
    at(top, report, ['count'], 'a cron job has one slot', 'remove count')
  if (job.type === 'cron' && !has(top, 'schedule'))
    at(top, report, ['type'], 'a cron job needs a schedule', 'write schedule: "0 3 * * *"')
  const only: readonly (readonly [string, readonly string[]])[] = [
    ['schedule', ['cron']],
    ['timezone', ['cron']],
    ['overlap', ['cron']],
    ['catch_up', ['cron']],
    ['rerun', ['batch', 'cron']],
  ]
  for (const [field, types] of only) {
    if (!has(top, field) || types.includes(job.type)) continue
    at(
      top,
      report,
      [field],
      `${field} belongs to a job of type ${types.join(' or ')}, and this one is ${job.type}`,
      field === 'schedule' ? 'write type: cron' : null,
    )
  }
  for (const field of ['spread', 'max_per_host', 'distinct'] as const) {
    if (job.type === 'system' && has(top, field))
      at(top, report, [field], `${field} has no meaning for a system job: it has one slot per host`)
  }
}

const portsOnce: Check = (job, top, report) => {
  const taken = new Map<number, string>()
  for (const [name, port] of Object.entries(job.ports)) {
    if (port.host === null) continue
    const other = taken.get(port.host)
    if (other !== undefined)
      at(top, report, ['ports', name], `port ${name}: the host's port ${port.host} is already that of ${other}`)
    taken.set(port.host, name)
  }
}

const mountsOnce: Check = (job, top, report) => {
  const taken = new Map<string, string>()
  const mounts = [
    ...job.files.map((file, index) => ({ target: file.target, field: 'files', index })),
    ...job.volumes.map((volume, index) => ({ target: volume.target, field: 'volumes', index })),
  ]
  for (const { target, field, index } of mounts) {
    const other = taken.get(target)
    const name = `${field}[${index}]`
    if (other !== undefined) {
      const list = written(top, field)?.value
      const place = (list?.kind === 'list' ? list.items[index] : list)?.place ?? top.place
      report.add(place, `${name}: the target ${target} is already that of ${other}`)
    }
    taken.set(target, name)
  }
  for (const name of Object.keys(job.secrets)) {
    if (Object.hasOwn(job.env, name))
      at(top, report, ['secrets', name], `${name} is in env and in secrets`, 'keep one of the two')
  }
}

const exclusiveJob: Check = (job, top, report) => {
  if (job.address !== null) {
    if (!job.exclusive)
      at(
        top,
        report,
        ['address'],
        'an address belongs to an exclusive job: two copies of it must never run',
        'write exclusive: true',
      )
    const wrong = addressFault(job.address)
    if (wrong !== null) at(top, report, ['address'], wrong, "write a free one of the hosts' network: 192.168.1.50/24")
    if (job.count !== 1 || job.type === 'system')
      at(top, report, ['address'], 'an address belongs to a job with one slot', 'write count: 1')
  }
  if (!job.exclusive) return
  if (job.type === 'system')
    at(
      top,
      report,
      ['exclusive'],
      'a system job has a slot of its own on each host, so exclusive has no meaning',
      'remove exclusive',
    )
  if (job.update.order === 'start-first')
    at(
      top,
      report,
      ['update', 'order'],
      'start-first would run two copies of an exclusive job',
      'write order: stop-first',
    )
  undermines(job, top, report)
}

const startFirst: Check = (job, top, report) => {
  if (job.update.order !== 'start-first' || job.exclusive) return
  const why =
    job.type !== 'service'
      ? `a ${job.type} job has no second copy beside the first`
      : isPinned(job)
        ? 'the job keeps its data on its host (a volume that is not shared), so no second copy can run beside the first'
        : null
  if (why !== null) at(top, report, ['update', 'order'], `start-first: ${why}`, 'write order: stop-first')
}

const hostLoss: Check = (job, top, report) => {
  if (isPinned(job) && job.onHostLoss === 'move') {
    at(
      top,
      report,
      ['on_host_loss'],
      'the job keeps its data on its host (a volume that is not shared), so it cannot move away from a lost one',
      'remove on_host_loss, or put the data on shared storage and write shared: true',
    )
  }
  if (isPinned(job) && job.failback === 'home')
    at(top, report, ['failback'], 'a job with a volume that is not shared never leaves its host', 'remove failback')
}

const company: Check = (job, top, report) => {
  for (const [field, names] of [
    ['with', job.with],
    ['conflicts', job.conflicts],
    ['depends_on', job.dependsOn],
  ] as const) {
    if (!names.includes(job.name)) continue
    at(
      top,
      report,
      [field],
      `${field} names the job itself`,
      field === 'conflicts' ? 'write max_per_host: 1' : 'remove it',
    )
  }
  const both = job.with.find((name) => job.conflicts.includes(name))
  if (both !== undefined) at(top, report, ['with'], `${both} is in with and in conflicts`)
}

const healthPort: Check = (job, top, report) => {
  const check = job.health?.check
  if (check === undefined || check.kind === 'command' || Object.hasOwn(job.ports, check.port)) return
  const names = Object.keys(job.ports)
  const path = ['health', check.kind === 'tcp' ? 'tcp' : has(top, 'health', 'port') ? 'port' : 'http']
  if (check.port === '')
    at(
      top,
      report,
      path,
      `health.http needs port: the job has ${names.length === 0 ? 'no ports' : 'several'}`,
      names.length === 0 ? 'declare the port under ports' : `write port: ${names[0]}`,
    )
  else
    at(
      top,
      report,
      path,
      `health.${path[1]} names the port "${check.port}", which the job does not declare`,
      didYouMean(check.port, names) ?? (names.length > 0 ? `known are ${names.join(', ')}` : 'declare it under ports'),
    )
}

const sizes: Check = (job, top, report) => {
  if (job.memoryMax !== null && job.memoryMax < job.resources.memory)
    at(
      top,
      report,
      ['memory_max'],
      'memory_max is less than resources.memory',
      'a ceiling must not be below what is reserved',
    )
  if (job.cpuMax !== null && job.cpuMax < job.resources.cpu)
    at(top, report, ['cpu_max'], 'cpu_max is less than resources.cpu', 'a ceiling must not be below what is reserved')
  if (job.update.canary > job.count && job.type !== 'system')
    at(top, report, ['update', 'canary'], `update.canary is more than the ${job.count} slots of the job`)
}

/** What its driver can do, and what the driver needs. */
const DRIVER_CHECKS: readonly Check[] = [whatRuns, unitJob, systemdJob, containerJob]
const CHECKS: readonly Check[] = [
  byType,
  portsOnce,
  mountsOnce,
  exclusiveJob,
  startFirst,
  hostLoss,
  company,
  healthPort,
  sizes,
]

/** Adds every fault that lies between the fields of one job. */
export function checkJob(job: Job, top: Value, report: Report, limits: JobLimits = {}): void {
  for (const check of [...DRIVER_CHECKS, ...CHECKS]) check(job, top, report)
  stopsInTime(job, top, report, limits)
}

/** The same of a job that is only to be placed: what runs, and how, is not asked. */
export function checkPlannedJob(job: Job, top: Value, report: Report): void {
  for (const check of CHECKS) check(job, top, report)
}
