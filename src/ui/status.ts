// `hc status`: is all well, and if not, what and why, on one screen.
import type { AllocationState, AllocationView, HostView, JobView, StatusView } from '../model/views.js'
import { allocationsTable } from './allocations.js'
import { hostsTable } from './hosts.js'
import { jobsTable } from './jobs.js'
import { unclaimedLines, unplacedLines, waitingLines } from './left-undone.js'
import { ago } from './time.js'
import { type Canvas, section, sentence } from './view.js'
import { wrap } from './width.js'
import { count, list } from './words.js'

const MOVING: ReadonlySet<AllocationState> = new Set(['pending', 'starting', 'stopping'])

/** The whole screen. `wide` adds columns and lifts the bound of the terminal's width. */
export function statusLines(view: StatusView, canvas: Canvas, wide = false): string[] {
  const { style } = canvas
  const wideCanvas = wide ? { ...canvas, columns: null } : canvas
  return [
    ...wrap(headline(view, canvas), canvas.columns),
    ...problems(view, canvas),
    ...section(
      'Hosts (cpu and memory: reserved of what jobs may use)',
      hostsTable(view.hosts, wideCanvas, wide),
      style,
    ),
    ...section('Jobs', jobsTable(view.jobs, wideCanvas), style),
    ...section('Allocations', allocationsTable(view.allocations, wideCanvas, wide), style),
    ...section('Unclaimed: hc knows nothing of them and lets them run', unclaimedLines(view.unclaimed, canvas), style),
    ...section(
      'Next',
      view.hints.flatMap((hint) => sentence(hint, canvas, '  ')),
      style,
    ),
  ]
}

function headline(view: StatusView, canvas: Canvas): string {
  return `${standing(view, canvas)} ${loopSentence(view, canvas)}`
}

/** Does a loop tick, and when did it last? */
export function loopSentence(view: StatusView, canvas: Canvas): string {
  const lastTick = view.loop.lastTick === null ? '' : `, last ${ago(view.loop.lastTick, canvas.now)}`
  return view.loop.ticking ? `The loop ticks${lastTick}.` : 'No loop ticks: a later loss is not handled.'
}

/** Is all well? One sentence. */
export function standing(view: StatusView, { style }: Canvas): string {
  if (view.hosts.length === 0) return style.paint('warn', 'No hosts.')
  const faults = faultsInShort(view)
  const none = view.jobs.length === 0
  if (faults.length === 0 && view.converged) {
    const jobs = none ? 'no jobs yet' : `${count(view.jobs.length, 'job')}, ${runningText(view.jobs)}`
    return `${style.paint('good', 'All is well:')} ${count(view.hosts.length, 'host')}, ${jobs}.`
  }
  if (view.converged) return `${style.paint('warn', none ? 'No jobs yet,' : 'All runs,')} but ${list(faults)}.`
  const moving = underWay(view)
  if (faults.length === 0 && view.loop.ticking)
    return `${style.paint('warn', 'Under way:')} ${list(moving) || 'changes'}.`
  return `${style.paint('bad', 'Not well:')} ${list([...faults, ...moving]) || 'not as it was applied'}.`
}

/** `2 allocations pending`, ...: what is neither right nor wrong yet. */
function underWay(view: StatusView): string[] {
  return (['pending', 'starting', 'stopping'] as const)
    .map((state) => ({ state, total: moving(view).filter((allocation) => allocation.state === state).length }))
    .filter(({ total }) => total > 0)
    .map(({ state, total }) => `${count(total, 'allocation')} ${state}`)
}

function moving(view: StatusView): AllocationView[] {
  const told = new Set([...view.unplaced, ...view.waiting].map(({ slot }) => slot))
  return view.allocations.filter(({ slot, state }) => MOVING.has(state) && !told.has(slot))
}

function runningText(jobs: readonly JobView[]): string {
  const sum = (pick: (job: JobView) => number) => jobs.reduce((total, job) => total + pick(job), 0)
  return `${sum((job) => job.running)} of ${sum((job) => job.wanted)} running`
}

/** `1 of 3 hosts lost`, `2 allocations failed`, ... */
function faultsInShort(view: StatusView): string[] {
  const faults: string[] = []
  for (const verdict of ['lost', 'unmanageable', 'cut-off', 'suspect', 'unknown'] as const) {
    const hosts = view.hosts.filter((host) => host.verdict === verdict)
    const word = verdict === 'unknown' ? 'not seen yet' : verdict
    if (hosts.length > 0) faults.push(`${hosts.length} of ${count(view.hosts.length, 'host')} ${word}`)
  }
  if (view.unplaced.length > 0) faults.push(`${count(view.unplaced.length, 'slot')} without a place`)
  if (view.waiting.length > 0) faults.push(`${count(view.waiting.length, 'slot')} waiting`)
  const failed = view.allocations.filter((allocation) => allocation.state === 'failed').length
  if (failed > 0) faults.push(`${count(failed, 'allocation')} failed`)
  const unhealthy = view.allocations.filter(isUnhealthy).length
  if (unhealthy > 0) faults.push(`${count(unhealthy, 'allocation')} unhealthy`)
  return faults
}

function isUnhealthy(allocation: AllocationView): boolean {
  return allocation.state === 'running' && allocation.healthy === false
}

/** What is wrong or under way, one sentence each. */
export function problems(view: StatusView, canvas: Canvas): string[] {
  return [
    ...view.hosts.filter((host) => host.verdict !== 'ready').flatMap((host) => hostProblem(host, canvas)),
    ...unplacedLines(view.unplaced, canvas),
    ...waitingLines(view.waiting, canvas),
    ...[...view.allocations.filter((each) => each.state === 'failed' || isUnhealthy(each)), ...moving(view)].flatMap(
      (allocation) => allocationProblem(allocation, canvas),
    ),
  ]
}

function hostProblem(host: HostView, canvas: Canvas): string[] {
  const reason = host.reason === null ? '' : `: ${host.reason}`
  return sentence(`host ${host.name} is ${host.verdict}${reason}`, canvas, '  ')
}

function allocationProblem(allocation: AllocationView, canvas: Canvas): string[] {
  const where = allocation.host === null ? '' : ` on ${allocation.host}`
  const note = allocation.note === null ? '' : `: ${allocation.note}`
  const state =
    allocation.state === 'failed' ? 'failed' : `is ${isUnhealthy(allocation) ? 'unhealthy' : allocation.state}`
  return sentence(`${allocation.slot}${where} ${state}${note}`, canvas, '  ')
}
