// `hc status`: is all well, and if not, what and why, on one screen.
import { type ControlView, leadersText, otherInventoryText } from '../model/control.js'
import type { Waiting } from '../model/plan.js'
import type { AllocationState, AllocationView, HostView, JobView, StatusView } from '../model/views.js'
import { allocationsTable } from './allocations.js'
import { hostsTable } from './hosts.js'
import { jobsTable } from './jobs.js'
import { NAMED_WAITING, named, stayingLines, unclaimedLines, unplacedLines, waitingLines } from './left-undone.js'
import { spareLines } from './spare.js'
import { type Bounds, bounded, everything, isUnhealthy, type Listed, largestFitting, shortened } from './status-rows.js'
import { survivalHeadline } from './survival.js'
import { ago } from './time.js'
import { type Canvas, section, sentence } from './view.js'
import { wrap } from './width.js'
import { capital, count, list } from './words.js'

const MOVING: ReadonlySet<AllocationState> = new Set(['pending', 'starting', 'stopping'])

/** So many sentences about what is wrong are said. */
const TOLD = 24

/** The whole screen. `wide` adds columns and lifts the bound of the terminal's width; `all` lists also what is well. */
export function statusLines(view: StatusView, canvas: Canvas, wide = false, all = wide): string[] {
  return screenLines(view, canvas, wide, all, all ? everything(view) : shortened(view, canvas))
}

/** The screen cut to a height: what is not well first, then the hosts, then of the rest what there is room for. */
export function fittingLines(view: StatusView, canvas: Canvas, height: number): string[] {
  const lines = (bounds: Bounds) => screenLines(view, canvas, false, false, bounded(view, bounds, canvas))
  return largestFitting(view, (bounds) => {
    const shown = lines(bounds)
    return { shown, fits: shown.flatMap((line) => wrap(line, canvas.columns)).length <= height }
  })
}

function screenLines(view: StatusView, canvas: Canvas, wide: boolean, all: boolean, listed: Listed): string[] {
  const { style } = canvas
  const wideCanvas = wide ? { ...canvas, columns: null } : canvas
  const { hosts, jobs, allocations } = listed
  return [
    ...wrap(headline(view, canvas), canvas.columns),
    ...first(problems(view, canvas), all, canvas),
    ...section('Hosts (free for new slots, of what jobs may use)', hostsTable(hosts.rows, wideCanvas, wide), style),
    ...hosts.rest,
    ...spareLines(view.hosts, canvas),
    ...survivalHeadline(view.survives, canvas),
    ...section('Jobs', jobsTable(jobs.rows, wideCanvas, wide), style),
    ...jobs.rest,
    ...section('Allocations', allocationsTable(untold(allocations.rows, view.waiting), wideCanvas, wide), style),
    ...allocations.rest,
    ...section('Stays on hosts that are drained', stayingLines(view.staying ?? [], canvas), style),
    ...section('Unclaimed: hc knows nothing of them and lets them run', unclaimedLines(view.unclaimed, canvas), style),
    ...section(
      'Next',
      view.hints.flatMap((hint) => sentence(hint, canvas, '  ')),
      style,
    ),
  ]
}

/** Not more sentences than a screen takes. */
function first(lines: readonly string[], all: boolean, canvas: Canvas): readonly string[] {
  if (all || lines.length <= TOLD) return lines
  const text = `... ${count(lines.length - TOLD, 'more line')}: hc status -o wide shows all`
  return [...lines.slice(0, TOLD), ...sentence(text, canvas, '  ', 'dim')]
}

function headline(view: StatusView, canvas: Canvas): string {
  return `${standing(view, canvas)} ${loopSentence(view, canvas)}`
}

/** Who leads, who would take over, and whether the store can be written. */
function controlSentence(control: ControlView): string {
  const { leader, trouble } = control
  if (trouble !== null) return `The store: ${trouble}. What is shown of the records may be old.`
  const other = otherInventoryText(control)
  const lead = leader ? leadersText(control) : capital(leadersText(control))
  return other === null ? `${lead}.` : `${lead}. ${other}.`
}

/** Does a loop tick, and when did it last? */
export function loopSentence(view: StatusView, canvas: Canvas): string {
  const lastTick = view.loop.lastTick === null ? '' : `, last ${ago(view.loop.lastTick, canvas.now)}`
  const ticks = view.loop.ticking ? `The loop ticks${lastTick}.` : 'No loop ticks: a later loss is not handled.'
  return view.control ? `${ticks} ${controlSentence(view.control)}` : ticks
}

