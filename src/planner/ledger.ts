// What hosts hold while a plan is carried out: does this fit beside that? Without the scheduler's search, by its rules.
import type { AppliedJob, Job } from '../model/job.js'
import { type HostName, type JobName, jobOfSlot, type SlotName } from '../model/names.js'
import type { Resources } from '../model/resources.js'
import { packAmounts } from '../scheduler/shares.js'

/** A slot that holds room on a host, or asks for it. */
export interface Holder {
  readonly slot: SlotName
  /** null: nothing is known of its job but its ports. */
  readonly applied: AppliedJob | null
  /** Host ports that it holds. */
  readonly ports: readonly number[]
}

/** What can't be had together, of a host that would hold these; null where all fits. */
export function clash(arrives: Holder, beside: readonly Holder[], capacity: Resources): string | null {
  const job = arrives.applied?.job
  if (!job) return null
  return (
    amountClash(job, beside, capacity) ??
    portClash(arrives, beside) ??
    nameClash(job, beside) ??
    companyClash(job, beside)
  )
}

function amountClash(job: Job, beside: readonly Holder[], capacity: Resources): string | null {
  const sum = (of: (resources: Resources) => number) =>
    beside.reduce((total, { applied }) => total + (applied ? of(applied.job.resources) : 0), of(job.resources))
  for (const amount of ['memory', 'disk', 'cpu'] as const) {
    if (job.resources[amount] > 0 && sum((each) => each[amount]) > capacity[amount]) return amount
  }
  for (const [name, asked] of Object.entries(job.resources.devices)) {
    const held = beside.map(({ applied }) => applied?.job.resources.devices[name] ?? 0)
    if (asked > 0 && packAmounts([asked, ...held], capacity.devices[name] ?? 0) !== 'yes') return name
  }
  return null
}

function portClash({ ports }: Holder, beside: readonly Holder[]): string | null {
  const taken = new Set(beside.flatMap((other) => other.ports))
  const port = ports.find((each) => taken.has(each))
  return port === undefined ? null : `port ${port}`
}

function nameClash({ unit, conflictGroup }: Job, beside: readonly Holder[]): string | null {
  for (const { applied } of beside) {
    if (unit !== null && applied?.job.unit === unit) return `unit ${unit}`
    if (conflictGroup !== null && applied?.job.conflictGroup === conflictGroup) return `conflict group ${conflictGroup}`
  }
  return null
}

function companyClash(job: Job, beside: readonly Holder[]): string | null {
  let own = 0
  for (const { applied } of beside) {
    if (!applied) continue
    const other = applied.job
    if (other.name === job.name) own += 1
    if (job.conflicts.includes(other.name) || other.conflicts.includes(job.name)) return `conflict with ${other.name}`
  }
  return job.maxPerHost !== null && own >= job.maxPerHost ? 'max_per_host' : null
}

/** Lacks it, on a host with these slots, a job that it runs `with`? Not where that comes too, and waits for it in turn. */
export function lacksCompany(arrives: Holder, here: readonly Holder[], coming: readonly Holder[]): boolean {
  const own = jobOfSlot(arrives.slot)
  const there = new Set(here.map(({ slot }) => jobOfSlot(slot)))
  const lacks = ({ applied }: Holder) => applied?.job.with.filter((name) => !there.has(name)) ?? []
  const waitsBack = (first: JobName): boolean => {
    const seen = new Set<JobName>([first])
    for (const name of seen) {
      for (const each of coming) {
        if (jobOfSlot(each.slot) === name) for (const next of lacks(each)) seen.add(next)
      }
    }
    return seen.has(own)
  }
  return lacks(arrives).some((name) => !waitsBack(name))
}

/** Who is on each host. */
export class Ledger {
  readonly #hosts = new Map<HostName, Map<SlotName, Holder>>()

  on(host: HostName): readonly Holder[] {
    return [...(this.#hosts.get(host)?.values() ?? [])]
  }

  put(host: HostName, holder: Holder): void {
    const there = this.#hosts.get(host) ?? new Map<SlotName, Holder>()
    there.set(holder.slot, holder)
    this.#hosts.set(host, there)
  }

  take(host: HostName, slot: SlotName): Holder | null {
    const holder = this.#hosts.get(host)?.get(slot) ?? null
    this.#hosts.get(host)?.delete(slot)
    return holder
  }
}
