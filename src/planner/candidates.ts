// Hosts as the scheduler sees them.
import type { HostFacts } from '../model/host.js'
import type { Candidate } from '../model/plan.js'
import { candidateRoom, type Held, NOTHING_HELD } from '../scheduler/capacity.js'
import type { HostState } from './input.js'

/**
 * A host as a candidate. `ownPorts`: host ports that allocations of hc listen on there; all others are foreign. `held`: what
 * slots have there.
 */
export function toCandidate(state: HostState, ownPorts: readonly number[], held: Held = NOTHING_HELD): Candidate {
  const { host, belief, cordoned, draining, lackingImages } = state
  const known = state.facts ?? state.lastFacts
  const foreign = state.blocked?.kind === 'foreign'
  return {
    name: host.name,
    // Cut off, but managed through a peer: closed to what is new, as `held` says, and open to what is there.
    verdict: foreign ? 'unmanageable' : belief.verdict === 'cut-off' && state.facts ? 'ready' : belief.verdict,
    verdictReason: foreign ? (state.blocked?.text ?? '') : belief.reason,
    cordoned: cordoned || draining || state.held !== undefined,
    draining,
    ...(state.held !== undefined && { held: state.held }),
    takesJobs: host.takesJobs,
    ...candidateRoom(host, known, held),
    labels: host.labels,
    os: known?.os ?? null,
    osVersion: known?.osVersion ?? null,
    arch: known?.arch ?? null,
    kernel: known?.kernel ?? null,
    drivers: known?.drivers ?? null,
    foreignPorts: foreignPorts(known, ownPorts),
    lackingImages,
  }
}

function foreignPorts(facts: HostFacts | null, ownPorts: readonly number[]): readonly number[] {
  const own = new Set(ownPorts)
  const ports = (facts?.listening ?? []).map(({ port }) => port).filter((port) => !own.has(port))
  return [...new Set(ports)].sort((a, b) => a - b)
}
