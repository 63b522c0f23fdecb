// The spec hash: would what runs be different? Two jobs with the same hash run the same process in the same way.
import { createHash, createHmac } from 'node:crypto'
import type { Json } from '../model/host.js'
import type { Job } from '../model/job.js'
import { askedOptions } from './container-options.js'
import { isJsonObject } from './value.js'

/** What the hash is made of. */
export interface HashParts {
  readonly job: Job
  /** Resolved image (digest or id); null for systemd, or where it is not resolved: then the image's name counts. */
  readonly imageRef: string | null
  /** sha256 of each file of `files` and `env_file`, by source path. */
  readonly fileHashes: Readonly<Record<string, string>>
  /** keyedHash of each secret, by its name in the job. */
  readonly secretHashes: Readonly<Record<string, string>>
}

type Part = (parts: HashParts) => Json

/** Left out of the hash: changing it restarts nothing. */
const LEFT_OUT = null
/** Who the job is; a hash is only ever compared within one job. */
const IDENTITY = null

/**
 * For each field of a job what it adds to the hash, or null where it adds nothing: how many slots there are and where
 * they may be is for the scheduler, and how hc watches, moves and rolls out for the controller, so that none of it
 * restarts what runs. Sources of files and secrets count by content, never by path.
 */
const PARTS: { readonly [K in keyof Job]: Part | null } = {
  name: IDENTITY,
  type: ({ job }) => job.type,
  count: LEFT_OUT,
  driver: ({ job }) => job.driver,
  image: ({ job, imageRef }) => imageRef ?? job.image,
  pull: LEFT_OUT,
  command: ({ job }) => job.command,
  container: ({ job }) => ({ ...askedOptions(job) }),
  unit: ({ job }) => job.unit,
  user: ({ job }) => job.user,
  workdir: ({ job }) => job.workdir,
  env: ({ job }) => job.env,
  envFiles: ({ job, fileHashes }) => job.envFiles.map((path) => fileHashes[path] ?? path),
  secrets: ({ job, secretHashes }) =>
    Object.fromEntries(Object.keys(job.secrets).map((name) => [name, secretHashes[name] ?? null])),
  files: ({ job, fileHashes }) =>
    job.files
      .map(({ source, target, mode }) => ({ target, mode, content: fileHashes[source] ?? source }))
      .sort((a, b) => (a.target < b.target ? -1 : a.target > b.target ? 1 : 0)),
  resources: ({ job }) => ({ cpu: job.resources.cpu, memory: job.resources.memory }),
  cpuMax: ({ job }) => job.cpuMax,
  memoryMax: ({ job }) => (job.memoryMax === job.resources.memory ? null : job.memoryMax),
  ports: ({ job }) =>
    Object.fromEntries(
      Object.entries(job.ports).map(([name, port]) => [
        name,
        { host: port.host, container: port.container === port.host ? null : port.container },
      ]),
    ),
  volumes: ({ job }) =>
    job.volumes
      .map(({ source, target, readOnly, shared }) => ({
        source,
        target,
        ...(readOnly && { readOnly }),
        ...(shared && { shared }),
      }))
      .sort((a, b) => (a.target < b.target ? -1 : a.target > b.target ? 1 : 0)),
  constraints: LEFT_OUT,
  affinity: LEFT_OUT,
  spread: LEFT_OUT,
  maxPerHost: LEFT_OUT,
  distinct: LEFT_OUT,
  conflictGroup: LEFT_OUT,
  conflicts: LEFT_OUT,
  with: LEFT_OUT,
  priority: LEFT_OUT,
  exclusive: LEFT_OUT,
  address: ({ job }) => job.address,
  restart: ({ job }) => ({ ...job.restart }),
  reschedule: LEFT_OUT,
  onHostLoss: LEFT_OUT,
  failback: LEFT_OUT,
  health: LEFT_OUT,
  update: LEFT_OUT,
  dependsOn: LEFT_OUT,
  schedule: ({ job }) => job.schedule,
  timezone: ({ job }) => job.timezone,
  overlap: ({ job }) => job.overlap,
  catchUp: LEFT_OUT,
  rerun: LEFT_OUT,
  stop: ({ job }) => ({ ...job.stop }),
  systemd: ({ job }) => job.systemd,
}

/**
 * Values that add nothing, so that a version of hc with more fields gives old jobs the same hash. Never change a line
 * here when a default changes: the hash is of the meaning, and the old default then has to be told from the new one.
 */
const NEUTRAL: { readonly [K in keyof Job]?: Json } = {
  type: 'service',
  resources: { cpu: 100, memory: 128 * 1024 * 1024 },
  restart: { attempts: 10, windowMs: 300_000, delayMs: 200 },
  overlap: 'forbid',
  stop: { signal: 'SIGTERM', timeoutMs: 5000 },
}

function isEmpty(value: Json): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0)
}

// Of a group of settings only those that differ from the neutral ones stay.
function withoutNeutral(value: Json, neutral: Json | undefined): Json {
  if (neutral === undefined) return value
  if (isJsonObject(value) && isJsonObject(neutral)) {
    return Object.fromEntries(Object.entries(value).filter(([key, each]) => each !== neutral[key]))
  }
  return value === neutral ? null : value
}

/** JSON with the keys of every object in byte order: one text for one meaning. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const pairs = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`)
  return `{${pairs.join(',')}}`
}

/** sha256, hex, of what the operator asked for, normalized. */
export function specHash(parts: HashParts): string {
  const fields: [string, Json][] = []
  for (const [name, part] of Object.entries(PARTS)) {
    if (part === null) continue
    const value = withoutNeutral(part(parts), NEUTRAL_BY_NAME[name])
    if (!isEmpty(value)) fields.push([name, value])
  }
  return createHash('sha256')
    .update(canonicalJson(Object.fromEntries(fields)))
    .digest('hex')
}

const NEUTRAL_BY_NAME: Readonly<Record<string, Json>> = NEUTRAL

/** HMAC-SHA256, hex: tells whether a secret has changed without telling the secret. `key` is the store's, hex. */
export function keyedHash(key: string, bytes: Uint8Array): string {
  return createHmac('sha256', Buffer.from(key, 'hex')).update(bytes).digest('hex')
}

/** sha256, hex, of the bytes: the name of a file's content. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
