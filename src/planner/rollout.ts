// Which of the allocations that shall change do so now, and which wait for their turn: rolling replacement.
import { byName, type JobName } from '../model/names.js'
import type { Classified } from './classify.js'
import { healthOf } from './health.js'
import type { PlanInput } from './input.js'
import { phaseOf } from './phase.js'

type Healths = Pick<PlanInput, 'health'>

/** What moves in this plan, and what waits, with the reason. */
export interface Rollout {
  readonly now: ReadonlySet<Classified>
  readonly later: ReadonlyMap<Classified, string>
}

/**
 * New, missing and lost allocations start at once. Running ones that are to be changed (restart, migrate) take turns:
 * at most `update.max_parallel` of a job are down or unsettled at a time, and none follows while one that was changed
 * already has failed, so that a bad version takes one slot and not the job.
 */
export function rollout(classified: readonly Classified[], health: Healths = {}): Rollout {
  const now = new Set<Classified>()
  const later = new Map<Classified, string>()
  const turns = new Map<JobName, Classified[]>()
  for (const item of classified) {
    const { bucket, subject } = item
    if (bucket === 'place' || bucket === 'start' || bucket === 'replace' || (bucket === 'reschedule' && !runs(item))) {
      now.add(item)
    }
    if ((bucket === 'restart' || bucket === 'migrate' || (bucket === 'reschedule' && runs(item))) && subject.applied) {
      const name = subject.applied.job.name
      turns.set(name, [...(turns.get(name) ?? []), item])
    }
  }
  for (const [name, items] of turns) {
    const unsettled = classified.filter((item) => item.subject.applied?.job.name === name && isUnsettled(item, health))
    const maxParallel = items[0]?.subject.applied?.job.update.maxParallel ?? 1
    const ordered = [...items].sort((a, b) => rank(a) - rank(b) || byName(a.subject.slot, b.subject.slot))
    let free = maxParallel - unsettled.length
    let before = unsettled[0]?.subject.slot ?? ''
    for (const item of ordered) {
      const down = !runs(item)
      if (down || free > 0) {
        now.add(item)
        before = item.subject.slot
        free -= 1
      } else {
        later.set(item, `takes its turn after ${before} (update.max_parallel ${maxParallel})`)
      }
    }
  }
  return { now, later }
}

/**
 * What is down already is changed first: nothing is lost by it. What is to leave comes last: it may find no other place,
 * and would hold up the others for as long.
 */
function rank(item: Classified): number {
  return runs(item) ? (item.bucket === 'migrate' ? 2 : 1) : 0
}

/** Its process serves, or its timer waits. */
export function runs({ subject }: Classified): boolean {
  const { unit, applied, state } = subject
  if (!unit || !applied || !state?.facts) return false
  const phase = phaseOf(unit, applied.job, state.facts.monotonicMs)
  return phase === 'running' || phase === 'starting' || phase === 'scheduled'
}

/** Of the version wanted, but not up: starting, failed, not yet or no longer healthy, or out of sight. */
function isUnsettled(item: Classified, health: Healths): boolean {
  const { subject, bucket } = item
  const { unit, applied, state } = subject
  if (bucket === 'reschedule') return !runs(item)
  if (bucket === 'failed' || bucket === 'wait' || bucket === 'place' || bucket === 'start') return true
  if (bucket !== 'keep' || !unit || !applied || !state?.facts) return false
  const phase = phaseOf(unit, applied.job, state.facts.monotonicMs)
  if (phase === 'running' && (healthOf(subject, health) ?? true) !== true) return true
  return phase === 'starting' || phase === 'stopping'
}
