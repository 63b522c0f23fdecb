// A host is emptied: what may leave it is moved away, one turn after the other; what stays is told, with the reason.
import { type AppliedJob, mayLeave } from '../model/job.js'
import { byName, type HostName, type JobName, jobOfSlot, type Millis, type SlotName } from '../model/names.js'
import type { Records } from '../model/records.js'
import type { ActionView, ApplyView, PlanView, Progress } from '../model/views.js'
import { stayingOn } from '../planner/leaving.js'
import { remedied } from '../planner/prospect.js'
import { planView } from '../planner/view.js'
import { outcome } from './apply.js'
import type { Controller, Look } from './controller.js'
import { type Driven, drive } from './drive.js'
import { intend, sayOfHosts } from './hosts.js'
import { firstRecords } from './recover.js'
import type { World } from './world.js'

/** What is to be emptied. */
export interface DrainRequest {
  readonly hosts: readonly HostName[]
  readonly patienceMs: Millis
  readonly signal: AbortSignal | null
  /** After so long nothing waits for its turn any more. Absent: no bound. */
  readonly deadlineMs?: Millis
  /** Shows what would move where, and says whether to go on. */
  confirm(plan: PlanView): Promise<boolean>
  onProgress(progress: Progress): void
}

/** What draining these hosts would move where, without doing it. */
export async function planDrain(
  world: World,
  controller: Controller,
  { hosts, patienceMs }: Pick<DrainRequest, 'hosts' | 'patienceMs'>,
): Promise<PlanView> {
  const look = await controller.look(patienceMs)
  const records = look.records ?? (await firstRecords(world, look))
  return preview(controller, look, records, hosts, world.clock.wall())
}

/** Cordons the hosts and moves away what may leave them. Nothing is recorded before `confirm` has said yes. */
export async function drainHosts(world: World, controller: Controller, request: DrainRequest): Promise<ApplyView> {
  const { hosts, patienceMs, signal, onProgress, deadlineMs } = request
  onProgress({ kind: 'phase', text: 'looking at the hosts' })
  const plan = await planDrain(world, controller, request)
  const nothing = { results: [], converged: false, outOfReach: [] }
  if (!(await request.confirm(plan))) return { ...plan, ...nothing, declined: true }
  await sayOfHosts(world, controller, {
    hosts,
    verb: 'drain',
    patienceMs,
    ...(deadlineMs !== undefined && { deadlineMs }),
  })
  const look = await controller.look(patienceMs)
  const slots = slotsOn(look, new Set(hosts))
  for (const { slot } of plan.actions) slots.add(slot)
  const jobs = new Set<JobName>([...slots].map(jobOfSlot))
  const follow = await world.store.loopHeld()
  const scope = { jobs, slots }
  const driven = await drive(world, controller, { ...scope, from: look, follow, patienceMs, signal, onProgress })
  const done = { ...plan, actions: plan.actions.map((action) => asDone(action, driven)) }
  const view = await outcome(world, done, driven, scope)
  const staying = stayingOn(driven.look.decision.classified, driven.look.input).filter(
    ({ host }) => host !== null && hosts.includes(host),
  )
  const waiting = view.waiting.filter(({ slot }) => slots.has(slot))
  return { ...view, staying, waiting, outOfReach: awayOf(driven, hosts), loopTicking: follow }
}

/**
 * All that would leave in the end, turns left aside: those are for doing it. What finds no place is told by every host.
 */
function preview(
  controller: Controller,
  look: Look,
  records: Records,
  names: readonly HostName[],
  wall: string,
): PlanView {
  const said = intend(records, names, 'drain', wall).records
  const jobs = Object.fromEntries(Object.entries(said.jobs).map(([name, applied]) => [name, atOnce(applied)]))
  const { input, decision } = controller.reconsider(look, { ...said, jobs }, null)
  const hosts = new Set(names)
  const slots = slotsOn({ ...look, input, decision }, hosts)
  const { plan, classified } = decision
  const scoped = {
    ...plan,
    actions: plan.actions.filter(({ slot }) => slots.has(slot)),
    unplaced: remedied(decision, input).unplaced.filter(({ slot }) => slots.has(slot)),
    waiting: plan.waiting.filter(({ slot }) => slots.has(slot)),
    unclaimed: plan.unclaimed.filter(({ host }) => hosts.has(host)),
    survives: {},
  }
  const staying = stayingOn(classified, input).filter(({ host }) => host !== null && hosts.has(host))
  return { ...planView(scoped, [], []), staying }
}

function atOnce(applied: AppliedJob): AppliedJob {
  const update = { ...applied.job.update, maxParallel: Number.MAX_SAFE_INTEGER }
  return { ...applied, job: { ...applied.job, update } }
}

/** Slots on these hosts, seen or recorded, of jobs that may leave a host. */
function slotsOn({ decision }: Look, hosts: ReadonlySet<HostName>): Set<SlotName> {
  return new Set(
    decision.classified.flatMap(({ subject: { slot, host, applied }, bucket }) =>
      host !== null && hosts.has(host) && applied && mayLeave(applied.job) && bucket !== 'nothing' ? [slot] : [],
    ),
  )
}

/** Hosts out of reach, lost ones too where something that may leave waits for them. */
function awayOf({ slots, outOfReach }: Driven, names: readonly HostName[]): readonly HostName[] {
  const held = slots.flatMap(({ host, state }) => (state === 'away' && host !== null ? [host] : []))
  return [...new Set([...outOfReach.filter((host) => names.includes(host)), ...held])].sort(byName)
}

/** An exclusive slot is stopped in one plan and started in a later one: in the end it was moved, like the others. */
function asDone(action: ActionView, { slots }: Driven): ActionView {
  if (action.reason !== 'host-draining') return action
  const there = slots.find(({ slot, host, state }) => slot === action.slot && host !== null && state === 'done')?.host
  if (!there) return action
  const from = action.kind === 'stop' ? action.host : action.from
  return there === from ? action : { ...action, kind: 'move', host: there, from }
}
