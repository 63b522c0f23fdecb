// Filters over who else is there: how many of its own, whom it avoids, whom it needs.
import type { Board } from './board.js'
import type { Filter } from './filter.js'
import type { Item, Problem } from './problem.js'
import { FIRST_NAMED_TOKEN } from './problem.js'

function slots(count: number): string {
  return count === 1 ? '1 slot' : `${count} slots`
}

function jobName(board: Board, jobId: number): string {
  return board.problem.jobNames[jobId] ?? 'another job'
}

const maxPerHost: Filter = {
  name: 'max-per-host',
  fixed: false,
  refuses: (board, { shape }, hostIndex) => {
    const most = shape.job.maxPerHost
    return most !== null && (board.host(hostIndex).jobs.get(shape.jobId) ?? 0) >= most
  },
  says: (board, { shape }, hostIndex) => {
    const here = board.host(hostIndex).jobs.get(shape.jobId) ?? 0
    return `max_per_host is ${shape.job.maxPerHost}, ${slots(here)} of ${shape.job.name} there already`
  },
}

const distinct: Filter = {
  name: 'distinct',
  fixed: false,
  refuses: (board, { shape }, hostIndex) => {
    const label = shape.job.distinct
    return label !== null && board.sharing(label, shape.jobId, hostIndex) !== 0
  },
  says: (board, { shape }, hostIndex) => {
    const label = shape.job.distinct ?? ''
    const sharing = board.sharing(label, shape.jobId, hostIndex)
    if (sharing === null) return `distinct asks for the label ${label}, which the host has not`
    const value = board.problem.hosts[hostIndex]?.labels[label] ?? board.problem.hosts[hostIndex]?.name
    return `distinct: ${label} allows 1 slot per value, ${slots(sharing)} of ${shape.job.name} where it is ${value}`
  },
}

function takenName(board: Board, item: Item, hostIndex: number): number | null {
  const { holders } = board.host(hostIndex)
  return item.shape.tokens.find((token) => token >= FIRST_NAMED_TOKEN && holders.has(token)) ?? null
}

/** The conflict group and the unit: what one slot per host may hold. */
const conflictGroup: Filter = {
  name: 'conflict-group',
  fixed: false,
  refuses: (board, item, hostIndex) => takenName(board, item, hostIndex) !== null,
  says: (board, item, hostIndex) => {
    const token = takenName(board, item, hostIndex) ?? FIRST_NAMED_TOKEN
    const name = board.problem.tokenNames[token - FIRST_NAMED_TOKEN] ?? 'the place'
    const holder = board.host(hostIndex).holders.get(token)
    return `${name} allows 1 slot per host, ${holder === undefined ? 'another' : board.item(holder).slot} is there`
  },
}

/** An item here that the shape names, or that names the shape's job. */
function opponent(board: Board, item: Item, hostIndex: number): Item | null {
  for (const index of board.host(hostIndex).items) {
    const other = board.item(index)
    if (item.shape.conflicts.includes(other.shape.jobId)) return other
    if (other.shape.conflicts.includes(item.shape.jobId)) return other
  }
  return null
}

const conflicts: Filter = {
  name: 'conflicts',
  fixed: false,
  refuses: (board, { shape }, hostIndex) => {
    const host = board.host(hostIndex)
    return host.repelled.has(shape.jobId) || shape.conflicts.some((job) => host.jobs.has(job))
  },
  says: (board, item, hostIndex) => {
    const other = opponent(board, item, hostIndex)
    if (other === null) return 'conflicts with a slot there'
    const named = item.shape.conflicts.includes(other.shape.jobId)
    return named
      ? `conflicts with ${other.shape.job.name}, and ${other.slot} is there`
      : `${other.slot} is there, and ${other.shape.job.name} conflicts with ${item.shape.job.name}`
  },
}

const present = new WeakMap<Problem, ReadonlySet<number>>()

/** Jobs that have a slot, or want a place for one. */
function presentIn(problem: Problem): ReadonlySet<number> {
  const known = present.get(problem) ?? new Set(problem.items.map(({ shape }) => shape.jobId))
  present.set(problem, known)
  return known
}

const company: Filter = {
  name: 'with',
  fixed: false,
  refuses: (board, { shape }, hostIndex) => {
    if (shape.with.length === 0) return false
    const { jobs } = board.host(hostIndex)
    return shape.with.some((job) => !jobs.has(job) && !board.mayLead(shape.jobId, job))
  },
  says: (board, { shape }, hostIndex) => {
    const missing = board.missingCompany(shape, hostIndex)
    if (missing === null) return 'all that it runs with is there'
    const name = jobName(board, missing)
    if (!presentIn(board.problem).has(missing)) {
      return `runs only with ${name}, and no job of that name has or wants a place`
    }
    const total = board.jobTotal(missing)
    const where = total === 0 ? 'it has no slot placed anywhere' : `none of its ${slots(total)} is there`
    return `runs only with ${name}, and ${where}`
  },
}

/** In the order in which they are asked. */
export const companyFilters: readonly Filter[] = [maxPerHost, distinct, conflictGroup, conflicts, company]
