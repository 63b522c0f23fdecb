// What fails although its host is well: restarted where it is, within limits, then tried on another host, later each time.
import type { BackOff } from '../model/records.js'
import { formatMillis } from '../model/resources.js'
import { healthOf, healthText, runOf } from './health.js'
import type { PlanInput } from './input.js'
import { isActive } from './phase.js'
import { backOff, type Outcome, outcome, waitLeft } from './rules.js'
import type { Subject } from './subjects.js'

/** Restarts in a row for want of health, beyond which a host is given up; `restart.attempts` may ask for fewer. */
export const MOST_UNWELL = 3

/** Which run of an allocation failed: the same for as long as nothing is done about it. */
function failureOf({ unit, state, host }: Subject): string {
  if (!unit || !state?.facts) return ''
  return `${host} ${runOf(unit, state.facts)} ${isActive(unit) ? '' : (unit.inactiveSinceMs ?? 0)}`
}

/** An allocation that runs, but whose check fails; null: it is well, or nobody knows. */
export function unwell(subject: Subject, input: PlanInput): Outcome {
  if (healthOf(subject, input) !== false) return null
  const { applied, slot, host } = subject
  const why = `unhealthy: ${healthText(subject, input)}`
  const before = input.unwell?.[slot]
  const times = before?.host === host ? before.times : 0
  const most = Math.min(applied?.job.restart.attempts ?? 0, MOST_UNWELL)
  if (times >= most) return givenUp(subject, input, times === 0 ? why : `${why}, restarted ${times} times`)
  return backOff(slot, input) ?? outcome('restart', 'unhealthy', `${why}; restart ${times + 1} of ${most}`)
}

/** It runs, but its host has taken its word back and is stopping it: seen just after a cut. */
export function stoppedByHost({ slot, state, host }: Subject): Outcome {
  const lease = state?.facts?.lease
  if (!lease?.armed.some((armed) => armed.slot === slot) || lease.words.includes(slot)) return null
  return outcome('wait', null, `${host} is stopping it by itself, since it had neither lease nor majority`)
}

/** An allocation that runs, and is well as far as is known. */
export function running(subject: Subject, input: PlanInput): Outcome {
  const { unit, applied, state, slot } = subject
  const kept = outcome('keep', null, '')
  const troubled = input.unwell?.[slot] !== undefined || input.backOffs[slot]?.gaveUp !== undefined
  if (!kept || !troubled || !unit || !applied || !state?.facts || unit.activeSinceMs === null) return kept
  const { windowMs } = applied.job.restart
  const settled = state.facts.monotonicMs - unit.activeSinceMs >= windowMs && healthOf(subject, input) !== null
  return settled ? { ...kept, recovered: true } : kept
}

/**
 * An allocation that was given up on its host. Another host is tried after `reschedule.delay`, doubled each time; where no
 * other will do, the same. What belongs to its host, or ends by itself, is not tried elsewhere.
 */
export function givenUp(subject: Subject, input: PlanInput, why: string): Outcome {
  const { applied, slot } = subject
  const rule = applied?.job.reschedule
  if (!applied || !rule || rule.attempts === 0 || !['service', 'system'].includes(applied.job.type)) {
    return outcome('failed', null, why)
  }
  const run = failureOf(subject)
  const entry = input.backOffs[slot]
  if (entry?.gaveUp !== run) {
    const told = outcome('wait', null, `it failed: ${why}`)
    return told && { ...told, givenUp: { run, error: why } }
  }
  if (rule.attempts !== null && entry.failures > rule.attempts) {
    return outcome('failed', null, `${why}; given up after ${tries(entry)} (reschedule.attempts ${rule.attempts})`)
  }
  const left = waitLeft(slot, input)
  const where = entry.failedOn.length > 1 ? ` (on ${entry.failedOn.join(', ')})` : ''
  if (left > 0) return outcome('wait', null, `it failed: ${why}${where}; next try in ${formatMillis(left)}`)
  return outcome('reschedule', 'failing', `${why}${where}`)
}

function tries({ failures }: BackOff): string {
  return failures === 1 ? 'one failure' : `${failures} failures`
}
