// The steps that follow for one allocation from what is to become of it and the place that was found.
import { generationOf } from '../model/job.js'
import { type HostName, jobOfSlot } from '../model/names.js'
import { type Action, homeOf, type Placement, type Reason } from '../model/plan.js'
import type { Placed } from '../scheduler/place.js'
import type { Classified } from './classify.js'
import { fixedPorts } from './demands.js'
import type { PlanInput } from './input.js'
import { insteadOf } from './returns.js'
import { lostWith } from './runs.js'
import { besideOf, startsFirst } from './start-first.js'
import { isDoubtful } from './subjects.js'
import { wishOf } from './wishes.js'

/** The steps for one allocation, given the place that was found for it. */
export function actionsFor(item: Classified, place: Placed | null, input: PlanInput): readonly Action[] {
  const { subject, bucket, reason, text } = item
  const { slot, applied, host } = subject
  const base = { slot, job: jobOfSlot(slot), text }
  if (bucket === 'stop' && host !== null && reason) {
    return [{ ...base, kind: 'stop', host, from: null, reason, wave: 0, placement: null }]
  }
  if (bucket === 'adopt' && host !== null) return [adoption(item, input, text)]
  if (!place || !applied || !reason) return []
  const placement = allocation(item, place, input)
  const step = { ...base, host: place.host, reason: newReason(item, input) ?? reason, placement, score: place.score }
  if (applied.job.exclusive && subject.unit && host !== null && host !== place.host) {
    // Its record names the old host until that one is seen without it: should it fall silent before, nothing is started.
    const next = `${text}; exclusive: started on ${place.host} once it is seen to be stopped`
    return [{ ...base, text: next, kind: 'stop', host, from: null, reason, wave: 0, placement: null }]
  }
  if (startsFirst(item)) {
    if (place.host !== host) {
      const next = `${text}; beside the copy on ${host}, which is stopped once this one is well`
      return [{ ...step, text: next, kind: 'start', from: null, wave: 0 }]
    }
    const why = 'stopped first, since no other host can take a copy beside it'
    return [{ ...step, text: `${text}; ${why}`, kind: 'restart', from: null, wave: 0 }]
  }
  if (bucket === 'migrate' && place.host === host) {
    const why = `${text}, but no other host takes it, and a boot has ended it`
    return [{ ...step, text: why, kind: 'start', reason: 'exited', from: null, wave: 0 }]
  }
  switch (bucket) {
    case 'restart':
    case 'migrate':
    case 'reschedule':
      if (place.host === host) return [{ ...step, kind: 'restart', from: null, wave: 0 }]
      return [{ ...step, kind: 'move', from: host, wave: 0 }]
    case 'replace':
      return [{ ...step, kind: 'start', from: host, wave: 0 }]
    default: {
      // A record whose unit is elsewhere than the new place: the old copy, if any is seen, is stopped by its own rule.
      const from = host !== null && host !== place.host ? host : null
      const left = from === null ? {} : leftBehind(subject, from, input)
      return [{ ...step, ...left, kind: subject.unit && from !== null ? 'move' : 'start', from, wave: 0 }]
    }
  }
}

/** It was stopped there to be started elsewhere. */
function leftBehind(
  { placement, state }: Classified['subject'],
  from: HostName,
  input: PlanInput,
): Partial<Pick<Action, 'reason' | 'text'>> {
  const wish = placement && wishOf(placement, input)
  if (placement && wish) return { reason: wish === homeOf(placement) ? 'went-home' : 'move-asked', text: `to ${wish}` }
  return state?.draining ? { reason: 'host-draining', text: `${from} is being drained` } : {}
}

/** A new slot of a job that has others already is a raised count. */
function newReason({ subject, bucket }: Classified, input: PlanInput): Reason | null {
  if (bucket !== 'place' || subject.placement) return null
  const siblings = Object.keys(input.placements).some((slot) => jobOfSlot(slot) === jobOfSlot(subject.slot))
  return siblings && subject.applied?.job.type !== 'system' ? 'count-raised' : 'new-job'
}

/** What is recorded of a slot that is placed there. */
export function allocation(
  { subject, bucket, reason }: Classified,
  { host, ports }: Pick<Placed, 'host' | 'ports'>,
  input: PlanInput,
): Placement {
  const { slot, applied, placement, unit } = subject
  const before = Math.max(placement?.number ?? 0, unit?.placement ?? 0)
  // Decided already: the same files again, so that what a step under way has started meanwhile is left alone.
  const again =
    // The same files again would leave a process alone that runs, but is not well.
    reason !== 'unhealthy' &&
    placement?.host === host &&
    placement.outranked === undefined &&
    placement.number === before &&
    placement.version === applied?.version &&
    placement.hash === applied.hash &&
    placement.generation === generationOf(applied, slot) &&
    samePorts(placement.ports, ports)
  if (again) {
    const { wish: _granted, failed: _before, ...same } = placement
    return { ...same, completed: false }
  }
  return {
    slot,
    host,
    number: before + 1,
    version: applied?.version ?? 0,
    hash: applied?.hash ?? '',
    generation: applied ? generationOf(applied, slot) : 0,
    ports,
    since: input.wall,
    ...(placement?.wish === host ? {} : homeFrom(placement, host, input)),
    ...insteadOf({ subject, bucket }, host),
    ...besideOf({ subject, bucket, reason }, host),
    ...(bucket === 'replace' && lostWith(subject)),
    completed: false,
  }
}

/** The home of a slot outlives its places, but not its host; a record says it only where it is another one. */
function homeFrom(before: Placement | null, host: HostName, { hosts }: PlanInput): Pick<Placement, 'home'> {
  const home = before ? homeOf(before) : host
  return home === host || !hosts.some((state) => state.host.name === home) ? {} : { home }
}

function samePorts(a: Placed['ports'], b: Placed['ports']): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}

/**
 * A copy that stays, but is in no record, or in one of another host. It must not wait for its turn like that: once its
 * host falls silent, nothing would tell that it runs, and it would be started elsewhere at once.
 */
export function isUnrecorded(subject: Classified['subject'], input: PlanInput): boolean {
  const { unit, best, placement, host, state, heldBy } = subject
  const known = unit === null || placement?.host === host || isDoubtful(subject, input)
  return !known && best && state?.blocked === null && heldBy === null
}

/** Takes into the records what runs already. */
export function adoption(item: Classified, input: PlanInput, text: string): Action {
  const { slot, host, applied, unit, placement: before } = item.subject
  const placement: Placement = {
    slot,
    host: host ?? '',
    // Above the record of another host, whose own copy is then the older one should it come back.
    number: Math.max(unit?.placement ?? 1, before && before.host !== host ? before.number + 1 : 1),
    version: unit?.version ?? applied?.version ?? 0,
    hash: unit?.hash ?? '',
    generation: unit?.generation ?? (applied ? generationOf(applied, slot) : 0),
    ports: { ...fixedPorts(applied?.job.ports ?? {}), ...(unit?.ports ?? {}) },
    since: input.wall,
    ...homeFrom(before, host ?? '', input),
    // The old copy of a rollout goes on serving, whichever of the new ones stays.
    ...besideOf(item, host ?? ''),
    completed: false,
  }
  const base = { slot, job: jobOfSlot(slot), host: host ?? '', from: null, wave: 0 }
  return { ...base, kind: 'adopt', reason: 'already-running', text, placement }
}
