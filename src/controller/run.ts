// `hc job run`: a batch job again, or one more run of a cron job, followed to its end.
import { UserError } from '../model/errors.js'
import type { AppliedJob } from '../model/job.js'
import { byName, type HostName, type JobName, jobOfSlot, type Millis, type SlotName } from '../model/names.js'
import type { Action } from '../model/plan.js'
import type { RunEnd, RunEndView, RunFacts } from '../model/run.js'
import type { Progress } from '../model/views.js'
import { isActive, phaseOf } from '../planner/phase.js'
import { runText } from '../planner/runs.js'
import type { Subject } from '../planner/subjects.js'
import { underLock } from './change.js'
import type { Controller, Look } from './controller.js'
import { carryOut } from './execution.js'
import { commandJob, findJob } from './jobs.js'
import type { World } from './world.js'

/** Between two looks at a run that goes on, ms. */
const LOOK_EVERY_MS: Millis = 500
/** How long the host of a run may be silent before it is given up, ms: a lost one is replaced by then. */
const SILENCE_MS: Millis = 30_000
/** Exit code where a run ended without one: a signal, a time-out. */
const NO_CODE = 1

/** How it is told. */
export interface RunCommand {
  readonly name: JobName
  readonly patienceMs: Millis
  readonly signal: AbortSignal | null
  onProgress(progress: Progress): void
}

/** Begins a run and waits for its end. Throws UserError where it can't be begun, or is lost out of sight. */
export async function runJob(world: World, controller: Controller, command: RunCommand): Promise<RunEndView> {
  const applied = findJob(await world.store.read(), command.name)
  const { type } = applied.job
  if (type !== 'batch' && type !== 'cron') {
    throw new UserError(`${command.name} is a ${type} job: it runs all the time, not to an end`, {
      hint: `hc job restart ${command.name} restarts it`,
    })
  }
  if (applied.stopped) {
    throw new UserError(`${command.name} is stopped`, { hint: `hc job start ${command.name} starts it` })
  }
  const runs =
    type === 'cron' ? await beginCron(world, controller, command) : await beginBatch(world, controller, command)
  const ends = await followed(world, controller, command, runs)
  return { job: command.name, runs: ends, exitCode: ends.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? 0 }
}

/** What tells a run from the one before it. */
interface Begun {
  readonly slot: SlotName
  /** The last run that was written down before. */
  readonly before: string
}

const runKey = (last: RunFacts | null | undefined): string => (last ? JSON.stringify(last) : '')

async function beginBatch(world: World, controller: Controller, command: RunCommand): Promise<readonly Begun[]> {
  const before = ownSubjects(await controller.look(command.patienceMs), command.name)
  const running = before.find(({ unit, applied, state }) => {
    return (
      unit &&
      applied &&
      state?.facts &&
      ['running', 'starting'].includes(phaseOf(unit, applied.job, state.facts.monotonicMs))
    )
  })
  if (running) throw goesOn(running)
  const view = await commandJob(world, controller, { ...command, verb: 'restart' })
  const slots = ownSubjects(await controller.look(command.patienceMs), command.name)
  if (view.unplaced.length > 0) {
    throw new UserError(`${view.unplaced.map(({ slot }) => slot).join(', ')} found no place`, {
      code: 'world',
      hint: `hc job show ${command.name} shows why`,
    })
  }
  return slots.map(({ slot }) => ({ slot, before: '' }))
}

function goesOn({ slot, host }: Subject): UserError {
  return new UserError(`a run of ${slot} goes on on ${host}`, { hint: `hc logs -f ${slot} follows it`, host })
}

/** One run beside the schedule: nothing of it is recorded, for the timer goes on as it is. */
async function beginCron(world: World, controller: Controller, command: RunCommand): Promise<readonly Begun[]> {
  return underLock(world, async () => {
    const look = await controller.look(command.patienceMs)
    const [subject] = ownSubjects(look, command.name).filter(({ unit }) => unit !== null)
    const { records } = look
    if (!subject?.unit || !records || subject.host === null) {
      throw new UserError(`${command.name} has its timer on no host that answers`, {
        code: 'world',
        hint: `hc job show ${command.name} shows how it stands`,
      })
    }
    if (subject.state?.blocked) throw new UserError(`${subject.slot}: ${subject.state.blocked.text}`, { code: 'world' })
    if (isActive(subject.unit)) throw goesOn(subject)
    const action = actionOf(subject, subject.host)
    await world.store.appendEvents(
      [
        {
          kind: 'decided',
          host: subject.host,
          slot: subject.slot,
          reason: 'run-asked',
          text: 'run: hc job run asked for it',
        },
      ],
      records.term.number,
    )
    const [result] = await carryOut([action], look, records, world)
    if (!result?.ok)
      throw new UserError(`${subject.slot} was not run: ${result?.error ?? 'no answer'}`, { code: 'world' })
    return [{ slot: subject.slot, before: runKey(subject.unit.runs?.last) }]
  })
}

function actionOf({ slot }: Subject, host: HostName): Action {
  const text = 'hc job run'
  return {
    kind: 'run',
    slot,
    job: jobOfSlot(slot),
    host,
    from: null,
    reason: 'run-asked',
    text,
    wave: 0,
    placement: null,
  }
}

function ownSubjects({ decision }: Look, name: JobName): readonly Subject[] {
  return decision.classified
    .map(({ subject }) => subject)
    .filter(({ slot, wanted, best }) => jobOfSlot(slot) === name && wanted && best)
    .sort((a, b) => byName(a.slot, b.slot))
}

async function followed(
  world: World,
  controller: Controller,
  { name, patienceMs, signal }: RunCommand,
  begun: readonly Begun[],
): Promise<readonly RunEnd[]> {
  const ends = new Map<SlotName, RunEnd>()
  let seenAt = world.clock.now()
  for (;;) {
    const look = await controller.look(patienceMs)
    for (const { slot, before } of begun) {
      const item = look.decision.classified.find(({ subject }) => subject.slot === slot && subject.best)
      const end = item && endOf(item.subject, item.bucket, before)
      if (end) ends.set(slot, end)
      if (item?.subject.state?.facts) seenAt = world.clock.now()
    }
    if (begun.every(({ slot }) => ends.has(slot))) return [...ends.values()]
    if (signal?.aborted) throw new Error('interrupted')
    if (world.clock.now() - seenAt > SILENCE_MS) {
      throw new UserError(`the host of ${name} does not answer: how its run ends is not known`, {
        code: 'world',
        hint: `hc job show ${name} shows it once the host is back`,
      })
    }
    await world.clock.sleep(LOOK_EVERY_MS, signal ?? undefined)
  }
}

/** How it ended; null: it goes on, or was not begun yet. */
function endOf({ slot, host, unit, applied }: Subject, bucket: string, before: string): RunEnd | null {
  const last = unit?.runs?.last ?? null
  const base = { slot, host: host ?? '' }
  if (isBatch(applied)) {
    if (bucket === 'complete') return { ...base, result: 'success', exitCode: unit?.exitStatus ?? 0, text: 'success' }
    if (bucket !== 'failed') return null
    const exitCode = last?.exitCode || unit?.exitStatus || NO_CODE
    return { ...base, result: last?.result ?? 'failed', exitCode, text: last ? runText(last) : 'it failed' }
  }
  if (!last || runKey(last) === before) return null
  const exitCode = last.exitCode ?? (last.result === 'success' ? 0 : NO_CODE)
  return { ...base, result: last.result, exitCode, text: runText(last) }
}

function isBatch(applied: AppliedJob | null): boolean {
  return applied?.job.type === 'batch'
}
