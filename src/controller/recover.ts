// The first records of a store: new ones, or, where a store was lost, those that the hosts still tell of.
import type { Millis } from '../model/names.js'
import type { Observation } from '../model/observation.js'
import type { Records } from '../model/records.js'
import { identityScript, parseIdentity } from '../remote/identity.js'
import type { Look } from './controller.js'
import { adoptTerm, claim, isSameOwner, raised } from './term.js'
import type { World } from './world.js'

/** Bound of reading a host's identity file, ms. */
const IDENTITY_MS = 5000

/**
 * The records as they may be used after what hosts show; `isNews`: they are found to be an older copy, and that is not written
 * down yet.
 */
export async function adopted(
  { store, owner }: Pick<World, 'store' | 'owner'>,
  stored: Records | null,
  observation: Observation,
): Promise<{ readonly records: Records | null; readonly isNews: boolean }> {
  // Another hc may have written meanwhile, and told hosts of it.
  const known = stored && adoptTerm(stored, observation).older ? claim(await store.read(), owner) : stored
  const records = known && adoptTerm(known, observation)
  return { records, isNews: records?.older !== known?.older }
}

/** A look that was made so long ago, while the lock was waited for, tells nothing of the present, ms. */
const OLD_LOOK_MS: Millis = 2000

/**
 * Do the records, as they are now, tell of more than those that a look was made with? Then what it saw is not what is there;
 * nor is it where the look was made long ago, by the same clock: `at`. A host that was silent then may answer since.
 */
export function isOutdated(
  { observation, records }: Pick<Look, 'observation' | 'records'>,
  now: Records | null,
  at: Millis = observation.at,
): boolean {
  if (at - observation.at > OLD_LOOK_MS) return true
  return JSON.stringify(now && adoptTerm(now, observation)) !== JSON.stringify(records)
}

/**
 * Records to begin with; nothing is written. A host that hc has written to keeps the cluster's id and the key of its
 * hashes: with them what runs there is recognized as unchanged, so that a lost store costs no restart.
 */
export async function firstRecords(world: World, { input, observation }: Look): Promise<Records> {
  const draft = world.store.draft()
  for (const { host, facts } of input.hosts) {
    // What another control machine runs there is not ours to be taken for.
    if (!facts?.cluster || !facts.term || !isSameOwner(facts.term.owner, draft.term.owner)) continue
    const result = await world.transport.run(host, { script: identityScript(), lane: 'look', timeoutMs: IDENTITY_MS })
    const identity = result.ok ? parseIdentity(result.output) : null
    if (identity) return raised({ ...draft, cluster: identity.cluster, key: identity.key }, observation)
  }
  return raised(draft, observation)
}

/**
 * The records with the cluster id and key that the hosts still keep: for a store that was made anew while all of them were
 * out of reach. Once anything was placed under the new id, it stays.
 */
export async function recoverIdentity(world: World, records: Records, { input }: Look): Promise<Records> {
  if (Object.keys(records.placements).length > 0) return records
  const own = input.hosts.flatMap(({ host, facts }) =>
    facts?.cluster && facts.term && isSameOwner(facts.term.owner, records.term.owner)
      ? [{ host, cluster: facts.cluster }]
      : [],
  )
  if (own.some(({ cluster }) => cluster === records.cluster)) return records
  for (const { host } of own) {
    const result = await world.transport.run(host, { script: identityScript(), lane: 'look', timeoutMs: IDENTITY_MS })
    const identity = result.ok ? parseIdentity(result.output) : null
    if (identity) return { ...records, cluster: identity.cluster, key: identity.key }
  }
  return records
}
