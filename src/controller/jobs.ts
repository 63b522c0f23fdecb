// What an operator says of a job that is applied already: stop, start, restart, remove.
import { UserError } from '../model/errors.js'
import { told } from '../model/event.js'
import { type AppliedJob, generationOf, nextGeneration } from '../model/job.js'
import { byName, type JobName, jobOfSlot, type Millis, quoted, type SlotName, someOf } from '../model/names.js'
import type { Action } from '../model/plan.js'
import type { Records } from '../model/records.js'
import type { ApplyView, JobHistoryView, Progress } from '../model/views.js'
import { planView } from '../planner/view.js'
import { didYouMean } from '../spec/nearest.js'
import { outcome } from './apply.js'
import { changeRecords } from './change.js'
import type { Controller, Look } from './controller.js'
import { drive } from './drive.js'
import { tryAgain } from './prepare.js'
import { goneBack, rollbackTarget } from './versions.js'
import type { World } from './world.js'

/** What is said. */
export type JobVerb = 'stop' | 'start' | 'restart' | 'remove' | 'rollback'

/** How it is told. */
export interface JobCommand {
  readonly verb: JobVerb
  readonly name: JobName
  /** Of a restart: only these slots; absent or empty: all. */
  readonly slots?: readonly SlotName[]
  /** Of a rollback: the version to go back to; absent or null: the one that was healthy last. */
  readonly to?: number | null
  readonly patienceMs: Millis
  readonly signal: AbortSignal | null
  onProgress(progress: Progress): void
}

/** Records the operator's word and carries it out. Throws UserError for a job that is not applied. */
export async function commandJob(world: World, controller: Controller, command: JobCommand): Promise<ApplyView> {
  const { name } = command
  const slots = command.slots ?? []
  const applied = findJob(await world.store.read(), name)
  if (slots.length > 0) refuseStopped(applied)
  // Looked at before it is said: a loop may have carried it out before a later look could show what there was to do.
  const look = await controller.look(command.patienceMs)
  findSlots(applied, slots, look)
  const records = await recordWord(world, command)
  const from = controller.reconsider(look, records, null)
  const { plan } = from.decision
  const asked = ({ job, slot }: Action) => job === name && (slots.length === 0 || slots.includes(slot))
  const own = { ...plan, actions: plan.actions.filter(asked) }
  const scope = { jobs: new Set([name]), ...(slots.length > 0 && { slots: new Set(slots) }) }
  const follow = await world.store.loopHeld()
  const driven = await drive(world, controller, {
    ...scope,
    from,
    follow,
    patienceMs: command.patienceMs,
    signal: command.signal,
    onProgress: command.onProgress,
  })
  return { ...(await outcome(world, planView(own, [], []), driven, scope)), loopTicking: follow }
}

/** Throws UserError for a job that is not applied, one that is stopped, or slots that it has not. */
export async function checkTarget(
  world: World,
  controller: Controller,
  {
    name,
    slots,
    patienceMs,
  }: { readonly name: JobName; readonly slots: readonly SlotName[]; readonly patienceMs: Millis },
): Promise<void> {
  const applied = findJob(await world.store.read(), name)
  if (slots.length === 0) return
  refuseStopped(applied)
  findSlots(applied, slots, await controller.look(patienceMs))
}

/** The applied job of that name. Throws UserError with the nearest thing to do. */
export function findJob(records: Records | null, name: JobName): AppliedJob {
  const applied = records?.jobs[name]
  if (applied) return applied
  const names = Object.keys(records?.jobs ?? {}).sort(byName)
  const job = jobOfSlot(name)
  throw new UserError(`no job ${quoted(name)} is applied`, {
    code: 'not-found',
    hint: names.includes(job)
      ? `${name} is a slot of ${job}: name the job`
      : names.length === 0
        ? 'hc apply jobs/ applies the first ones'
        : (didYouMean(name, names) ?? `applied are: ${someOf(names)}`),
  })
}

function refuseStopped({ job, stopped }: AppliedJob): void {
  if (!stopped) return
  throw new UserError(`${job.name} is stopped: none of its slots runs`, {
    code: 'usage',
    hint: `hc job start ${job.name} starts all of them`,
  })
}

