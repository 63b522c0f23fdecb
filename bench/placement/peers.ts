// The rules of others, in their plainest form: one slot after the other, each on the host that the rule likes best.

/** What is used of a host and what it has, by dimension. */
export interface Load {
  readonly used: readonly number[]
  readonly capacity: readonly number[]
}

/** Points of a host for a need that fits there; the highest wins, the first of equal ones. */
export type Rule = (load: Load, need: readonly number[]) => number

/** The first host that has room. */
const firstFit: Rule = () => 0

/**
 * Best fit as Nomad scores it (ScoreFitBinPack in nomad/structs/funcs.go): 20 - (10^free cpu + 10^free memory), the free
 * parts as shares after placing. Cpu and memory only, whatever else is asked for.
 */
const nomad: Rule = ({ used, capacity }, need) => {
  const free = (at: number) => 1 - ((used[at] ?? 0) + (need[at] ?? 0)) / (capacity[at] || 1)
  return 20 - (10 ** free(0) + 10 ** free(1))
}

/** MostAllocated of Kubernetes' NodeResourcesFit: the mean of the used shares after placing. */
const mostAllocated: Rule = ({ used, capacity }, need) => {
  const shares = capacity.map((all, at) => ((used[at] ?? 0) + (need[at] ?? 0)) / (all || 1))
  return shares.reduce((sum, share) => sum + share, 0) / shares.length
}

/** By the name under which the tables show them. */
export const RULES: Readonly<Record<string, Rule>> = {
  'first fit': firstFit,
  "Nomad's score": nomad,
  'most allocated (Kubernetes)': mostAllocated,
}

/** Places all in order on alike hosts, a new one whenever no open one has room; how many it takes. */
export function hostsNeeded(capacity: readonly number[], needs: readonly (readonly number[])[], rule: Rule): number {
  const open: number[][] = []
  for (const need of needs) {
    let chosen: number[] | undefined
    let points = Number.NEGATIVE_INFINITY
    for (const used of open) {
      if (need.some((amount, at) => (used[at] ?? 0) + amount > (capacity[at] ?? 0))) continue
      const own = rule({ used, capacity }, need)
      if (own <= points) continue
      points = own
      chosen = used
      if (rule === firstFit) break
    }
    if (chosen === undefined) {
      chosen = capacity.map(() => 0)
      open.push(chosen)
    }
    for (const [at, amount] of need.entries()) chosen[at] = (chosen[at] ?? 0) + amount
  }
  return open.length
}

/** By the largest share of a host in any dimension, the largest first (first fit decreasing, Johnson 1973). */
export function decreasing(
  capacity: readonly number[],
  needs: readonly (readonly number[])[],
): readonly (readonly number[])[] {
  const size = (need: readonly number[]) => Math.max(...need.map((amount, at) => amount / (capacity[at] || 1)))
  return [...needs].sort((a, b) => size(b) - size(a))
}
