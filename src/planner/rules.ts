// What the rules of classify.ts are made of.
import type { RescheduleRule } from '../model/job.js'
import { jobOfSlot, type Millis, type SlotName } from '../model/names.js'
import type { Reason } from '../model/plan.js'
import { formatMillis } from '../model/resources.js'
import type { PlanInput } from './input.js'
import type { Subject } from './subjects.js'

/**
 * `unclaimed` shown, never touched; `stop`; `keep` nothing to do; `adopt` into the records; `restart` where it is (or
 * elsewhere when it no longer fits); `start` where it was; `place` anywhere; `migrate` off a draining host; `reschedule` away from where it failed; `replace`
 * elsewhere, its host is lost; `wait` the only safe act is none; `failed` given up; `complete` a batch job's end.
 */
export type Bucket =
  | 'unclaimed'
  | 'stop'
  | 'keep'
  | 'adopt'
  | 'restart'
  | 'start'
  | 'place'
  | 'migrate'
  | 'reschedule'
  | 'replace'
  | 'wait'
  | 'failed'
  | 'complete'
  | 'nothing'

/** The bucket of a subject, its named reason where something is done, and a sentence. */
export interface Classified {
  readonly subject: Subject
  readonly bucket: Bucket
  readonly reason: Reason | null
  readonly text: string
  /** It was given up on its host: which run that was, and why. Recorded before it is acted on. */
  readonly givenUp?: { readonly run: string; readonly error: string }
  /** A run of a cron job that is to be made now, beside its schedule. */
  readonly run?: RunCall
  /** It has run well for so long that its earlier failures are forgotten. */
  readonly recovered?: true
}

/** Why a run is made beside the schedule. */
export interface RunCall {
  readonly reason: 'run-missed' | 'run-lost'
  readonly text: string
}

/** What a rule says of a subject; null: it does not match. */
export type Outcome = Omit<Classified, 'subject'> | null

/** One line of the table. */
export interface Rule {
  /** Why the rule is there. */
  readonly why: string
  readonly apply: (subject: Subject, input: PlanInput) => Outcome
}

/** Says what is to become of it, by which named reason, in which sentence. */
export const outcome = (bucket: Bucket, reason: Reason | null, text: string): Outcome => ({ bucket, reason, text })

/** How long a slot waits after so many failures in a row, ms: `reschedule.delay`, doubled each time up to `max_delay`. */
export function delayAfter(failures: number, { delayMs, maxDelayMs }: RescheduleRule): Millis {
  return Math.min(maxDelayMs, delayMs * 2 ** Math.min(failures - 1, 20))
}

/**
 * How long a slot that failed still waits, ms; 0: it is time, or it has not failed. More than all of its wait can't be left:
 * the clock was set back meanwhile, by hours perhaps, and it is time.
 */
export function waitLeft(slot: SlotName, { backOffs, jobs, wall }: PlanInput): Millis {
  const entry = backOffs[slot]
  if (!entry) return 0
  const left = Date.parse(entry.until) - Date.parse(wall)
  const rule = jobs.find(({ job }) => job.name === jobOfSlot(slot))?.job.reschedule
  return left <= 0 || (rule && left > delayAfter(entry.failures, rule)) ? 0 : left
}

/** A start that failed is tried again later: null when it is time, or there was none. */
export function backOff(slot: SlotName, input: PlanInput): Outcome {
  const entry = input.backOffs[slot]
  const left = waitLeft(slot, input)
  if (!entry || left === 0) return null
  const times = entry.failures === 1 ? 'once' : `${entry.failures} times`
  const why = entry.error ? `: ${entry.error};` : ':'
  return outcome('wait', null, `its start failed ${times}${why} next try in ${formatMillis(left)}`)
}
