// Who is beside whom at each step of a plan: rules of jobs about others, judged as arrivals come and leavers go.
import type { Job } from '../model/job.js'
import { type HostName, type JobName, jobOfSlot, type SlotName } from '../model/names.js'
import type { Action, Plan } from '../model/plan.js'
import { alikeHosts } from './alike.js'
import { arrival, arrivesAt, isBack, leavesFrom } from './check-room.js'
import { type Classified, occupies } from './classify.js'
import type { PlanInput } from './input.js'

/** What stands on each host at one step. */
class Present {
  /** By host; true: it stays by what it was started as, and what its job asks now does not concern it. */
  readonly #hosts = new Map<HostName, Map<SlotName, boolean>>()

  add(host: HostName, slot: SlotName, old = false): void {
    const there = this.#hosts.get(host) ?? new Map<SlotName, boolean>()
    this.#hosts.set(host, there.set(slot, old))
  }

  remove(host: HostName, slot: SlotName): void {
    this.#hosts.get(host)?.delete(slot)
  }

  slots(host: HostName): readonly SlotName[] {
    return [...(this.#hosts.get(host)?.keys() ?? [])]
  }

  /** Those that the rules of others count. */
  counted(host: HostName): readonly SlotName[] {
    return [...(this.#hosts.get(host) ?? [])].filter(([, old]) => !old).map(([slot]) => slot)
  }
}

/**
 * Sentences for what comes to stand beside what it must not, or without what it must have beside it, after any step. A copy
 * that leaves what runs with it is not judged: its operator may stop it, and what is left behind is looked at again.
 */
export function companyFaults(plan: Plan, classified: readonly Classified[], input: PlanInput): readonly string[] {
  const arrivals = plan.actions.filter((action) => arrivesAt(action, action.host))
  if (arrivals.length === 0) return []
  const judge = new Judge(plan, input)
  const present = presentOf(plan, classified)
  const faults: string[] = []
  const last = Math.max(...plan.actions.map(arrival))
  for (let wave = 0; wave <= last; wave += 1) {
    const now = arrivals.filter((action) => arrival(action) === wave)
    for (const { host, slot } of now) present.add(host, slot)
    faults.push(...now.flatMap((action) => judge.faults(action, present)))
    for (const action of plan.actions) {
      const from = leavesFrom(action)
      if (from !== null && action.wave === wave && !isBack(action, from, plan)) present.remove(from, action.slot)
    }
  }
  return [...new Set(faults)]
}

function presentOf(plan: Plan, classified: readonly Classified[]): Present {
  const unplaced = new Set(plan.unplaced.map(({ slot }) => slot))
  const going = new Set(plan.actions.map((action) => `${action.slot} ${leavesFrom(action)}`))
  const present = new Present()
  for (const item of classified) {
    const { slot, host } = item.subject
    if (host === null || !occupies(item)) continue
    present.add(host, slot, unplaced.has(slot) && !going.has(`${slot} ${host}`))
  }
  return present
}

class Judge {
  readonly #jobs: ReadonlyMap<JobName, Job>
  readonly #alike: ReturnType<typeof alikeHosts>
  readonly #plan: Plan

  constructor(plan: Plan, input: PlanInput) {
    this.#jobs = new Map(input.jobs.map(({ job }) => [job.name, job]))
    this.#alike = alikeHosts(input)
    this.#plan = plan
  }

  faults(action: Action, present: Present): readonly string[] {
    const { slot, host, job: name } = action
    const wave = arrival(action)
    const job = this.#jobs.get(name)
    if (!job) return []
    const when = wave === 0 ? '' : ` in wave ${wave}`
    const others = present.counted(host).filter((each) => each !== slot)
    return [
      ...others.flatMap((other) =>
        this.#opposed(job, other).map((why) => `${slot} and ${other} would both be on ${host}${when}: ${why}`),
      ),
      ...this.#crowded(job, others).map((why) => `${slot} would be on ${host}${when}: ${why}`),
      ...this.#likeOthers(job, slot, host, present).map((why) => `${slot} would be on ${host}${when}: ${why}`),
      ...this.#alone(job, host, present).map((why) => `${slot} would be on ${host}${when}: ${why}`),
    ]
  }

  #opposed(job: Job, slot: SlotName): readonly string[] {
    const other = this.#jobs.get(jobOfSlot(slot))
    if (!other) return []
    const opposed = job.conflicts.includes(other.name) || other.conflicts.includes(job.name)
    return [
      ...(opposed ? [`${job.name} and ${other.name} conflict`] : []),
      ...(job.unit !== null && job.unit === other.unit ? [`both are unit ${job.unit}`] : []),
    ]
  }

  #crowded({ name, maxPerHost }: Job, others: readonly SlotName[]): readonly string[] {
    const own = others.filter((other) => jobOfSlot(other) === name).length + 1
    return maxPerHost !== null && own > maxPerHost ? [`${own} of ${name}, max_per_host is ${maxPerHost}`] : []
  }

  #likeOthers({ name, distinct }: Job, slot: SlotName, host: HostName, present: Present): readonly string[] {
    if (distinct === null) return []
    return this.#alike(host, distinct).flatMap((each) =>
      present
        .counted(each)
        .filter((other) => other !== slot && jobOfSlot(other) === name)
        .map((other) => `distinct: ${distinct}, and ${other} is on ${each}`),
    )
  }

  #alone(job: Job, host: HostName, present: Present): readonly string[] {
    const there = new Set(present.slots(host).map(jobOfSlot))
    const comes = (name: JobName) => this.#plan.actions.some((one) => one.job === name && arrivesAt(one, host))
    return job.with
      .filter((name) => !there.has(name) && !(comes(name) && this.#runsWith(name, job.name)))
      .map((name) => `it runs only with ${name}, which is not there yet`)
  }

  /** Directly, or through others. */
  #runsWith(name: JobName, other: JobName): boolean {
    const seen = new Set([name])
    for (const each of seen) for (const next of this.#jobs.get(each)?.with ?? []) seen.add(next)
    return seen.has(other)
  }
}
