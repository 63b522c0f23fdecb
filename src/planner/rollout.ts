// Which of the allocations that shall change do so now, and which wait for their turn: rolling replacement.
import { byName, type JobName } from '../model/names.js'
import type { Classified } from './classify.js'
import { waitsFor } from './depends.js'
import { isComing } from './health.js'
import type { PlanInput } from './input.js'
import { isOverdue } from './leaving.js'
import { phaseOf } from './phase.js'
import { isOldCopy } from './start-first.js'

type Healths = Pick<PlanInput, 'health'>

/** What moves in this plan, and what waits, with the reason. */
export interface Rollout {
  readonly now: ReadonlySet<Classified>
  readonly later: ReadonlyMap<Classified, string>
  /** Some wait for what may be over in a moment. */
  readonly soon: boolean
}

/**
 * New, missing and lost allocations start at once. Running ones that are to be changed (restart, migrate) take turns:
 * at most `update.max_parallel` of a job are down or unsettled at a time, and none follows while one that was changed
 * already has failed, so that a bad version takes one slot and not the job.
 */
export function rollout(classified: readonly Classified[], input: PlanInput): Rollout {
  const now = new Set<Classified>()
  const later = new Map<Classified, string>(waitsFor(classified, input))
  const turns = new Map<JobName, Classified[]>()
  let soon = false
  for (const item of classified) {
    const { bucket, subject } = item
    if (bucket === 'migrate' && subject.state && isOverdue(subject.state, input)) {
      later.delete(item)
      now.add(item)
    }
    if (later.has(item) || now.has(item)) continue
    if (bucket === 'place' || bucket === 'start' || bucket === 'replace' || (bucket === 'reschedule' && !runs(item))) {
      now.add(item)
    }
    if ((bucket === 'restart' || bucket === 'migrate' || (bucket === 'reschedule' && runs(item))) && subject.applied) {
      const name = subject.applied.job.name
      turns.set(name, [...(turns.get(name) ?? []), item])
    }
  }
  for (const [name, items] of turns) {
    const unsettled = unsettledOf(items, classified, input)
    const maxParallel = items[0]?.subject.applied?.job.update.maxParallel ?? 1
    const ordered = [...items].sort((a, b) => rank(a, input) - rank(b, input) || byName(a.subject.slot, b.subject.slot))
    let free = Math.min(maxParallel - unsettled.length, canaries(name, classified))
    let before = unsettled[0] ?? ''
    for (const item of ordered) {
      const down = !runs(item)
      if (down || free > 0) {
        now.add(item)
        before = item.subject.slot
        free -= 1
      } else {
        const rule =
          before === ''
            ? 'once the first have run well (update.canary)'
            : `after ${before} (update.max_parallel ${maxParallel})`
        if (before !== '') soon = true
        later.set(item, `takes its turn ${rule}`)
      }
    }
  }
  return { now, later, soon }
}

/** How long the first that were changed have to run well before the others follow, ms. */
const CANARY_MS = 30_000

/** How many may be changed now besides, as long as the first have not proved themselves: `update.canary`. */
function canaries(name: JobName, classified: readonly Classified[]): number {
  const own = classified.filter(({ subject }) => subject.applied?.job.name === name)
  const canary = own[0]?.subject.applied?.job.update.canary ?? 0
  if (canary === 0 || !own.some(({ reason }) => reason === 'spec-changed')) return Number.POSITIVE_INFINITY
  const changed = own.filter(({ subject: { unit, applied } }) => unit && unit.hash === applied?.hash)
  const proved = changed.filter(({ subject: { unit, state } }) => {
    return unit?.activeSinceMs != null && (state?.facts?.monotonicMs ?? 0) - unit.activeSinceMs >= CANARY_MS
  })
  // What was sent to a host that takes its time is not seen yet.
  const underWay = own.filter(({ subject: { unit, applied, placement, state } }) => {
    return state?.blocked?.kind === 'busy' && placement?.hash === applied?.hash && unit?.hash !== applied?.hash
  })
  return proved.length >= canary ? Number.POSITIVE_INFINITY : Math.max(0, canary - changed.length - underWay.length)
}

/**
 * What is down already is changed first, then what does not serve although it runs: nothing is lost by it, and with one that
 * serves in its stead there would be two. What is to leave and serves comes last: it may find no other place, and would hold up the
 * others for as long.
 */
function rank(item: Classified, health: Healths): number {
  if (!runs(item)) return 0
  if (item.bucket === 'migrate') return isComing(item.subject, health) ? 1 : 3
  return item.reason === 'unhealthy' || item.bucket === 'reschedule' || isStarting(item) ? 1 : 2
}

function isStarting({ subject: { unit, applied, state } }: Classified): boolean {
  return !!unit && !!applied && !!state?.facts && phaseOf(unit, applied.job, state.facts.monotonicMs) === 'starting'
}

/** Its process serves, or its timer waits. */
export function runs({ subject }: Classified): boolean {
  const { unit, applied, state } = subject
  if (!unit || !applied || !state?.facts) return false
  const phase = phaseOf(unit, applied.job, state.facts.monotonicMs)
  return phase === 'running' || phase === 'starting' || phase === 'scheduled'
}

/** By name; a slot whose new copy is begun beside the old one counts once. */
function unsettledOf(items: readonly Classified[], classified: readonly Classified[], input: PlanInput) {
  const turning = new Set(items.map(({ subject }) => subject.slot))
  const own = classified.filter(({ subject, ...item }) => {
    if (subject.applied?.job.name !== items[0]?.subject.applied?.job.name) return false
    // The old copy waits for the new one, which must not wait for it in its turn.
    if (isOldCopy(subject) && turning.has(subject.slot)) return false
    return isUnsettled({ subject, ...item }, input)
  })
  return [...new Set(own.map(({ subject }) => subject.slot))]
}

/** Not up, or not to be seen: also what is begun elsewhere at once, since its host is lost. */
const DOWN: ReadonlySet<Classified['bucket']> = new Set(['failed', 'wait', 'place', 'start', 'replace'])

/** Of the version wanted, but not up: starting, failed, not yet or no longer healthy, or out of sight. */
function isUnsettled(item: Classified, health: Healths): boolean {
  const { subject, bucket } = item
  if (bucket === 'reschedule') return !runs(item)
  if (DOWN.has(bucket)) return true
  // What a store that was lost did not know of may be as bad as what was begun a moment ago.
  if (bucket === 'adopt' && !runs(item)) return true
  return (bucket === 'keep' || bucket === 'adopt') && isComing(subject, health)
}
