// `hc job move`: an operator wants slots on a host. The wish is recorded, and carried out as a drain moves, once.
import { UserError } from '../model/errors.js'
import { type NewEvent, told } from '../model/event.js'
import type { JobMoveView } from '../model/host-verbs.js'
import { type AppliedJob, mayLeave } from '../model/job.js'
import { type HostName, jobOfSlot, type Millis, type SlotName, someOf } from '../model/names.js'
import type { Placement } from '../model/plan.js'
import type { Records } from '../model/records.js'
import type { ActionView, Progress } from '../model/views.js'
import { leaningOn } from '../planner/homeward.js'
import { planView } from '../planner/view.js'
import { outcome } from './apply.js'
import { changeRecords } from './change.js'
import type { Controller, Look } from './controller.js'
import { drive } from './drive.js'
import { findHost } from './host-detail.js'
import { findTargets, slotsOf } from './targets.js'
import { claim } from './term.js'
import type { World } from './world.js'

/** What is wanted where. */
export interface MoveRequest {
  /** A job, all of whose slots are meant, or a slot. */
  readonly name: string
  readonly host: HostName
  /** The command, for the record; absent: hc job move. */
  readonly by?: string
  readonly patienceMs: Millis
  readonly signal: AbortSignal | null
  onProgress(progress: Progress): void
}

/** Moves them, and makes the host their home. Throws UserError with the reasons where it can't be; then nothing is recorded. */
export async function moveSlots(world: World, controller: Controller, request: MoveRequest): Promise<JobMoveView> {
  const { host, patienceMs, signal, onProgress, by = 'hc job move' } = request
  await findHost(world, host)
  const look = await controller.look(patienceMs)
  const { moving, there } = chosen(look, request)
  preview(controller, look, moving, host)
  const records = await recordWish(world, [...moving, ...there], host, by)
  const from = controller.reconsider(look, records, null)
  const slots = new Set<SlotName>(moving)
  const jobs = new Set([...moving, ...there].map(jobOfSlot))
  const { plan } = from.decision
  const own = { ...plan, actions: plan.actions.filter(({ slot }) => slots.has(slot)), survives: {} }
  const follow = await world.store.loopHeld()
  const scope = { jobs, slots }
  const driven = await drive(world, controller, { ...scope, from, follow, patienceMs, signal, onProgress })
  const view = await outcome(world, planView(own, [], []), driven, scope)
  // Once, not for ever: what found no place there after all stays where it is.
  if (view.unplaced.length > 0) await withdraw(world, slots)
  // That it was stopped where it was is half of the move.
  const results = view.results.filter((each) => !each.ok || each.host === host)
  const actions = moving.map((slot) => asDone(slot, host, look))
  return { ...view, actions, results, loopTicking: follow, there }
}

/** Slots that are to move, and those that are there. Throws UserError for what does not move. */
function chosen({ records, inventory, input }: Look, { name, host }: MoveRequest) {
  const targets = findTargets(records, [name], inventory.hosts)
  const [job] = targets.jobs.length > 0 ? targets.jobs : targets.slots.map(jobOfSlot)
  const applied = job === undefined ? undefined : records?.jobs[job]
  if (!records || !applied) throw new Error('bug: a target of no job')
  refuseBound(applied)
  const slots = targets.slots.length > 0 ? targets.slots : slotsOf(records, applied)
  const at = (slot: SlotName): Placement => {
    const placement = records.placements[slot]
    if (placement) return placement
    throw new UserError(`${slot} has no place yet`, {
      code: 'usage',
      hint: `hc job show ${applied.job.name} tells why`,
    })
  }
  const moving = slots.filter((slot) => at(slot).host !== host)
  for (const slot of moving) {
    const leaning = leaningOn(slot, input)
    if (leaning.length === 0) continue
    throw refusal(
      `${someOf(leaning)} on ${at(slot).host} ${leaning.length === 1 ? 'runs' : 'run'} only with ${slot}`,
      slot,
    )
  }
  return { moving, there: slots.filter((slot) => at(slot).host === host) }
}

