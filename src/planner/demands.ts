// What the scheduler is told: of slots that hold their place, of those that want one, and of the hosts.
import { type Constraint, isPinned } from '../model/job.js'
import { byName, type HostName } from '../model/names.js'
import { type Candidate, type Demand, homeOf, type Occupant } from '../model/plan.js'
import { toCandidate } from './candidates.js'
import { type Classified, occupies } from './classify.js'
import { heldByHost } from './held.js'
import type { PlanInput } from './input.js'
import { hostOfSystemSlot } from './subjects.js'
import { lackingSubnets, movingAddresses } from './subnets.js'
import { boundFor } from './wishes.js'

/** What holds room where it is: one, or none. */
export function occupant(item: Classified): readonly Occupant[] {
  const { slot, host, applied, placement, unit } = item.subject
  if (!occupies(item) || host === null || !applied) return []
  const recorded = placement?.beside === host ? unit?.ports : placement?.ports
  return [{ slot, host, applied, ports: recorded ?? fixedPorts(applied.job.ports) }]
}

/** Ports that a job asks for by number. */
export function fixedPorts(ports: Readonly<Record<string, { readonly host: number | null }>>): Record<string, number> {
  return Object.fromEntries(Object.entries(ports).flatMap(([name, { host }]) => (host === null ? [] : [[name, host]])))
}

/** The only host that will do: a system job's own, a pinned slot's first, the one that it is to be moved to. */
export function onlyHost(item: Classified, input: PlanInput): HostName | null {
  const { applied, slot, host } = item.subject
  if (applied?.job.type === 'system') return hostOfSystemSlot(slot)
  return applied && isPinned(applied.job) ? host : boundFor(item, input)
}

/** What a slot asks for; `only`: the one host that will do. */
export function demand({ subject }: Classified, only: HostName | null): Demand {
  const { slot, applied, placement, host } = subject
  if (!applied) throw new Error(`bug: ${slot} is to be placed, but has no job`)
  const keeps = only !== null && only === host
  const home = placement && applied.job.failback === 'home' ? homeOf(placement) : null
  return { slot, applied, only, keeps, previous: placement?.host ?? host, home, previousPorts: placement?.ports ?? {} }
}

/** The same on none of these hosts, where it has failed. */
export function elsewhere(wish: Demand, hosts: readonly HostName[]): Demand {
  if (hosts.length === 0) return wish
  const { applied } = wish
  const not: readonly Constraint[] = hosts.map((host) => ({
    attribute: 'host',
    op: '!=',
    values: [host],
    text: `it failed on ${host}`,
  }))
  return {
    ...wish,
    applied: { ...applied, job: { ...applied.job, constraints: [...applied.job.constraints, ...not] } },
  }
}

/** All hosts as candidates, by name: beside what slots have on each, and with the ports that are hc's own. */
export function candidatesOf(classified: readonly Classified[], input: PlanInput): readonly Candidate[] {
  const ports = ownPorts(classified, input)
  const held = heldByHost(classified)
  const addresses = movingAddresses(input.jobs)
  return input.hosts
    .map((state) => {
      const candidate = toCandidate(state, ports.get(state.host.name) ?? [], held.get(state.host.name))
      if (addresses.length === 0) return candidate
      return { ...candidate, ...lackingSubnets(state.facts ?? state.lastFacts, addresses) }
    })
    .sort((a, b) => byName(a.name, b.name))
}

/** Host ports that allocations of hc hold on each host: those recorded, and the fixed ones of the jobs seen there. */
function ownPorts(classified: readonly Classified[], input: PlanInput): ReadonlyMap<HostName, number[]> {
  const ports = new Map<HostName, number[]>()
  const add = (host: HostName, more: readonly number[]) => ports.set(host, [...(ports.get(host) ?? []), ...more])
  for (const { host, ports: taken } of Object.values(input.placements)) add(host, Object.values(taken))
  for (const { subject } of classified) {
    if (subject.unit && subject.applied && subject.host) {
      add(subject.host, Object.values(fixedPorts(subject.applied.job.ports)))
    }
  }
  return ports
}
