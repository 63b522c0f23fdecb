// What is to become of each allocation: an ordered table, the first rule that matches wins. Level-triggered: only the
// present counts.
import { generationOf, mayLeave } from '../model/job.js'
import { jobOfSlot, placeOfSlot } from '../model/names.js'
import { homeOf } from '../model/plan.js'
import { givenUp, running, stoppedByHost, unwell } from './failing.js'
import type { PlanInput } from './input.js'
import { failureText, isActive, phaseOf } from './phase.js'
import { type Bucket, backOff, type Classified, type Outcome, outcome, type Rule } from './rules.js'
import { batchEnd, runDue } from './runs.js'
import { isOldCopy } from './start-first.js'
import { anchorOf, isDoubtful, isRenamed, type Subject } from './subjects.js'
import { othersMayRun, UNSEEN } from './unseen.js'
import { wishOf } from './wishes.js'

export type { Bucket, Classified } from './rules.js'

/** Rules for a copy that was seen on a host in this tick. */
const SEEN: readonly Rule[] = [
  {
    why: 'Half-done steps look like anything, and what another control machine does is not ours to judge.',
    apply: ({ state, applied, slot }, { removed }) =>
      state?.blocked && (applied || removed[jobOfSlot(slot)]) ? outcome('wait', null, state.blocked.text) : null,
  },
  {
    why: 'Removed on purpose.',
    apply: ({ applied, slot }, { removed }) =>
      !applied && removed[jobOfSlot(slot)] ? outcome('stop', 'job-removed', 'its job was removed') : null,
  },
  {
    why: 'Unknown to this store: another store may know why it runs.',
    apply: ({ applied }) => (applied ? null : outcome('unclaimed', null, 'this store knows nothing of it')),
  },
  {
    why: 'A unit of another cluster beside an allocation of ours is not ours to stop; one of a store of ours that was lost is.',
    apply: ({ unit, placement, host, state }, { cluster }) =>
      unit?.cluster && unit.cluster !== cluster && !state?.ours && placement && placement.host !== host
        ? outcome('unclaimed', null, `it bears the cluster id ${unit.cluster}, ours is ${cluster}`)
        : null,
  },
  {
    why: 'Stopped on purpose.',
    apply: ({ applied }) => (applied?.stopped ? outcome('stop', 'job-stopped', 'the job is stopped') : null),
  },
  {
    why: 'The count was lowered, or a system job no longer matches the host, or its slot is of another host (renamed).',
    apply: ({ applied, wanted, host, slot }) => {
      const strayed = applied?.job.type === 'system' && placeOfSlot(slot) !== host
      if (!applied || (wanted && !strayed)) return null
      return applied.job.type === 'system'
        ? outcome('stop', 'host-unfit', `${host} no longer meets its constraints`)
        : outcome('stop', 'count-lowered', `the job wants ${applied.job.count}`)
    },
  },
  {
    why: 'Its host left the inventory, and the same allocation is on another: renamed, or a copy of its disk. Exclusive work never runs twice.',
    apply: (subject, input) =>
      isDoubtful(subject, input)
        ? outcome(
            'wait',
            null,
            `it is recorded on ${subject.placement?.host}, which is no longer in the inventory: give ${subject.host} that name again, or remove the job and apply it anew`,
          )
        : null,
  },
  {
    why: 'start-first: the old copy serves until the new one, begun beside it, was well.',
    apply: (subject) =>
      isOldCopy(subject)
        ? outcome(
            'wait',
            null,
            `serves until the new copy on ${subject.placement?.host} is well (update.order start-first)`,
          )
        : null,
  },
  {
    why: 'Two copies: the one that the store names stays, unless the other carries a higher number (an older store).',
    apply: ({ placement, host, unit, best }, input) =>
      placement &&
      placement.host !== host &&
      (unit?.placement ?? 0) <= placement.number &&
      !(best && unit && host && (placement.instead === host || isRenamed(unit, host, placement, input)))
        ? outcome('stop', 'replaced-elsewhere', `the slot is on ${placement.host}`)
        : null,
  },
  {
    why: 'Its host is back before this copy, begun in its place, was well.',
    apply: ({ best, placement, host, unit }) =>
      !best && placement?.instead !== undefined && placement.host === host && unit?.placement === placement.number
        ? outcome('stop', 'host-returned', `${placement.instead} is back before it was well here: the copy there stays`)
        : null,
  },
  {
    why: 'Two copies and no record, or an older one: the higher term and number stays.',
    apply: ({ best }) =>
      !best ? outcome('stop', 'duplicate', 'another copy with a higher term or number stays') : null,
  },
  {
    why: 'It runs something else than what was applied last.',
    apply: ({ unit, applied, slot }, input) => {
      if (!unit || !applied || unit.hash === applied.hash) return null
      return (
        backOff(slot, input) ??
        outcome('restart', 'spec-changed', `version ${unit.version ?? '?'} -> ${applied.version}`)
      )
    },
  },
  {
    why: 'A restart was asked for after it was started.',
    apply: ({ unit, applied, slot }) =>
      unit && applied && (unit.generation ?? 0) < generationOf(applied, slot) && unit.placement !== null
        ? outcome('restart', 'restart-asked', 'hc job restart')
        : null,
  },
  {
    why: 'It runs as it should, but the store does not know: its records were lost, or are older.',
    apply: ({ placement, host }) => {
      if (placement?.host === host) return null
      const early = placement?.instead === host ? `${host} is back before ${placement?.host} ran it well` : null
      return outcome('adopt', 'already-running', early ?? 'it runs as the job asks')
    },
  },
  {
    why: 'A drained host gives its allocations away, but for what belongs to it; a run that is under way ends there.',
    apply: (subject, input) => {
      const { state, applied, unit } = subject
      if (!state?.draining || !applied || !mayLeave(applied.job)) return null
      if ((applied.job.type === 'cron' && unit && isActive(unit)) || anchorOf(subject, input) !== null) return null
      // Nothing of it runs, and nothing is begun again, here or elsewhere, without a word.
      if (unit && !isActive(unit) && byPhase(subject, input)?.bucket === 'failed') return null
      return outcome('migrate', 'host-draining', `${state.host.name} is being drained`)
    },
  },
  {
    why: 'An operator wants it elsewhere; a run that is under way ends where it is.',
    apply: ({ applied, unit, placement, host }, input) => {
      const wish = placement && placement.host === host ? wishOf(placement, input) : null
      if (wish === null || !applied || !mayLeave(applied.job)) return null
      if (applied.job.type === 'cron' && unit && isActive(unit)) return null
      const home = placement && wish === homeOf(placement)
      return outcome('migrate', home ? 'went-home' : 'move-asked', `to ${wish}`)
    },
  },
  {
    why: 'By its phase.',
    apply: (subject, input) => byPhase(subject, input),
  },
]

