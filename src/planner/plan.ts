// The decision: same input, same plan, byte for byte. No clock, no randomness, no I/O.
import { generationOf } from '../model/job.js'
import { byName, type HostName, jobOfSlot, type SlotName } from '../model/names.js'
import type { Action, Placement, Plan, Reason, Waiting } from '../model/plan.js'
import { type Classified, classify } from './classify.js'
import { hostsByName, type PlanInput } from './input.js'
import { withoutPlaceToo } from './leaving.js'
import { findPlaces, fixedPorts, type Placed } from './places.js'
import { rollout } from './rollout.js'
import { strayContainers } from './strays.js'
import { isDoubtful, subjectsOf } from './subjects.js'
import { wakeAt } from './wake.js'

/** Everything that was decided, and how each allocation was seen; views and checks read both. */
export interface Decision {
  readonly plan: Plan
  readonly classified: readonly Classified[]
}

/** Decides what is to be done. */
export function decide(input: PlanInput): Decision {
  const classified = classify(subjectsOf(input), input)
  const { now: moving, later } = rollout(classified)
  const { placed, unplaced } = findPlaces(classified, moving, input)
  const likewise = withoutPlaceToo(later, unplaced, classified)
  const hosts = hostsByName(input)
  const actions: Action[] = []
  const waiting: Waiting[] = []
  const unclaimed: { slot: SlotName; host: HostName }[] = []
  for (const item of classified) {
    const { subject, bucket, text } = item
    const host = subject.host ?? ''
    // The place was found for the slot; other copies of it, to be stopped, have nothing to do with it.
    const place = moving.has(item) ? (placed.get(subject.slot) ?? null) : null
    const blocked = place ? (hosts.get(place.host)?.blocked ?? null) : null
    const idle = bucket === 'wait' || later.has(item) || (moving.has(item) && (!place || blocked))
    if (idle && isUnrecorded(subject, input)) actions.push(adoption(item, input, 'it runs, but not as the job asks'))
    if (bucket === 'unclaimed') unclaimed.push({ slot: subject.slot, host })
    else if (bucket === 'wait') waiting.push({ slot: subject.slot, host: subject.host, reason: text })
    else if (likewise.has(item)) continue
    else if (later.has(item)) waiting.push({ slot: subject.slot, host: subject.host, reason: later.get(item) ?? '' })
    else if (place && blocked) waiting.push({ slot: subject.slot, host: place.host, reason: blocked.text })
    else actions.push(...actionsFor(item, place, input))
  }
  const taken = new Set(actions.map(({ slot, host }) => `${slot} ${host}`))
  const plan: Plan = {
    actions: order([...actions, ...strayContainers(input, taken)]),
    unplaced: [...unplaced, ...likewise.values()].sort((a, b) => byName(a.slot, b.slot)),
    waiting,
    unclaimed,
    greet: greetings(input),
    survives: {},
    wakeAt: wakeAt(classified, later.size > 0, input),
  }
  return { plan, classified }
}

/** A host whose units of hc wait for a word since it was started. */
function greetings({ hosts }: PlanInput): readonly HostName[] {
  return hosts
    .filter(({ facts, blocked }) => facts?.word === false && facts.units.length > 0 && blocked === null)
    .map(({ host }) => host.name)
    .sort(byName)
}

/** Just the plan. */
export function plan(input: PlanInput): Plan {
  return decide(input).plan
}

