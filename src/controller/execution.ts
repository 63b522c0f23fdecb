// What carrying out a plan goes by: everything was decided before.
import { type Contents, type ExecuteInput, execute, type StepResult, type Target } from '../cluster/execute.js'
import type { NewEvent } from '../model/event.js'
import type { AppliedJob } from '../model/job.js'
import type { HostName } from '../model/names.js'
import type { Action, Plan } from '../model/plan.js'
import type { Records } from '../model/records.js'
import type { Decision } from '../planner/plan.js'
import { tickId } from '../planner/replay.js'
import { readContents } from './contents.js'
import type { Look } from './controller.js'
import { leaseSteps } from './lease.js'
import { recordResults, resultEvents } from './record.js'
import type { World } from './world.js'

/** Hosts that answered, and when that was: what a guard is made from. */
export function targetsOf({ input, observation }: Pick<Look, 'input' | 'observation'>): ReadonlyMap<HostName, Target> {
  const contacts = new Map(observation.hosts.map(({ host, lastContactAt }) => [host, lastContactAt]))
  return new Map(
    input.hosts.flatMap(({ host, facts }) => {
      const contactAt = contacts.get(host.name) ?? null
      return facts && contactAt !== null ? [[host.name, { host, facts, contactAt }] as const] : []
    }),
  )
}

/** The steps of a plan with all that they need. */
export function executionOf(
  actions: readonly Action[],
  look: Look,
  records: Records,
  { store, sources }: Pick<World, 'store' | 'sources'>,
): ExecuteInput {
  return {
    actions,
    greet: look.decision.plan.greet,
    leases: leaseSteps(look.decision.plan.arms ?? []),
    bootWaitMs: look.inventory.settings.bootWaitMs,
    hosts: targetsOf(look),
    jobs: new Map(Object.values(records.jobs).map((applied) => [applied.job.name, applied])),
    cluster: records.cluster,
    key: records.key,
    term: records.term,
    ...(records.order !== undefined && { order: records.order }),
    contents: (applied: AppliedJob): Promise<Contents> => readContents(applied, store, sources),
  }
}

/** Hosts that a plan writes to. */
export function touchedBy({ greet, actions, arms = [] }: Plan): ReadonlySet<HostName> {
  return new Set([
    ...greet,
    ...arms.map(({ host }) => host),
    ...actions.flatMap(({ host, from, kind }) => (kind === 'move' && from ? [host, from] : [host])),
  ])
}

/** The records with the number of what is about to be sent; the same where nothing is that a copy of them could miss. */
export function ordered(records: Records, { actions, arms = [] }: Plan): Records {
  const sends = arms.length > 0 || actions.some(({ kind }) => kind !== 'adopt' && kind !== 'forget')
  return sends ? { ...records, order: (records.order ?? 0) + 1 } : records
}

/** Is anything to be sent, or to be taken into the records? */
export function hasSteps({ plan: { actions, greet, arms = [] } }: Decision): boolean {
  return actions.length + greet.length + arms.length > 0
}

/** Carries out steps beside the loop's plan, of an operator's word or at the loop's end, and waits for them. */
export function carryOut(
  actions: readonly Action[],
  look: Look,
  records: Records,
  world: World,
  leases: ExecuteInput['leases'] = new Map(),
): Promise<readonly StepResult[]> {
  const input = { ...executionOf(actions, look, records, world), greet: [], leases }
  return execute(input, { ...world, onResult: () => {}, onHostDone: () => {} })
}

/** Events of a tick, with its name where somebody keeps what it was decided from. */
export function inTick(
  events: readonly NewEvent[],
  { ticks }: Pick<World, 'ticks'>,
  { input }: Pick<Look, 'input'>,
): readonly NewEvent[] {
  return ticks ? events.map((event) => ({ ...event, tick: tickId(input.wall) })) : events
}

/** Writes down how steps ended; `look`: of the tick that decided them. */
export async function recordEnded(
  world: Pick<World, 'store' | 'clock' | 'ticks'>,
  results: readonly StepResult[],
  look?: Look,
): Promise<void> {
  const { store, clock } = world
  const records = await store.read()
  if (!records) return
  const after = recordResults(records, results, clock.wall())
  if (JSON.stringify(after.backOffs) !== JSON.stringify(records.backOffs)) await store.write(after)
  const events = resultEvents(results)
  await store.appendEvents(look ? inTick(events, world, look) : events, records.term.number)
}
