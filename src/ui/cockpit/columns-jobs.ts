// The columns of jobs.
import { byName } from '../../model/names.js'
import type { AllocationState, JobView } from '../../model/views.js'
import type { Cell } from '../table.js'
import type { Column } from './grid.js'

/** A job with where it runs, and how. */
export interface JobRow {
  readonly job: JobView
  /** Hosts that its allocations are on, by name. */
  readonly hosts: readonly string[]
  /** The states of its allocations. */
  readonly states: readonly AllocationState[]
}

const plain = (text: string): Cell => ({ text, tone: 'plain' })

function numberColumn(
  id: 'wanted' | 'running' | 'healthy',
  letter: string,
  rank: number,
  tone: (job: JobView) => Cell['tone'],
): Column<JobRow> {
  return {
    id,
    title: id.toUpperCase(),
    letter,
    rank,
    min: 8,
    width: 8,
    right: true,
    cell: ({ job }) => ({ text: String(job[id]), tone: tone(job) }),
    order: (a, b) => a.job[id] - b.job[id],
  }
}

/** `all run`, `1 failed`, `2 unknown`, `1 missing`, `stopped`: what is worst. */
function standing({ job, states }: JobRow): Cell {
  if (job.stopped) return { text: 'stopped', tone: 'dim' }
  if (job.wanted === 0) return { text: 'none wanted', tone: 'dim' }
  for (const [state, tone] of WORST) {
    const amount = states.filter((one) => one === state).length
    if (amount > 0) return { text: `${amount} ${state}`, tone }
  }
  if (job.running < job.wanted) return { text: `${job.wanted - job.running} missing`, tone: 'bad' }
  if (job.healthy < job.wanted) return { text: `${job.wanted - job.healthy} unhealthy`, tone: 'bad' }
  if (job.type === 'cron') return { text: 'scheduled', tone: 'good' }
  return { text: job.wanted === 1 ? 'runs' : 'all run', tone: 'good' }
}

/** Unknown is not missing: it may well run. */
const WORST: readonly (readonly [AllocationState, Cell['tone']])[] = [
  ['failed', 'bad'],
  ['unknown', 'warn'],
  ['starting', 'warn'],
  ['stopping', 'warn'],
]

const missing = (job: JobView) => (job.stopped ? 0 : job.wanted - Math.min(job.running, job.healthy))
const enough = (has: number, job: JobView) => (job.stopped ? 'dim' : has >= job.wanted ? 'plain' : 'bad')

/** From left to right. */
export const JOB_COLUMNS: readonly Column<JobRow>[] = [
  {
    id: 'name',
    title: 'JOB',
    letter: 'N',
    rank: 0,
    min: 10,
    width: 'widest',
    max: 42,
    cell: ({ job }) => plain(job.name),
    order: (a, b) => byName(a.job.name, b.job.name),
  },
  {
    id: 'state',
    title: 'STATE',
    letter: 'T',
    rank: 1,
    min: 10,
    width: 'widest',
    max: 14,
    cell: standing,
    order: (a, b) => missing(a.job) - missing(b.job),
  },
  numberColumn('wanted', 'W', 1, () => 'plain'),
  numberColumn('running', 'R', 1, (job) => enough(job.running, job)),
  numberColumn('healthy', 'H', 1, (job) => enough(job.healthy, job)),
  {
    id: 'type',
    title: 'TYPE',
    letter: 'Y',
    rank: 2,
    min: 7,
    width: 'widest',
    cell: ({ job }) => plain(job.type),
    order: (a, b) => byName(a.job.type, b.job.type),
  },
  {
    id: 'driver',
    title: 'DRIVER',
    letter: 'I',
    rank: 3,
    min: 7,
    width: 'widest',
    cell: ({ job }) => plain(job.driver),
    order: (a, b) => byName(a.job.driver, b.job.driver),
  },
  {
    id: 'version',
    title: 'VERSION',
    letter: 'V',
    rank: 4,
    min: 8,
    width: 8,
    right: true,
    cell: ({ job }) => plain(String(job.version)),
    order: (a, b) => a.job.version - b.job.version,
  },
  {
    id: 'hosts',
    title: 'HOSTS',
    letter: '',
    rank: 5,
    min: 12,
    width: 'widest',
    max: 80,
    cell: ({ hosts }) => plain(hosts.join(', ')),
  },
]
