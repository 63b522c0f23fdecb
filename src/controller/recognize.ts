// Is it still the machine that had this name? A host that was installed anew, or that has another's address, is not taken
// for the old one: nothing is sent to it, and nothing is concluded from what it shows.
import { byName, type HostName, type Millis } from '../model/names.js'
import type { Failure, HostObservation, Observation } from '../model/observation.js'
import type { Records } from '../model/records.js'

/** Questions to a person about strange machines in one look, beyond which it goes on without the answers. */
export const QUESTIONS = 20

/** Recognizes hosts from one look to the next: who was seen at another's address is silent only from then on. */
export class Recognition {
  /** When a name's machine answered at another address last; hc's monotonic clock, ms. */
  readonly #elsewhere = new Map<HostName, Millis>()

  /** As `recognize`; looks that went to an address at which another machine was then prove nothing of the host. */
  recognize(observation: Observation, records: Records | null): Observation {
    const seen = recognize(observation, records)
    for (const { host, failure } of seen.hosts) {
      if (failure?.kind === 'other-machine') this.#elsewhere.set(host, seen.at)
    }
    if (this.#elsewhere.size === 0) return seen
    return { ...seen, hosts: seen.hosts.map((each) => this.#since(each)) }
  }

  #since(seen: HostObservation): HostObservation {
    const from = this.#elsewhere.get(seen.host)
    if (from === undefined || seen.failure?.kind === 'other-machine') return seen
    if (seen.answering) {
      this.#elsewhere.delete(seen.host)
      return seen
    }
    const { silentSince, silence, looks } = seen
    return {
      ...seen,
      silentSince: silentSince === null ? null : Math.max(silentSince, from),
      looks: looks.filter(({ at }) => at > from),
      // It ran then, so the wait for what is exclusive begins anew too.
      ...(silence && { silence: { ...silence, reachedAt: Math.max(silence.reachedAt ?? from, from) } }),
    }
  }
}

/** The observation, in which hosts that are another machine than before do not answer, but say so. */
export function recognize(observation: Observation, records: Records | null): Observation {
  if (!records) return observation
  const names = new Set(observation.hosts.map(({ host }) => host))
  /** Which names have, by the records, the machine with that id. */
  const owners = new Map<string, HostName[]>()
  for (const [name, { machineId }] of Object.entries(records.hosts).sort(([a], [b]) => byName(a, b))) {
    if (machineId !== null && names.has(name)) owners.set(machineId, [...(owners.get(machineId) ?? []), name])
  }
  const shown = new Map(observation.hosts.map((each) => [each.host, each.answering ? idOf(each) : null] as const))
  const failures = new Map<HostName, Failure>()
  const at = new Map<HostName, HostName>()
  for (const [host, id] of shown) {
    const known = records.hosts[host]?.machineId ?? null
    if (id === null || id === known) continue
    // A copy of a disk has the id of the original, which answers with it itself; that is no swap.
    const owner = (owners.get(id) ?? []).find((name) => name !== host && shown.get(name) !== id)
    if (owner !== undefined) failures.set(host, swapped(host, owner))
    else if (known !== null) failures.set(host, reinstalled(host))
    if (owner !== undefined) at.set(owner, host)
    // It may be silent itself, but what it ran lives on.
    if (owner !== undefined && !failures.has(owner)) failures.set(owner, elsewhere(owner, host))
  }
  if (failures.size === 0) return observation
  return {
    ...observation,
    hosts: observation.hosts.map((each) => asStranger(each, failures.get(each.host), at.get(each.host))),
  }
}

/** Hosts that were not recognized. */
export function strangersIn({ hosts }: Observation): ReadonlySet<HostName> {
  return new Set(hosts.filter(({ failure }) => failure?.kind === 'other-machine').map(({ host }) => host))
}

function idOf({ facts, lastFacts }: HostObservation): string | null {
  return (facts ?? lastFacts)?.machineId ?? null
}

function asStranger(seen: HostObservation, failure: Failure | undefined, ownAt: HostName | undefined): HostObservation {
  if (!failure) return seen
  const silent = { answering: false, facts: null, lastFacts: null, silentSince: null, looks: [] }
  return { ...seen, ...silent, failure, ...(ownAt !== undefined && { ownAt }) }
}

function swapped(host: HostName, owner: HostName): Failure {
  return {
    kind: 'other-machine',
    message: `the machine that answers is ${owner} by its machine id: addresses were swapped`,
    hint: `set the address of each (hc inventory set ${host} ansible_host=ADDRESS); if they were renamed on purpose: hc host forget ${host} ${owner}`,
  }
}

function elsewhere(owner: HostName, host: HostName): Failure {
  return {
    kind: 'other-machine',
    message: `its machine answers at the address of ${host}`,
    hint: `set the address of each (hc inventory set ${owner} ansible_host=ADDRESS)`,
  }
}

function reinstalled(host: HostName): Failure {
  return {
    kind: 'other-machine',
    message: `it is another machine than before (another machine id): installed anew, or another one has its address`,
    hint: `hc host forget ${host} takes it as new`,
  }
}
