// What runs: driver, command, environment, files, volumes, amounts.
import type { FileMount, Job, Volume } from '../../model/job.js'
import { isContainer } from '../../model/job.js'
import { formatCpu } from '../../model/resources.js'
import { stop } from './life.js'
import { options } from './options.js'
import { block, type Remarks } from './remarks.js'
import type { NomadBlock } from './structs.js'

const MIB = 1024 * 1024
/** Nomad takes no less, MB. */
const LEAST_MEMORY = 10
/** Files up to this size are written into the job, bytes: Nomad's servers keep it in memory. */
const LARGEST_FILE = 64 * 1024

/** Text of a file on this machine; null: it can't be read. */
export type FileReader = (path: string) => Uint8Array | null

/** The task, and the volumes of its group. */
export function taskOf(
  job: Job,
  readFile: FileReader,
  remarks: Remarks,
): { readonly task: NomadBlock; readonly volumes: NomadBlock } {
  const files = filesOf(job, readFile, remarks)
  const volumes = volumesOf(job, remarks)
  const task = block({
    Name: job.name,
    Driver: isContainer(job) ? job.driver : 'raw_exec',
    User: job.user ?? undefined,
    Config: isContainer(job) ? container(job, [...volumes.binds, ...files.binds], remarks) : program(job, remarks),
    Env: environment(job),
    Templates: [...files.templates, ...secrets(job, remarks)],
    VolumeMounts: volumes.mounts,
    Resources: amounts(job, remarks),
    ...stop(job, remarks),
  })
  return { task, volumes: volumes.named }
}

/** `${HC_PORT_http}` and its like become what Nomad puts in. */
function text(job: Job, written: string): string {
  return written.replace(/\$\{(HC_[A-Za-z0-9_-]+)\}/g, (whole, name: string) => own(job).get(name) ?? whole)
}

/** Variables of hc by Nomad's. */
function own(job: Job): ReadonlyMap<string, string> {
  const slot = job.type === 'system' ? 'node.unique.name' : 'NOMAD_ALLOC_INDEX'
  const found = new Map([
    ['HC_JOB', job.name],
    ['HC_SLOT', `${job.name}.\${${slot}}`],
    ['HC_HOST', `\${${'node.unique.name'}}`],
  ])
  for (const name of Object.keys(job.ports)) found.set(`HC_PORT_${name}`, `\${NOMAD_PORT_${name}}`)
  return found
}

function environment(job: Job): NomadBlock {
  const written = Object.entries(job.env).map(([name, value]) => [name, text(job, value)] as const)
  return Object.fromEntries([...written, ...own(job)])
}

function program(job: Job, remarks: Remarks): NomadBlock {
  const words = (job.command ?? []).map((word) => text(job, word))
  const [command = '', ...args] = words
  remarks.differs(
    'driver',
    'runs as raw_exec: on the host itself, as under hc',
    'plugin "raw_exec" { config { enabled = true } } on the clients',
  )
  if (job.cpuMax !== null) remarks.leftOut('cpu_max', 'raw_exec sets no ceiling of cpu')
  if (job.workdir === null) return block({ command, args })
  const inFolder = ['-c', 'cd "$0" && exec "$@"', job.workdir, ...words]
  return { command: '/bin/sh', args: inFolder }
}

function container(job: Job, binds: readonly string[], remarks: Remarks): NomadBlock {
  const image = job.image ?? ''
  const [command, ...args] = (job.command ?? []).map((word) => text(job, word))
  if (image.startsWith('localhost/'))
    remarks.differs('image', `${image} must be on every client, or in a registry that they reach`)
  if (job.pull === 'never') remarks.leftOut('pull', 'never: Nomad pulls what is missing')
  if (job.driver === 'podman')
    remarks.differs('driver', 'podman is a plugin of its own for Nomad', 'install nomad-driver-podman on the clients')
  const ceiling = job.cpuMax !== null && job.driver === 'docker'
  if (job.cpuMax !== null) {
    if (!ceiling) remarks.leftOut('cpu_max', 'the podman driver sets no ceiling of cpu')
    else
      remarks.differs(
        'cpu_max',
        `${formatCpu(job.cpuMax)}: Nomad's ceiling is what is reserved (cpu_hard_limit)`,
        'raise cpu to the ceiling that you want',
      )
  }
  return block({
    image,
    command,
    args,
    // On the host's own network nothing is published.
    ports: job.container?.network === 'host' ? [] : Object.keys(job.ports),
    volumes: binds,
    ...options(job, remarks),
    force_pull: job.pull === 'always' ? true : undefined,
    cpu_hard_limit: ceiling ? true : undefined,
    [job.driver === 'docker' ? 'work_dir' : 'working_dir']: job.workdir ?? undefined,
  })
}

interface Volumes {
  readonly named: NomadBlock
  readonly mounts: readonly NomadBlock[]
  readonly binds: readonly string[]
}

function volumesOf(job: Job, remarks: Remarks): Volumes {
  const named: Record<string, NomadBlock> = {}
  const mounts: NomadBlock[] = []
  const binds: string[] = []
  for (const volume of job.volumes) {
    const { source, target, readOnly } = volume
    const path = source.startsWith('/')
    if (!isContainer(job)) outside(volume, remarks)
    else if (path) {
      binds.push(`${source}:${target}${readOnly ? ':ro' : ''}`)
      remarks.differs(
        'volumes',
        `${source} is a path of the client`,
        `volumes { enabled = true } in the configuration of its ${job.driver} plugin`,
      )
    } else {
      named[source] = block({
        Name: source,
        Type: 'host',
        Source: source,
        ReadOnly: readOnly || undefined,
      })
      mounts.push(block({ Volume: source, Destination: target, ReadOnly: readOnly || undefined }))
      const hint = `host_volume "${source}" { path = "/var/lib/hc/volumes/${source}" } in the configuration of the client that has the data`
      remarks.differs(
        'volumes',
        `${source} is a volume of the client: the job runs only where there is one of that name`,
        hint,
      )
    }
    if (path && !volume.shared && isContainer(job)) {
      remarks.differs(
        'volumes',
        `${source} is on one host: nothing keeps the job there`,
        'a constraint on the name of that client',
      )
    }
  }
  return { named, mounts, binds }
}

