// Who must run beside whom: what `with` says about the order in which slots are placed.
import { pairKey } from './board.js'
import type { Problem, Shape } from './problem.js'

/** What `with` means for the order of placing; all by job id. */
export interface Companies {
  /** 0: runs with nobody; else one more than the deepest job it runs with. Within a circle all have the same depth. */
  readonly depth: ReadonlyMap<number, number>
  /** Jobs that must run beside it, directly or through others, among the demands. */
  readonly followers: ReadonlyMap<number, readonly Shape[]>
  /** Ordered pairs (pairKey) that ask for each other, directly or round a circle. */
  readonly mutual: ReadonlySet<string>
}

const NONE: Companies = { depth: new Map(), followers: new Map(), mutual: new Set() }

/** Every job that `start` runs with, directly or through others. */
function reach(start: number, withOf: ReadonlyMap<number, ReadonlySet<number>>): ReadonlySet<number> {
  const seen = new Set<number>()
  const queue = [...(withOf.get(start) ?? [])]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    queue.push(...(withOf.get(next) ?? []))
  }
  return seen
}

/** Reads `with` of all demands. */
export function companiesOf(problem: Problem): Companies {
  const withOf = new Map<number, Set<number>>()
  const shapeOf = new Map<number, Shape>()
  for (const { shape } of problem.items.slice(0, problem.demandCount)) {
    if (!shapeOf.has(shape.jobId)) shapeOf.set(shape.jobId, shape)
    if (shape.with.length === 0) continue
    withOf.set(shape.jobId, new Set([...(withOf.get(shape.jobId) ?? []), ...shape.with]))
  }
  if (withOf.size === 0) return NONE
  const reached = new Map([...withOf.keys()].map((job) => [job, reach(job, withOf)]))
  const mutual = new Set<string>()
  const followers = new Map<number, Shape[]>()
  const depth = new Map<number, number>()
  for (const [job, leaders] of reached) {
    const shape = shapeOf.get(job)
    for (const leader of leaders) {
      if (reached.get(leader)?.has(job)) mutual.add(pairKey(job, leader))
      if (shape !== undefined && leader !== job) followers.set(leader, [...(followers.get(leader) ?? []), shape])
    }
    // A job reaches all that its leaders reach, so this count rises along every chain and is equal within a circle.
    depth.set(job, leaders.size)
  }
  return { depth, followers, mutual }
}
