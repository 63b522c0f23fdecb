// What a search for places was made on, so that it is not made at full length again on the same.
import type { PlanInput } from '../planner/input.js'

/** Steps for searching again through what was searched in vain a moment ago: enough for one pass over the hosts. */
export const AGAIN_STEPS = 2000

/** What a search for places rests on, but for what changes from look to look and seldom makes room. */
export function searchKey({ jobs, hosts, placements }: PlanInput): string {
  return JSON.stringify([
    jobs.map(({ job, version, stopped }) => [job.name, version, stopped]),
    hosts.map(({ host, belief, cordoned, draining, blocked }) => [
      host.name,
      belief.verdict,
      cordoned || draining,
      blocked?.kind,
    ]),
    Object.values(placements).map(({ slot, host, hash }) => [slot, host, hash]),
  ])
}
