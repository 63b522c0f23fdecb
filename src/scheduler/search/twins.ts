// Hosts that no rule tells apart: what is worked out for one holds for all.
import type { Instance } from './instance.js'
import type { Limits } from './knapsack.js'

/** By host: the first one that no rule, amount or slot at home tells it from. */
export function alikeOf({ kinds, sites, groups }: Instance): readonly number[] {
  const keys = sites.map(({ free, tokens, jobs, repelled, shares, relied }, host) =>
    JSON.stringify([
      free,
      [...tokens].sort((a, b) => a - b),
      [...jobs].sort(([a], [b]) => a - b),
      [...repelled].sort((a, b) => a - b),
      shares.map(({ dimension, has, held }) => [dimension, has, [...held].sort((a, b) => a - b)]),
      [...relied].sort((a, b) => a - b),
      kinds.map(({ open, homes }) => [open[host], homes[host]]),
      groups.map(({ hosts }) => hosts.has(host)),
    ]),
  )
  return keys.map((key) => keys.indexOf(key))
}

/** By host: the first one that is alike (see `alikeOf`) and has the same limits now. */
export function twinsOf(
  { kinds, sites }: Instance,
  like: readonly number[],
  { least, most }: Limits,
): readonly number[] {
  const same = (a: number, b: number) => {
    for (let at = 0; at < kinds.length * sites.length; at += sites.length) {
      if (least[at + a] !== least[at + b] || most[at + a] !== most[at + b]) return false
    }
    return true
  }
  const twins: number[] = []
  for (const host of sites.keys()) {
    const found = twins.findIndex((first, other) => first === other && like[other] === like[host] && same(other, host))
    twins.push(found < 0 ? host : found)
  }
  return twins
}
