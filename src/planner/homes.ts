// What of a search for places may stay where it is, and what is asked elsewhere first.
import { mayLeave } from '../model/job.js'
import type { Classified } from './classify.js'
import type { PlanInput } from './input.js'
import { phaseOf } from './phase.js'
import { waitLeft } from './rules.js'
import { wishOf } from './wishes.js'

/** It is on a host, or was, and may be started there again. */
export function hasHome({ bucket, subject }: Classified): boolean {
  return subject.host !== null && (bucket === 'restart' || bucket === 'start')
}

/** It should leave the host where it is: that is drained, or the operator wants the slot elsewhere. */
export function leavesHome({ subject }: Classified, input: PlanInput): boolean {
  const { state, applied, placement } = subject
  if (applied === null || !mayLeave(applied.job)) return false
  return state?.draining === true || (placement !== null && wishOf(placement, input) !== null)
}

/**
 * It has its place on a host that it should leave, and a boot of that one has ended it: where no other host takes it, it is begun
 * there again. Armed units do not begin by themselves.
 */
export function restsAtHome({ bucket, subject }: Classified, input: PlanInput): boolean {
  const { unit, applied, state, slot } = subject
  if (bucket !== 'migrate' || !unit || !applied || !state?.facts || waitLeft(slot, input) > 0) return false
  return phaseOf(unit, applied.job, state.facts.monotonicMs) === 'fresh'
}

/** It was given up where it ran: another host is asked first. */
export function shuns({ bucket, subject }: Classified, { backOffs }: PlanInput): boolean {
  return bucket === 'reschedule' || (bucket === 'place' && backOffs[subject.slot]?.gaveUp !== undefined)
}

/** Its host was lost. */
export function isLost({ bucket }: Classified): boolean {
  return bucket === 'replace'
}
