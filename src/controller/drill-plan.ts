// What a drill would do, and whether it may be done: only where all is well, and the loss is known to be survived.
import type { DrillPlan } from '../model/drill.js'
import { UserError } from '../model/errors.js'
import { canBeTakenOver, mayLeave } from '../model/job.js'
import { LEASE_DEFAULTS } from '../model/lease-record.js'
import { byName, type HostName, type Millis, someOf } from '../model/names.js'
import { noPlaceText } from '../model/survival.js'
import type { AllocationView, StatusView } from '../model/views.js'
import { controlHost } from '../planner/control.js'
import type { Controller, Look } from './controller.js'
import { findHost } from './host-detail.js'
import { SHOW_PATIENCE_MS, snapshot } from './status.js'
import type { World } from './world.js'

/** How long a host is silent at the longest where nothing exclusive is to be taken over, ms. */
const ORDINARY_BOUND_MS: Millis = 20_000
/** What is added to the wait of a lease, ms. */
const EXCLUSIVE_MARGIN_MS: Millis = 18_000

/** A plan, and what it rests on. */
export interface Drawn {
  readonly plan: DrillPlan
  readonly look: Look
  /** What is on the host. */
  readonly own: readonly AllocationView[]
}

/** Works it out. Throws UserError where a drill may not be. */
export async function drawDrill(
  world: World,
  controller: Controller,
  { host, force, boundMs }: { readonly host: HostName; readonly force: boolean; readonly boundMs: Millis | null },
): Promise<Drawn> {
  await findHost(world, host)
  const look = await controller.look(SHOW_PATIENCE_MS)
  const view = await snapshot(world, look)
  refuseOutright(world, look, view, host)
  const survives = await controller.survivals.after(look)
  const despite = doubts(look, survives[host], host)
  if (despite.length > 0 && !force) {
    throw refusal(despite.join('; '), 'mend that first; --force rehearses it all the same')
  }
  const own = view.allocations.filter((each) => each.host === host && each.state !== 'stopped')
  const jobs = look.records?.jobs ?? {}
  const jobOf = ({ job }: AllocationView) => jobs[job]?.job
  const isMove = (each: AllocationView) => {
    const job = jobOf(each)
    return job !== undefined && mayLeave(job) && job.onHostLoss === 'move' && each.state !== 'complete'
  }
  const exclusive = own.filter((each) => {
    const job = jobOf(each)
    return job !== undefined && canBeTakenOver(job)
  })
  const names = (all: readonly AllocationView[]) => all.map(({ slot }) => slot).sort(byName)
  const lease = look.input.settings.lease ?? LEASE_DEFAULTS
  const wait = lease.leaseMs + lease.stopBoundMs + EXCLUSIVE_MARGIN_MS
  return {
    look,
    own,
    plan: {
      host,
      moves: names(own.filter(isMove)),
      exclusive: names(exclusive),
      waits: names(own.filter((each) => !isMove(each))),
      boundMs: boundMs ?? (exclusive.length > 0 ? wait : ORDINARY_BOUND_MS),
      despite,
    },
  }
}

function refuseOutright(world: World, look: Look, view: StatusView, name: HostName): void {
  const state = look.input.hosts.find(({ host }) => host.name === name)
  if (state?.host.connection.kind === 'local' || controlHost(look.input, world.ownBootId ?? null) === name) {
    throw refusal(`${name} is the control machine: nobody would be left to replace anything`, 'rehearse another host')
  }
  if (!view.loop.ticking)
    throw refusal('no loop is ticking, so that nothing would be replaced', 'hc reconcile --install')
  const unwell = view.hosts.filter(({ verdict }) => verdict !== 'ready')
  if (unwell.length > 0) {
    const words = unwell.map((each) => `${each.name} is ${each.verdict}`)
    throw refusal(
      `something else is amiss: ${someOf(words)}`,
      'hc status tells more; rehearse when all hosts are ready',
    )
  }
  if (!view.converged)
    throw refusal('not all is as it was applied', 'hc status tells more; rehearse once it has converged')
}

/** What --force puts aside. */
function doubts(
  { input }: Look,
  survival: ({ readonly ok: boolean | null } & Parameters<typeof noPlaceText>[0]) | undefined,
  name: HostName,
): readonly string[] {
  const fenced = input.hosts.find(({ host }) => host.name === name)?.host.fence
  return [
    ...(survival?.ok === false ? [`the loss of ${name} would not be survived: ${noPlaceText(survival)}`] : []),
    ...(survival?.ok !== true && survival?.ok !== false
      ? [`whether the loss of ${name} is survived is not known`]
      : []),
    ...(fenced ? [`${name} has a fence driver, which would really cut its power`] : []),
  ]
}

function refusal(why: string, hint: string): UserError {
  return new UserError(why, { code: 'usage', hint })
}
