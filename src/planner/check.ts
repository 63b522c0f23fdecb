// Is this plan lawful? A second look with other eyes, before anything is sent: whatever it finds is a bug of the planner.
import type { HostName, SlotName } from '../model/names.js'
import type { Action, Plan } from '../model/plan.js'
import { companyFaults } from './check-company.js'
import { exclusiveFaults } from './check-exclusive.js'
import { moveFaults, roomFaults } from './check-room.js'
import type { Classified } from './classify.js'
import { hostsByName, type PlanInput } from './input.js'
import { mayOverlap } from './start-first.js'

/** Sentences for each law that the plan breaks; empty when it is lawful. */
export function check(plan: Plan, classified: readonly Classified[], input: PlanInput): readonly string[] {
  return [
    ...onReadyHosts(plan, input),
    ...onceEach(plan, classified),
    ...exclusiveFaults(plan, classified, input),
    ...withReason(plan),
    ...roomFaults(plan, classified, input),
    ...companyFaults(plan, classified, input),
    ...moveFaults(plan, classified, input),
  ]
}

const STARTS: ReadonlySet<Action['kind']> = new Set(['start', 'restart', 'move'])

function onReadyHosts({ actions }: Plan, input: PlanInput): readonly string[] {
  const hosts = hostsByName(input)
  return actions.flatMap((action) => {
    const touched: HostName[] = action.kind === 'move' && action.from ? [action.host, action.from] : [action.host]
    return touched.flatMap((name) => {
      const state = hosts.get(name)
      if (!state?.facts) return [`${action.kind} ${action.slot} on ${name}, which did not answer in this tick`]
      if (state.blocked) return [`${action.kind} ${action.slot} on ${name}: ${state.blocked.text}`]
      const arrives =
        action.host === name && (action.kind === 'start' || action.kind === 'move') && isNewTo(action, input)
      return arrives && (state.cordoned || state.draining)
        ? [`${action.slot} would move to ${name}, which is cordoned`]
        : []
    })
  })
}

/** Comes from elsewhere, or was never there. */
function isNewTo({ host, slot, from }: Action, { placements }: PlanInput): boolean {
  return from !== null || placements[slot]?.host !== host
}

/** No slot is started twice, and none is started while a copy of it keeps running elsewhere, but where start-first asks for it. */
function onceEach({ actions }: Plan, classified: readonly Classified[]): readonly string[] {
  const started = new Map<SlotName, HostName>()
  const faults: string[] = []
  for (const action of actions) {
    if (!STARTS.has(action.kind) && action.kind !== 'adopt') continue
    const other = started.get(action.slot)
    if (other !== undefined) faults.push(`${action.slot} would be placed on ${other} and on ${action.host}`)
    started.set(action.slot, action.host)
  }
  const stops = new Map(
    actions.map((action) => [`${action.slot} ${action.kind === 'move' ? action.from : action.host}`, action]),
  )
  const overlaps = new Set(actions.map(({ slot, placement }) => `${slot} ${placement?.beside}`))
  for (const { subject, bucket } of classified) {
    const place = started.get(subject.slot)
    if (place === undefined || place === subject.host || !subject.unit || bucket === 'unclaimed') continue
    if (overlaps.has(`${subject.slot} ${subject.host}`) && subject.applied && mayOverlap(subject.applied)) continue
    if (!stops.has(`${subject.slot} ${subject.host}`)) {
      faults.push(`${subject.slot} would start on ${place} while it runs on ${subject.host}`)
    }
  }
  return faults
}

function withReason({ actions, unplaced, waiting }: Plan): readonly string[] {
  return [
    ...actions.filter(({ reason, text }) => !reason || !text).map(({ kind, slot }) => `${kind} ${slot} has no reason`),
    ...unplaced
      .filter(({ reasons }) => reasons.some(({ reason }) => !reason))
      .map(({ slot }) => `${slot} is refused by a host without a sentence`),
    ...waiting.filter(({ reason }) => !reason).map(({ slot }) => `${slot} waits without a reason`),
  ]
}
