// A host that hangs: its kernel answers pings, and nothing else does. What may leave it, and since when.
import { isPinned, type Job } from '../model/job.js'
import type { Millis } from '../model/names.js'
import type { Belief, HostObservation } from '../model/observation.js'
import { formatMillis } from '../model/resources.js'
import type { PlanInput } from './input.js'
import { type Outcome, outcome } from './rules.js'
import type { Subject } from './subjects.js'

/** What a host that hangs says to a probe: nothing, though its kernel lives. */
const HANGS: ReadonlySet<string> = new Set(['timeout', 'unreachable', 'reply-lost'])

/**
 * For how long it has hung, ms: it answers pings of the control machine and of another host, and nothing else; null: it does not.
 * While it was off or cut, before that, it did not hang.
 */
export function hangsFor(belief: Belief | undefined, seen: HostObservation | undefined, at: Millis): Millis | null {
  if (belief?.verdict !== 'unmanageable' || !seen?.failure || !HANGS.has(seen.failure.kind)) return null
  if (seen.silentSince === null) return null
  const latest = new Map(seen.looks.map((look) => [look.vantage, look.reached]))
  const others = [...latest].filter(([vantage, reached]) => vantage !== 'control' && reached)
  const since = Math.max(seen.silentSince, seen.unheardAt ?? seen.silentSince)
  return latest.get('control') === true && others.length > 0 ? at - since : null
}

/**
 * hc_hung_moves: an ordinary slot of a host that has hung for hc_hung_after moves once its own health check fails, asked
 * from the control machine, which it answered before. null: that is not the question here.
 */
export function movesFromHung({ state, applied, slot }: Subject, { settings, health }: PlanInput): Outcome {
  const { hungMs, host, belief } = state ?? {}
  if (hungMs === undefined || !host || !belief || host.hungMoves !== 'ordinary' || !applied) return null
  const after = settings.hungAfterMs ?? Number.POSITIVE_INFINITY
  const hangs = `${host.name} is ${belief.verdict}: ${belief.reason}`
  const stays = (why: string) => outcome('wait', null, `${hangs}; hc_hung_moves: ${why}`)
  const { job } = applied
  const bound = boundBy(job)
  if (bound !== null) return stays(`${slot} stays: ${bound}`)
  if (hungMs < after) return stays(`moves are considered after ${formatMillis(after)}`)
  if (job.health === null) return stays(`${slot} stays: it has no health check that could fail`)
  const known = health?.[slot]
  if (known?.host !== host.name || !known.outside) return stays(`${slot} stays: nothing is known of its health`)
  if (!known.outside.failing) return stays(`${slot} stays: ${known.outside.text}`)
  const text = `${host.name} has hung for ${formatMillis(hungMs)} and its health check fails: ${known.outside.text} (hc_hung_moves)`
  return outcome('replace', 'host-hung', text)
}

/** Why a slot of this job is no ordinary one; null: it is. */
function boundBy(job: Job): string | null {
  if (job.type !== 'service') return `only services move, and ${job.name} is of type ${job.type}`
  if (job.exclusive) return 'it is exclusive, and may run there still'
  if (isPinned(job)) return 'its data is there'
  return job.onHostLoss === 'wait' ? 'on_host_loss is wait' : null
}
