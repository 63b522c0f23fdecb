// Jobs of the mode `life`: services that are asked how they are, and versions of them that turn out bad.
import type { Job } from '../../src/model/job.js'
import type { JobName } from '../../src/model/names.js'
import type { Template } from './jobs.js'

/** What a version is worth: `sick` never passes its check, `crash` ends within a second, `slow` passes after half a minute. */
export type Grade = 'good' | 'sick' | 'crash' | 'slow'

const HEALTH = 'interval: 1s, timeout: 500ms, failures: 2, successes: 1'
const RESTART = 'restart: {attempts: 3, window: 20s, delay: 300ms}'

/** All of them. */
export const LIFE: readonly Template[] = [
  {
    name: 'shop',
    lines: [
      'ports: {http: auto}',
      `health: {tcp: http, ${HEALTH}, start: 3s}`,
      'update: {healthy_deadline: 15s}',
      RESTART,
    ],
    counts: [2, 3, 4],
    memories: [16, 32],
  },
  {
    name: 'site',
    lines: [
      'ports: {http: auto}',
      `health: {http: /up, port: http, body: ok, ${HEALTH}, start: 3s}`,
      'update: {order: start-first, max_parallel: 2, healthy_deadline: 15s}',
      RESTART,
    ],
    counts: [1, 2, 3],
    memories: [16, 32],
  },
  {
    name: 'queue',
    lines: [
      `health: {command: [/usr/bin/check], ${HEALTH}, start: 3s}`,
      'update: {canary: 1, max_parallel: 2, healthy_deadline: 15s}',
      RESTART,
    ],
    counts: [2, 3, 4],
    memories: [16, 32],
  },
  {
    name: 'vault',
    lines: [
      'exclusive: true',
      'ports: {http: auto}',
      `health: {http: /up, port: http, status: 200, ${HEALTH}, start: 3s}`,
      'update: {healthy_deadline: 15s}',
      RESTART,
    ],
    counts: [1, 2],
    memories: [16, 32],
  },
  {
    // Nothing is taken back, and after two tries elsewhere nothing is tried.
    name: 'rough',
    lines: [
      'ports: {http: auto}',
      `health: {tcp: http, ${HEALTH}, start: 3s}`,
      'update: {auto_revert: false, healthy_deadline: 15s}',
      'restart: {attempts: 1, window: 20s, delay: 300ms}',
      'reschedule: {delay: 1s, max_delay: 8s, attempts: 2}',
    ],
    counts: [2, 3],
    memories: [16, 32],
  },
  {
    // Its deadline comes before its failures count.
    name: 'late',
    lines: [
      'ports: {http: auto}',
      `health: {tcp: http, ${HEALTH}, start: 60s}`,
      'update: {healthy_deadline: 10s}',
      RESTART,
    ],
    counts: [1, 2],
    memories: [16, 32],
  },
  {
    name: 'plain',
    lines: ['update: {canary: 1, max_parallel: 2}', RESTART],
    counts: [2, 3],
    memories: [16, 32],
  },
]

/** Their names. */
export const LIFE_NAMES: readonly JobName[] = LIFE.map(({ name }) => name)

/** The grade of a version, by the text of its unit. */
export function gradeOf(text: string): Grade {
  return (/GRADE=(sick|crash|slow)/.exec(text)?.[1] as Grade | undefined) ?? 'good'
}

/** The grade of a job. */
export function gradeOfJob({ env }: Job): Grade {
  return gradeOf(`GRADE=${env.GRADE ?? ''}`)
}
