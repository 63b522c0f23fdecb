// What is to become of each allocation: an ordered table, the first rule that matches wins. Level-triggered: only the
// present counts.
import { generationOf, isPinned, mayLeave } from '../model/job.js'
import { byName, jobOfSlot, placeOfSlot } from '../model/names.js'
import type { Reason } from '../model/plan.js'
import { formatMillis } from '../model/resources.js'
import type { PlanInput } from './input.js'
import { failureText, isActive, phaseOf } from './phase.js'
import type { Subject } from './subjects.js'

/**
 * `unclaimed` shown, never touched; `stop`; `keep` nothing to do; `adopt` into the records; `restart` where it is (or
 * elsewhere when it no longer fits); `start` where it was; `place` anywhere; `migrate` off a draining host; `replace`
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
}

type Outcome = Omit<Classified, 'subject'> | null
interface Rule {
  /** Why the rule is there. */
  readonly why: string
  readonly apply: (subject: Subject, input: PlanInput) => Outcome
}

const outcome = (bucket: Bucket, reason: Reason | null, text: string): Outcome => ({ bucket, reason, text })

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
    why: 'Two copies: the one that the store names stays, unless the other carries a higher number (an older store).',
    apply: ({ placement, host, unit }) =>
      placement && placement.host !== host && (unit?.placement ?? 0) <= placement.number
        ? outcome('stop', 'replaced-elsewhere', `the slot is on ${placement.host}`)
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
    apply: ({ placement, host }) =>
      !placement || placement.host !== host ? outcome('adopt', 'already-running', 'it runs as the job asks') : null,
  },
  {
    why: 'A drained host gives its allocations away, but for what belongs to it; a run that is under way ends there.',
    apply: ({ state, applied, unit }) =>
      state?.draining && applied && mayLeave(applied.job) && !(applied.job.type === 'cron' && unit && isActive(unit))
        ? outcome('migrate', 'host-draining', `${state.host.name} is being drained`)
        : null,
  },
  {
    why: 'By its phase.',
    apply: (subject, input) => byPhase(subject, input),
  },
]

function byPhase({ unit, applied, state, slot }: Subject, input: PlanInput): Outcome {
  if (!unit || !applied || !state?.facts) return null
  const { job } = applied
  switch (phaseOf(unit, job, state.facts.monotonicMs)) {
    case 'running':
    case 'starting':
    case 'stopping':
    case 'scheduled':
      return outcome('keep', null, '')
    case 'broken':
      return backOff(slot, input) ?? outcome('restart', 'failed', failureText(unit))
    case 'fresh':
      return backOff(slot, input) ?? outcome('start', 'exited', 'its unit is there, but was not started')
    case 'failed':
      return outcome('failed', null, failureText(unit))
    case 'ended':
      if (job.type === 'batch') return outcome('complete', null, 'it has ended well')
      if (job.restart.attempts === 0) return outcome('failed', null, 'it has ended, and restart.attempts is never')
      return backOff(slot, input) ?? outcome('start', 'exited', 'its process had ended')
  }
}

