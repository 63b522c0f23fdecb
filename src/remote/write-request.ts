// What is asked of one host in one write.
import type { DriverName } from '../model/job.js'
import type { ArmedSlot, LeaseRules } from '../model/lease.js'
import type { HostName, Millis, SlotName } from '../model/names.js'
import type { Guard } from './guard.js'
import type { Recipe } from './recipe.js'

/**
 * One step. `start` and `restart` end with the slot running by this recipe: what runs by it already is left alone, what
 * runs by another is stopped first, so doing it twice equals doing it once. `adopt` writes the recipe of a unit that runs
 * and leaves the process alone. `stop` stops and takes away all that hc had for the slot. `restartOnly` restarts what is
 * there, files as they are. `run` begins a run of a cron job beside its schedule, unless one goes on. `stopContainer` removes
 * a labelled container that has lost its unit.
 */
export type Step =
  | { readonly kind: 'start' | 'restart' | 'adopt'; readonly recipe: Recipe }
  | { readonly kind: 'restartOnly'; readonly slot: SlotName /** of its stop */; readonly timeoutMs: Millis }
  | {
      readonly kind: 'stop'
      readonly slot: SlotName
      readonly timeoutMs: Millis
      /** Also what is known of its runs goes: its job was removed. Absent: it stays. */
      readonly forget?: true
    }
  | { readonly kind: 'run'; readonly slot: SlotName }
  | { readonly kind: 'stopContainer'; readonly slot: SlotName; readonly driver: Exclude<DriverName, 'systemd'> }

/** The kinds. */
export type StepKind = Step['kind']
/** All of them. */
export const STEP_KINDS: readonly StepKind[] = [
  'start',
  'restart',
  'adopt',
  'stop',
  'restartOnly',
  'run',
  'stopContainer',
]

/**
 * The host's side of the lease. `arm`: from now on it holds these rules, and these slots, no others, start only by a word
 * and are stopped by the host itself; what runs goes on. Twice equals once. `disarm` takes all of it away, and what runs
 * goes on. In one write it comes before the starts: an armed slot is never started by a host that could not be armed.
 */
export type LeaseStep =
  | {
      readonly arm: {
        readonly rules: LeaseRules
        readonly slots: readonly ArmedSlot[]
        /** Voters from whom no proof is waited for; see `Arming`. Absent: none. */
        readonly silent?: readonly HostName[]
      }
    }
  | { readonly disarm: true }

/** All steps of one host and one plan; a slot at most once. */
export interface WriteRequest {
  readonly guard: Guard
  readonly steps: readonly Step[]
  /** Arms or disarms the host. Absent: as it is. */
  readonly lease?: LeaseStep
}

/** The slot that a step is about. */
export function slotOfStep(step: Step): SlotName {
  return 'recipe' in step ? step.recipe.slot : step.slot
}

/** Longest wait for starts together, ms: preparing a container takes tens of seconds on a small board. */
export const START_BOUND_MS = 20_000
/** What a stop may take beyond its own time-out, ms: killing by force and looking again. */
const FORCE_MS = 10_000

/** How long the longest polite stop of the request may take. */
export function stopBoundMs({ steps }: Pick<WriteRequest, 'steps'>): Millis {
  const times = steps.map((step) => {
    if ('recipe' in step) return step.recipe.stopTimeoutMs
    return 'timeoutMs' in step ? step.timeoutMs : 0
  })
  return Math.max(0, ...times)
}

/** What arming may take at the very worst, ms: systemd is asked a few times, host keys are looked at once. */
const LEASE_MS = 20_000

/** Bound for the transport: what the script may take at the very worst. */
export function writeTimeoutMs(request: WriteRequest): Millis {
  const leaseMs = request.lease === undefined ? 0 : LEASE_MS
  return request.guard.lockMs + stopBoundMs(request) + FORCE_MS + 2 * START_BOUND_MS + leaseMs
}
