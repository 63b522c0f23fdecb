// An update that turns out bad: which jobs go back to the version that was healthy last.
import type { AppliedJob } from '../model/job.js'
import { byName, type JobName, jobOfSlot } from '../model/names.js'
import type { JobVersion, Records } from '../model/records.js'
import { formatMillis } from '../model/resources.js'
import type { Classified } from './classify.js'
import { healthOf, healthText, isFailing, isWell } from './health.js'
import type { PlanInput } from './input.js'
import { failureText, phaseOf } from './phase.js'

/** A job whose present version is bad, and the one to go back to. */
export interface Revert {
  readonly job: JobName
  readonly to: JobVersion
  /** What is wrong, with the slot: `web.0 on nuc1 failed: exit status 1`. */
  readonly why: string
}

/** The version that was healthy last before the present one, whose content is another; null: there is none. */
export function lastHealthy(versions: readonly JobVersion[], version: number): JobVersion | null {
  const present = versions.find((each) => each.version === version)
  const earlier = versions.filter((each) => each.healthyAt !== null && each.version < version)
  return earlier.filter(({ blob }) => blob !== present?.blob).at(-1) ?? null
}

/** Jobs to go back, by name. Only where the present version was never healthy: what fails later is no bad update. */
export function badUpdates(
  classified: readonly Classified[],
  input: PlanInput,
  versions: Records['versions'] = {},
): readonly Revert[] {
  return input.jobs
    .flatMap((applied) => {
      const { job, version } = applied
      const kept = versions[job.name] ?? []
      const present = kept.find((each) => each.version === version)
      const to = lastHealthy(kept, version)
      if (!job.update.autoRevert || job.type !== 'service' || applied.stopped || !present || !to) return []
      if (present.healthyAt !== null || present.revertOf !== undefined) return []
      const own = classified.filter(({ subject }) => jobOfSlot(subject.slot) === job.name)
      const why = own.map((item) => badness(item, applied, input)).find((text) => text !== null)
      return why ? [{ job: job.name, to, why }] : []
    })
    .sort((a, b) => byName(a.job, b.job))
}

/** What is wrong with a slot of the present version; null: nothing, or it is of another. */
function badness({ subject, bucket, text, givenUp }: Classified, applied: AppliedJob, input: PlanInput): string | null {
  const { slot, host, unit, state, placement } = subject
  const where = host === null ? slot : `${slot} on ${host}`
  // What is to end, since the job wants fewer, ends: that says nothing of the version.
  if (!subject.wanted || bucket === 'stop' || placement?.hash !== applied.hash) return null
  if (!unit || unit.hash !== applied.hash || !state?.facts) return null
  if (givenUp || bucket === 'failed') return `${where} failed: ${givenUp?.error ?? text}`
  const healthy = healthOf(subject, input)
  if (healthy === false) return `${where} is unhealthy: ${healthText(subject, input)}`
  const phase = phaseOf(unit, applied.job, state.facts.monotonicMs)
  // While nobody has asked (hc was away, or its way there is shut) it may have been well all the time.
  const up = phase === 'running' && (healthy !== null || !isFailing(subject, input))
  const deadline = applied.job.update.healthyDeadlineMs
  // By the host's own clock: what was out of sight, or rebooted, has its whole time.
  const since = unit.activeSinceMs ?? unit.activatingSinceMs ?? null
  if (up || phase === 'stopping' || since === null || state.facts.monotonicMs - since <= deadline) return null
  const said = phase === 'running' ? healthText(subject, input) : failureText(unit)
  return `${where} was not healthy within ${formatMillis(deadline)} (update.healthy_deadline)${said === '' ? '' : `: ${said}`}`
}

/** Jobs of which every slot runs the present version and is healthy, as far as anybody asks. */
export function healthyJobs(classified: readonly Classified[], input: PlanInput): readonly AppliedJob[] {
  const healthy = new Map<JobName, boolean>()
  for (const item of classified) {
    const { subject, bucket } = item
    if (!subject.applied || !subject.wanted) continue
    const { name } = subject.applied.job
    healthy.set(name, (healthy.get(name) ?? true) && isHealthy(item, input) && bucket !== 'unclaimed')
  }
  return input.jobs.filter(({ job, stopped }) => !stopped && healthy.get(job.name) === true)
}

function isHealthy({ subject, bucket }: Classified, input: PlanInput): boolean {
  const { unit, applied, state } = subject
  if (bucket === 'complete') return true
  if (bucket !== 'keep' || !unit || !applied || unit.hash !== applied.hash || !state?.facts) return false
  const phase = phaseOf(unit, applied.job, state.facts.monotonicMs)
  return phase === 'scheduled' || (phase === 'running' && isWell(subject, input))
}
