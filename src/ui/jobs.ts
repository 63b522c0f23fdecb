// `hc job list` and `hc job show`.
import type { JobDetailView, JobView } from '../model/views.js'
import { allocationsTable } from './allocations.js'
import { unplacedLines, waitingLines } from './left-undone.js'
import { sanitizeLine } from './sanitize.js'
import { type Cell, type Column, table } from './table.js'
import { ago } from './time.js'
import { type Canvas, section } from './view.js'
import { pad } from './width.js'

function runningCell(job: JobView): Cell {
  if (job.stopped) return { text: 'stopped', tone: 'dim' }
  return { text: `${job.running}/${job.wanted}`, tone: job.running >= job.wanted ? 'good' : 'bad' }
}

/** One line per job. */
export function jobsTable(jobs: readonly JobView[], canvas: Canvas): string[] {
  const columns: Column<JobView>[] = [
    { title: 'JOB', value: (row) => row.name },
    { title: 'TYPE', value: (row) => row.type },
    { title: 'DRIVER', value: (row) => row.driver },
    { title: 'RUNNING', value: runningCell },
    { title: 'HEALTHY', value: (row) => (row.stopped ? '' : `${row.healthy}/${row.wanted}`) },
    { title: 'VERSION', value: (row) => String(row.version) },
  ]
  return table(columns, jobs, canvas.style, canvas.columns)
}

/** `hc job list`. */
export function jobListLines(jobs: readonly JobView[], canvas: Canvas): string[] {
  return jobs.length === 0 ? ['No jobs have been applied.'] : jobsTable(jobs, canvas)
}

/** `hc job show`: what it is, and where it runs. */
export function jobLines(view: JobDetailView, canvas: Canvas): string[] {
  const { job } = view
  const facts: readonly (readonly [string, string])[] = [
    ['Job', job.name],
    ['Type', job.type],
    ['Driver', job.driver],
    ['Image', view.image ?? ''],
    ['Version', `${job.version}, applied ${ago(view.appliedAt, canvas.now)}`],
    ['From', view.folder],
    ['Running', job.stopped ? 'stopped by hc job stop' : `${job.running} of ${job.wanted}, ${job.healthy} healthy`],
  ]
  const undone = [...unplacedLines(view.unplaced, canvas), ...waitingLines(view.waiting, canvas)]
  return [
    ...facts.filter(([, value]) => value !== '').map(([name, value]) => `${pad(`${name}:`, 10)}${sanitizeLine(value)}`),
    ...section('Allocations', allocationsTable(view.allocations, canvas), canvas.style),
    ...section('Not running', undone, canvas.style),
  ]
}