/** Throws UserError for slots that the job has not, with those that it has. */
function findSlots({ job }: AppliedJob, slots: readonly SlotName[], { decision }: Look): void {
  const own = decision.classified.filter(({ subject, bucket }) => {
    return jobOfSlot(subject.slot) === job.name && subject.wanted && bucket !== 'unclaimed'
  })
  const known = [...new Set(own.map(({ subject }) => subject.slot))].sort(byName)
  const unknown = slots.find((slot) => !known.includes(slot))
  if (unknown === undefined) return
  throw new UserError(`${job.name} has no slot ${unknown}`, {
    code: 'not-found',
    hint: known.length === 0 ? `${job.name} has no slots now` : `it has: ${someOf(known)}`,
  })
}

const EVENTS = {
  stop: ['job-stopped', 'stopped by hc job stop'],
  start: ['job-started', 'started by hc job start'],
  restart: ['restart-asked', 'restart asked for by hc job restart'],
  remove: ['removed', 'removed by hc job remove'],
  rollback: ['reverted', 'taken back by hc job rollback'],
} as const

function recordWord(world: World, { name, verb, slots = [], to = null }: JobCommand): Promise<Records> {
  return changeRecords(world, async (before) => {
    const applied = findJob(before, name)
    if (!before) throw new Error('bug: a job was found in no records')
    const wall = world.clock.wall()
    const records =
      verb === 'rollback'
        ? await rolledBack(world, before, applied, to)
        : { ...before, ...(slots.length > 0 ? restarted(before, applied, slots) : after(before, applied, verb, wall)) }
    const [kind, text] = EVENTS[verb]
    const about = slots.length > 0 ? slots : [null]
    const version =
      verb === 'rollback' ? `: version ${records.versions?.[name]?.at(-1)?.revertOf} is in force again` : ''
    const events = about.map((slot) => told(kind, `${slot ?? name} ${text}${version}`, { slot }))
    return { records, events, value: records }
  })
}

/** Only these slots: their own generation rises above the job's. */
function restarted(records: Records, applied: AppliedJob, slots: readonly SlotName[]): Partial<Records> {
  const asked = slots.map((slot) => [slot, generationOf(applied, slot) + 1] as const)
  const slotGenerations = { ...applied.slotGenerations, ...Object.fromEntries(asked) }
  return {
    jobs: { ...records.jobs, [applied.job.name]: { ...applied, slotGenerations } },
    backOffs: Object.fromEntries(Object.entries(records.backOffs).filter(([slot]) => !slots.includes(slot))),
  }
}

/** As the version to go back to, and tried at once. */
async function rolledBack(world: World, records: Records, applied: AppliedJob, to: number | null): Promise<Records> {
  const { name } = applied.job
  const target = rollbackTarget(records, applied, to)
  return goneBack(world.store, tryAgain(records, [name]), name, target, world.clock.wall())
}

function after(
  records: Records,
  applied: AppliedJob,
  verb: Exclude<JobVerb, 'rollback'>,
  wall: string,
): Partial<Records> {
  const { name } = applied.job
  const { backOffs } = tryAgain(records, [name])
  const changed = (change: Partial<AppliedJob>) => ({
    jobs: { ...records.jobs, [name]: { ...applied, ...change } },
    backOffs,
  })
  // Higher than every slot's own, so that none of these is left behind, and none need be kept.
  const anew = () => {
    const { slotGenerations: _below, ...rest } = applied
    const next = { ...rest, stopped: false, generation: nextGeneration(applied) }
    return { jobs: { ...records.jobs, [name]: next }, backOffs }
  }
  switch (verb) {
    case 'stop':
      return changed({ stopped: true })
    case 'start':
      // What was stopped is started anew; what runs is left alone.
      return applied.stopped ? anew() : changed({ stopped: false })
    case 'restart':
      return anew()
    case 'remove': {
      const { [name]: _gone, ...jobs } = records.jobs
      const placements = Object.fromEntries(
        // Exclusive work may still run on a host out of reach: applied again, it has to wait for that host.
        Object.entries(records.placements).filter(([slot]) => applied.job.exclusive || jobOfSlot(slot) !== name),
      )
      return { jobs, placements, backOffs, removed: { ...records.removed, [name]: wall } }
    }
  }
}

/** The versions of a job that are kept, newest first. Throws UserError for a job that is not applied. */
export async function jobHistory(world: World, name: JobName): Promise<JobHistoryView> {
  const records = await world.store.read()
  const { version: present } = findJob(records, name)
  const kept = records?.versions?.[name] ?? []
  const versions = kept.map(({ version, hash, appliedAt, healthyAt, image, revertOf }) => {
    return { version, present: version === present, hash, appliedAt, healthyAt, image, revertOf: revertOf ?? null }
  })
  return { job: name, versions: versions.reverse() }
}
