// How far each slot of some jobs has come: what `apply` waits for and shows.
import { byName, type HostName, type JobName, jobOfSlot, type SlotName } from '../model/names.js'
import type { Classified } from './classify.js'
import { healthOf, healthText } from './health.js'
import type { PlanInput } from './input.js'
import { failureText, phaseOf, SETTLED_MS } from './phase.js'
import type { Decision } from './plan.js'

/**
 * `waiting` for its turn or for a host; `acting` steps are under way or about to be; `starting` up, but not for a second
 * or not listening yet; `done`; `failed` nothing more will happen without a person; `unplaced` with a host: it runs on
 * there, though it should leave; `away` its host is out of reach.
 */
export type SlotState = 'waiting' | 'acting' | 'starting' | 'done' | 'failed' | 'unplaced' | 'away'

/** One slot's progress. */
export interface SlotProgress {
  readonly slot: SlotName
  readonly host: HostName | null
  readonly state: SlotState
  /** A sentence; empty when there is nothing to say. */
  readonly text: string
  /** Ports that are not listening yet. */
  readonly missingPorts: readonly number[]
  /** It runs, and nothing but its health check is awaited. */
  readonly health?: true
}

/** Progress of every slot of these jobs, by slot. Copies that are being stopped count as acting. */
export function progressOf(
  decision: Decision,
  jobs: ReadonlySet<JobName>,
  input: Pick<PlanInput, 'health'> = {},
): readonly SlotProgress[] {
  const unplaced = new Map(decision.plan.unplaced.map(({ slot, reasons }) => [slot, reasons]))
  const acting = new Map(decision.plan.actions.map((action) => [action.slot, action.host]))
  return decision.classified
    .filter(({ subject, bucket }) => jobs.has(jobOfSlot(subject.slot)) && bucket !== 'nothing')
    .map((item): SlotProgress => {
      const { slot, host } = item.subject
      const base = { slot, host, missingPorts: [] as readonly number[] }
      if (unplaced.has(slot) && !item.subject.unit) {
        const reasons = (unplaced.get(slot) ?? []).map(({ host: name, reason }) => `${name}: ${reason}`)
        return { ...base, host: null, state: 'unplaced', text: reasons.join('; ') || 'no host takes jobs' }
      }
      if (unplaced.has(slot) && item.bucket === 'migrate') {
        return { ...base, state: 'unplaced', text: 'no other host can take it' }
      }
      if (acting.has(slot)) return { ...base, host: acting.get(slot) ?? host, state: 'acting', text: item.text }
      return { ...base, ...stateOf(item, input) }
    })
    .sort((a, b) => byName(a.slot, b.slot) || byName(a.host ?? '', b.host ?? ''))
}

type Stage = Pick<SlotProgress, 'state' | 'text' | 'missingPorts' | 'health'>

function stateOf({ subject, bucket, text }: Classified, input: Pick<PlanInput, 'health'>): Stage {
  const missingPorts: readonly number[] = []
  const { unit, applied, state } = subject
  switch (bucket) {
    case 'complete':
      return { state: 'done', text: 'complete', missingPorts }
    case 'failed':
      return { state: 'failed', text, missingPorts }
    case 'unclaimed':
      return { state: 'done', text, missingPorts }
    case 'wait':
      if (text.startsWith('its start failed') || text.startsWith('it failed'))
        return { state: 'failed', text, missingPorts }
      if (state?.blocked?.kind === 'busy') return { state: 'acting', text, missingPorts }
      // Only a person can say which of two control machines shall act.
      if (state?.blocked?.kind === 'foreign') return { state: 'failed', text, missingPorts }
      return { state: state?.facts ? 'waiting' : 'away', text, missingPorts }
    case 'keep':
    case 'adopt': {
      if (!unit || !applied || !state?.facts) return { state: 'away', text, missingPorts }
      const phase = phaseOf(unit, applied.job, state.facts.monotonicMs)
      if (phase === 'scheduled') return { state: 'done', text: 'its timer waits', missingPorts }
      if (phase === 'starting' || phase === 'stopping') {
        return { state: 'starting', text: unit.sub === 'auto-restart' ? failureText(unit) : '', missingPorts }
      }
      const missing = applied.job.type === 'batch' ? [] : notListening(subject)
      if (missing.length > 0) {
        const which = missing.length === 1 ? `port ${missing[0]}` : `ports ${missing.join(', ')}`
        return { state: 'starting', text: `runs, but nothing listens on ${which} yet`, missingPorts: missing }
      }
      const healthy = healthOf(subject, input)
      const said = healthText(subject, input)
      if (healthy === null) {
        return {
          state: 'starting',
          text: `not healthy yet${said === '' ? '' : `: ${said}`}`,
          missingPorts,
          health: true,
        }
      }
      if (healthy === false) return { state: 'failed', text: `unhealthy: ${said}`, missingPorts }
      return { state: 'done', text: '', missingPorts }
    }
    default:
      return { state: 'waiting', text, missingPorts }
  }
}

/** Host ports of the allocation that no socket of the host listens on. */
function notListening({ unit, placement, state, host }: Classified['subject']): readonly number[] {
  const ports = unit?.ports ?? (placement?.host === host ? placement?.ports : undefined) ?? {}
  const open = new Set((state?.facts?.listening ?? []).map(({ port }) => port))
  return Object.values(ports)
    .filter((port) => !open.has(port))
    .sort((a, b) => a - b)
}

/** Has nothing more to do by itself. */
export function isSettled({ state }: SlotProgress): boolean {
  return state === 'done' || state === 'failed' || state === 'unplaced' || state === 'away'
}

/** From start to "done" at the least, ms: what polls can be spaced by. */
export const DONE_AFTER_MS = SETTLED_MS
