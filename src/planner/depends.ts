// depends_on: what has to be up and healthy before a job is started, changed or moved off a host.
import { byName, type JobName, jobOfSlot } from '../model/names.js'
import type { Classified } from './classify.js'
import type { PlanInput } from './input.js'
import { healthyJobs } from './revert.js'

/**
 * Why each of these has to wait for another job; what need not wait is missing. Only what is new, changed or moved waits:
 * what was lost with its host or has ended is started again at once.
 */
export function waitsFor(classified: readonly Classified[], input: PlanInput): ReadonlyMap<Classified, string> {
  const held = new Map<Classified, string>()
  const dependent = classified.filter(({ subject }) => (subject.applied?.job.dependsOn.length ?? 0) > 0)
  if (dependent.length === 0) return held
  const healthy = new Set(healthyJobs(classified, input).map(({ job }) => job.name))
  const known = new Map(input.jobs.map((applied) => [applied.job.name, applied]))
  for (const item of dependent) {
    if (!isGated(item)) continue
    const open = (item.subject.applied?.job.dependsOn ?? []).filter((name) => !healthy.has(name)).sort(byName)
    const [first] = open
    if (first !== undefined)
      held.set(item, `${first} has to be healthy first (depends_on), and ${stateOf(first, classified, known)}`)
  }
  return held
}

function isGated({ bucket, reason }: Classified): boolean {
  if (bucket === 'place' || bucket === 'migrate') return true
  return (bucket === 'restart' || bucket === 'start') && (reason === 'spec-changed' || reason === 'job-started')
}

function stateOf(
  name: JobName,
  classified: readonly Classified[],
  known: ReadonlyMap<JobName, { readonly stopped: boolean }>,
): string {
  const applied = known.get(name)
  if (!applied) return 'is not applied'
  if (applied.stopped) return 'is stopped'
  const slot = classified.find(
    ({ subject, bucket }) => subject.wanted && jobOfSlot(subject.slot) === name && bucket !== 'keep',
  )
  return slot ? `${slot.subject.slot} does not run yet` : 'is not healthy yet'
}
