// Which rows of the tables of `hc status` are shown: all of them, or what is not well and as much of the rest as is wanted.
import type { AllocationState, AllocationView, HostView, JobView, StatusView } from '../model/views.js'
import { type Canvas, sentence } from './view.js'
import { count, list } from './words.js'

/** What is well is listed up to so many; above, it is only counted, unless all is asked for. */
const LISTED: Bounds = { hosts: 24, jobs: 24, allocations: 40 }

/** So many rows of each table. */
export interface Bounds {
  readonly hosts: number
  readonly jobs: number
  readonly allocations: number
}

/** Rows of one table. */
export interface Rows<T> {
  readonly rows: readonly T[]
  /** What was left out, in a sentence. */
  readonly rest: readonly string[]
}

/** Rows of all tables. */
export interface Listed {
  readonly hosts: Rows<HostView>
  readonly jobs: Rows<JobView>
  readonly allocations: Rows<AllocationView>
}

/** All rows. */
export function everything({ hosts, jobs, allocations }: StatusView): Listed {
  return {
    hosts: { rows: hosts, rest: [] },
    jobs: { rows: jobs, rest: [] },
    allocations: { rows: allocations, rest: [] },
  }
}

/** Where there are many, only what is not well. */
export function shortened(view: StatusView, canvas: Canvas): Listed {
  return {
    hosts: offRows(view.hosts, LISTED.hosts, isHostWell, canvas, 'host'),
    jobs: offRows(view.jobs, LISTED.jobs, isJobWell, canvas, 'job'),
    allocations: offRows(view.allocations, LISTED.allocations, isAllocationWell, canvas, 'allocation'),
  }
}

/** Not more than the bounds, what is not well before what is; in the order of the tables. */
export function bounded(view: StatusView, bounds: Bounds, canvas: Canvas): Listed {
  return {
    hosts: firstRows(view.hosts, bounds.hosts, isHostWell, canvas, 'host'),
    jobs: firstRows(view.jobs, bounds.jobs, isJobWell, canvas, 'job'),
    allocations: firstRows(view.allocations, bounds.allocations, isAllocationWell, canvas, 'allocation'),
  }
}

/** What is shown under the widest bounds that fit; where none do, under the narrowest. */
export function largestFitting<T>(view: StatusView, attempt: (bounds: Bounds) => { shown: T; fits: boolean }): T {
  const { hosts, jobs, allocations } = view
  const whole = attempt({ hosts: hosts.length, jobs: jobs.length, allocations: allocations.length })
  if (whole.fits) return whole.shown
  const off = <R>(rows: readonly R[], isWell: (row: R) => boolean) => rows.filter((row) => !isWell(row)).length
  let bounds: Bounds = {
    hosts: off(hosts, isHostWell),
    jobs: off(jobs, isJobWell),
    allocations: off(allocations, isAllocationWell),
  }
  let best = attempt(bounds)
  const widen = (more: Partial<Bounds>): boolean => {
    const wider = { ...bounds, ...more }
    const tried = attempt(wider)
    if (!tried.fits) return false
    bounds = wider
    best = tried
    return true
  }
  // Where much is not well, the sentences about it stand above: the tables get what is left.
  if (!best.fits) {
    bounds = { ...bounds, jobs: 0, allocations: 0 }
    best = attempt(bounds)
  }
  if (!best.fits) return best.shown
  widen({ hosts: hosts.length })
  // In turn, so that neither table takes all the room.
  for (let grew = true; grew; ) {
    grew = bounds.jobs < jobs.length && widen({ jobs: bounds.jobs + 1 })
    grew = (bounds.allocations < allocations.length && widen({ allocations: bounds.allocations + 1 })) || grew
  }
  return best.shown
}

function offRows<T>(
  rows: readonly T[],
  limit: number,
  isWell: (row: T) => boolean,
  canvas: Canvas,
  one: string,
): Rows<T> {
  if (rows.length <= limit) return { rows, rest: [] }
  const off = rows.filter((row) => !isWell(row))
  const shown = off.slice(0, limit)
  const well = rows.length - off.length
  const parts = [
    ...(well > 0 ? [`${count(well, one)} ${well === 1 ? 'is' : 'are'} well and left out`] : []),
    ...(off.length > shown.length ? [`${off.length - shown.length} more that are not well`] : []),
  ]
  const text = `${shown.length > 0 ? '... ' : ''}${list(parts)}: hc status -o wide lists all`
  return { rows: shown, rest: restLines(text, shown.length, canvas) }
}

function firstRows<T>(
  rows: readonly T[],
  limit: number,
  isWell: (row: T) => boolean,
  canvas: Canvas,
  one: string,
): Rows<T> {
  if (rows.length <= limit) return { rows, rest: [] }
  const off = rows.filter((row) => !isWell(row))
  const chosen = new Set([...off, ...rows.filter(isWell)].slice(0, limit))
  const left = rows.length - chosen.size
  const unwell = Math.max(0, off.length - limit)
  const which = unwell > 0 ? `, ${unwell} of them not well` : ` that ${left === 1 ? 'is' : 'are'} well`
  const text = `${limit > 0 ? '... and ' : ''}${count(left, one)}${which}`
  return { rows: rows.filter((row) => chosen.has(row)), rest: restLines(text, limit, canvas) }
}

/** Where there is no table above, apart by an empty line. */
function restLines(text: string, shown: number, canvas: Canvas): readonly string[] {
  return [...(shown > 0 ? [] : ['']), ...sentence(text, canvas, '', 'dim')]
}

function isHostWell({ verdict, cordoned, draining }: HostView): boolean {
  return verdict === 'ready' && !cordoned && !draining
}

function isJobWell({ running, healthy, wanted, stopped }: JobView): boolean {
  return !stopped && running >= wanted && healthy >= wanted
}

const WELL: ReadonlySet<AllocationState> = new Set(['running', 'complete', 'scheduled'])

function isAllocationWell(allocation: AllocationView): boolean {
  return WELL.has(allocation.state) && !isUnhealthy(allocation)
}

/** Runs, and says itself that it does not do well. */
export function isUnhealthy(allocation: AllocationView): boolean {
  return allocation.state === 'running' && allocation.healthy === false
}
