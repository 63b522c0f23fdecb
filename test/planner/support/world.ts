// A world that does what plans say, at once and without fail: to see whether planning comes to rest.
import type { HostFacts, UnitFacts } from '../../../src/model/host.js'
import type { Action, Placement } from '../../../src/model/plan.js'
import type { HostState, PlanInput } from '../../../src/planner/input.js'
import type { Decision } from '../../../src/planner/plan.js'
import { unit } from './make.js'

/** The input as it is after the steps of a decision, and after what was under way has settled. */
export function carriedOut(input: PlanInput, { plan, classified }: Decision): PlanInput {
  const placements: Record<string, Placement> = { ...input.placements }
  for (const { slot, placement, reason, text } of plan.actions) {
    const before = placements[slot]
    if (placement) placements[slot] = placement
    else if (reason === 'outranked' && before) placements[slot] = { ...before, outranked: text }
  }
  for (const { bucket, subject } of classified) {
    const placement = placements[subject.slot]
    const isNew = subject.placement !== null && !subject.placement.completed
    if (bucket === 'complete' && isNew && placement) placements[subject.slot] = { ...placement, completed: true }
  }
  return { ...input, placements, hosts: input.hosts.map((state) => onHost(state, plan.actions, input)) }
}

function onHost(state: HostState, actions: readonly Action[], input: PlanInput): HostState {
  if (!state.facts) return state
  const name = state.host.name
  const units = new Map(state.facts.units.map((each) => [each.slot, settled(each)]))
  for (const { kind, slot, host, from } of actions) {
    if ((kind === 'stop' && host === name) || (kind === 'move' && from === name)) units.delete(slot)
  }
  for (const { kind, slot, host, placement } of actions) {
    if (host === name && placement && kind !== 'adopt') units.set(slot, started(slot, placement, input))
  }
  const facts: HostFacts = { ...state.facts, units: [...units.values()] }
  return { ...state, facts, lastFacts: facts }
}

function settled(each: UnitFacts): UnitFacts {
  if (each.active === 'deactivating') {
    return { ...each, active: 'inactive', sub: 'dead', activeSinceMs: null, inactiveSinceMs: 20_000 }
  }
  return each.active === 'active' ? { ...each, activeSinceMs: 10_000 } : each
}

function started(slot: string, { number, hash, version, generation, ports }: Placement, input: PlanInput): UnitFacts {
  const cron = input.jobs.some(({ job }) => job.type === 'cron' && slot.startsWith(`${job.name}.`))
  return unit(slot, {
    hash,
    version,
    generation,
    ports,
    placement: number,
    cluster: input.cluster,
    ...(cron && {
      active: 'inactive',
      sub: 'dead',
      activeSinceMs: null,
      timer: { active: 'active', lastTriggerMs: null },
    }),
  })
}