/** A program on the host sees the host's folders as they are. */
function outside({ source, target }: Volume, remarks: Remarks): void {
  const path = source.startsWith('/') ? source : `/var/lib/hc/volumes/${source}`
  if (path === target)
    remarks.differs('volumes', `${target} is the host's own folder: nothing keeps the job where it is`)
  else
    remarks.leftOut(
      'volumes',
      `raw_exec mounts nothing: ${target} is not there`,
      `use ${path}, where the data is, in the command`,
    )
}

function filesOf(job: Job, readFile: FileReader, remarks: Remarks) {
  const templates: NomadBlock[] = []
  const binds: string[] = []
  for (const [index, file] of job.files.entries()) {
    const content = textOf(file, readFile, remarks)
    if (content === null) continue
    const name = `local/${index}-${file.target.slice(file.target.lastIndexOf('/') + 1)}`
    // Nomad reads templates; where the text has its signs, others stand for them that it does not have.
    const apart = content.includes('{{') ? { LeftDelim: '[[hc[[', RightDelim: ']]hc]]' } : {}
    templates.push({ DestPath: name, EmbeddedTmpl: content, Perms: file.mode.toString(8).padStart(4, '0'), ...apart })
    if (isContainer(job)) binds.push(`${name}:${file.target}:ro`)
    else
      remarks.differs(
        'files',
        `${file.target} is ${name} in the folder of the task`,
        'say so in the command: $NOMAD_TASK_DIR is that local/',
      )
  }
  return { templates, binds }
}

function textOf(file: FileMount, readFile: FileReader, remarks: Remarks): string | null {
  const bytes = readFile(file.source)
  const why = bytes === null ? "can't be read" : bytes.length > LARGEST_FILE ? 'is larger than 64 KiB' : null
  const content = bytes === null || why !== null ? null : asText(bytes)
  if (content !== null) return content
  remarks.leftOut(
    'files',
    `${file.source} for ${file.target} ${why ?? 'is no text'}`,
    'serve it to the clients, and name it as an artifact',
  )
  return null
}

function asText(bytes: Uint8Array): string | null {
  try {
    const content = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return content.includes('\0') ? null : content
  } catch {
    return null
  }
}

/** Values of secrets are no part of a job: the task asks Nomad's variables for them. */
function secrets(job: Job, remarks: Remarks): readonly NomadBlock[] {
  for (const path of job.envFiles)
    remarks.leftOut(
      'env_file',
      `${path}: Nomad reads no file of this machine`,
      'write its lines into env, or into a variable as secrets are',
    )
  const names = Object.keys(job.secrets).sort()
  if (names.length === 0) return []
  const path = `nomad/jobs/${job.name}`
  const given = names.map((name) => `${name}=...`).join(' ')
  remarks.differs(
    'secrets',
    `${names.join(', ')}: read from the variable ${path}, which is not made here`,
    `nomad var put ${path} ${given}`,
  )
  const lines = names.map((name) => `${name}={{ .${name} | toJSON }}\n`).join('')
  const EmbeddedTmpl = `{{ with nomadVar "${path}" }}\n${lines}{{ end }}\n`
  return [{ DestPath: 'secrets/hc.env', EmbeddedTmpl, Envvars: true }]
}

function amounts(job: Job, remarks: Remarks): NomadBlock {
  const { cpu, memory, devices } = job.resources
  remarks.differs(
    'resources.cpu',
    `${formatCpu(cpu)} is ${Math.max(1, cpu)} MHz: Nomad counts MHz, here a core is taken for 1000`,
  )
  const megabytes = Math.max(LEAST_MEMORY, Math.ceil(memory / MIB))
  if (memory < LEAST_MEMORY * MIB) remarks.differs('resources.memory', `is ${LEAST_MEMORY} MB: Nomad takes no less`)
  const most = job.memoryMax === null ? undefined : Math.ceil(job.memoryMax / MIB)
  if (memory === 0 && most === undefined) {
    remarks.leftOut('resources.memory', '0: under Nomad there is a ceiling always', 'say how much it needs')
  }
  if (most !== undefined && most > megabytes) {
    remarks.differs(
      'memory_max',
      'is heeded where the cluster allows it',
      'nomad operator scheduler set-config -memory-oversubscription=true',
    )
  }
  const asked = Object.entries(devices).flatMap(([name, thousandths]) => {
    if (thousandths % 1000 !== 0)
      remarks.leftOut('resources.devices', `${thousandths / 1000} ${name}: Nomad gives no shares of a device`)
    else
      remarks.differs(
        'resources.devices',
        `${name}: clients offer devices by a plugin`,
        'name it as the plugin does: type, vendor/type or vendor/type/name',
      )
    return thousandths % 1000 === 0 ? [{ Name: name, Count: thousandths / 1000 }] : []
  })
  return block({
    CPU: Math.max(1, cpu),
    MemoryMB: megabytes,
    MemoryMaxMB: most !== undefined && most > megabytes ? most : undefined,
    Devices: asked,
  })
}
