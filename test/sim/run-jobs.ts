// Jobs of the mode `runs`: batch jobs that are run again or not, try again or not, and cron jobs of all kinds.
import type { JobName, Millis } from '../../src/model/names.js'
import type { Template } from './jobs.js'
import type { Random } from './random.js'

const MEMORIES = [16, 32]

const BATCH: readonly Template[] = [
  { name: 'calc', lines: ['type: batch', 'rerun: true'], counts: [1, 2], memories: MEMORIES },
  { name: 'load', lines: ['type: batch', 'rerun: false'], counts: [1], memories: MEMORIES },
  {
    name: 'trial',
    lines: ['type: batch', 'rerun: true', 'restart: {attempts: 2, window: 60s, delay: 500ms}'],
    counts: [1, 2],
    memories: MEMORIES,
  },
  {
    name: 'brief',
    lines: ['type: batch', 'restart: {attempts: 2, window: 60s, delay: 500ms}'],
    counts: [1, 2],
    memories: MEMORIES,
  },
  { name: 'shot', lines: ['type: batch', 'restart: {attempts: never}'], counts: [1], memories: MEMORIES },
]

const CRON: readonly Template[] = [
  { name: 'minute', lines: ['type: cron', 'schedule: "* * * * *"'], counts: [1], memories: MEMORIES },
  {
    name: 'pulse',
    lines: ['type: cron', 'schedule: "*/20 * * * * *"', 'overlap: replace'],
    counts: [1],
    memories: MEMORIES,
  },
  // Seldom enough that only hc makes up for what was missed.
  {
    name: 'seldom',
    lines: ['type: cron', 'schedule: "1,2 * * * *"', 'catch_up: one'],
    counts: [1],
    memories: MEMORIES,
  },
  {
    name: 'nightly',
    lines: ['type: cron', 'schedule: "30 0,1,2 * * * *"', 'rerun: true'],
    counts: [1],
    memories: MEMORIES,
  },
  {
    // Its minutes are not those of UTC: 5:45 hours ahead.
    name: 'zoned',
    lines: [
      'type: cron',
      'schedule: "*/2 * * * *"',
      'timezone: Asia/Kathmandu',
      'overlap: replace',
      'catch_up: one',
      'rerun: true',
    ],
    counts: [1],
    memories: MEMORIES,
  },
]

/** All of them. */
export const RUN_JOBS: readonly Template[] = [...BATCH, ...CRON]

/** Their names. */
export const RUN_NAMES: readonly JobName[] = RUN_JOBS.map(({ name }) => name)

/** Of cron jobs: at which times of UTC each is due, by the words of its file. `second`: since 1970. */
const DUE: Readonly<Record<JobName, (second: number) => boolean>> = {
  minute: (second) => second % 60 === 0,
  pulse: (second) => second % 20 === 0,
  seldom: (second) => second % 60 === 0 && [1, 2].includes(minuteOf(second)),
  nightly: (second) => second % 60 === 30 && minuteOf(second) <= 2,
  zoned: (second) => second % 60 === 0 && (minuteOf(second) + 45) % 2 === 0,
}

function minuteOf(second: number): number {
  return Math.floor(second / 60) % 60
}

/** Was a cron job due at that second? */
export function isDue(job: JobName, second: number): boolean {
  return DUE[job]?.(second) === true
}

/** Is it the unit of a cron job's run? */
export function isCronText(text: string): boolean {
  return /^Type=oneshot$/m.test(text)
}

const LENGTHS: Readonly<Record<JobName, readonly [Millis, Millis]>> = {
  calc: [10_000, 40_000],
  load: [10_000, 40_000],
  trial: [500, 8000],
  brief: [500, 5000],
  shot: [500, 15_000],
  nightly: [10_000, 40_000],
}

/** How long a run may last, ms: a cron job's mostly a few seconds, sometimes until it is due again. */
export function lengthOf(job: JobName, random: Random): readonly [Millis, Millis] {
  if (job === 'minute') return random.chance(0.7) ? [500, 5000] : [50_000, 100_000]
  return LENGTHS[job] ?? (random.chance(0.75) ? [500, 5000] : [15_000, 80_000])
}