function byPhase(subject: Subject, input: PlanInput): Outcome {
  const { unit, applied, state, slot } = subject
  if (!unit || !applied || !state?.facts) return null
  const { job } = applied
  switch (phaseOf(unit, job, state.facts.monotonicMs)) {
    case 'running':
      return stoppedByHost(subject) ?? unwell(subject, input) ?? running(subject, input)
    case 'starting':
    case 'stopping':
      return outcome('keep', null, '')
    case 'scheduled': {
      const run = runDue(subject, input)
      return { bucket: 'keep', reason: null, text: '', ...(run && { run }) }
    }
    case 'broken':
      return backOff(slot, input) ?? outcome('restart', 'failed', failureText(unit))
    case 'fresh':
      return (
        (job.type === 'batch' ? batchEnd(subject, false) : null) ??
        backOff(slot, input) ??
        outcome('start', 'exited', 'its unit is there, but was not started')
      )
    case 'failed':
      return givenUp(subject, input, failureText(unit))
    case 'ended':
      if (job.type === 'batch') return batchEnd(subject, true)
      if (job.restart.attempts === 0) return outcome('failed', null, 'it has ended, and restart.attempts is never')
      return backOff(slot, input) ?? outcome('start', 'exited', 'its process had ended')
  }
}

/** Buckets that may end with a copy that was not there before, or is recorded anew. */
const ADDS: ReadonlySet<Bucket> = new Set(['adopt', 'restart', 'start', 'place', 'migrate', 'reschedule', 'replace'])

/** While a copy can't be stopped, no other is begun; nor is exclusive work while another host might run it. */
function held(subject: Subject, bucket: Bucket, input: PlanInput): Outcome {
  if (!ADDS.has(bucket)) return null
  const { heldBy } = subject
  if (heldBy?.blocked) return outcome('wait', null, `${heldBy.host.name} shows a copy too: ${heldBy.blocked.text}`)
  return bucket === 'adopt' ? null : othersMayRun(subject, input)
}

/** Puts every subject into exactly one bucket. */
export function classify(subjects: readonly Subject[], input: PlanInput): readonly Classified[] {
  return subjects.map((subject) => {
    for (const rule of subject.unit ? SEEN : UNSEEN) {
      const result = rule.apply(subject, input)
      if (result) return { subject, ...(held(subject, result.bucket, input) ?? result) }
    }
    return { subject, bucket: 'wait', reason: null, text: 'no rule matches' }
  })
}

/** Does a process of this subject hold resources of its host? */
export function occupies({ subject, bucket }: Classified): boolean {
  if (bucket === 'stop' || bucket === 'unclaimed' || bucket === 'complete') return false
  // What has failed for good on a host that is lost needs no room any more.
  if (bucket === 'failed') return subject.unit !== null
  return subject.unit ? isActive(subject.unit) || bucket !== 'nothing' : bucket === 'wait' && subject.placement !== null
}