/** Is all well? One sentence. */
export function standing(view: StatusView, { style }: Canvas): string {
  if (view.hosts.length === 0)
    return `${style.paint('warn', 'No hosts in the inventory:')} hc inventory add NAME --address ADDRESS takes one in.`
  const faults = faultsInShort(view)
  const none = view.jobs.length === 0
  if (faults.length === 0 && view.converged) {
    const jobs = none ? 'no jobs yet' : `${jobsText(view.jobs)}, ${runningText(view.jobs)}`
    return `${style.paint('good', 'All is well:')} ${hostsText(view.hosts)}, ${jobs}.`
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

/** `3 hosts (1 cordoned)`: what was asked for is well, and still worth a word. */
function hostsText(hosts: readonly HostView[]): string {
  const draining = hosts.filter((host) => host.draining).length
  const cordoned = hosts.filter((host) => host.cordoned && !host.draining).length
  const held = hosts.filter((host) => host.held && !host.cordoned && !host.draining).length
  return count(hosts.length, 'host') + aside({ cordoned, draining, held })
}

function jobsText(jobs: readonly JobView[]): string {
  return count(jobs.length, 'job') + aside({ stopped: jobs.filter((job) => job.stopped).length })
}

function aside(totals: Readonly<Record<string, number>>): string {
  const parts = Object.entries(totals).filter(([, total]) => total > 0)
  return parts.length === 0 ? '' : ` (${parts.map(([word, total]) => `${total} ${word}`).join(', ')})`
}

function runningText(jobs: readonly JobView[]): string {
  const sum = (pick: (job: JobView) => number) => jobs.reduce((total, job) => total + pick(job), 0)
  return `${sum((job) => job.running)} of ${sum((job) => job.wanted)} running`
}

/** `1 of 3 hosts lost`, `2 allocations failed`, ... */
function faultsInShort(view: StatusView): string[] {
  const faults: string[] = view.inventoryFault ? ['the inventory is faulty'] : []
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
  // Where a store was lost, what runs is there all the same: it must not read as if nothing was.
  if (view.unclaimed.length > 0) faults.push(`${count(view.unclaimed.length, 'unit')} unclaimed`)
  return faults
}

/** What is wrong or under way, one sentence each. */
export function problems(view: StatusView, canvas: Canvas): string[] {
  const off = view.hosts.filter((host) => host.verdict !== 'ready')
  return [
    ...(view.inventoryFault ? sentence(view.inventoryFault, canvas, '  ') : []),
    ...off.flatMap((host) => hostProblem(host, waitingFor(host, view.waiting), canvas)),
    ...unplacedLines(view.unplaced, canvas, '  ', view.remedy),
    ...waitingLines(
      view.waiting.filter((each) => !off.some((host) => waitsFor(host, each))),
      canvas,
    ),
    ...[...view.allocations.filter((each) => each.state === 'failed' || isUnhealthy(each)), ...moving(view)].flatMap(
      (allocation) => allocationProblem(allocation, canvas),
    ),
  ]
}

/** What is said of a host is said once, with those that wait for nothing else. */
function hostProblem(host: HostView, slots: readonly string[], canvas: Canvas): string[] {
  const reason = host.reason === null ? '' : `: ${host.reason}`
  const wait =
    slots.length === 0 ? '' : `; ${named(slots, NAMED_WAITING)} ${slots.length === 1 ? 'waits' : 'wait'} for it`
  return sentence(`host ${host.name} is ${host.verdict}${reason}${wait}`, canvas, '  ')
}

function waitingFor(host: HostView, waiting: readonly Waiting[]): readonly string[] {
  return waiting.filter((each) => waitsFor(host, each)).map(({ slot }) => slot)
}

function waitsFor({ name, verdict, reason }: HostView, waiting: Waiting): boolean {
  return waiting.host === name && waiting.reason === `${name} is ${verdict}: ${reason}`
}

/** Rows without the notes that the sentences above the tables say already. */
export function untold(rows: readonly AllocationView[], waiting: readonly Waiting[]): readonly AllocationView[] {
  const key = (slot: string, host: string | null, text: string | null) => JSON.stringify([slot, host, text])
  const told = new Set(waiting.map(({ slot, host, reason }) => key(slot, host, reason)))
  return rows.map((row) => (told.has(key(row.slot, row.host, row.note)) ? { ...row, note: null } : row))
}

function allocationProblem(allocation: AllocationView, canvas: Canvas): string[] {
  const where = allocation.host === null ? '' : ` on ${allocation.host}`
  const note = allocation.note === null ? '' : `: ${allocation.note}`
  const state =
    allocation.state === 'failed' ? 'failed' : `is ${isUnhealthy(allocation) ? 'unhealthy' : allocation.state}`
  return sentence(`${allocation.slot}${where} ${state}${note}`, canvas, '  ')
}