/** The steps for one allocation, given the place that was found for it. */
function actionsFor(item: Classified, place: Placed | null, input: PlanInput): readonly Action[] {
  const { subject, bucket, reason, text } = item
  const { slot, applied, host } = subject
  const base = { slot, job: jobOfSlot(slot), text }
  if (bucket === 'stop' && host !== null && reason) {
    return [{ ...base, kind: 'stop', host, from: null, reason, wave: 0, placement: null }]
  }
  if (bucket === 'adopt' && host !== null) return [adoption(item, input, text)]
  if (!place || !applied || !reason) return []
  const placement = allocation(item, place, input)
  const step = { ...base, host: place.host, reason: newReason(item, input) ?? reason, placement }
  if (applied.job.exclusive && subject.unit && host !== null && host !== place.host) {
    // Its record names the old host until that one is seen without it: should it fall silent before, nothing is started.
    const next = `${text}; exclusive: started on ${place.host} once it is seen to be stopped`
    return [{ ...base, text: next, kind: 'stop', host, from: null, reason, wave: 0, placement: null }]
  }
  switch (bucket) {
    case 'restart':
    case 'migrate':
      if (place.host === host) return [{ ...step, kind: 'restart', from: null, wave: 0 }]
      return [{ ...step, kind: 'move', from: host, wave: 0 }]
    case 'replace':
      return [{ ...step, kind: 'start', from: host, wave: 0 }]
    default: {
      // A record whose unit is elsewhere than the new place: the old copy, if any is seen, is stopped by its own rule.
      const from = host !== null && host !== place.host ? host : null
      const left = from !== null && subject.state?.draining ? leftBehind(from) : {}
      return [{ ...step, ...left, kind: subject.unit && from !== null ? 'move' : 'start', from, wave: 0 }]
    }
  }
}

/** It was stopped there to be started elsewhere. */
function leftBehind(from: HostName): Pick<Action, 'reason' | 'text'> {
  return { reason: 'host-draining', text: `${from} is being drained` }
}

/** A new slot of a job that has others already is a raised count. */
function newReason({ subject, bucket }: Classified, input: PlanInput): Reason | null {
  if (bucket !== 'place') return null
  const siblings = Object.keys(input.placements).some((slot) => jobOfSlot(slot) === jobOfSlot(subject.slot))
  return siblings && subject.applied?.job.type !== 'system' ? 'count-raised' : 'new-job'
}

function allocation({ subject }: Classified, { host, ports }: Placed, input: PlanInput): Placement {
  const { slot, applied, placement, unit } = subject
  const before = Math.max(placement?.number ?? 0, unit?.placement ?? 0)
  // Decided already: the same files again, so that what a step under way has started meanwhile is left alone.
  const again =
    placement?.host === host &&
    placement.number === before &&
    placement.version === applied?.version &&
    placement.hash === applied.hash &&
    placement.generation === generationOf(applied, slot) &&
    samePorts(placement.ports, ports)
  if (again) return { ...placement, completed: false }
  return {
    slot,
    host,
    number: before + 1,
    version: applied?.version ?? 0,
    hash: applied?.hash ?? '',
    generation: applied ? generationOf(applied, slot) : 0,
    ports,
    since: input.wall,
    completed: false,
  }
}

function samePorts(a: Placed['ports'], b: Placed['ports']): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}

/**
 * A copy that stays, but is in no record, or in one of another host. It must not wait for its turn like that: once its
 * host falls silent, nothing would tell that it runs, and it would be started elsewhere at once.
 */
function isUnrecorded(subject: Classified['subject'], input: PlanInput): boolean {
  const { unit, best, placement, host, state, heldBy } = subject
  const known = unit === null || placement?.host === host || isDoubtful(subject, input)
  return !known && best && state?.blocked === null && heldBy === null
}

function adoption({ subject }: Classified, input: PlanInput, text: string): Action {
  const { slot, host, applied, unit, placement: before } = subject
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
    completed: false,
  }
  const base = { slot, job: jobOfSlot(slot), host: host ?? '', from: null, wave: 0 }
  return { ...base, kind: 'adopt', reason: 'already-running', text, placement }
}

/**
 * Execution order: adopt, stop, then restart, move and start; by slot within. A start waits for the next wave when a
 * copy of its slot is stopped elsewhere in this plan, so that no slot runs twice on purpose.
 */
function order(actions: readonly Action[]): readonly Action[] {
  const rank: Readonly<Record<Action['kind'], number>> = { adopt: 0, forget: 1, stop: 2, restart: 3, move: 4, start: 5 }
  const stopped = new Set(actions.filter(({ kind }) => kind === 'stop').map(({ slot }) => slot))
  return actions
    .map((action) => {
      const waits = (action.kind === 'start' || action.kind === 'restart') && stopped.has(action.slot)
      return waits ? { ...action, wave: 1 } : action
    })
    .sort((a, b) => a.wave - b.wave || rank[a.kind] - rank[b.kind] || byName(a.slot, b.slot) || byName(a.host, b.host))
}
