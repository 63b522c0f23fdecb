// Batch and cron jobs: what the log of their runs says of them, which run is to be made that no timer makes, and what of any job has failed
// for good.
import type { UnitFacts } from '../model/host.js'
import { generationOf } from '../model/job.js'
import { jobOfSlot } from '../model/names.js'
import type { Action, Placement } from '../model/plan.js'
import type { RunFacts, RunTag, RunView } from '../model/run.js'
import { lastDue } from '../spec/due.js'
import type { Classified } from './classify.js'
import type { PlanInput } from './input.js'
import { isActive } from './phase.js'
import { backOff, type Outcome, outcome, type RunCall } from './rules.js'
import type { Subject } from './subjects.js'

/** Ends of a run that say nothing against its command. */
const CUT_OFF: ReadonlySet<string> = new Set(['stopped', 'lost'])

/** Did the command itself fail? */
export function hasFailed({ result }: Pick<RunFacts, 'result'>): boolean {
  return result !== 'success' && !CUT_OFF.has(result)
}

/** `exit status 2`, `killed by SIGKILL`, `success`. */
export function runText({ result, exitCode, signal }: Pick<RunFacts, 'result' | 'exitCode' | 'signal'>): string {
  if (result === 'stopped') return 'stopped'
  if (result === 'lost') return 'lost with its host'
  if (exitCode !== null && exitCode !== 0) return `exit status ${exitCode}`
  if (signal !== null && result !== 'success')
    return `killed by SIG${signal}${result === 'signal' ? '' : ` (${result})`}`
  return result
}

function isOf(tag: RunTag | null, unit: UnitFacts | null): boolean {
  return tag !== null && tag.placement === unit?.placement && tag.generation === unit.generation
}

/** The record of what is seen; null: it is of another allocation. */
function recordOf({ unit, placement, host }: Subject): Placement | null {
  return placement?.host === host && placement.number === unit?.placement ? placement : null
}

/** A batch job's unit whose run is over and was good, by what its host shows. */
export function endedWell(unit: UnitFacts): boolean {
  const { open = null, last = null } = unit.runs ?? {}
  if (isActive(unit) || unit.active === 'failed') return false
  if (unit.startedMs !== undefined) return true
  return open === null && last !== null && isOf(last.tag, unit) && last.result === 'success'
}

/** A run of this very allocation that was cut off with its host. */
function cutOff(subject: Subject): boolean {
  const { open = null, last = null } = subject.unit?.runs ?? {}
  const bootId = subject.state?.facts?.bootId
  if (open !== null && isOf(open.tag, subject.unit)) return open.bootId !== bootId
  if (last !== null && isOf(last.tag, subject.unit)) return CUT_OFF.has(last.result) || wasToTryAgain(last, subject)
  // Its host has written nothing down: its disk was full.
  const ranIn = recordOf(subject)?.ranIn
  return ranIn !== undefined && ranIn !== bootId
}

/** Its host went down after a try that failed and before the next, of which some were left. */
function wasToTryAgain(last: RunFacts, { unit, applied }: Subject): boolean {
  const notSince = unit?.active === 'inactive' && unit.inactiveSinceMs === null
  return (
    notSince && hasFailed(last) && (last.restarts ?? Number.POSITIVE_INFINITY) < (applied?.job.restart.attempts ?? 0)
  )
}

/**
 * What becomes of a batch job whose unit does nothing: one that has ended is not run again, whatever the host forgot of it
 * at a reboot. `ended`: its host still knows that it has. null: it was never begun.
 */
export function batchEnd(subject: Subject, ended: boolean): Outcome {
  const { unit, applied, placement, host, slot } = subject
  const done = outcome('complete', null, 'it has ended well')
  if (!unit || !applied) return null
  const recorded = placement?.host === host && placement.hash === unit.hash ? placement : null
  if (recorded?.completed && recorded.generation >= generationOf(applied, slot)) return done
  // systemd keeps the end of a good run for hc to see; what the log says is of the attempts before.
  if (unit.startedMs !== undefined) return done
  if (cutOff(subject)) {
    if (applied.job.rerun) return outcome('start', 'run-lost', 'its run was cut off, and rerun is true')
    return outcome(
      'failed',
      null,
      `its run was cut off, and rerun is false: hc job run ${applied.job.name} runs it again`,
    )
  }
  if (recorded?.failed !== undefined && recorded.generation >= generationOf(applied, slot))
    return outcome('failed', null, recorded.failed)
  const last = unit.runs?.last
  if (!last || !isOf(last.tag, subject.unit)) return ended ? done : null
  return hasFailed(last) ? outcome('failed', null, runText(last)) : done
}

/**
 * How the last try failed of what ends by itself, or of a service that is not tried again anywhere, and of which nothing runs; null:
 * that is not so, or not known.
 */
export function spent({ subject, bucket, text }: Classified): string | null {
  const { unit, applied } = subject
  if (bucket !== 'failed' || !applied || applied.job.type === 'cron') return null
  if (!unit || !recordOf(subject) || isActive(unit)) return null
  return applied.job.type === 'batch' && cutOff(subject) ? null : text
}

/** The boot in which a batch job is seen to run that must not be run again where that is cut off; null: known, or none. */
export function seenRunning({ subject }: Classified): string | null {
  const { unit, applied, state } = subject
  const recorded = recordOf(subject)
  if (applied?.job.type !== 'batch' || applied.job.rerun || !unit || !state?.facts || !recorded) return null
  // While it waits for its host's word nothing of it has run.
  if (!isActive(unit) || unit.sub === 'start-pre' || recorded.ranIn === state.facts.bootId) return null
  return state.facts.bootId
}

