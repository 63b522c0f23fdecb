// What the slots of a host shut out there, before any amount is looked at.
import type { Instance, Kind } from './instance.js'

/** Pairs of kinds that may not share this host, and kinds of which it takes one. */
export function exclusions(instance: Instance, host: number): readonly (readonly number[])[] {
  const tokensOf = (kind: Kind) => ((kind.homes[host] ?? 0) > 0 ? kind.homeTokens : kind.tokens)
  const apart = (a: Kind, b: Kind) =>
    tokensOf(a).some((token) => tokensOf(b).includes(token)) ||
    a.conflicts.includes(b.jobId) ||
    b.conflicts.includes(a.jobId)
  return instance.kinds.map((kind, index) => {
    const found: number[] = []
    for (const [other, its] of instance.kinds.entries()) {
      // What runs side by side already is not parted: lawful() tells which contents may be.
      const together = (kind.homes[host] ?? 0) > 0 && (its.homes[host] ?? 0) > (other === index ? 1 : 0)
      if (!together && apart(kind, its)) found.push(other)
    }
    return found
  })
}

/** Are there two versions of a job that disagree on how many may share a host? */
export function hasVersions(kinds: readonly Kind[]): boolean {
  const most = new Map<number, number>()
  return kinds.some(({ jobId, maxPerHost }) => {
    const other = most.get(jobId)
    most.set(jobId, maxPerHost)
    return jobId >= 0 && other !== undefined && other !== maxPerHost
  })
}
