// A machine that the inventory names twice, which it may where only one of the names takes jobs (spec/inventory.ts).
import type { Host } from '../model/host.js'
import type { HostState } from '../planner/input.js'

/**
 * What runs there is of the name that takes jobs: seen under the other one too it would be a copy too many, stopped there and
 * started here, again and again. Two machines with one address, behind jump hosts, are told apart by their boot ids; one that was not
 * heard yet may be the other.
 */
export function withoutSecondNames(hosts: readonly HostState[]): readonly HostState[] {
  const takers = new Map(hosts.flatMap((state) => (state.host.takesJobs ? [[addressOf(state.host), state]] : [])))
  return hosts.map((state) => {
    const taker = state.host.takesJobs ? undefined : takers.get(addressOf(state.host))
    if (taker === undefined || state.facts === null) return state
    const boot = (taker.facts ?? taker.lastFacts)?.bootId
    if (boot !== undefined && boot !== state.facts.bootId) return state
    return { ...state, facts: { ...state.facts, units: [], containers: [] } }
  })
}

function addressOf({ connection: { kind, address, port } }: Host): string {
  return kind === 'local' ? 'local' : `${address} ${port ?? 22}`
}
