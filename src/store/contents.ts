// All that a store keeps, taken out and put in as one, through the same doors as everything else.
import type { Event } from '../model/event.js'
import type { Records, StoreContents } from '../model/records.js'
import type { Store } from '../ports.js'

/** What the port does not show. */
export interface Inside {
  /** The records as they stand, wherever they are in force. */
  records(): Promise<Records | null>
  /** Contents of jobs' files by their sha256, hex. */
  blobs(): Promise<Readonly<Record<string, Uint8Array>>>
}

/** See `Store.dump`. */
export async function dumpOf(store: Store, inside: Inside): Promise<StoreContents | null> {
  const records = await inside.records()
  if (records === null) return null
  return {
    records,
    events: await store.events({ limit: Number.MAX_SAFE_INTEGER }),
    blobs: await inside.blobs(),
    incidents: await store.readIncidents(),
    survival: await store.readSurvival(),
  }
}

/**
 * See `Store.load`. Files go before the records that name them, and what nobody names any more goes last: whoever is killed
 * in between leaves the old records or the new ones, whole.
 */
export async function loadInto(
  store: Store,
  { records, events, blobs, incidents, survival }: StoreContents,
  replaceEvents: (events: readonly Event[]) => Promise<void>,
): Promise<void> {
  await store.putBlobs(Object.values(blobs))
  await store.write(records)
  await replaceEvents(events)
  await store.pruneBlobs(Object.keys(blobs))
  await store.writeIncidents(incidents)
  await store.writeSurvival(survival)
}
