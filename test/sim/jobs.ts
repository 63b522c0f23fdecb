// The jobs of a simulated cluster, and how an operator changes them.
import type { Job } from '../../src/model/job.js'
import type { JobName } from '../../src/model/names.js'
import { parseJobs } from '../../src/spec/jobs.js'
import { type Grade, LIFE, LIFE_NAMES } from './life-jobs.js'
import type { Random } from './random.js'
import { RUN_JOBS, RUN_NAMES } from './run-jobs.js'

/** Folder that all jobs are applied from. */
export const FOLDER = '/srv/op/jobs'

/** What an operator may turn. */
export interface JobDials {
  readonly count: number
  /** Changes the hash. */
  readonly edition: number
  /** MiB. */
  readonly memory: number
  /** A host that it must not be on, or null. */
  readonly notOn: string | null
  /** Of the jobs of life-jobs.ts. Absent: good. */
  readonly grade?: Grade
}

/** A kind of job. */
export interface Template {
  readonly name: JobName
  readonly lines: readonly string[]
  readonly counts: readonly number[]
  readonly memories: readonly number[]
}

const KINDS: readonly Template[] = [
  { name: 'web', lines: ['ports: {http: auto}'], counts: [1, 2, 3, 4], memories: [64, 128, 256] },
  { name: 'api', lines: ['ports: {http: 8080}', 'max_per_host: 1'], counts: [1, 2], memories: [64, 128] },
  { name: 'agent', lines: ['type: system'], counts: [1], memories: [16, 32] },
  { name: 'bot', lines: ['exclusive: true'], counts: [1, 2], memories: [64, 128] },
  { name: 'mail', lines: ['exclusive: true'], counts: [1], memories: [200, 300] },
  { name: 'notes', lines: ['volumes:', '  - {source: notes, target: /data}'], counts: [1], memories: [64, 128] },
  { name: 'once', lines: ['type: batch', 'rerun: true'], counts: [1], memories: [32] },
  { name: 'big', lines: ['update: {max_parallel: 2}'], counts: [1, 2], memories: [300, 400] },
]

/** Jobs that make hosts crowded: room has to be made, and the higher priority takes it. */
const CROWD: readonly Template[] = [
  { name: 'vip', lines: ['priority: 90'], counts: [1, 2], memories: [400, 700, 900] },
  { name: 'low', lines: ['priority: 20'], counts: [1, 2, 3], memories: [200, 300] },
  { name: 'bulk', lines: ['priority: 30', 'update: {max_parallel: 2}'], counts: [2, 3], memories: [200, 300, 500] },
]

/** Jobs that put up with few failures. */
const FLAWED: readonly Template[] = [
  {
    name: 'weak',
    lines: ['restart: {attempts: 2, window: 20s, delay: 200ms}'],
    counts: [1, 2],
    memories: [32, 64],
  },
  { name: 'frail', lines: ['restart: {attempts: never}'], counts: [1, 2], memories: [32, 64] },
  {
    name: 'shy',
    lines: ['restart: {attempts: 1, window: 20s, delay: 200ms}', 'reschedule: {delay: 2s, max_delay: 6s, attempts: 2}'],
    counts: [1, 2],
    memories: [32, 64],
  },
  {
    name: 'firm',
    lines: ['restart: {attempts: 1, window: 20s, delay: 200ms}', 'reschedule: {attempts: never}'],
    counts: [1, 2],
    memories: [32, 64],
  },
  { name: 'idol', lines: ['exclusive: true', 'restart: {attempts: 1, window: 20s}'], counts: [1], memories: [32, 64] },
]

/** Names of the jobs that put up with few failures. */
export const FLAWED_NAMES: readonly JobName[] = FLAWED.map(({ name }) => name)

/** Names of the jobs with which hosts are crowded. */
export const CROWDED_NAMES: readonly JobName[] = [...KINDS, ...CROWD].map(({ name }) => name)

/** Names of all other jobs. */
export const JOB_NAMES: readonly JobName[] = KINDS.map(({ name }) => name)

function kindOf(name: JobName): Template {
  const kind = [...KINDS, ...CROWD, ...FLAWED, ...LIFE, ...RUN_JOBS].find((one) => one.name === name)
  if (!kind) throw new Error(`no job ${name}`)
  return kind
}

/** The first version of a job. */
export function firstDials(name: JobName, random: Random): JobDials {
  const { counts, memories } = kindOf(name)
  return { count: random.pick(counts), edition: 1, memory: random.pick(memories), notOn: null }
}

const GRADES: readonly (readonly [Grade, number])[] = [
  ['good', 5],
  ['sick', 3],
  ['crash', 2],
  ['slow', 1],
]

/** One change that an operator could make. */
export function turned(name: JobName, dials: JobDials, hosts: readonly string[], random: Random): JobDials {
  const { counts, memories } = kindOf(name)
  const next = () => ({ ...dials, edition: dials.edition + 1 })
  return random.weighted<() => JobDials>([
    [() => (LIFE_NAMES.includes(name) ? { ...next(), grade: random.weighted(GRADES) } : next()), 3],
    [() => ({ ...dials, count: random.pick(counts) }), 2],
    [() => ({ ...dials, memory: random.pick(memories) }), 2],
    // What is written into the job's hash too, so that it moves off that host.
    [() => ({ ...dials, edition: dials.edition + 1, notOn: random.pick([...hosts, null]) }), 1],
  ])()
}

/** The job as hc reads it. */
export function jobOf(name: JobName, dials: JobDials): Job {
  const { lines } = kindOf(name)
  const text = [
    `name: ${name}`,
    ...lines,
    ...(lines.includes('type: system') || lines.includes('type: cron') ? [] : [`count: ${dials.count}`]),
    'command: [/usr/bin/true]',
    `env: {EDITION: "${dials.edition}"${dials.grade && dials.grade !== 'good' ? `, GRADE: ${dials.grade}` : ''}}`,
    `resources: {cpu: 10m, memory: ${dials.memory}Mi}`,
    ...(dials.notOn === null ? [] : [`constraints: ["host != ${dials.notOn}"]`]),
    ...(lines.includes('type: batch') ||
    lines.includes('type: cron') ||
    lines.some((line) => line.startsWith('restart:'))
      ? []
      : ['restart: {attempts: 20, window: 60s, delay: 500ms}']),
    ...(lines.some((line) => line.startsWith('reschedule:')) ? [] : ['reschedule: {delay: 1s, max_delay: 8s}']),
    'stop: {timeout: 2s}',
    '',
  ].join('\n')
  const read = parseJobs(
    [{ file: `${FOLDER}/${name}.yml`, text, folder: FOLDER }],
    [...CROWDED_NAMES, ...FLAWED_NAMES, ...LIFE_NAMES, ...RUN_NAMES],
  )
  if ('faults' in read) throw new Error(read.faults.map(({ message }) => message).join('; '))
  const [first] = read.jobs
  if (!first) throw new Error(`no job in ${text}`)
  return first.job
}