/** Rules for a slot that was seen on no host in this tick, or not on the one that its record names. */
const UNSEEN: readonly Rule[] = [
  {
    why: 'Recorded, but not wanted: the record stays, so that its place is known if it is wanted again.',
    apply: ({ wanted }) => (wanted ? null : outcome('nothing', null, '')),
  },
  {
    why: 'A batch job that has ended is not started again.',
    apply: ({ placement, applied, slot }) =>
      placement?.completed &&
      applied &&
      placement.hash === applied.hash &&
      placement.generation >= generationOf(applied, slot)
        ? outcome('complete', null, 'it has ended well')
        : null,
  },
  {
    why: 'Nowhere yet.',
    apply: (subject, input) => {
      if (subject.placement) return null
      return unseenHostHolds(subject, input) ?? backOff(subject.slot, input) ?? outcome('place', 'new-job', 'new')
    },
  },
  {
    why: 'The store is older than what runs: a copy with a higher number is there, and is adopted.',
    apply: ({ best }) => (best ? null : outcome('nothing', null, '')),
  },
  {
    why: 'Its host has left the inventory: out of reach until hc host forget.',
    apply: ({ state, host }) => (state ? null : outcome('wait', null, `${host} is no longer in the inventory`)),
  },
  {
    why: 'Half-done steps look like anything, and what another control machine does is not ours to judge.',
    apply: ({ state }) => (state?.blocked ? outcome('wait', null, state.blocked.text) : null),
  },
  {
    why: 'Its host answers and shows no unit.',
    apply: ({ state, slot, applied, placement }, input) => {
      if (!state?.facts) return null
      const asked = applied && placement && placement.generation < generationOf(applied, slot)
      return (
        backOff(slot, input) ??
        outcome('start', asked ? 'job-started' : 'missing', `${state.host.name} does not have its unit`)
      )
    },
  },
  {
    why: 'Silence is not death.',
    apply: ({ state }) =>
      state && state.belief.verdict !== 'lost'
        ? outcome('wait', null, `${state.host.name} is ${state.belief.verdict}: ${state.belief.reason}`)
        : null,
  },
  {
    why: 'A slot of a system job belongs to its host.',
    apply: ({ applied, host }) =>
      applied?.job.type === 'system' ? outcome('wait', null, `${host} is lost: it comes back with its host`) : null,
  },
  {
    why: 'Its data is on the host.',
    apply: ({ applied, host }) =>
      applied && isPinned(applied.job)
        ? outcome('wait', null, `${host} is lost and holds its volume: it waits for that host`)
        : null,
  },
  {
    why: 'The operator asked to wait.',
    apply: ({ applied, host }) =>
      applied?.job.onHostLoss === 'wait' ? outcome('wait', null, `${host} is lost, and on_host_loss is wait`) : null,
  },
  {
    why: 'Exclusive work never runs twice: without a lease, a fence or a word of the operator nothing proves it dead.',
    apply: ({ applied, host }) =>
      applied?.job.exclusive
        ? outcome(
            'wait',
            null,
            `${host} is lost, but its copy may still run there, and exclusive work never runs twice: it waits until ${host} is back`,
          )
        : null,
  },
  {
    why: 'A batch job may have done half its work.',
    apply: ({ applied, host }) =>
      applied?.job.type === 'batch' && !applied.job.rerun
        ? outcome('wait', null, `${host} was lost during its run, and rerun is false: hc job restart runs it again`)
        : null,
  },
  {
    why: 'Its host is lost.',
    apply: ({ slot, state }, input) =>
      backOff(slot, input) ?? outcome('replace', 'host-lost', `${state?.host.name} is lost: ${state?.belief.reason}`),
  },
]

/**
 * Seen nowhere is not runs nowhere: exclusive work is not started, and no host is made the home of pinned data, while a
 * host was never seen under this store.
 */
function unseenHostHolds({ applied }: Subject, { hosts }: PlanInput): Outcome {
  if (!applied?.job.exclusive && !(applied && isPinned(applied.job))) return null
  const unseen = hosts
    .filter(({ facts, everReached }) => facts === null && !everReached)
    .map(({ host }) => host.name)
    .sort(byName)
  if (unseen.length === 0) return null
  const why = applied.job.exclusive ? 'exclusive, and it might run on' : 'its data might be on'
  return outcome('wait', null, `${why} ${unseen.join(', ')}, not seen yet`)
}

function backOff(slot: string, { backOffs, wall }: PlanInput): Outcome {
  const entry = backOffs[slot]
  const left = entry ? Date.parse(entry.until) - Date.parse(wall) : 0
  if (!entry || left <= 0) return null
  const times = entry.failures === 1 ? 'once' : `${entry.failures} times`
  const why = entry.error ? `: ${entry.error};` : ':'
  return outcome('wait', null, `its start failed ${times}${why} next try in ${formatMillis(left)}`)
}

/** Buckets that may end with a copy that was not there before, or is recorded anew. */
const ADDS: ReadonlySet<Bucket> = new Set(['adopt', 'restart', 'start', 'place', 'migrate', 'replace'])

/** While a copy can't be stopped, no other is begun. */
function held({ heldBy }: Subject): Outcome {
  return heldBy?.blocked ? outcome('wait', null, `${heldBy.host.name} shows a copy too: ${heldBy.blocked.text}`) : null
}

/** Puts every subject into exactly one bucket. */
export function classify(subjects: readonly Subject[], input: PlanInput): readonly Classified[] {
  return subjects.map((subject) => {
    for (const rule of subject.unit ? SEEN : UNSEEN) {
      const result = rule.apply(subject, input)
      if (result) return { subject, ...(ADDS.has(result.bucket) ? (held(subject) ?? result) : result) }
    }
    return { subject, bucket: 'wait', reason: null, text: 'no rule matches' }
  })
}

/** Does a process of this subject hold resources of its host? */
export function occupies({ subject, bucket }: Classified): boolean {
  if (bucket === 'stop' || bucket === 'unclaimed' || bucket === 'complete') return false
  if (bucket === 'failed') return true
  return subject.unit ? isActive(subject.unit) || bucket !== 'nothing' : bucket === 'wait' && subject.placement !== null
}
