// The fields of a job file, one line each: shape, meaning, default.
import type { DriverName, JobType } from '../model/job.js'
import { JOB_NAME } from '../model/names.js'
import { constraintShape, labelShape, wishShape } from './constraint.js'
import { containerShape } from './container-options.js'
import { askedDevices } from './devices.js'
import { directivesShape } from './directives.js'
import { type OtherWords, object, optional, withDefault } from './fields.js'
import { argvShape, envShape, filesShape, secretsShape, sourcePath, targetPath, volumesShape } from './mounts.js'
import { portsShape } from './ports.js'
import { parseBytes, parseCpu } from './quantity.js'
import { healthShape, rescheduleShape, restartShape, stopShape, updateShape } from './rules.js'
import { parseSchedule, timezoneFault } from './schedule.js'
import { amount, choice, flag, integer, list, refine, type Shape, text } from './shape.js'
import { spreadShape } from './spread.js'

/** The most slots that one job may have. */
export const MOST_SLOTS = 1000
const TYPES: readonly JobType[] = ['service', 'system', 'batch', 'cron']
const DRIVER_WORDS: readonly DriverName[] = ['systemd', 'podman', 'docker']

const NAME_RULE = 'lower-case letters, digits and "-", at most 42, with a letter or digit at both ends'
const jobName = text({ pattern: JOB_NAME, wanted: `a job name: ${NAME_RULE}` })
const jobNames = list(jobName, { single: true })

/** Amounts that are counted; those of a job's `resources` have defaults, see design of the job file. */
export const cpu = amount(parseCpu, { most: 1_000_000, bounds: 'at most 1000 cores', examples: ['200m', 1.5] })
const ceilingCpu = amount(parseCpu, {
  least: 1,
  most: 1_000_000,
  bounds: 'from 1m to 1000 cores',
  examples: ['500m', 2],
})
/** Bytes. */
export const bytes = amount(parseBytes, { examples: ['64Mi', '1.5Gi'] })
const someBytes = amount(parseBytes, { least: 1024 * 1024, bounds: 'at least 1Mi', examples: ['64Mi', '1.5Gi'] })
const reservedMemory = amount(parseBytes, {
  least: 1024 * 1024,
  zero: true,
  bounds: 'at least 1Mi, or 0 for no reservation and no ceiling',
  examples: ['64Mi', '1.5Gi'],
})
const resources = object(
  {
    cpu: withDefault(cpu, 'Cores that are reserved: 200m, 1.5. A weight, not a ceiling.', '100m'),
    memory: withDefault(
      reservedMemory,
      'Memory that is reserved: 64Mi. The ceiling too, unless memory_max says otherwise.',
      '128Mi',
    ),
    disk: withDefault(bytes, 'Disk that is counted, not enforced.', 0),
    devices: withDefault(
      askedDevices,
      'Countable things of a host: {gpu: 1}, a share of one {gpu: 0.5}, or {gpu: {count: 1, where: ["memory >= 8Gi"]}}.',
      {},
    ),
  },
  { others: { mem: 'memory', ram: 'memory', cpus: 'cpu', gpu: 'devices: {gpu: 1}' } },
)

