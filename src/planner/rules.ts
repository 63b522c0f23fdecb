// What the rules of classify.ts are made of.
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

/** A start that failed is tried again later: null when it is time, or there was none. */
export function backOff(slot: string, { backOffs, wall }: PlanInput): Outcome {
  const entry = backOffs[slot]
  const left = entry ? Date.parse(entry.until) - Date.parse(wall) : 0
  if (!entry || left <= 0) return null
  const times = entry.failures === 1 ? 'once' : `${entry.failures} times`
  const why = entry.error ? `: ${entry.error};` : ':'
  return outcome('wait', null, `its start failed ${times}${why} next try in ${formatMillis(left)}`)
}
