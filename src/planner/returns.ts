// A host that is back before what was begun in its place is well keeps its slots: a switch that was pulled for a moment
// moves nothing.
import type { UnitFacts } from '../model/host.js'
import { type AppliedJob, generationOf } from '../model/job.js'
import type { HostName, SlotName } from '../model/names.js'
import type { Placement } from '../model/plan.js'
import { isWell } from './health.js'
import type { HostState, PlanInput } from './input.js'
import { phaseOf } from './phase.js'
import type { Classified } from './rules.js'

/** A copy of a slot as it was seen. */
interface Copy {
  readonly state: HostState
  readonly unit: UnitFacts
}

/**
 * The host that was lost, is back, and whose copy stays: it has run on by what is applied, and what was begun in its place
 * is not well yet. null: none. Of exclusive work only one copy is ever begun, so that nothing is left to choose.
 */
export function backEarly(
  copies: readonly Copy[],
  { instead, host, slot }: Placement,
  applied: AppliedJob | null,
  input: PlanInput,
): HostName | null {
  if (instead === undefined || !applied || applied.stopped || !mayStay(applied)) return null
  const old = copies.find(({ state }) => state.host.name === instead)
  if (!old || old.state.blocked !== null || old.state.draining || !runs(old, applied)) return null
  const { cluster, hash, generation } = old.unit
  if ((cluster !== null && cluster !== input.cluster) || hash !== applied.hash) return null
  if ((generation ?? 0) < generationOf(applied, slot)) return null
  const fresh = copies.find(({ state }) => state.host.name === host)
  const subject = fresh && { slot, applied, host, state: fresh.state, unit: fresh.unit }
  return fresh && subject && runs(fresh, applied) && isWell(subject, input) ? null : instead
}

function mayStay({ job }: AppliedJob): boolean {
  return job.type === 'service' && !job.exclusive
}

function runs({ state, unit }: Copy, { job }: AppliedJob): boolean {
  return state.facts !== null && phaseOf(unit, job, state.facts.monotonicMs) === 'running'
}

/** What the record of a slot's next place says of the host that was lost; it is kept until the slot was well somewhere. */
export function insteadOf(
  { subject: { applied, placement, host }, bucket }: Pick<Classified, 'subject' | 'bucket'>,
  next: HostName,
): Pick<Placement, 'instead'> {
  const lost = placement?.instead ?? (bucket === 'replace' ? host : null)
  return lost !== null && lost !== next && applied && mayStay(applied) ? { instead: lost } : {}
}

/**
 * Slots that are well where they were begun in place of a lost host, or beside their old copy: what is there still of that
 * one has to go.
 */
export function settledInstead(
  classified: readonly Classified[],
  input: Pick<PlanInput, 'health'>,
): readonly SlotName[] {
  return classified.flatMap(({ subject, bucket }) => {
    const { slot, placement, host, unit, state, applied } = subject
    if (bucket !== 'keep' || !placement || placement.host !== host) return []
    if (placement.instead === undefined && placement.beside === undefined) return []
    return unit && state && applied && runs({ state, unit }, applied) && isWell(subject, input) ? [slot] : []
  })
}
