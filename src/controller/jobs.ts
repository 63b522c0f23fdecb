// What an operator says of a job that is applied already: stop, start, restart, remove.
import { UserError } from '../model/errors.js'
import type { AppliedJob } from '../model/job.js'
import { byName, type JobName, jobOfSlot, type Millis } from '../model/names.js'
import type { Records } from '../model/records.js'
import type { ApplyView, Progress } from '../model/views.js'
import { planView } from '../planner/view.js'
import { outcome } from './apply.js'
import type { Controller } from './controller.js'
import { drive } from './drive.js'
import { tryAgain } from './prepare.js'
import type { World } from './world.js'

/** What is said. */
export type JobVerb = 'stop' | 'start' | 'restart' | 'remove'

/** How it is told. */
export interface JobCommand {
  readonly verb: JobVerb
  readonly name: JobName
  readonly patienceMs: Millis
  readonly signal: AbortSignal | null
  onProgress(progress: Progress): void
}

/** Records the operator's word and carries it out. Throws UserError for a job that is not applied. */
export async function commandJob(world: World, controller: Controller, command: JobCommand): Promise<ApplyView> {
  const { name, verb } = command
  findJob(await world.store.read(), name)
  // Looked at before it is said: a loop may have carried it out before a later look could show what there was to do.
  const look = await controller.look(command.patienceMs)
  const records = await recordWord(world, name, verb)
  const from = controller.reconsider(look, records, null)
  const { plan } = from.decision
  const own = { ...plan, actions: plan.actions.filter(({ job }) => job === name) }
  const jobs = new Set([name])
  const follow = await world.store.loopHeld()
  const driven = await drive(world, controller, {
    jobs,
    from,
    follow,
    patienceMs: command.patienceMs,
    signal: command.signal,
    onProgress: command.onProgress,
  })
  return { ...(await outcome(world, planView(own, [], []), driven, jobs)), loopTicking: follow }
}

/** The applied job of that name. Throws UserError with the nearest thing to do. */
export function findJob(records: Records | null, name: JobName): AppliedJob {
  const applied = records?.jobs[name]
  if (applied) return applied
  const names = Object.keys(records?.jobs ?? {}).sort(byName)
  throw new UserError(`no job ${name} is applied`, {
    code: 'not-found',
    hint: names.length === 0 ? 'hc apply jobs/ applies the first ones' : `applied are: ${names.join(', ')}`,
  })
}

const EVENTS = {
  stop: ['job-stopped', 'stopped by hc job stop'],
  start: ['job-started', 'started by hc job start'],
  restart: ['restart-asked', 'restart asked for by hc job restart'],
  remove: ['removed', 'removed by hc job remove'],
} as const

async function recordWord(world: World, name: JobName, verb: JobVerb): Promise<Records> {
  const { store, clock } = world
  const lock = await store.lock(world.lockTimeoutMs)
  try {
    const records = await store.read()
    const applied = findJob(records, name)
    if (!records) throw new Error('bug: a job was found in no records')
    const next = { ...records, ...after(records, applied, verb, clock.wall()) }
    await store.write(next)
    const [kind, text] = EVENTS[verb]
    const event = { kind, host: null, slot: null, reason: null, text: `${name} ${text}` }
    await store.appendEvents([event], records.term.number)
    return next
  } finally {
    await lock.release()
  }
}

function after(records: Records, applied: AppliedJob, verb: JobVerb, wall: string): Partial<Records> {
  const { name } = applied.job
  const { backOffs } = tryAgain(records, [name])
  const changed = (change: Partial<AppliedJob>) => ({
    jobs: { ...records.jobs, [name]: { ...applied, ...change } },
    backOffs,
  })
  switch (verb) {
    case 'stop':
      return changed({ stopped: true })
    case 'start':
      // What was stopped is started anew; what runs is left alone.
      return changed({ stopped: false, generation: applied.generation + (applied.stopped ? 1 : 0) })
    case 'restart':
      return changed({ stopped: false, generation: applied.generation + 1 })
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
