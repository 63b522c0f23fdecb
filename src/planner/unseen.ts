// Rules for slots that were seen nowhere in this tick: is the silence of a host a reason to start them elsewhere?
import { generationOf, isPinned, mayLeave } from '../model/job.js'
import { byName, type HostName } from '../model/names.js'
import { mayTakeOver } from './exclusive.js'
import { movesFromHung } from './hung.js'
import type { HostState, PlanInput } from './input.js'
import { isActive } from './phase.js'
import { backOff, type Outcome, outcome, type Rule } from './rules.js'
import type { Subject } from './subjects.js'

/** Rules for a slot that was seen on no host in this tick, or not on the one that its record names. */
export const UNSEEN: readonly Rule[] = [
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
    why: 'Nor is one whose tries have all failed: it waits for a word, or a new version.',
    apply: ({ placement, applied, slot }) =>
      placement?.failed !== undefined &&
      applied &&
      placement.hash === applied.hash &&
      placement.generation >= generationOf(applied, slot)
        ? outcome('failed', null, `${placement.failed}, on ${placement.host}`)
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
    why: 'Its host answers and shows no unit: it goes where it was, or anywhere once it was stopped for another.',
    apply: ({ state, slot, applied, placement }, input) => {
      if (!state?.facts) return null
      if (placement?.outranked !== undefined) {
        return backOff(slot, input) ?? outcome('place', 'missing', `there is room for it again: ${placement.outranked}`)
      }
      const gaveUp =
        input.backOffs[slot]?.gaveUp !== undefined && input.backOffs[slot]?.failedOn.includes(state.host.name)
      if (gaveUp && applied && mayLeave(applied.job)) {
        return backOff(slot, input) ?? outcome('place', 'failing', `it was given up on ${state.host.name}`)
      }
      const asked = applied && placement && placement.generation < generationOf(applied, slot)
      return (
        backOff(slot, input) ??
        outcome('start', asked ? 'job-started' : 'missing', `${state.host.name} does not have its unit`)
      )
    },
  },
  {
    why: 'A host that hangs may be given up for ordinary work that fails its own check there, where the operator says so.',
    apply: (subject, input) => {
      const found = movesFromHung(subject, input)
      return found?.bucket === 'replace' ? (backOff(subject.slot, input) ?? found) : found
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
    apply: ({ applied, state, slot }, input) => {
      if (!applied?.job.exclusive || !state) return null
      const { allowed, text } = mayTakeOver(state, slot, input)
      return allowed ? null : outcome('wait', null, text)
    },
  },
  {
    why: 'Seen nowhere is not runs nowhere: another host that was not seen yet might run it too.',
    apply: (subject, input) => (subject.applied?.job.exclusive ? unseenHostHolds(subject, input) : null),
  },
  {
    why: 'A batch job may have done half its work.',
    apply: ({ applied, host }) =>
      applied?.job.type === 'batch' && !applied.job.rerun
        ? outcome(
            'wait',
            null,
            `${host} was lost during its run, and rerun is false: hc job run ${applied.job.name} runs it again`,
          )
        : null,
  },
  {
    why: 'Its host is lost.',
    apply: ({ slot, state }, input) =>
      backOff(slot, input) ??
      outcome('replace', 'host-lost', state?.fenced ?? `${state?.host.name} is lost: ${state?.belief.reason}`),
  },
]

/**
 * Seen nowhere is not runs nowhere: exclusive work is not started, and no host is made the home of pinned data, while a
 * host was not seen under this store in the present term, nor fenced or confirmed lost.
 */
function unseenHostHolds({ applied }: Subject, { hosts }: PlanInput): Outcome {
  if (!applied?.job.exclusive && !(applied && isPinned(applied.job))) return null
  const unseen = hosts
    .filter((state) => state.facts === null && !wasSeen(state))
    .map(({ host }) => host.name)
    .sort(byName)
  if (unseen.length === 0) return null
  const why = applied.job.exclusive ? 'exclusive, and it might run on' : 'its data might be on'
  return outcome('wait', null, `${why} ${unseen.join(', ')}, not seen yet; ${wordThatHelps(unseen)}`)
}

/**
 * Exclusive work that does not run where it was seen, or is recorded, is not begun there while another host might run it. Its
 * unit may be what its host was left with when it was taken over by one that was not seen yet; and of records that may be older
 * than what runs, each host is asked that has not answered since, or would still obey whoever acted before. What runs goes on,
 * or is restarted, where it is.
 */
export function othersMayRun(subject: Subject, input: PlanInput): Outcome {
  const { applied, unit } = subject
  if (!applied?.job.exclusive || (unit && isActive(unit))) return null
  return (unit && unseenHostHolds(subject, input)) ?? unsureHostHolds(input)
}

/** A host may be named that never was: then nothing else ends the wait. */
function wordThatHelps(hosts: readonly HostName[]): string {
  const are = hosts.length === 1 ? 'it is' : 'they are'
  return `hc host confirm-lost ${hosts.join(' ')} says that ${are} off`
}

function unsureHostHolds({ hosts }: PlanInput): Outcome {
  const open = hosts.filter((state) => state.unsure && !state.fenced && !state.confirmedLost)
  const unsure = open.map(({ host }) => host.name).sort(byName)
  if (unsure.length === 0) return null
  const since = 'not seen since the store was made anew or taken over'
  // Who answers is told the term in this very tick.
  const help = open.every(({ facts }) => facts === null) ? `; ${wordThatHelps(unsure)}` : ''
  return outcome('wait', null, `exclusive, and it might run on ${unsure.join(', ')}, ${since}${help}`)
}

function wasSeen({ everReached, seenInTerm, fenced, confirmedLost }: HostState): boolean {
  return (everReached && seenInTerm !== false) || fenced !== undefined || confirmedLost !== undefined
}