function refuseBound({ job, stopped }: AppliedJob): void {
  const { name } = job
  if (stopped) throw new UserError(`${name} is stopped`, { code: 'usage', hint: `hc job start ${name} starts it` })
  if (mayLeave(job)) return
  const volume = job.volumes.find(({ shared }) => !shared)
  const why =
    job.type === 'system'
      ? `${name} is a system job, with one slot on each host`
      : volume
        ? `its volume ${volume.source} is on its host: move the data, then hc job remove and hc apply`
        : `a ${job.type} job runs to its end where it began`
  throw refusal(why, name)
}

function refusal(why: string, name: string): UserError {
  return new UserError(`${name} can't be moved: ${why}`, { code: 'usage' })
}

/** Would each of them find its place there? Turns left aside: those are for doing it. Throws UserError with the reasons. */
function preview(controller: Controller, look: Look, slots: readonly SlotName[], host: HostName): void {
  if (!look.records || slots.length === 0) return
  const wished = withWish(look.records, slots, host)
  const jobs = Object.entries(wished.jobs).map(([name, applied]) => [name, atOnce(applied)] as const)
  const { decision } = controller.reconsider(look, { ...wished, jobs: Object.fromEntries(jobs) }, null)
  const { actions, unplaced, waiting } = decision.plan
  for (const slot of slots) {
    if (actions.some((action) => action.slot === slot && (action.host === host || action.kind === 'stop'))) continue
    const refused = unplaced.find((each) => each.slot === slot)?.reasons.find((each) => each.host === host)
    const why = refused?.reason ?? waiting.find((each) => each.slot === slot)?.reason ?? 'it is not ready to be moved'
    throw refusal(refused ? `${host}: ${why}` : why, slot)
  }
}

function atOnce(applied: AppliedJob): AppliedJob {
  return {
    ...applied,
    job: { ...applied.job, update: { ...applied.job.update, maxParallel: Number.MAX_SAFE_INTEGER } },
  }
}

/** The records with the wish; of what is there already with the home. Pure. */
export function withWish(records: Records, slots: readonly SlotName[], host: HostName): Records {
  const placements = { ...records.placements }
  for (const slot of slots) {
    const before = placements[slot]
    if (!before) continue
    const { home, wish: _before, ...rest } = before
    placements[slot] = before.host === host ? rest : { ...rest, ...(home !== undefined && { home }), wish: host }
  }
  return { ...records, placements }
}

function recordWish(world: World, slots: readonly SlotName[], host: HostName, by: string): Promise<Records> {
  const events = slots.map((slot) => told('move-asked', `${slot} is wanted on ${host}, by ${by}`, { host, slot }))
  return change(world, (records) => withWish(records, slots, host), events)
}

async function withdraw(world: World, slots: ReadonlySet<SlotName>): Promise<void> {
  await change(world, (records) => {
    const placements = Object.entries(records.placements).map(([slot, placement]) => {
      const { wish: _gone, ...rest } = placement
      return [slot, slots.has(slot) ? rest : placement] as const
    })
    return { ...records, placements: Object.fromEntries(placements) }
  })
}

function change(world: World, to: (records: Records) => Records, events: readonly NewEvent[] = []): Promise<Records> {
  return changeRecords(world, (read) => {
    const before = claim(read, world.owner)
    if (!before) throw new Error('bug: a slot was found in no records')
    const records = to(before)
    return { records, events, value: records }
  })
}

/** What is done in two plans (stop, then start) is one move in the end. */
function asDone(slot: SlotName, host: HostName, { records }: Look): ActionView {
  const from = records?.placements[slot]?.host ?? null
  return { kind: 'move', slot, host, from, reason: 'move-asked', text: `to ${host}` }
}
