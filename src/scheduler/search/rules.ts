// Is a host's whole content lawful? What runs at home stays whatever the rules say (it is there); each newcomer must fit
// with all that is there.
import { packAmounts } from '../shares.js'
import type { Instance, Kind, Site } from './instance.js'

/** A host's content by the kinds that it holds, and how many of each: all that the rules go over. */
interface Content {
  readonly host: number
  readonly counts: Int32Array
  readonly present: readonly number[]
}

/** Slots of a kind on a host that run there already. */
function staying(kind: Kind, host: number, count: number): number {
  return Math.min(count, kind.homes[host] ?? 0)
}

function amountsKept({ kinds }: Instance, site: Site, { host, counts, present }: Content): boolean {
  for (let dimension = 0; dimension < site.free.length; dimension += 1) {
    const free = site.free[dimension] ?? 0
    let used = 0
    let newcomers = false
    for (const index of present) {
      const kind = kinds[index]
      const count = counts[index] ?? 0
      const amount = kind?.need[dimension] ?? 0
      if (!kind || amount === 0) continue
      used += count * amount
      if (count > staying(kind, host, count)) newcomers = true
    }
    if (newcomers && used > free) return false
  }
  return true
}

function sharesKept({ kinds, doubt }: Instance, site: Site, { host, counts, present }: Content): boolean {
  for (const { dimension, has, held } of site.shares) {
    const amounts = [...held]
    let newcomers = false
    for (const index of present) {
      const kind = kinds[index]
      const count = counts[index] ?? 0
      const amount = kind?.need[dimension] ?? 0
      if (!kind || amount === 0) continue
      for (let copy = 0; copy < count; copy += 1) amounts.push(amount)
      if (count > staying(kind, host, count)) newcomers = true
    }
    if (!newcomers) continue
    const packed = packAmounts(amounts, has)
    if (packed === 'unknown') doubt.found = true
    if (packed !== 'yes') return false
  }
  return true
}

function tokensKept({ kinds }: Instance, site: Site, { host, counts, present }: Content): boolean {
  const holders = new Map<number, number>()
  const asked = new Set<number>()
  const hold = (token: number, count: number) => holders.set(token, (holders.get(token) ?? 0) + count)
  for (const index of present) {
    const kind = kinds[index]
    const count = counts[index] ?? 0
    if (!kind) continue
    const stay = staying(kind, host, count)
    if (stay > 0) for (const token of kind.homeTokens) hold(token, stay)
    if (stay === count) continue
    for (const token of kind.tokens) {
      asked.add(token)
      hold(token, count - stay)
    }
  }
  return ![...asked].some((token) => (holders.get(token) ?? 0) > 1 || site.tokens.has(token))
}

function jobsHere({ kinds }: Instance, site: Site, { counts, present }: Content): Map<number, number> {
  const jobs = new Map(site.jobs)
  for (const index of present) {
    const job = kinds[index]?.jobId ?? -1
    jobs.set(job, (jobs.get(job) ?? 0) + (counts[index] ?? 0))
  }
  return jobs
}

/** Has a member that runs here at home company of this job now? What never had it is not made to leave. */
function hadCompany({ kinds }: Instance, site: Site, host: number, job: number): boolean {
  return site.jobs.has(job) || kinds.some((other) => other.jobId === job && (other.homes[host] ?? 0) > 0)
}

function companyKept(instance: Instance, site: Site, content: Content): boolean {
  const { kinds } = instance
  const { host, counts, present } = content
  const jobs = jobsHere(instance, site, content)
  const repelled = new Set(present.flatMap((index) => kinds[index]?.conflicts ?? []))
  for (const job of site.relied) if (!jobs.has(job)) return false
  for (const index of present) {
    const kind = kinds[index]
    const count = counts[index] ?? 0
    if (!kind) continue
    const fresh = count > staying(kind, host, count)
    for (const job of kind.with) {
      if (!jobs.has(job) && (fresh || hadCompany(instance, site, host, job))) return false
    }
    if (!fresh) continue
    if ((jobs.get(kind.jobId) ?? 0) > kind.maxPerHost) return false
    if (kind.distinct !== null && (jobs.get(kind.jobId) ?? 0) > 1) return false
    if (kind.conflicts.some((job) => jobs.has(job)) || site.repelled.has(kind.jobId)) return false
    if (repelled.has(kind.jobId)) return false
  }
  return true
}

/** May a host hold just this: slots by kind, beside what stays there for certain? */
export function lawful(instance: Instance, host: number, counts: Int32Array): boolean {
  const site = instance.sites[host]
  if (site === undefined) return false
  const present: number[] = []
  for (let index = 0; index < counts.length; index += 1) {
    const count = counts[index] ?? 0
    const kind = instance.kinds[index]
    if (count === 0 || !kind) continue
    if (count > staying(kind, host, count) && kind.open[host] === 0) return false
    present.push(index)
  }
  const content: Content = { host, counts, present }
  return (
    amountsKept(instance, site, content) &&
    sharesKept(instance, site, content) &&
    tokensKept(instance, site, content) &&
    companyKept(instance, site, content)
  )
}

/** Slots of `distinct` jobs that are new where their label has the same value as that of another one's host. */
function labelsKept({ kinds, labels }: Instance, contents: readonly Int32Array[]): boolean {
  for (const [index, { distinct, jobId, homes }] of kinds.entries()) {
    if (distinct === null) continue
    const values = labels.get(distinct) ?? []
    for (const [host, counts] of contents.entries()) {
      if ((counts[index] ?? 0) <= (homes[host] ?? 0)) continue
      let sharing = 0
      for (const [other, there] of contents.entries()) {
        if (values[other] !== values[host]) continue
        for (const [at, kind] of kinds.entries()) if (kind.jobId === jobId) sharing += there[at] ?? 0
      }
      if (sharing > 1) return false
    }
  }
  return true
}

/** Is the whole placement lawful: slots by kind, by host? */
export function allLawful(instance: Instance, contents: readonly Int32Array[]): boolean {
  return contents.every((counts, host) => lawful(instance, host, counts)) && labelsKept(instance, contents)
}
