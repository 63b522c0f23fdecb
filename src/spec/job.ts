// One job file -> Job, or every fault in it.
import type { Fault } from '../model/errors.js'
import type { HealthRule, Job } from '../model/job.js'
import { JOB_NAME } from '../model/names.js'
import { containerOptions } from './container-options.js'
import type { JobLimits } from './exclusive-checks.js'
import { checkJob, checkPlannedJob } from './job-checks.js'
import { type JobFields, jobShape } from './job-fields.js'
import { absoluteSecret } from './mounts.js'
import { folderOf, resolvePath, stemOf } from './paths.js'
import { Report } from './source.js'
import { describe, type Value, written } from './value.js'
import { readYaml } from './yaml.js'

/** What became of a job file. `notes` are sentences about fields without effect and defaults to mind, each with file:line. */
export type ReadJob = { readonly job: Job; readonly notes: readonly string[] } | { readonly faults: readonly Fault[] }

// A check by http may leave its port out where there is only one.
function withPort(health: HealthRule | null, ports: readonly string[]): HealthRule | null {
  if (health?.check.kind !== 'http' || health.check.port !== '' || ports.length !== 1) return health
  return { ...health, check: { ...health.check, port: ports[0] ?? '' } }
}

function assemble(fields: JobFields, name: string, folder: string): Job {
  const { update, restart, reschedule, stop, systemd, resources, ports, volumes } = fields
  const pinned = volumes.some((volume) => !volume.shared)
  const shared = volumes.some((volume) => volume.shared)
  return {
    name,
    type: fields.type,
    count: fields.type === 'system' ? 1 : (fields.count ?? 1),
    driver: fields.driver ?? (fields.image === null ? 'systemd' : 'podman'),
    image: fields.image,
    pull: fields.pull,
    command: fields.command,
    container: containerOptions(fields.container),
    unit: fields.unit,
    user: fields.user,
    workdir: fields.workdir,
    env: fields.env,
    envFiles: fields.env_file.map((path) => resolvePath(folder, path)),
    secrets: Object.fromEntries(
      Object.entries(fields.secrets).map(([key, source]) => [key, absoluteSecret(source, folder)]),
    ),
    files: fields.files.map((file) => ({ ...file, source: resolvePath(folder, file.source) })),
    resources: { ...resources, devices: resources.devices.amounts },
    cpuMax: fields.cpu_max,
    memoryMax: fields.memory_max,
    ports,
    volumes,
    // What a device must be is asked of the host like all else.
    constraints: [...fields.constraints, ...resources.devices.constraints],
    affinity: fields.affinity,
    spread: fields.spread,
    // A unit is on its host once.
    maxPerHost: fields.max_per_host ?? (fields.unit === null ? null : 1),
    distinct: fields.distinct,
    conflictGroup: fields.conflict_group,
    conflicts: fields.conflicts,
    with: fields.with,
    priority: fields.priority,
    exclusive: fields.exclusive ?? (shared && fields.type !== 'system'),
    address: fields.address,
    restart,
    reschedule,
    onHostLoss: fields.on_host_loss ?? (pinned ? 'wait' : 'move'),
    failback: fields.failback,
    health: withPort(fields.health, Object.keys(ports)),
    update,
    dependsOn: fields.depends_on,
    schedule: fields.schedule,
    timezone: fields.timezone,
    overlap: fields.overlap,
    catchUp: fields.catch_up,
    rerun: fields.rerun,
    stop,
    systemd,
  }
}

function nameOf(fields: JobFields, file: string, top: Value, report: Report): string {
  if (fields.name !== null) return fields.name
  const stem = stemOf(file)
  if (!JOB_NAME.test(stem) && written(top, 'name') === null) {
    report.add(
      top.place,
      `the file's name "${stem}" is no job name`,
      'give the job a name: of lower-case letters, digits and "-"',
    )
  }
  return stem
}

/**
 * A job that stands in another text, where what runs need not be said: its mapping with the fields of a job file, `name`
 * among them. As with a mapping, a faulty field counts as left out, so that all faults are found. `name` is what it is
 * called there, for sentences.
 */
export function readPlannedJob(value: Value, report: Report, name: string): Job | undefined {
  const fields = jobShape.read(value, report, name)
  if (fields === undefined) return undefined
  if (fields.name === null) {
    if (written(value, 'name') === null)
      report.add(value.place, `${name}.name is missing`, 'give it: a name of lower-case letters, digits and "-"')
    return undefined
  }
  const job = assemble(fields, fields.name, '/')
  checkPlannedJob(job, value, report)
  return job
}

/**
 * Reads one job file. Every default is filled in; every fault is found, not only the first. `folder` is what relative
 * paths in the file are seen from: absolute; by default the folder of `file`.
 */
export function parseJob(file: string, text: string, folder: string = folderOf(file), limits: JobLimits = {}): ReadJob {
  const report = new Report()
  const read = readYaml(file, text, { dialect: 'yaml-1.2', duplicates: 'fault' }, report)
  if (read === null) return { faults: report.faults }
  if (read.value.kind === 'scalar' && read.value.value === null) {
    report.add({ source: read.source, offset: null }, 'the file is empty', 'give the job image, command or unit')
    return { faults: report.faults }
  }
  if (read.value.kind !== 'map') {
    report.add(read.value.place, `a job file is a mapping of fields, not ${describe(read.value)}`)
    return { faults: report.faults }
  }
  const fields = jobShape.read(read.value, report, '')
  if (fields === undefined) return { faults: report.faults }
  const job = assemble(fields, nameOf(fields, file, read.value, report), folder)
  checkJob(job, read.value, report, limits)
  return report.faults.length > 0 ? { faults: report.faults } : { job, notes: [] }
}
