// What remedies were looked for on, so that they are not looked for again on the same.
import type { PlanInput } from '../planner/input.js'

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
