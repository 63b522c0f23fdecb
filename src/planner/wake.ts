// When time alone may change the answer.
import type { Millis } from '../model/names.js'
import type { Classified } from './classify.js'
import { mayTakeOver } from './exclusive.js'
import type { PlanInput } from './input.js'
import { phaseOf, settlesIn } from './phase.js'
import { waitLeft } from './rules.js'

/** Shortest pause before a look that is worth its round trip, ms. */
const SOONEST_MS = 100

/** hc's monotonic clock when the next thing is due without anything new happening; null: never. */
export function wakeAt(classified: readonly Classified[], turnsWait: boolean, input: PlanInput): Millis | null {
  const due: Millis[] = []
  for (const { subject, bucket } of classified) {
    const { unit, applied, state } = subject
    if (unit && applied && state?.facts && bucket === 'keep') {
      const phase = phaseOf(unit, applied.job, state.facts.monotonicMs)
      if (phase === 'starting') due.push(settlesIn(unit, state.facts.monotonicMs))
      if (phase === 'stopping') due.push(SOONEST_MS)
    }
    if (bucket === 'wait' && input.backOffs[subject.slot]) due.push(waitLeft(subject.slot, input))
    if (state?.blocked?.kind === 'busy') due.push(SOONEST_MS)
    if (bucket === 'wait' && applied?.job.exclusive && state?.belief.verdict === 'lost') {
      const at = mayTakeOver(state, subject.slot, input).at
      if (at !== null) due.push(at - input.now)
    }
  }
  if (turnsWait) due.push(SOONEST_MS)
  return due.length === 0 ? null : input.now + Math.max(SOONEST_MS, Math.min(...due))
}
