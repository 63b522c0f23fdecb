// What the plan makes of health checks: which start of an allocation was asked, and what it said.
import type { HostFacts, UnitFacts } from '../model/host.js'
import type { HealthRule } from '../model/job.js'
import type { PlanInput } from './input.js'
import { phaseOf } from './phase.js'
import type { Subject } from './subjects.js'

/** What is asked of a copy. */
type Asked = Pick<Subject, 'slot' | 'host' | 'unit' | 'applied' | 'state'>

/** Tells one start of an allocation from the next, and one check from another: what was asked then says nothing now. */
export function runOf(unit: UnitFacts, facts: Pick<HostFacts, 'bootId'>, rule: HealthRule | null = null): string {
  const { placement, hash, activeSinceMs } = unit
  return [facts.bootId, placement ?? 0, hash ?? '', activeSinceMs ?? 0, rule ? JSON.stringify(rule) : ''].join(' ')
}

/** Has it a health check that holds for what runs? What runs by another version has that version's. */
export function isChecked({ unit, applied }: Pick<Subject, 'unit' | 'applied'>): boolean {
  return unit !== null && applied !== null && applied.job.health !== null && unit.hash === applied.hash
}

/** true, false, or null where it is not known (yet, or no longer); undefined: it has no check. */
export function healthOf(subject: Asked, { health }: Pick<PlanInput, 'health'>): boolean | null | undefined {
  const { unit, applied, state, slot, host } = subject
  if (!isChecked(subject) || !unit) return undefined
  const known = health?.[slot]
  if (!known || !state?.facts || known.host !== host || known.run !== runOf(unit, state.facts, applied?.job.health))
    return null
  return known.healthy
}

/** Did its check fail when it was asked last? What nobody could ask may be well. */
export function isFailing({ unit, applied, state, slot, host }: Asked, { health }: Pick<PlanInput, 'health'>): boolean {
  const known = health?.[slot]
  if (!unit || !state?.facts || known?.host !== host) return false
  return known?.failing === true && known.run === runOf(unit, state.facts, applied?.job.health)
}

/** What its check said last; empty: nothing. */
export function healthText({ slot }: Subject, { health }: Pick<PlanInput, 'health'>): string {
  return health?.[slot]?.text ?? ''
}

/** What is said beside an allocation that is not healthy; null: nothing. */
export function healthNote(subject: Subject, input: Pick<PlanInput, 'health'>): string | null {
  const healthy = healthOf(subject, input)
  const said = healthText(subject, input)
  if (healthy === undefined || healthy === true || said === '') return null
  return healthy === false ? `unhealthy: ${said}` : `not healthy yet: ${said}`
}

/** It has no check, or the check is content; while nobody knows yet it is neither. */
export function isWell(subject: Asked, input: Pick<PlanInput, 'health'>): boolean {
  const healthy = healthOf(subject, input)
  return healthy === undefined || healthy === true
}

/** It is as the job asks, but on its way: starting, stopping, or up and not healthy. */
export function isComing(subject: Subject, input: Pick<PlanInput, 'health'>): boolean {
  const { unit, applied, state } = subject
  if (!unit || !applied || !state?.facts) return false
  const phase = phaseOf(unit, applied.job, state.facts.monotonicMs)
  return phase === 'starting' || phase === 'stopping' || (phase === 'running' && !isWell(subject, input))
}