const image = text({
  pattern: /^[A-Za-z0-9[][A-Za-z0-9._:/@[\]-]{0,511}$/,
  wanted: 'an image: [REGISTRY/]NAME[:TAG or @DIGEST]',
  check: (name) => {
    const path = name
      .replace(/@.*$/, '')
      .replace(/:[^/:]*$/, '')
      .split('/')
      .slice(1)
      .join('/')
    return /[A-Z]/.test(path) ? { message: `the image name "${path}" must be in lower case` } : null
  },
})

const unit = text({
  pattern: /^[A-Za-z0-9:_.\\@-]{1,245}\.service$/,
  wanted: 'the name of a service unit, such as nginx.service',
  check: (name) => (/^hc-/.test(name) ? { message: `${name} is a name of hc's own units` } : null),
})

const user = text({
  pattern: /^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?(?::[A-Za-z0-9_][A-Za-z0-9_.-]*)?$/,
  wanted: 'a user (of a container also USER:GROUP)',
})

const schedule: Shape<string> = refine(
  text({ wanted: 'a cron expression', hint: 'write schedule: "0 3 * * *"' }),
  (line, place, report, name) => {
    const read = parseSchedule(line)
    if (read.ok) return line.trim().replace(/\s+/g, ' ')
    report.add(place, `${name}: ${read.message}`, read.hint)
    return undefined
  },
)

const address = text({
  pattern:
    /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\/(?:[1-9]|[12]\d|3[0-2])$|^[0-9a-fA-F:]*:[0-9a-fA-F:]+\/(?:[1-9]\d?|1[01]\d|12[0-8])$/,
  wanted: 'an address with its prefix length, such as 192.168.1.50/24',
})

/** What other programs call our fields. */
const OTHERS: OtherWords = {
  replicas: 'count',
  instances: 'count',
  scale: 'count',
  kind: 'type',
  cmd: 'command',
  exec: 'command',
  run: 'command',
  script: 'command',
  entrypoint: 'container.entrypoint',
  network_mode: 'container.network',
  cap_add: 'container.cap_add',
  cap_drop: 'container.cap_drop',
  group_add: 'container.group_add',
  privileged: 'container.privileged',
  tmpfs: 'container.tmpfs',
  shm_size: 'container.shm_size',
  read_only: 'container.read_only',
  args: 'command',
  environment: 'env',
  envs: 'env',
  working_dir: 'workdir',
  cwd: 'workdir',
  memory: 'resources.memory',
  mem: 'resources.memory',
  cpu: 'resources.cpu',
  disk: 'resources.disk',
  devices: 'resources.devices',
  gpu: 'resources.devices',
  port: 'ports',
  volume: 'volumes',
  mounts: 'volumes',
  configs: 'files',
  healthcheck: 'health',
  check: 'health',
  cron: 'schedule',
  tz: 'timezone',
  constraint: 'constraints',
  affinities: 'affinity',
  vip: 'address',
  retries: 'restart.attempts',
  hosts: 'constraints',
  node: 'constraints',
  group: 'conflict_group',
  timeout: 'stop.timeout',
  signal: 'stop.signal',
}

/** All fields of a job file. */
export const jobFields = {
  name: optional(jobName, "The job's name; the file's name without it."),
  type: withDefault(
    choice(TYPES, { daemon: 'system', global: 'system', replicated: 'service', job: 'batch', periodic: 'cron' }),
    'service: `count` copies; system: one per matching host; batch: runs to its end; cron: by a timer.',
    'service',
  ),
  count: optional(integer(0, MOST_SLOTS), 'Copies. 1 without it; 0 means none.'),
  driver: optional(
    choice(DRIVER_WORDS, { containerd: 'podman', container: 'podman', exec: 'systemd' }),
    'podman with image, systemd with command or unit.',
  ),
  image: optional(image, 'Container image; resolved to a digest at apply.'),
  pull: withDefault(choice(['missing', 'always', 'never']), 'When the image is pulled.', 'missing'),
  command: optional(argvShape(), 'What runs, as a list of words.'),
  container: optional(containerShape, 'What the container has beside: {network: host, cap_add: [NET_ADMIN]}.'),
  unit: optional(unit, 'A unit that is already on the host: nginx.service.'),
  user: optional(user, "Who it runs as: root for systemd, the image's user for containers."),
  workdir: optional(targetPath, 'Working folder of the process.'),
  env: withDefault(envShape, 'Environment; besides: HC_JOB, HC_SLOT, HC_HOST, HC_PORT_name.', {}),
  env_file: withDefault(list(sourcePath, { single: true }), 'Files of NAME=value lines on the control machine.', []),
  secrets: withDefault(secretsShape, 'Name -> {file}, {env} or {command}; read whenever the job is started.', {}),
  files: withDefault(filesShape, 'Files of the control machine that the process sees.', []),
  resources: withDefault(resources, 'What is reserved on the host.', {}),
  cpu_max: optional(ceilingCpu, 'Ceiling of cpu.'),
  memory_max: optional(someBytes, 'Ceiling of memory; resources.memory without it.'),
  ports: withDefault(portsShape, 'Name -> port: 8080, {host: 8080, container: 80}, or auto.', {}),
  volumes: withDefault(volumesShape, 'Folders of the host that outlive the allocation.', []),
  constraints: withDefault(
    list(constraintShape, { single: true }),
    'What a host must be: "os == debian", "labels.ssd == true".',
    [],
  ),
  affinity: withDefault(
    list(wishShape, { single: true }),
    'What a host had better be: constraints, or {constraint, weight}.',
    [],
  ),
  spread: optional(
    spreadShape,
    'Slots are spread over hosts, or over the values of a label: evenly, or by {by: LABEL, targets: {VALUE: WEIGHT}}.',
  ),
  max_per_host: optional(integer(1, MOST_SLOTS), 'Most slots of this job on one host.'),
  distinct: optional(labelShape(false), 'No two slots on hosts with the same value of this label.'),
  conflict_group: optional(
    text({ pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, wanted: 'a name' }),
    'No two slots of the jobs with this name on one host.',
  ),
  conflicts: withDefault(jobNames, 'Jobs that must not be on the same host.', []),
  with: withDefault(jobNames, 'Jobs that must be on the same host.', []),
  priority: withDefault(integer(0, 100), 'Who is placed first: the higher.', 50),
  exclusive: optional(
    flag,
    'At most one running copy of each slot, whatever is cut off. True without it for shared volumes.',
  ),
  address: optional(address, 'Moves with an exclusive job of one slot: 192.168.1.50/24.'),
  restart: withDefault(restartShape, 'Restarts on the same host, by systemd.', {}),
  reschedule: withDefault(rescheduleShape, 'When restarting is given up: on another host.', {}),
  on_host_loss: optional(
    choice(['move', 'wait']),
    'What becomes of a slot whose host is lost: move, or wait (when pinned).',
  ),
  failback: withDefault(choice(['stay', 'home']), 'Where a replaced slot goes when its host is back.', 'stay'),
  health: optional(healthShape, 'How health is asked: http, tcp or command.'),
  update: withDefault(updateShape, 'How a changed job is rolled out.', {}),
  depends_on: withDefault(jobNames, 'Jobs that must be healthy before this one starts.', []),
  schedule: optional(schedule, 'When a cron job runs: 5 fields, 6 with seconds first, or @daily.'),
  timezone: optional(text({ wanted: 'a time zone', check: timezoneFault }), "IANA name; the host's own without it."),
  overlap: withDefault(choice(['forbid', 'replace']), 'When a run is due while one goes on.', 'forbid'),
  catch_up: withDefault(choice(['none', 'one']), 'Runs missed while the host was off.', 'none'),
  rerun: withDefault(flag, 'Batch and cron: run again when the host was lost during a run.', false),
  stop: withDefault(stopShape, 'How it is stopped.', {}),
  systemd: withDefault(directivesShape, 'More directives of the unit: {Service: {ProtectSystem: strict}}.', {}),
} as const

/** A job file, field by field; what belongs together is checked in job-checks.ts. */
export const jobShape = object(jobFields, { others: OTHERS })
type ReadBy<S> = S extends Shape<infer T> ? T : never
/** A job file's fields as read. */
export type JobFields = ReadBy<typeof jobShape>