/** It had failed for good, and runs again: a person has started it on its host. */
export function revived({ subject, bucket }: Classified): boolean {
  const { unit, applied } = subject
  if (recordOf(subject)?.failed === undefined || applied?.job.type === 'batch' || bucket !== 'keep') return false
  return unit !== null && isActive(unit)
}

/** A cron job between its runs: which run is to be made that its timer does not make; null: none. */
export function runDue(subject: Subject, input: PlanInput): RunCall | null {
  const { unit, applied, state, placement, host, slot } = subject
  if (!unit?.timer || !applied || !state?.facts || state.blocked || placement?.host !== host) return null
  if (backOff(slot, input) !== null) return null
  const { rerun } = applied.job
  const elsewhere = placement.lostRun === true && unit.runs?.last?.tag?.placement !== placement.number
  if (rerun && (elsewhere || unit.runs?.last?.result === 'lost' || isOpenOfOtherBoot(subject))) {
    return { reason: 'run-lost', text: 'its run was lost with its host, and rerun is true' }
  }
  const missed = missedAt(subject, placement, input)
  if (missed === null) return null
  const when = new Date(missed).toISOString().replace('.000', '')
  return { reason: 'run-missed', text: `the run of ${when} was missed, and catch_up is one` }
}

function isOpenOfOtherBoot({ unit, state }: Subject): boolean {
  const open = unit?.runs?.open
  return !!open && open.bootId !== state?.facts?.bootId
}

/** The runs that are to be made: they take no room that the job has not already. */
export function runActions(classified: readonly Classified[]): readonly Action[] {
  return classified.flatMap(({ subject: { slot, host }, run }): readonly Action[] => {
    if (!run || host === null) return []
    return [{ ...run, slot, job: jobOfSlot(slot), kind: 'run', host, from: null, wave: 0, placement: null }]
  })
}

/** When its schedule was due last since it ran last, but before its timer was there: no timer made that run. */
function missedAt({ unit, applied, state }: Subject, placement: Placement, { wall }: PlanInput): number | null {
  const { job } = applied ?? {}
  const facts = state?.facts
  const sinceMs = unit?.timer?.sinceMs
  if (job?.catchUp !== 'one' || job.schedule === null || !facts || !sinceMs) return null
  const armedAt = Date.parse(wall) - facts.monotonicMs + sinceMs
  const { last = null, open = null } = unit?.runs ?? {}
  const known = [Date.parse(placement.awaySince ?? placement.since), last?.endMs ?? 0, open?.startMs ?? 0]
  const from = Math.max(...known)
  return from >= armedAt ? null : lastDue(job.schedule, job.timezone ?? facts.timezone ?? 'UTC', from, armedAt)
}

/** What is recorded with a place that a cron job gets instead of that on a lost host. */
export function lostWith({ applied, state, slot, placement }: Subject): Pick<Placement, 'awaySince' | 'lostRun'> {
  if (applied?.job.type !== 'cron' || !state) return {}
  const before = state.lastFacts?.units.find((unit) => unit.slot === slot)
  const ran = (before !== undefined && isActive(before)) || (placement?.lostRun === true && !before?.runs?.last)
  return {
    ...(state.heardAt && { awaySince: state.heardAt }),
    ...(applied.job.rerun && ran && { lostRun: true as const }),
  }
}

/** The last run of a cron job that is wanted, where that failed; null: it did not, or none is known. */
export function failedRun({ subject: { unit, applied, wanted }, bucket }: Classified): RunFacts | null {
  const last = unit?.runs?.last
  if (applied?.job.type !== 'cron' || !wanted || bucket === 'stop' || bucket === 'unclaimed' || !last) return null
  return hasFailed(last) ? last : null
}

/** What is said beside a cron job whose last run failed; null: nothing. */
export function runNote(item: Classified): string | null {
  const last = failedRun(item)
  if (last === null) return null
  const at = last.endMs === null ? '' : ` (${new Date(last.endMs).toISOString().replace('.000', '')})`
  return `its last run failed: ${runText(last)}${at}`
}

/** What the present says of runs and no log does: those that go on, and a good one of a batch job that systemd keeps. */
export function presentRuns(item: Classified, wall: string): readonly RunView[] {
  const { slot, host, unit, applied, state, placement } = item.subject
  const open = unit?.runs?.open
  const facts = state?.facts
  if (!unit || !open || !facts || host === null || !applied) return []
  const start = open.startMs === null ? null : new Date(open.startMs).toISOString()
  const base = { slot, host, start, signal: null, version: open.tag?.version ?? null }
  if (open.bootId !== facts.bootId) {
    // It was seen to have ended well before the power went; when, nobody has written down.
    const ended = placement?.completed === true && isOf(open.tag, unit) && placement.number === unit.placement
    return [
      { ...base, end: null, ...(ended ? { result: 'success', exitCode: 0 } : { result: 'lost', exitCode: null }) },
    ]
  }
  if (unit.startedMs === undefined) return [{ ...base, end: null, result: 'running', exitCode: null }]
  const endMs = Date.parse(wall) - facts.monotonicMs + (unit.inactiveSinceMs ?? facts.monotonicMs)
  const end = new Date(Math.floor(endMs / 1000) * 1000).toISOString()
  return [{ ...base, end, result: 'success', exitCode: unit.exitStatus ?? 0 }]
}
