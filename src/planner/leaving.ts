// What a host that is being drained gives away, and what stays with it, and why.
import { type HostName, jobOfSlot, type Millis } from '../model/names.js'
import type { Unplaced, Waiting } from '../model/plan.js'
import { formatMillis } from '../model/resources.js'
import { type Classified, occupies } from './classify.js'
import type { HostState, PlanInput } from './input.js'
import { isActive } from './phase.js'
import { anchorOf } from './subjects.js'

/** How long a host has to be ready before exclusive work is stopped elsewhere to go there, ms. */
export const STEADY_MS: Millis = 10_000

/** The time of its drain is over: nothing waits for its turn any more, nor for another job, before it leaves. */
export function isOverdue({ draining, drainUntil }: HostState, { wall }: Pick<PlanInput, 'wall'>): boolean {
  return draining && drainUntil !== undefined && Date.parse(wall) >= Date.parse(drainUntil)
}

/** Allocations that stay on hosts that are being drained, each with the reason. */
export function stayingOn(classified: readonly Classified[], input: PlanInput): readonly Waiting[] {
  return classified.flatMap((item) => {
    const { slot, host, state } = item.subject
    if (!state?.draining || host === null || item.bucket === 'nothing' || !occupies(item)) return []
    const reason = stays(item, host, input)
    return reason === null ? [] : [{ slot, host, reason }]
  })
}

/**
 * Why an exclusive slot that runs is not stopped yet to go to that host; null: it is. Should that one fall silent again
 * before the stop is seen, the slot could only be started where it was, and so each time that the host comes and goes.
 */
export function awaitsSteady({ subject, bucket }: Classified, next: HostState, input: PlanInput): string | null {
  const { applied, unit, host, state } = subject
  if (bucket !== 'migrate' || !applied?.job.exclusive || !unit || !isActive(unit)) return null
  const { name } = next.host
  if (name === host || next.backAt === undefined || (state && isOverdue(state, input))) return null
  const readyMs = Date.parse(input.wall) - Date.parse(next.backAt)
  // It lies ahead where the clock was set back.
  if (readyMs < 0 || readyMs >= STEADY_MS) return null
  const least = formatMillis(STEADY_MS)
  return `exclusive: ${name} has only just become ready; it is stopped to go there once ${name} has been ready for ${least}`
}

function stays({ subject, bucket }: Classified, host: HostName, input: PlanInput): string | null {
  const { applied, unit } = subject
  if (!applied || bucket === 'migrate') return null
  const { job } = applied
  const ends = `hc job stop ${job.name} ends it`
  if (bucket === 'failed') return `it has failed and is not tried again by itself: hc job restart ${job.name} does`
  if (job.type === 'system') return `${job.name} is a system job, with one slot on each host: ${ends}`
  const volume = job.volumes.find(({ shared }) => !shared)
  if (volume) return `its volume ${volume.source} is on ${host}: ${ends}`
  if (job.type === 'batch') return `a batch job runs to its end where it began: ${ends}`
  const anchor = anchorOf(subject, input)
  if (anchor !== null) return `it is to stand with ${jobOfSlot(anchor)}, and ${anchor} stays`
  return job.type === 'cron' && unit && isActive(unit) ? 'its run goes on; the next one is elsewhere' : null
}

/**
 * Slots that wait for their turn behind one of the same job that has to leave and finds no place: they would fare no
 * better, and are told so, each with the same reasons.
 */
export function withoutPlaceToo(
  later: ReadonlyMap<Classified, string>,
  unplaced: readonly Unplaced[],
  classified: readonly Classified[],
): ReadonlyMap<Classified, Unplaced> {
  const leaving = new Set(
    classified.flatMap(({ subject, bucket }) => (bucket === 'migrate' ? [`${subject.slot} ${subject.host}`] : [])),
  )
  const stuck = new Map(
    unplaced.flatMap((each) =>
      classified.some(({ subject }) => subject.slot === each.slot && leaving.has(`${each.slot} ${subject.host}`))
        ? [[each.job, each] as const]
        : [],
    ),
  )
  return new Map(
    [...later.keys()].flatMap((item) => {
      const { slot } = item.subject
      const before = item.bucket === 'migrate' ? stuck.get(jobOfSlot(slot)) : undefined
      return before ? [[item, { ...before, slot }] as const] : []
    }),
  )
}
