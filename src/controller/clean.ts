// `hc host clean`: units of hc that this store knows nothing of are stopped and taken away.
import { UserError } from '../model/errors.js'
import type { HostCleanView, StrayUnitView } from '../model/host-verbs.js'
import { byName, type HostName, jobOfSlot, type SlotName } from '../model/names.js'
import type { Action } from '../model/plan.js'
import { underLock } from './change.js'
import type { Controller, Look } from './controller.js'
import { carryOut } from './execution.js'
import { findHost } from './host-detail.js'
import { decisionEvents, resultEvents } from './record.js'
import { firstRecords } from './recover.js'
import { SHOW_PATIENCE_MS } from './status.js'
import { claim } from './term.js'
import type { World } from './world.js'

/** What would be taken away. Throws UserError where the host does not answer. */
export async function planClean(world: World, controller: Controller, host: HostName): Promise<HostCleanView> {
  await findHost(world, host)
  return { host, units: strayOn(await controller.look(SHOW_PATIENCE_MS), host), results: [] }
}

/** Takes away those of `slots` that are unclaimed still. Throws UserError where the host does not answer. */
export async function cleanHost(
  world: World,
  controller: Controller,
  host: HostName,
  slots: readonly SlotName[],
): Promise<HostCleanView> {
  await findHost(world, host)
  return underLock(world, async () => {
    const { store, owner } = world
    const look = await controller.look(SHOW_PATIENCE_MS)
    const units = strayOn(look, host).filter(({ slot }) => slots.includes(slot))
    if (units.length === 0) return { host, units, results: [] }
    const records = claim(await store.read(), owner) ?? (await firstRecords(world, look))
    const actions = units.map((unit) => removal(unit, host))
    await store.appendEvents(decisionEvents(actions), records.term.number)
    const results = await carryOut(actions, look, records, world)
    await store.appendEvents(resultEvents(results), records.term.number)
    const ends = results.map(({ slot, host: where, ok, error }) => ({ slot, host: where, ok, error }))
    return { host, units, results: ends.sort((a, b) => byName(a.slot, b.slot)) }
  })
}

function strayOn({ input, decision }: Look, host: HostName): readonly StrayUnitView[] {
  const state = input.hosts.find((one) => one.host.name === host)
  if (!state?.facts) {
    const why = state?.blocked?.text ?? `${host} is ${state?.belief.verdict}: ${state?.belief.reason}`
    throw new UserError(`${why}: nothing can be taken away there now`, { code: 'world' })
  }
  const stray = new Set(decision.plan.unclaimed.flatMap((each) => (each.host === host ? [each.slot] : [])))
  return state.facts.units
    .filter(({ slot }) => stray.has(slot))
    .map(({ slot, cluster, active, sub }) => ({ slot, cluster, state: `${active} (${sub})` }))
    .sort((a, b) => byName(a.slot, b.slot))
}

function removal({ slot, state }: StrayUnitView, host: HostName): Action {
  const text = `it was unclaimed, ${state}`
  return {
    kind: 'stop',
    slot,
    job: jobOfSlot(slot),
    host,
    from: null,
    reason: 'cleaned',
    text,
    wave: 0,
    placement: null,
  }
}
