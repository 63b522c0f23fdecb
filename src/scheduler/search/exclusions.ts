// What the slots of a host shut out there, before any amount is looked at.
import type { Instance, Kind } from './instance.js'

function byKey<T>(lists: readonly (readonly T[])[]): Map<T, number[]> {
  const found = new Map<T, number[]>()
  for (const [index, keys] of lists.entries()) {
    for (const key of keys) {
      const known = found.get(key)
      if (known === undefined) found.set(key, [index])
      else known.push(index)
    }
  }
  return found
}

/** Pairs of kinds that may not share this host, and kinds of which it takes one. */
export function exclusions({ kinds }: Instance, host: number): readonly (readonly number[])[] {
  const tokens = kinds.map((kind) => ((kind.homes[host] ?? 0) > 0 ? kind.homeTokens : kind.tokens))
  const holders = byKey(tokens)
  const jobs = byKey(kinds.map(({ jobId }) => [jobId]))
  const apart = kinds.map(() => new Set<number>())
  for (const [index, kind] of kinds.entries()) {
    for (const token of tokens[index] ?? []) for (const other of holders.get(token) ?? []) apart[index]?.add(other)
    for (const job of kind.conflicts) {
      for (const other of jobs.get(job) ?? []) {
        apart[index]?.add(other)
        apart[other]?.add(index)
      }
    }
  }
  return kinds.map((kind, index) => {
    const others = [...(apart[index] ?? [])].sort((a, b) => a - b)
    // What runs side by side already is not parted: lawful() tells which contents may be.
    return others.filter((other) => {
      const together = (kinds[other]?.homes[host] ?? 0) > (other === index ? 1 : 0)
      return (kind.homes[host] ?? 0) === 0 || !together
    })
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
