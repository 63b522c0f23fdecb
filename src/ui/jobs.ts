// `hc job list` and `hc job show`.
import { formatBytes, formatCpu, formatDevices, formatMillis, type Resources } from '../model/resources.js'
import type { JobDetailView, JobView } from '../model/views.js'
import { allocationsTable } from './allocations.js'
import { eventLines } from './events.js'
import { unplacedLines, waitingLines } from './left-undone.js'
import { runLines } from './runs.js'
import { type Cell, type Column, table } from './table.js'
import { ago } from './time.js'
import { type Canvas, factLines, section, sentence } from './view.js'
import { wrap } from './width.js'
import { count, list } from './words.js'

function runningCell(job: JobView): Cell {
  if (job.stopped) return { text: 'stopped', tone: 'dim' }
  return { text: `${job.running}/${job.wanted}`, tone: job.running >= job.wanted ? 'good' : 'bad' }
}

/** What is told of each job. */
export const JOB_COLUMNS: readonly Column<JobView>[] = [
  { title: 'JOB', value: (row) => row.name },
  { title: 'TYPE', value: (row) => row.type },
  { title: 'DRIVER', value: (row) => row.driver },
  { title: 'RUNNING', value: runningCell },
  { title: 'HEALTHY', value: (row) => (row.stopped ? '' : `${row.healthy}/${row.wanted}`) },
  { title: 'VERSION', value: (row) => String(row.version) },
]

/** One line per job. */
export function jobsTable(jobs: readonly JobView[], canvas: Canvas, wide = false): string[] {
  const more: Column<JobView>[] = [
    { title: 'IMAGE', value: (row) => row.image ?? '', shrink: true },
    { title: 'RESERVES', value: (row) => (row.resources === undefined ? '' : reservesText(row.resources)) },
    { title: 'APPLIED', value: (row) => (row.appliedAt === undefined ? '' : ago(row.appliedAt, canvas.now)) },
  ]
  return table(wide ? [...JOB_COLUMNS, ...more] : JOB_COLUMNS, jobs, canvas.style, canvas.columns)
}

/** `hc job list`. */
export function jobListLines(jobs: readonly JobView[], canvas: Canvas, wide = false): string[] {
  if (jobs.length === 0) return ['No jobs have been applied.']
  return jobsTable(jobs, wide ? { ...canvas, columns: null } : canvas, wide)
}

/** `hc job show`: is all well with it, and if not, what and why, on one screen. */
export function jobLines(view: JobDetailView, canvas: Canvas): string[] {
  const { style } = canvas
  const undone = [
    ...unplacedLines(view.unplaced, canvas),
    ...waitingLines(view.waiting, canvas),
    ...backOffLines(view, canvas),
  ]
  return [
    ...wrap(standing(view, canvas), canvas.columns),
    '',
    ...factLines(facts(view, canvas), canvas),
    ...section('Allocations', allocationsTable(view.allocations, canvas), style),
    ...section('Not running', undone, style),
    ...section('Last runs', runLines(view.runs ?? [], canvas), style),
    ...section('Last events', eventLines(view.events, canvas), style),
    ...section(
      'Next',
      view.hints.flatMap((hint) => sentence(hint, canvas, '  ')),
      style,
    ),
  ]
}

function standing({ job, allocations }: JobDetailView, { style }: Canvas): string {
  if (job.stopped) return `${job.name} is ${style.paint('warn', 'stopped')} by hc job stop.`
  const failed = allocations.filter(({ state }) => state === 'failed').length
  const all = `${job.running} of ${count(job.wanted, 'slot')}`
  if (job.wanted === 0) return `${job.name} ${style.paint('warn', 'wants no slots')}: no host fits it.`
  if (job.running >= job.wanted) return `${job.name} ${style.paint('good', 'runs')}: ${all}.`
  const why = failed > 0 ? `, ${failed} failed` : ''
  return `${job.name} ${style.paint('bad', job.running === 0 ? 'does not run' : 'runs only in part')}: ${all}${why}.`
}

function facts(view: JobDetailView, canvas: Canvas): readonly (readonly [string, string])[] {
  const { job, resources, restart } = view
  const runs = view.unit ?? view.command?.join(' ') ?? (view.image === null ? '' : "the image's own command")
  return [
    ['Type', `${job.type}, by ${job.driver}`],
    ['Image', imageText(view)],
    [view.unit === null ? 'Command' : 'Unit', runs],
    ['Schedule', view.schedule ?? ''],
    ['Reserves', reservesText(resources)],
    ['Needs', view.constraints.join('; ')],
    ['Placed', view.placement.join('; ')],
    ['Restarts', restartText(restart)],
    ['Version', `${job.version}, applied ${ago(view.appliedAt, canvas.now)} from ${view.folder}`],
  ]
}

function reservesText({ cpu, memory, disk, devices }: Resources): string {
  return [
    `cpu ${formatCpu(cpu)}`,
    `memory ${formatBytes(memory)}`,
    ...(disk > 0 ? [`disk ${formatBytes(disk)}`] : []),
    ...Object.entries(devices).map(([name, amount]) => `${name} ${formatDevices(amount)}`),
  ].join(', ')
}

/** As the file names it, and what that was when the job was applied. */
function imageText({ job, image }: JobDetailView): string {
  if (!job.image) return image ?? ''
  return image === null || image === job.image ? job.image : `${job.image} (${image})`
}

function restartText({ attempts, windowMs, delayMs }: JobDetailView['restart']): string {
  if (attempts === 0) return 'never by systemd'
  return `by systemd after ${formatMillis(delayMs)}, at most ${attempts} within ${formatMillis(windowMs)}`
}

/** Slots whose start failed and that are tried again; what waits for that, runs or is given up is told already. */
function backOffLines({ backOffs, waiting, allocations }: JobDetailView, canvas: Canvas): string[] {
  const told = new Set([...waiting, ...allocations.filter(({ state }) => state !== 'pending')].map(({ slot }) => slot))
  return backOffs
    .filter(({ slot }) => !told.has(slot))
    .flatMap(({ slot, failures, until, failedOn, error }) => {
      const left = Date.parse(until) - canvas.now
      const next = left > 0 ? `next try in ${formatMillis(left)}` : 'to be tried again'
      const where = failedOn.length === 0 ? '' : ` on ${list(failedOn)}`
      const why = error === null ? '' : `: ${error}`
      return sentence(`${slot} failed to start ${count(failures, 'time')}${where}${why}; ${next}`, canvas, '  ')
    })
}
